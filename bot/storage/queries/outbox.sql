-- name: put
INSERT INTO outbox (
    dedupe_key, chat_id, priority, state, text, keyboard, thread_id, edits, silent, created_at, available_at, expires_at,
    file_kind, file_name, file_data, file_instead, preview
)
VALUES (
    :dedupe_key, :chat_id, :priority, 'pending', :text, :keyboard, :thread_id, :edits, :silent, :created_at,
    :created_at, :expires_at, :file_kind, :file_name, :file_data, :file_instead, :preview
)
ON CONFLICT (dedupe_key) DO NOTHING

-- name: full_of_replies
SELECT c.value AS chat_id FROM {{ids:chat_ids}} AS c
WHERE (
    SELECT count(*) FROM (
        SELECT 1 FROM outbox o WHERE o.chat_id = c.value AND o.settled_at IS NULL AND o.priority = '0-reply' LIMIT :most
    ) AS w
) >= :most

-- name: lock_budget
SELECT next_at, held_until, {{now}} AS now FROM send_budget WHERE id = 1 {{locked}}

-- name: reserve
UPDATE send_budget SET next_at = CAST(:from AS DOUBLE PRECISION) + CAST(:cost AS DOUBLE PRECISION) WHERE id = 1

-- name: claim_replies
-- A reply waits for another message of its chat that is in flight, and for an earlier reply; an earlier one that failed
-- and is tried again later steps aside. Paused and stopped chats get their answers.
-- The conditions are single values, not EXISTS: PostgreSQL would turn those into joins over all that waits, where these
-- are asked row by row until the limit is reached.
WITH picked AS MATERIALIZED (
    SELECT o.id FROM outbox o
    WHERE o.state IN ('pending', 'retry') AND o.priority = '0-reply' AND o.available_at <= :now
        AND o.expires_at > :now
        AND COALESCE((SELECT p.next_at FROM pace p WHERE p.chat_id = o.chat_id), 0) <= :now
        AND (
            SELECT q.id FROM outbox q WHERE q.chat_id = o.chat_id AND q.settled_at IS NULL AND (
                q.state IN ('leased', 'sending')
                OR (q.priority = '0-reply' AND q.id < o.id AND q.available_at <= :now AND q.expires_at > :now)
            )
            LIMIT 1
        ) IS NULL
    ORDER BY o.priority, o.available_at, o.id LIMIT :limit {{skip_locked}}
)
UPDATE outbox SET state = 'leased', lease_owner = :owner, lease_until = :lease_until
WHERE id IN (SELECT id FROM picked) RETURNING *

-- name: claim_others
-- Within a chat, messages of one priority keep their order even while the first of them waits to be tried again (the
-- parts of a digest), and those of a higher priority go first once they may go at all.
WITH picked AS MATERIALIZED (
    SELECT o.id FROM outbox o
    WHERE o.state IN ('pending', 'retry') AND o.priority > '0-reply' AND o.available_at <= :now
        AND o.expires_at > :now
        AND COALESCE((SELECT p.next_at FROM pace p WHERE p.chat_id = o.chat_id), 0) <= :now
        AND (SELECT c.id FROM chat c WHERE c.id = o.chat_id AND (c.state <> 'active' OR c.gone = 1)) IS NULL
        AND (
            SELECT q.id FROM outbox q WHERE q.chat_id = o.chat_id AND q.settled_at IS NULL AND (
                q.state IN ('leased', 'sending')
                OR (
                    (q.priority < o.priority OR (q.priority = o.priority AND q.id < o.id))
                    AND q.expires_at > :now AND (q.priority = o.priority OR q.available_at <= :now)
                )
            )
            LIMIT 1
        ) IS NULL
    ORDER BY o.priority, o.available_at, o.id LIMIT :limit {{skip_locked}}
)
UPDATE outbox SET state = 'leased', lease_owner = :owner, lease_until = :lease_until
WHERE id IN (SELECT id FROM picked) RETURNING *

-- name: mark_sending
UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = :lease_until
WHERE id {{in_ids:ids}} AND state IN ('leased', 'sending')

-- name: settle
-- A row that has ended stays ended: a late answer of a sender whose lease lapsed never opens it again.
UPDATE outbox SET
    state = s.state, available_at = s.available_at, settled_at = s.settled_at,
    message_id = COALESCE(s.message_id, outbox.message_id), error = s.error,
    uncertain = {{greatest}}(outbox.uncertain, s.uncertain), lease_owner = NULL, lease_until = NULL,
    file_data = CASE WHEN s.settled_at IS NULL THEN outbox.file_data END,
    refused_at = COALESCE(s.refused_at, outbox.refused_at), expires_at = COALESCE(s.expires_at, outbox.expires_at)
FROM {{rows:settlements(id BIGINT, state TEXT, available_at BIGINT, settled_at BIGINT, message_id BIGINT, error TEXT, uncertain BIGINT, refused_at BIGINT, expires_at BIGINT)}} AS s
WHERE outbox.id = s.id AND outbox.settled_at IS NULL

