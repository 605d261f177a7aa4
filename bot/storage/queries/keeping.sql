-- name: get
SELECT data FROM kept_work WHERE name = :name

-- name: put
INSERT INTO kept_work (name, data) VALUES (:name, :data) ON CONFLICT (name) DO UPDATE SET data = excluded.data
