-- name: put
INSERT INTO steward (user_id, channel_id, title) VALUES (:user_id, :channel_id, :title)
ON CONFLICT (user_id, channel_id) DO UPDATE SET title = excluded.title

-- name: of
SELECT channel_id, title FROM steward WHERE user_id = :user_id ORDER BY title, channel_id

-- name: title
SELECT title FROM steward WHERE user_id = :user_id AND channel_id = :channel_id

-- name: put_group
INSERT INTO group_admin (chat_id, user_id, title) VALUES (:chat_id, :user_id, :title)
ON CONFLICT (chat_id) DO UPDATE SET user_id = excluded.user_id, title = excluded.title

-- name: responsible
SELECT user_id, title FROM steward WHERE channel_id = :chat_id
UNION SELECT user_id, title FROM group_admin WHERE chat_id = :chat_id

-- name: drop_group
DELETE FROM group_admin WHERE chat_id = :chat_id