-- name: give_up
-- Rows that cannot be read: nothing can be sent of them.
UPDATE outbox SET state = 'failed', settled_at = :now, error = 'unreadable', lease_owner = NULL, lease_until = NULL
WHERE id {{in_ids:ids}} AND settled_at IS NULL

-- name: drop_attachment
UPDATE outbox SET text = COALESCE(file_instead, text), file_kind = NULL, file_name = NULL, file_data = NULL, file_instead = NULL
WHERE id = :id AND file_kind IS NOT NULL AND settled_at IS NULL

-- name: refused
SELECT DISTINCT chat_id FROM outbox
WHERE chat_id {{in_ids:chat_ids}} AND refused_at IS NOT NULL AND settled_at IS NULL

-- name: redirect_refused
UPDATE outbox SET thread_id = :thread_id WHERE chat_id = :chat_id AND refused_at IS NOT NULL AND settled_at IS NULL

-- name: try_refused
UPDATE outbox SET available_at = :now
WHERE chat_id {{in_ids:chat_ids}} AND refused_at IS NOT NULL AND settled_at IS NULL
    AND state = 'retry' AND available_at > :now
RETURNING chat_id

-- name: pace
-- Ids of groups, supergroups and channels are negative. paid_until runs ahead of the clock by what was sent: a message
-- may go while it is at most group_credit ahead.
INSERT INTO pace (chat_id, next_at, paid_until)
SELECT DISTINCT chat_id, CAST(:now AS BIGINT) + CAST(:chat_pause AS BIGINT),
    CASE WHEN chat_id < 0 THEN CAST(:now AS BIGINT) + CAST(:group_pause AS BIGINT) ELSE 0 END
FROM outbox WHERE id {{in_ids:ids}}
ON CONFLICT (chat_id) DO UPDATE SET
    next_at = {{greatest}}(
        pace.next_at,
        excluded.next_at,
        CASE WHEN pace.chat_id < 0
            THEN {{greatest}}(pace.paid_until, CAST(:now AS BIGINT)) + :group_pause - :group_credit ELSE 0 END
    ),
    paid_until = CASE WHEN pace.chat_id < 0
        THEN {{greatest}}(pace.paid_until, CAST(:now AS BIGINT)) + :group_pause ELSE 0 END

-- name: free_lapsed
-- What was leased was not sent; what was in flight may have been.
UPDATE outbox SET
    state = CASE WHEN state = 'sending' OR attempts > 0 THEN 'retry' ELSE 'pending' END,
    uncertain = CASE WHEN state = 'sending' THEN 1 ELSE uncertain END,
    lease_owner = NULL, lease_until = NULL
WHERE id IN (
    SELECT id FROM outbox WHERE state IN ('leased', 'sending') AND lease_until <= :now {{skip_locked}}
)
RETURNING id

-- name: expire
UPDATE outbox SET state = 'expired', settled_at = :now
WHERE id IN (
    SELECT id FROM outbox WHERE state IN ('pending', 'retry') AND expires_at <= :now {{skip_locked}}
)
RETURNING id

-- name: hold_all
UPDATE send_budget SET held_until = {{greatest}}(held_until, :until) WHERE id = 1

-- name: hold
INSERT INTO pace (chat_id, next_at) VALUES (:chat_id, :until)
ON CONFLICT (chat_id) DO UPDATE SET next_at = {{greatest}}(pace.next_at, excluded.next_at)

-- name: drop
UPDATE outbox SET state = 'failed', error = 'the chat is gone', settled_at = {{now}}
WHERE chat_id = :chat_id AND settled_at IS NULL AND state IN ('pending', 'retry')
RETURNING id

-- name: next_due
-- The first hundred by availability are enough: whatever comes behind them is not available before them. Parts of a
-- digest go by their first part.
SELECT min(due.at) AS due_at
FROM (
    SELECT {{greatest}}(
        o.available_at,
        COALESCE((SELECT next_at FROM pace WHERE chat_id = o.chat_id), 0),
        (SELECT held_until FROM send_budget WHERE id = 1)
    ) AS at
    FROM outbox o
    WHERE o.state IN ('pending', 'retry')
        AND (o.priority = '0-reply'
            OR (SELECT c.id FROM chat c WHERE c.id = o.chat_id AND (c.state <> 'active' OR c.gone = 1)) IS NULL)
        AND CASE WHEN o.priority = '0-reply'
            THEN o.chat_id NOT IN (SELECT f.chat_id FROM outbox f WHERE f.state IN ('leased', 'sending'))
            ELSE (
                SELECT q.id FROM outbox q WHERE q.chat_id = o.chat_id AND q.settled_at IS NULL
                    AND (q.state IN ('leased', 'sending') OR (q.priority = o.priority AND q.id < o.id))
                LIMIT 1
            ) IS NULL END
    ORDER BY o.available_at LIMIT 100
) AS due

-- name: taken
SELECT dedupe_key FROM outbox WHERE dedupe_key {{in_texts:keys}}

-- name: underway
SELECT state, count(*) AS rows FROM outbox WHERE settled_at IS NULL GROUP BY state

-- name: counts
SELECT state, count(*) AS rows FROM outbox GROUP BY state
