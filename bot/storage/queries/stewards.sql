-- name: put
INSERT INTO steward (user_id, channel_id, title) VALUES (:user_id, :channel_id, :title)
ON CONFLICT (user_id, channel_id) DO UPDATE SET title = excluded.title

-- name: of
SELECT channel_id, title FROM steward WHERE user_id = :user_id ORDER BY title, channel_id

-- name: title
SELECT title FROM steward WHERE user_id = :user_id AND channel_id = :channel_id
