-- name: create
-- Returns nothing where the topic is there; where another process is making it, waits for that one first.
INSERT INTO topic (canonical, generation) VALUES (:canonical, :generation)
ON CONFLICT (canonical) DO NOTHING
RETURNING id, canonical, generation

-- name: find
SELECT id, canonical, generation FROM topic WHERE canonical = :canonical

-- name: since
SELECT id, canonical, generation FROM topic WHERE generation > :generation ORDER BY generation, id

-- name: count
SELECT count(*) AS topics FROM topic

-- name: ids
SELECT id FROM topic

-- name: add_match
INSERT INTO topic_match (topic_id, article_id, reasons) VALUES (:topic_id, :article_id, :reasons)
ON CONFLICT (topic_id, article_id) DO UPDATE SET reasons = excluded.reasons

-- name: met_by
SELECT article_id, topic_id FROM topic_match WHERE article_id {{in_ids:article_ids}}

-- name: drop_match
DELETE FROM topic_match WHERE topic_id = :topic_id AND article_id = :article_id

-- name: drop_matches
DELETE FROM topic_match WHERE article_id {{in_ids:article_ids}}

-- name: add_story
-- One row for each source whose article of the story met the topic: who does not see the first of them is told of the
-- story when one that it sees brings it.
INSERT INTO topic_story (topic_id, story_id, source_id, first_seq, stored_at, backfilled, language)
SELECT CAST(:topic_id AS BIGINT), CAST(:story_id AS BIGINT), a.source_id, CAST(:first_seq AS BIGINT),
    CAST(:stored_at AS BIGINT), CAST(:backfilled AS BIGINT),
    CASE WHEN min(a.language) = max(a.language) THEN min(a.language) ELSE '' END
FROM article a JOIN topic_match m ON m.topic_id = :topic_id AND m.article_id = a.id
WHERE a.story_id = :story_id
GROUP BY a.source_id
ON CONFLICT (topic_id, story_id, source_id) DO NOTHING

-- name: add_story_of_any_source
-- A story without a match (yet): it appears for every source.
INSERT INTO topic_story (topic_id, story_id, source_id, first_seq, stored_at, backfilled)
SELECT CAST(:topic_id AS BIGINT), CAST(:story_id AS BIGINT), '', CAST(:first_seq AS BIGINT),
    CAST(:stored_at AS BIGINT), CAST(:backfilled AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM topic_story WHERE topic_id = :topic_id AND story_id = :story_id)
ON CONFLICT (topic_id, story_id, source_id) DO NOTHING
