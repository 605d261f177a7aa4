-- name: start_over
-- What a former address said about caching means nothing to the new one.
UPDATE source SET
    next_fetch_at = :now, etag = NULL, last_modified = NULL, body_hash = NULL, url_index = 0,
    moved_to = NULL, moved_seen = 0, failures = 0, error = NULL, gone = 0, failing_since = NULL,
    rhythm = NULL, skip_hours = '', skip_days = '', host = :host, full_at = NULL
WHERE id = :id AND (url <> :url OR alternatives <> :alternatives)

-- name: put
-- The polling state of a known source stays: a restart asks nobody again.
INSERT INTO source (
    id, position, name, url, language, category, alternatives, zone, selectors, enabled, public, next_fetch_at, host
)
VALUES (
    :id, :position, :name, :url, :language, :category, :alternatives, :zone, :selectors, :enabled, :public, :now, :host
)
ON CONFLICT (id) DO UPDATE SET
    position = excluded.position, name = excluded.name, url = excluded.url, language = excluded.language,
    category = excluded.category, alternatives = excluded.alternatives, zone = excluded.zone,
    selectors = excluded.selectors, enabled = excluded.enabled, public = excluded.public,
    host = COALESCE(source.host, excluded.host)

-- name: add
-- One that is stored stays as it is; one whose address was deleted, and whose articles have not been yet, is back.
INSERT INTO source (
    id, position, name, url, language, category, alternatives, zone, selectors, enabled, public, next_fetch_at, host
)
VALUES (
    :id, :position, :name, :url, :language, :category, :alternatives, :zone, :selectors, :enabled, :public, :now, :host
)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, url = excluded.url, language = excluded.language, host = excluded.host
WHERE source.url = ''

-- name: switch
INSERT INTO chat_source (chat_id, source_id, enabled, name) VALUES (:chat_id, :source_id, :enabled, :name)
ON CONFLICT (chat_id, source_id) DO UPDATE SET
    enabled = excluded.enabled, name = COALESCE(excluded.name, chat_source.name)

-- name: adopt
-- A feed that was given up is asked as if it were new, and so is one that fails where its address has just answered; one
-- that others have on stays as it is.
UPDATE source SET
    enabled = 1, gone = 0, failures = 0, error = NULL, failing_since = NULL, next_fetch_at = :now, erase_at = NULL
WHERE id = :source_id AND public = 0 AND (
    enabled = 0 OR gone = 1 OR erase_at IS NOT NULL OR (:answered = 1 AND failing_since IS NOT NULL)
)

-- name: release
-- A chat that cannot be written to reads nothing.
UPDATE source SET enabled = 0
WHERE id {{in_texts:ids}} AND public = 0 AND enabled = 1
    AND NOT EXISTS (
        SELECT 1 FROM chat_source c JOIN chat r ON r.id = c.chat_id AND r.gone = 0
        WHERE c.source_id = source.id AND c.enabled = 1
    )

-- name: let_go
UPDATE source SET erase_at = :at
WHERE id = :source_id AND public = 0 AND erase_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM chat_source c WHERE c.source_id = source.id)

-- name: remove
DELETE FROM chat_source WHERE chat_id = :chat_id AND source_id = :source_id

-- name: choices
-- A switched catalogue's source is no chat's own; an added one is a choice of the chats that added it alone.
SELECT s.*, c.enabled AS chosen, c.name AS own_name
FROM chat_source c JOIN source s ON s.id = c.source_id
WHERE c.chat_id = :chat_id AND s.public = 0
UNION ALL
SELECT s.*, COALESCE(c.enabled, 1) AS chosen, NULL AS own_name
FROM source s LEFT JOIN chat_source c ON c.source_id = s.id AND c.chat_id = :chat_id
WHERE s.public = 1 AND s.enabled = 1

-- name: get
SELECT * FROM source WHERE id = :source_id AND url <> ''

-- name: at_address
SELECT * FROM source WHERE public = 0 AND url = :url ORDER BY enabled DESC, gone, id LIMIT 1

-- name: describe
UPDATE source SET name = :name, language = :language
WHERE id = :source_id AND public = 0 AND (name <> :name OR language <> :language)

-- name: listeners
SELECT chat_id, name FROM chat_source WHERE source_id = :source_id AND enabled = 1 ORDER BY chat_id

-- name: states
SELECT * FROM source WHERE enabled = 1 AND public = 1 ORDER BY position, id

-- name: offer
INSERT INTO offer (chat_id, source_id, name, url, language, own_name, offered_at)
VALUES (:chat_id, :id, :name, :url, :language, :own_name, :now)
ON CONFLICT (chat_id, source_id) DO UPDATE SET
    name = excluded.name, url = excluded.url, language = excluded.language, own_name = excluded.own_name,
    offered_at = excluded.offered_at

-- name: offered
SELECT * FROM offer WHERE chat_id = :chat_id AND source_id = :source_id AND offered_at >= :since

-- name: touched_by
-- The feeds that a chat has, and those that were offered to it or that it removed within the last day.
SELECT c.source_id FROM chat_source c WHERE c.chat_id = :chat_id
UNION
SELECT o.source_id FROM offer o WHERE o.chat_id = :chat_id

