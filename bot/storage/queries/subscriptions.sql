-- name: of
SELECT chat_id, topic_id, label, watermark, created_at, mode, muted_until, languages
FROM subscription WHERE chat_id = :chat_id ORDER BY created_at, topic_id

-- name: of_each
SELECT chat_id, topic_id, label, watermark, created_at, mode, muted_until, languages
FROM subscription WHERE chat_id {{in_ids:chat_ids}} ORDER BY chat_id, created_at, topic_id

-- name: topics_of
-- Those that were removed within the last day are still known, for the removal to be undone.
SELECT topic_id FROM subscription WHERE chat_id = :chat_id
UNION
SELECT topic_id FROM removal WHERE chat_id = :chat_id

-- name: add
INSERT INTO subscription (
    chat_id, topic_id, label, started_at_seq, watermark, created_at, mode, muted_until, languages
)
VALUES (:chat_id, :topic_id, :label, :watermark, :watermark, :created_at, :mode, :muted_until, :languages)
ON CONFLICT (chat_id, topic_id) DO NOTHING
RETURNING topic_id

-- name: change
UPDATE subscription SET
    label = :label, watermark = :watermark, mode = :mode, muted_until = :muted_until, languages = :languages
WHERE chat_id = :chat_id AND topic_id = :topic_id

-- name: remove
DELETE FROM subscription WHERE chat_id = :chat_id AND topic_id {{in_ids:topic_ids}} RETURNING topic_id

-- name: keep_removed
INSERT INTO removal (
    chat_id, topic_id, label, watermark, created_at, mode, muted_until, languages, removed_at
)
VALUES (:chat_id, :topic_id, :label, :watermark, :created_at, :mode, :muted_until, :languages, :removed_at)
ON CONFLICT (chat_id, topic_id) DO UPDATE SET
    label = excluded.label, watermark = excluded.watermark, created_at = excluded.created_at, mode = excluded.mode,
    muted_until = excluded.muted_until, languages = excluded.languages, removed_at = excluded.removed_at

-- name: removed
SELECT chat_id, topic_id, label, watermark, created_at, mode, muted_until, languages
FROM removal WHERE chat_id = :chat_id AND topic_id = :topic_id

-- name: reasons
SELECT m.topic_id, m.reasons
FROM article a
JOIN topic_match m ON m.article_id = a.id
JOIN subscription s ON s.topic_id = m.topic_id AND s.chat_id = :chat_id
WHERE a.story_id = :story_id AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
    AND {{wants::chat_id, m.topic_id, a.language}}
ORDER BY s.created_at, m.topic_id, a.id

-- name: starting_watermark
-- From the newest back: the answer is near the end of the index, the maximum over all would read the whole topic.
SELECT first_seq FROM topic_story WHERE topic_id = :topic_id AND stored_at < :stored_before
ORDER BY first_seq DESC LIMIT 1

-- name: brought_until
SELECT stored_at FROM topic_story WHERE topic_id = :topic_id AND first_seq <= :watermark
ORDER BY first_seq DESC LIMIT 1

-- name: unseen
-- First the appearances above the watermarks of unmuted topics (brought is null), then the same stories' appearances up
-- to the watermarks: what lies above the first watermark was brought. The sign before first_seq keeps SQLite from
-- walking a topic's whole past: the story leads to the row.
WITH fresh AS MATERIALIZED (
    SELECT s.chat_id, s.topic_id, t.story_id, t.source_id, t.language, t.first_seq
    FROM {{ids:chat_ids}} AS c
    JOIN subscription s ON s.chat_id = c.value
    JOIN topic_story t ON t.topic_id = s.topic_id AND t.first_seq > s.watermark AND t.first_seq <= :up_to
    WHERE s.mode {{in_texts:modes}} AND (s.muted_until IS NULL OR s.muted_until <= :now)
)
SELECT chat_id, topic_id, story_id, source_id, language, first_seq, CAST(NULL AS BOOLEAN) AS brought,
    CAST(NULL AS BOOLEAN) AS muted
FROM fresh
UNION ALL
SELECT x.chat_id, x.topic_id, y.story_id, y.source_id, y.language, y.first_seq, y.first_seq > x.started_at_seq,
    x.muted_until IS NOT NULL AND x.muted_until > :now
FROM (SELECT DISTINCT chat_id, story_id FROM fresh) AS f
JOIN subscription x ON x.chat_id = f.chat_id
JOIN topic_story y ON y.topic_id = x.topic_id AND y.story_id = f.story_id AND +y.first_seq <= x.watermark
WHERE x.mode {{in_texts:modes}}

-- name: advance
UPDATE subscription SET watermark = :up_to
WHERE chat_id {{in_ids:chat_ids}} AND mode {{in_texts:modes}} AND watermark < :up_to
