-- name: blank
-- At once: where a feed is, and what it is called. Its articles follow in the background.
UPDATE source SET
    enabled = 0, erase_at = 0, url = '', name = '{}', alternatives = '[]', selectors = '{}', host = NULL, etag = NULL,
    last_modified = NULL, body_hash = NULL, moved_to = NULL, error = NULL
WHERE id {{in_texts:ids}} AND public = 0
    AND NOT EXISTS (SELECT 1 FROM chat_source c WHERE c.source_id = source.id)

-- name: next_feed
SELECT id FROM source WHERE erase_at IS NOT NULL AND erase_at <= :now ORDER BY erase_at, id LIMIT 1 {{skip_locked}}

-- name: entries
SELECT e.uid_hash, e.article_id, (SELECT a.posting_keys FROM article a WHERE a.id = e.article_id) AS posting_keys
FROM entry e
WHERE e.source_id = :source_id LIMIT :limit

-- name: appearances
-- By what met the articles: the appearances have no index by source.
DELETE FROM topic_story WHERE source_id = :source_id AND (topic_id, story_id) IN (
    SELECT m.topic_id, a.story_id FROM article a JOIN topic_match m ON m.article_id = a.id WHERE a.id {{in_ids:ids}}
)

-- name: drop_entries
DELETE FROM entry WHERE source_id = :source_id AND uid_hash {{in_texts:uids}}

-- name: drop_feed
DELETE FROM source WHERE id = :source_id

-- name: note_topics
INSERT INTO erased_topic (topic_id, erased_at) SELECT value, CAST(:now AS BIGINT) FROM {{ids:ids}} AS t WHERE true
ON CONFLICT (topic_id) DO NOTHING

-- name: matches
DELETE FROM topic_match WHERE (topic_id, article_id) IN (
    SELECT m.topic_id, m.article_id FROM erased_topic e JOIN topic_match m ON m.topic_id = e.topic_id LIMIT :limit
)
RETURNING article_id

-- name: stories
DELETE FROM topic_story WHERE (topic_id, story_id, source_id) IN (
    SELECT s.topic_id, s.story_id, s.source_id
    FROM erased_topic e JOIN topic_story s ON s.topic_id = e.topic_id LIMIT :limit
)
RETURNING story_id

-- name: close_topics
-- A while later: a process that has not noticed yet that the topic is gone may have stored one more match.
DELETE FROM erased_topic
WHERE erased_at < :before
    AND (SELECT m.article_id FROM topic_match m WHERE m.topic_id = erased_topic.topic_id LIMIT 1) IS NULL
    AND (SELECT s.story_id FROM topic_story s WHERE s.topic_id = erased_topic.topic_id LIMIT 1) IS NULL

-- name: note_chat
INSERT INTO forgotten_chat (chat_id, forgotten_at) VALUES (:chat_id, :now)
ON CONFLICT (chat_id) DO UPDATE SET forgotten_at = excluded.forgotten_at

-- name: last_messages
DELETE FROM outbox WHERE settled_at IS NOT NULL AND chat_id IN (
    SELECT f.chat_id FROM forgotten_chat f WHERE (SELECT c.id FROM chat c WHERE c.id = f.chat_id) IS NULL
)

-- name: last_paces
DELETE FROM pace WHERE next_at < :now AND paid_until < :now AND chat_id IN (
    SELECT f.chat_id FROM forgotten_chat f WHERE (SELECT c.id FROM chat c WHERE c.id = f.chat_id) IS NULL
)

-- name: close_chats
DELETE FROM forgotten_chat
WHERE forgotten_at < :before OR (SELECT c.id FROM chat c WHERE c.id = forgotten_chat.chat_id) IS NOT NULL
RETURNING chat_id

-- name: note_gone
UPDATE chat SET gone_at = :now WHERE gone = 1 AND gone_at IS NULL RETURNING id

-- name: feeds_of
SELECT c.source_id FROM chat_source c JOIN source s ON s.id = c.source_id AND s.public = 0
WHERE c.chat_id {{in_ids:chat_ids}} AND c.enabled = 1

-- name: long_gone
SELECT id FROM chat WHERE gone = 1 AND gone_at < :before ORDER BY gone_at, id LIMIT :limit {{skip_locked}}
