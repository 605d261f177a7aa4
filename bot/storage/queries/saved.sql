-- name: get
SELECT data FROM saved_state WHERE name = :name

-- name: put
INSERT INTO saved_state (name, data) VALUES (:name, :data) ON CONFLICT (name) DO UPDATE SET data = excluded.data
