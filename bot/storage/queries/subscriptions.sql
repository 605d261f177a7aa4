-- name: of
SELECT chat_id, topic_id, label, watermark, created_at, mode, muted_until
FROM subscription WHERE chat_id = :chat_id ORDER BY created_at, topic_id

-- name: add
INSERT INTO subscription (chat_id, topic_id, label, started_at_seq, watermark, created_at, mode, muted_until)
VALUES (:chat_id, :topic_id, :label, :watermark, :watermark, :created_at, :mode, :muted_until)
ON CONFLICT (chat_id, topic_id) DO NOTHING
RETURNING topic_id

-- name: remove
DELETE FROM subscription WHERE chat_id = :chat_id AND topic_id IN {{ids:topic_ids}} RETURNING topic_id

-- name: starting_watermark
-- From the newest back: the answer is near the end of the index, the maximum over all would read the whole topic.
SELECT first_seq FROM topic_story WHERE topic_id = :topic_id AND stored_at < :stored_before
ORDER BY first_seq DESC LIMIT 1

-- name: unseen
-- fresh: each chat's stories above a watermark, at the smallest such number.
-- A fresh story was seen all the same if an unmuted topic has it at a smaller number, below that topic's watermark
-- (the smallest number decides), or if any topic brought it, between its first watermark and its present one.
WITH fresh AS (
    SELECT s.chat_id, t.story_id, min(t.first_seq) AS first_seq
    FROM subscription s JOIN topic_story t
        ON t.topic_id = s.topic_id AND t.first_seq > s.watermark AND t.first_seq <= :up_to
    WHERE s.chat_id IN {{ids:chat_ids}} AND s.mode IN {{texts:modes}}
        AND (s.muted_until IS NULL OR s.muted_until <= :now)
        AND (t.source_id = '' OR {{sees:s.chat_id, t.source_id}})
    GROUP BY s.chat_id, t.story_id
)
SELECT f.chat_id, f.story_id, f.first_seq, s.topic_id
FROM fresh f
JOIN subscription s ON s.chat_id = f.chat_id AND s.mode IN {{texts:modes}}
    AND (s.muted_until IS NULL OR s.muted_until <= :now)
JOIN topic_story t ON t.topic_id = s.topic_id AND t.story_id = f.story_id AND t.first_seq <= :up_to
    AND (t.source_id = '' OR {{sees:s.chat_id, t.source_id}})
WHERE NOT EXISTS (
    SELECT 1 FROM subscription x JOIN topic_story y ON y.topic_id = x.topic_id AND y.story_id = f.story_id
    WHERE x.chat_id = f.chat_id AND x.mode IN {{texts:modes}} AND y.first_seq <= x.watermark
        AND (y.source_id = '' OR {{sees:x.chat_id, y.source_id}})
        AND (
            y.first_seq > x.started_at_seq
            OR (y.first_seq <= f.first_seq AND (x.muted_until IS NULL OR x.muted_until <= :now))
        )
)
ORDER BY f.chat_id, f.first_seq, f.story_id, t.first_seq, s.topic_id

-- name: advance
UPDATE subscription SET watermark = :up_to
WHERE chat_id IN {{ids:chat_ids}} AND mode IN {{texts:modes}} AND watermark < :up_to
