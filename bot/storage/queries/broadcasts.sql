-- name: add
INSERT INTO broadcast (chat_id, text, state, created_at) VALUES (:chat_id, :text, 'draft', :now) RETURNING id

-- name: start
UPDATE broadcast SET state = 'going' WHERE id = :id AND chat_id = :chat_id AND state = 'draft' RETURNING id

-- name: any_going
SELECT 1 AS going FROM broadcast WHERE state = 'going' LIMIT 1

-- name: next_going
SELECT id, chat_id, text, after_chat, queued FROM broadcast WHERE state = 'going' ORDER BY id LIMIT 1 {{locked}}

-- name: reach
SELECT count(*) AS chats FROM chat WHERE kind = 'private' AND state = 'active' AND gone = 0

-- name: recipients
SELECT id FROM chat WHERE id > :after AND kind = 'private' AND state = 'active' AND gone = 0 ORDER BY id LIMIT :limit

-- name: move
UPDATE broadcast SET after_chat = :after_chat, queued = :queued WHERE id = :id

-- name: finish
UPDATE broadcast SET state = 'done' WHERE id = :id
