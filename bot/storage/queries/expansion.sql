-- name: tellings
SELECT a.id, a.source_id, a.story_id, a.url, a.title, a.summary, '' AS text, a.language, a.image,
    a.published_at, a.stored_at, s.public
FROM article a JOIN source s ON s.id = a.source_id
WHERE a.story_id IN {{ids:story_ids}}
ORDER BY a.published_at DESC, a.id DESC

-- name: switches
SELECT chat_id, source_id, enabled FROM chat_source WHERE chat_id IN {{ids:chat_ids}}

-- name: reasons
SELECT m.topic_id, m.article_id, m.reasons
FROM article a JOIN topic_match m ON m.article_id = a.id
WHERE a.story_id IN {{ids:story_ids}} AND m.topic_id IN {{ids:topic_ids}}
