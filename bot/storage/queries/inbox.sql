-- name: store
INSERT INTO inbox (update_id, chat_id, payload, received_at, available_at)
SELECT update_id, chat_id, payload, received_at, received_at
FROM {{rows:updates(update_id BIGINT, chat_id BIGINT, payload TEXT, received_at BIGINT)}} AS u
WHERE true
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id

-- name: full
SELECT update_id FROM inbox WHERE finished_at IS NULL ORDER BY update_id LIMIT 1 OFFSET :before

-- name: claim
-- The claim counts the attempt, so that an update that kills the process is known by its attempts after the restart.
-- A lapsed lease is claimed again; a chat's next update waits until the one before it is finished.
WITH picked AS MATERIALIZED (
    SELECT i.update_id FROM inbox i
    WHERE i.finished_at IS NULL AND i.available_at <= :now AND i.lease_until <= :now
        AND (
            SELECT q.update_id FROM inbox q
            WHERE q.chat_id = i.chat_id AND q.finished_at IS NULL AND q.update_id < i.update_id LIMIT 1
        ) IS NULL
    ORDER BY i.update_id LIMIT :limit {{skip_locked}}
)
UPDATE inbox SET state = 'leased', lease_owner = :owner, lease_until = :lease_until, attempts = attempts + 1
WHERE update_id IN (SELECT update_id FROM picked) RETURNING update_id, chat_id, payload, received_at, attempts

-- name: done
-- The id stays, so that a repetition is passed over; whose it was and what they wrote does not, a shared place least of
-- all.
UPDATE inbox SET
    state = 'done', finished_at = :now, lease_owner = NULL, lease_until = 0, error = NULL, payload = '{}', chat_id = NULL
WHERE update_id = :update_id AND finished_at IS NULL

-- name: fail
UPDATE inbox SET
    state = :state, available_at = :available_at, finished_at = :finished_at, error = :error,
    lease_owner = NULL, lease_until = 0
WHERE update_id = :update_id AND finished_at IS NULL
