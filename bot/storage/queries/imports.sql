-- name: add
INSERT INTO import_job (chat_id, answer_to, number, topics) VALUES (:chat_id, :answer_to, :number, :topics)
ON CONFLICT (chat_id) DO NOTHING
RETURNING chat_id

-- name: claim
UPDATE import_job SET lease_until = :until WHERE chat_id = (
    SELECT chat_id FROM import_job WHERE lease_until <= :now ORDER BY lease_until, chat_id LIMIT 1 {{skip_locked}}
)
RETURNING chat_id, answer_to, number, topics, position, added

-- name: get
SELECT chat_id, answer_to, number, topics, position, added FROM import_job WHERE chat_id = :chat_id {{locked}}

-- name: move
UPDATE import_job SET position = :position, added = :added WHERE chat_id = :chat_id

-- name: release
UPDATE import_job SET lease_until = :now WHERE chat_id = :chat_id

-- name: finish
DELETE FROM import_job WHERE chat_id = :chat_id
