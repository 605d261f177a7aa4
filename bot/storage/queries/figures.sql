-- Counts for operators; each row is a name and a number, in the order of the position.
-- name: counts
SELECT 1 AS position, 'chats ' || state AS name, count(*) AS number FROM chat GROUP BY state
UNION ALL SELECT 2, 'topics', count(*) FROM topic
UNION ALL SELECT 3, 'subscriptions', count(*) FROM subscription
UNION ALL SELECT 4, 'sources', count(*) FROM source WHERE enabled = 1
UNION ALL SELECT 5, 'sources failing', count(*) FROM source WHERE enabled = 1 AND failures > 0
UNION ALL SELECT 6, 'articles', count(*) FROM article
UNION ALL SELECT 7, 'articles ' || language, count(*) FROM article GROUP BY language
UNION ALL SELECT 8, 'stories', count(DISTINCT story_id) FROM article
UNION ALL SELECT 9, 'messages ' || state, count(*) FROM outbox GROUP BY state
UNION ALL SELECT 10, 'updates waiting', count(*) FROM inbox WHERE finished_at IS NULL
ORDER BY 1, 2
