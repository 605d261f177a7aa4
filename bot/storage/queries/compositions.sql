-- name: add
INSERT INTO composition (id, chat_id, pages, created_at) VALUES (:id, :chat_id, :pages, :created_at)

-- name: trim
DELETE FROM composition WHERE chat_id = :chat_id AND id <= (
    SELECT id FROM composition WHERE chat_id = :chat_id ORDER BY chat_id DESC, id DESC LIMIT 1 OFFSET :keep
)

-- name: get
-- The chat is asked for too: a number guessed in another chat opens nothing.
SELECT id, chat_id, pages, created_at FROM composition WHERE id = :id AND chat_id = :chat_id
