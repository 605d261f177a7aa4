-- name: old_articles
SELECT id, posting_keys FROM article WHERE stored_at < :before ORDER BY stored_at LIMIT :limit {{skip_locked}}

-- name: matches_of
DELETE FROM topic_match WHERE (topic_id, article_id) IN (
    SELECT m.topic_id, m.article_id FROM topic_match m WHERE m.article_id {{in_ids:ids}} LIMIT :limit
)
RETURNING article_id

-- name: drop_articles
DELETE FROM article WHERE id {{in_ids:ids}}

-- name: stories
DELETE FROM topic_story WHERE (topic_id, story_id, source_id) IN (
    SELECT topic_id, story_id, source_id FROM topic_story WHERE stored_at < :before ORDER BY stored_at LIMIT :limit
)
RETURNING story_id

-- name: identities
-- A source that has not changed since it listed an entry lists it still.
DELETE FROM entry WHERE (source_id, uid_hash) IN (
    SELECT e.source_id, e.uid_hash FROM entry e JOIN source s ON s.id = e.source_id
    WHERE e.listed_at < :before
        AND (s.enabled = 0 OR e.listed_at + CAST(:grain AS BIGINT) < COALESCE(s.changed_at, 0))
        AND (SELECT a.id FROM article a WHERE a.id = e.article_id) IS NULL
    ORDER BY e.listed_at LIMIT :limit
)
RETURNING article_id

-- name: messages
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE settled_at IS NOT NULL AND settled_at < :before ORDER BY settled_at LIMIT :limit
)
RETURNING id

-- name: paces
DELETE FROM pace WHERE chat_id IN (
    SELECT chat_id FROM pace WHERE next_at < :before AND paid_until < :before ORDER BY next_at LIMIT :limit
)
RETURNING chat_id

-- name: updates
DELETE FROM inbox WHERE update_id IN (
    SELECT update_id FROM inbox WHERE finished_at IS NOT NULL AND finished_at < :before
    ORDER BY finished_at LIMIT :limit
)
RETURNING update_id

-- name: compositions
DELETE FROM composition WHERE id IN (
    SELECT id FROM composition WHERE created_at < :before ORDER BY created_at LIMIT :limit
)
RETURNING id

-- name: removals
DELETE FROM removal WHERE (chat_id, topic_id) IN (
    SELECT chat_id, topic_id FROM removal WHERE removed_at < :before ORDER BY removed_at LIMIT :limit
)
RETURNING topic_id

-- name: offers
DELETE FROM offer WHERE (chat_id, source_id) IN (
    SELECT chat_id, source_id FROM offer WHERE offered_at < :before ORDER BY offered_at LIMIT :limit
)
RETURNING source_id

-- name: broadcasts
DELETE FROM broadcast WHERE id IN (
    SELECT id FROM broadcast WHERE created_at < :before AND state <> 'going' ORDER BY id LIMIT :limit
)
RETURNING id

-- name: look_through_topics
SELECT t.id, (SELECT s.chat_id FROM subscription s WHERE s.topic_id = t.id LIMIT 1) AS reader
FROM topic t WHERE t.id > :after ORDER BY t.id LIMIT :limit

-- name: drop_topics
DELETE FROM topic WHERE id {{in_ids:ids}}
    AND (SELECT s.chat_id FROM subscription s WHERE s.topic_id = topic.id LIMIT 1) IS NULL
RETURNING id
