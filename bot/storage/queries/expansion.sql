-- name: tellings
SELECT id, source_id, story_id, url, title, summary, '' AS text, language, image, published_at, stored_at
FROM article
WHERE story_id {{in_ids:story_ids}}
ORDER BY published_at DESC, id DESC

-- name: reasons
-- By the pairs that are asked for: a story may have met a thousand topics that nobody here follows.
SELECT m.topic_id, m.article_id, m.reasons
FROM {{rows:pairs(story_id BIGINT, topic_id BIGINT)}} AS p
JOIN article a ON a.story_id = p.story_id
JOIN topic_match m ON m.topic_id = p.topic_id AND m.article_id = a.id
