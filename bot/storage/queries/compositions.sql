-- name: add
INSERT INTO composition (id, chat_id, pages, created_at) VALUES (:id, :chat_id, :pages, :created_at)

-- name: get
-- The chat is asked for too: a number guessed in another chat opens nothing.
SELECT id, chat_id, pages, created_at FROM composition WHERE id = :id AND chat_id = :chat_id
