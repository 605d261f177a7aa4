-- name: known
SELECT uid_hash, article_id, content_hash, entry_hash FROM entry WHERE source_id = :source_id AND uid_hash {{in_texts:uids}}

-- name: listed
-- A day's grain spares most of the writes: identities are kept for weeks.
UPDATE entry SET listed_at = :now
WHERE source_id = :source_id AND uid_hash {{in_texts:uids}} AND listed_at < CAST(:now AS BIGINT) - 86400000

-- name: seen
UPDATE entry SET entry_hash = :entry_hash WHERE source_id = :source_id AND uid_hash = :uid_hash

-- name: add_entries
-- Returns the articles that are new; the others were stored before, perhaps by another process a moment ago.
INSERT INTO entry (source_id, uid_hash, article_id, content_hash, entry_hash, listed_at)
SELECT source_id, uid_hash, article_id, content_hash, entry_hash, listed_at
FROM {{rows:entries(
    source_id TEXT, uid_hash TEXT, article_id BIGINT, content_hash TEXT, entry_hash TEXT, listed_at BIGINT
)}} AS e
WHERE true
ON CONFLICT (source_id, uid_hash) DO NOTHING
RETURNING article_id

-- name: add
INSERT INTO article (
    id, source_id, story_id, related_id, url, title, summary, language, image, published_at, stored_at, text,
    posting_keys, keys_version
)
VALUES (
    :id, :source_id, :story_id, :related_id, :url, :title, :summary, :language, :image, :published_at, :stored_at, :text,
    :posting_keys, :keys_version
)

-- name: add_postings
INSERT INTO posting (key, article_id)
SELECT k.value, CAST(:article_id AS BIGINT) FROM {{ids:keys}} AS k WHERE true
ON CONFLICT DO NOTHING

-- name: drop_postings
DELETE FROM posting WHERE article_id = :article_id AND key {{in_ids:keys}}

-- name: posting_keys
SELECT posting_keys FROM article WHERE id = :id {{locked}}

-- name: change_entry
UPDATE entry SET content_hash = :content_hash, entry_hash = :entry_hash WHERE article_id = :article_id

-- name: change
UPDATE article SET
    url = :url, title = :title, summary = :summary, text = :text, language = :language, image = :image,
    published_at = :published_at, posting_keys = :posting_keys, keys_version = :keys_version
WHERE id = :id

-- name: outdated
-- An index serves ranges, not "unequal": the versions below and above are read apart.
SELECT id, source_id, story_id, url, title, summary, text, language, image, published_at, stored_at
FROM (
    SELECT * FROM (
        SELECT * FROM article WHERE keys_version < :version ORDER BY keys_version DESC, id DESC LIMIT :limit
    ) AS below
    UNION ALL
    SELECT * FROM (
        SELECT * FROM article WHERE keys_version > :version ORDER BY keys_version, id DESC LIMIT :limit
    ) AS above
) AS outdated
ORDER BY id DESC LIMIT :limit

-- name: count_outdated
SELECT count(*) AS articles FROM article WHERE keys_version < :version OR keys_version > :version

-- name: outdated_keys
SELECT id, title, text, posting_keys FROM article
WHERE id {{in_ids:ids}} AND keys_version <> :version {{locked}}

-- name: renew
UPDATE article SET posting_keys = :posting_keys, keys_version = :version WHERE id = :id

-- name: mark_keys
UPDATE article SET keys_version = :version WHERE id {{in_ids:ids}}

-- name: story_ids
SELECT id, story_id FROM article WHERE id {{in_ids:ids}}

-- name: texts
SELECT id, text FROM article WHERE id {{in_ids:ids}}

-- name: by_keys
-- What the chat may see is asked before the newest are taken: what others see alone takes no place among them. The
-- newest are found first and read then: a common word is in thousands of articles, whose texts would all be sorted.
-- Where no key is asked for, every article is a candidate.
SELECT a.id, a.source_id, a.story_id, a.url, a.title, a.summary, a.text, a.language, a.image,
    a.published_at, a.stored_at
FROM (
    SELECT d.id
    FROM (
        SELECT p.article_id
        FROM {{rows:keys(no BIGINT, key BIGINT)}} AS k JOIN posting p ON p.key = k.key
        GROUP BY p.article_id HAVING count(DISTINCT k.no) = :groups
        UNION ALL
        SELECT id FROM article WHERE :groups = 0 AND stored_at >= :since
    ) AS met
    JOIN article d ON d.id = met.article_id
    WHERE d.stored_at >= :since AND {{sees::chat_id, d.source_id}} AND {{reads::chat_id, d.language}}
    ORDER BY d.published_at DESC, d.id DESC LIMIT :limit
) AS newest
JOIN article a ON a.id = newest.id
ORDER BY a.published_at DESC, a.id DESC