-- name: switches
SELECT source_id, enabled FROM chat_source WHERE chat_id = :chat_id ORDER BY source_id

-- name: disable_absent
-- Readers' own feeds are not the catalogue's to disable.
UPDATE source SET enabled = 0 WHERE public = 1 AND enabled = 1 AND id NOT IN {{texts:ids}}

-- name: sources
SELECT id, name, url, language, category, alternatives, zone, selectors, enabled, public
FROM source WHERE enabled = 1 ORDER BY public DESC, position, id

-- name: due_since
SELECT next_fetch_at FROM source
WHERE enabled = 1 AND gone = 0 AND public = :public AND next_fetch_at <= :now AND lease_until <= :now
ORDER BY next_fetch_at LIMIT 1

-- name: claimable_since
-- Hosts that have all their places taken are left out; a feed whose host is not known yet is alone at its own.
SELECT next_fetch_at FROM source
WHERE enabled = 1 AND gone = 0 AND public = :public AND next_fetch_at <= :now AND lease_until <= :now
    AND (host IS NULL OR host NOT IN (
        SELECT host FROM source WHERE lease_owner IS NOT NULL AND lease_until > :now AND host IS NOT NULL
        GROUP BY host HAVING count(*) >= :at_host
    ))
ORDER BY next_fetch_at LIMIT 1

-- name: claim_due
-- Of each host so many that with those that are leased, by whatever process, they are at most :at_host. Two processes
-- that claim in the same moment may pass that by what each of them claims. Only the first :look that are due are
-- ranked: a host that has taken its places is left out of the next look, so what stands behind it comes up then.
WITH held AS MATERIALIZED (
    SELECT host, count(*) AS number FROM source
    WHERE lease_owner IS NOT NULL AND lease_until > :now AND host IS NOT NULL
    GROUP BY host
),
due AS MATERIALIZED (
    SELECT id, host, next_fetch_at FROM source
    WHERE enabled = 1 AND gone = 0 AND public = :public AND next_fetch_at <= :now AND lease_until <= :now
        AND (host IS NULL OR host NOT IN (SELECT host FROM held WHERE number >= :at_host))
    ORDER BY next_fetch_at, id LIMIT :look
),
ranked AS (
    SELECT d.id, d.next_fetch_at, COALESCE(h.number, 0)
        + row_number() OVER (PARTITION BY COALESCE(d.host, d.id) ORDER BY d.next_fetch_at, d.id) AS place
    FROM due d LEFT JOIN held h ON h.host = d.host
),
picked AS MATERIALIZED (
    SELECT id FROM source
    WHERE lease_until <= :now
        AND id IN (SELECT id FROM ranked WHERE place <= :at_host ORDER BY next_fetch_at, id LIMIT :limit)
    {{skip_locked}}
)
UPDATE source SET lease_owner = :owner, lease_until = :lease_until WHERE id IN (SELECT id FROM picked) RETURNING *

-- name: put_off
UPDATE source SET next_fetch_at = :until, lease_owner = NULL, lease_until = 0 WHERE id {{in_texts:ids}}

-- name: bring
UPDATE source SET
    brought_articles = CASE WHEN brought_day = :day THEN brought_articles ELSE 0 END + CAST(:articles AS BIGINT),
    brought_keys = CASE WHEN brought_day = :day THEN brought_keys ELSE 0 END + CAST(:keys AS BIGINT),
    brought_day = :day
WHERE id = :source_id

-- name: brought
SELECT brought_articles AS articles, brought_keys AS keys FROM source WHERE id = :source_id AND brought_day = :day

-- name: brought_to
SELECT CAST(sum(CASE WHEN s.brought_day = :day THEN s.brought_articles ELSE 0 END) AS BIGINT) AS articles,
    CAST(sum(CASE WHEN s.brought_day = :day THEN s.brought_keys ELSE 0 END) AS BIGINT) AS keys
FROM (
    SELECT chat_id FROM chat_source WHERE source_id = :source_id AND enabled = 1 ORDER BY chat_id LIMIT :chats
) AS r
JOIN chat_source c ON c.chat_id = r.chat_id
JOIN source s ON s.id = c.source_id AND s.public = 0
GROUP BY r.chat_id

-- name: hold
UPDATE source SET lease_until = CASE WHEN lease_owner IS NULL THEN lease_until ELSE CAST(:until AS BIGINT) END
WHERE id = :source_id AND url <> ''
RETURNING id

-- name: settle
-- A feed whose address was deleted while it was asked stays deleted: nothing of what it brought is kept.
UPDATE source SET
    next_fetch_at = :next_fetch_at, etag = :etag, last_modified = :last_modified, body_hash = :body_hash,
    url_index = :url_index, moved_to = :moved_to, moved_seen = :moved_seen, failures = :failures, error = :error,
    checked_at = :checked_at, changed_at = :changed_at, gone = :gone, failing_since = :failing_since,
    rhythm = :rhythm, skip_hours = :skip_hours, skip_days = :skip_days, full_at = :full_at,
    host = COALESCE(:host, host), lease_owner = NULL, lease_until = 0
WHERE id = :source_id AND url <> ''
RETURNING id
