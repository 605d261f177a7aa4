-- name: tellings
SELECT id, source_id, story_id, url, title, summary, '' AS text, language, image, published_at, stored_at
FROM article
WHERE story_id IN {{ids:story_ids}}
ORDER BY published_at DESC, id DESC

-- name: reasons
SELECT m.topic_id, m.article_id, m.reasons
FROM article a JOIN topic_match m ON m.article_id = a.id
WHERE a.story_id IN {{ids:story_ids}} AND m.topic_id IN {{ids:topic_ids}}