-- name: own_sources
SELECT c.source_id FROM chat_source c JOIN source s ON s.id = c.source_id
WHERE c.chat_id = :chat_id AND c.enabled = 1 AND s.public = 0

-- name: to_backfill
-- Public articles are counted apart from those of feeds that the chat added, and each language has some places of its
-- own: neither takes the other's.
SELECT ranked.id,
    COALESCE((SELECT max(e.content_hash) FROM entry e WHERE e.article_id = ranked.id), '') AS content_hash
FROM (
    SELECT d.id, d.published_at, s.public,
        row_number() OVER (PARTITION BY s.public ORDER BY d.published_at DESC, d.id DESC) AS place,
        row_number() OVER (PARTITION BY s.public, d.language ORDER BY d.published_at DESC, d.id DESC) AS in_language
    FROM (
        SELECT p.article_id
        FROM {{rows:keys(no BIGINT, key BIGINT)}} AS k JOIN posting p ON p.key = k.key
        GROUP BY p.article_id HAVING count(DISTINCT k.no) = :groups
        UNION ALL
        SELECT id FROM article WHERE :groups = 0 AND stored_at >= :since
    ) AS met
    JOIN article d ON d.id = met.article_id
    JOIN source s ON s.id = d.source_id
    WHERE d.stored_at >= :since AND (s.public = 1 AND CAST(:newest AS BIGINT) > 0 OR d.source_id {{in_texts:own_sources}})
) AS ranked
WHERE ranked.place <= CASE WHEN ranked.public = 1 THEN CAST(:newest AS BIGINT) ELSE CAST(:own AS BIGINT) END
    OR ranked.public = 1 AND ranked.in_language <= CAST(:each_language AS BIGINT)
ORDER BY ranked.published_at DESC, ranked.id DESC

-- name: read
SELECT a.id, a.source_id, a.story_id, a.url, a.title, a.summary, a.text, a.language, a.image,
    a.published_at, a.stored_at,
    COALESCE((SELECT max(e.content_hash) FROM entry e WHERE e.article_id = a.id), '') AS content_hash
FROM article a WHERE a.id {{in_ids:ids}}

-- name: after
SELECT id, source_id, story_id, related_id, url, title, summary, text, language, image, published_at, stored_at
FROM article WHERE id > :id AND stored_at >= :since
ORDER BY id LIMIT :limit

-- name: latest
SELECT a.story_id
FROM topic_match m JOIN article a ON a.id = m.article_id
WHERE m.topic_id {{in_ids:topic_ids}} AND a.stored_at >= :since
    AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
    AND {{wants::chat_id, m.topic_id, a.language}}
GROUP BY a.story_id ORDER BY max(a.published_at) DESC, a.story_id DESC LIMIT :limit

-- name: related
SELECT a.story_id
FROM article a
WHERE a.related_id IN (SELECT b.related_id FROM article b WHERE b.story_id = :story_id)
    AND a.story_id <> :story_id AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
GROUP BY a.story_id ORDER BY max(a.published_at) DESC, a.story_id DESC LIMIT :limit

-- name: counts
SELECT m.topic_id, count(*) AS articles
FROM topic_match m JOIN article a ON a.id = m.article_id
WHERE m.topic_id {{in_ids:topic_ids}} AND a.published_at >= :since
    AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
    AND {{wants::chat_id, m.topic_id, a.language}}
GROUP BY m.topic_id

-- name: mentions
SELECT d.no, a.language, count(*) AS articles
FROM topic_match m JOIN article a ON a.id = m.article_id
JOIN {{rows:days(no BIGINT, start BIGINT, stop BIGINT)}} AS d ON a.published_at >= d.start AND a.published_at < d.stop
WHERE m.topic_id = :topic_id AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
GROUP BY d.no, a.language

-- name: popular
SELECT a.story_id
FROM article a
WHERE a.stored_at >= :since AND {{sees::chat_id, a.source_id}} AND {{reads::chat_id, a.language}}
GROUP BY a.story_id
ORDER BY count(DISTINCT a.source_id) DESC, max(a.published_at) DESC, a.story_id DESC LIMIT :limit

-- name: popular_public
SELECT a.story_id
FROM article a JOIN source s ON s.id = a.source_id AND s.public = 1
WHERE a.stored_at >= :since AND a.language {{in_texts:languages}}
GROUP BY a.story_id
ORDER BY count(DISTINCT a.source_id) DESC, max(a.published_at) DESC, a.story_id DESC LIMIT :limit
