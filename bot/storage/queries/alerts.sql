-- name: look
SELECT c.done_seq, c.up_to, q.value AS last FROM alert_cursor c JOIN counter q ON q.name = 'seq' WHERE c.id = 1

-- name: cursor
-- The lock makes the expansion of alerts one at a time, over all processes.
SELECT done_seq, up_to, after_chat FROM alert_cursor WHERE id = 1 {{locked}}

-- name: move
UPDATE alert_cursor SET done_seq = :done_seq, up_to = :up_to, after_chat = :after_chat WHERE id = 1

-- name: concerned
-- A topic and a source at a time, however many stories they brought. Chats that do not see the source are left out: a
-- feed that one chat added would have all followers of its topics looked at.
SELECT DISTINCT s.chat_id
FROM (
    SELECT topic_id, source_id, max(first_seq) AS last_seq
    FROM topic_story
    WHERE first_seq > :done_seq AND first_seq <= :up_to AND backfilled = 0
    GROUP BY topic_id, source_id
) AS t
JOIN subscription s ON s.topic_id = t.topic_id AND s.mode = 'at_once' AND s.watermark < t.last_seq
JOIN chat c ON c.id = s.chat_id AND c.state = 'active' AND c.gone = 0
WHERE s.chat_id > :after_chat AND (t.source_id = '' OR {{sees:s.chat_id, t.source_id}})
ORDER BY s.chat_id LIMIT :limit

-- name: due
SELECT p.chat_id FROM alert_pace p
WHERE p.due_at IS NOT NULL AND p.due_at <= :now
    AND (SELECT c.id FROM chat c WHERE c.id = p.chat_id AND c.state = 'active' AND c.gone = 0) IS NOT NULL
ORDER BY p.due_at, p.chat_id LIMIT :limit

-- name: paces
SELECT chat_id, window_start, sent, due_at FROM alert_pace WHERE chat_id {{in_ids:chat_ids}}

-- name: put
INSERT INTO alert_pace (chat_id, window_start, sent, due_at) VALUES (:chat_id, :window_start, :sent, :due_at)
ON CONFLICT (chat_id) DO UPDATE SET
    window_start = excluded.window_start, sent = excluded.sent, due_at = excluded.due_at

-- name: release
UPDATE alert_pace SET due_at = :now WHERE chat_id = :chat_id AND due_at IS NOT NULL
