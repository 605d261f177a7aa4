-- Counts for operators; each row is a name and a number, in the order of the position.
-- name: counts
SELECT 1 AS position, 'chats ' || CASE gone WHEN 0 THEN state ELSE 'gone' END AS name, count(*) AS number
FROM chat GROUP BY 2
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

-- name: by_day
SELECT d.no,
    (SELECT count(*) FROM article a WHERE a.stored_at >= d.start AND a.stored_at < d.stop) AS articles,
    (
        SELECT count(*) FROM outbox o
        WHERE o.settled_at IS NOT NULL AND o.settled_at >= d.start AND o.settled_at < d.stop AND o.state = 'sent'
    ) AS messages,
    (SELECT count(*) FROM chat c WHERE c.created_at >= d.start AND c.created_at < d.stop) AS chats
FROM {{rows:days(no BIGINT, start BIGINT, stop BIGINT)}} AS d

-- name: brought
SELECT
    count(DISTINCT CASE WHEN s.public = 1 THEN s.id END) AS outlets,
    count(CASE WHEN s.public = 1 THEN 1 END) AS articles,
    count(DISTINCT CASE WHEN s.public = 1 THEN a.story_id END) AS stories,
    count(CASE WHEN s.public = 0 THEN 1 END) AS own_articles
FROM article a
JOIN source s ON s.id = a.source_id
WHERE a.stored_at >= :since AND a.stored_at < :until

-- name: backlog
-- A digest of a chat that is paused waits because the reader wants it so.
SELECT
    (
        SELECT o.available_at FROM outbox o
        WHERE o.state IN ('pending', 'retry') AND o.available_at <= :now AND o.expires_at > :now
            AND (o.priority = '0-reply'
                OR (SELECT c.id FROM chat c WHERE c.id = o.chat_id AND (c.state <> 'active' OR c.gone = 1)) IS NULL)
        ORDER BY o.available_at LIMIT 1
    ) AS message_since,
    (SELECT count(*) FROM inbox WHERE finished_at IS NULL) AS updates,
    (SELECT min(received_at) FROM inbox WHERE finished_at IS NULL) AS update_since,
    (SELECT max(stored_at) FROM article) AS newest_article_at,
    (SELECT max(version) FROM schema_version) AS schema_version
