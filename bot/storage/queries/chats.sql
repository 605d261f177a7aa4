-- name: get
SELECT * FROM chat WHERE id = :id

-- name: get_each
SELECT * FROM chat WHERE id {{in_ids:ids}} ORDER BY id

-- name: put
INSERT INTO chat (
    id, kind, locale, zone, schedule, state, created_at, next_digest_at, next_weekly_at, next_slot_at,
    thread_id, quiet, digest_when_empty, languages, compact, pictures, manages, gone
)
VALUES (
    :id, :kind, :locale, :zone, :schedule, :state, :created_at, :next_digest_at, :next_weekly_at, :next_slot_at,
    :thread_id, :quiet, :digest_when_empty, :languages, :compact, :pictures, :manages, :gone
)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, locale = excluded.locale, zone = excluded.zone, schedule = excluded.schedule,
    state = excluded.state, created_at = excluded.created_at, next_digest_at = excluded.next_digest_at,
    next_weekly_at = excluded.next_weekly_at, next_slot_at = excluded.next_slot_at,
    thread_id = excluded.thread_id, quiet = excluded.quiet, digest_when_empty = excluded.digest_when_empty,
    languages = excluded.languages, compact = excluded.compact, pictures = excluded.pictures,
    manages = excluded.manages, gone = excluded.gone,
    gone_at = CASE WHEN excluded.gone = 1 THEN chat.gone_at END

-- name: lock
-- Whoever composes for the chat at the moment ends first, and what they stored is seen, and deleted too.
SELECT id FROM chat WHERE id = :id {{locked}}

-- name: any_due
SELECT 1 AS due FROM chat
WHERE state = 'active' AND gone = 0 AND next_slot_at IS NOT NULL AND next_slot_at <= :now LIMIT 1

-- name: next_digest
SELECT min(next_digest_at) AS at FROM chat c
WHERE state = 'active' AND gone = 0 AND (SELECT s.chat_id FROM subscription s WHERE s.chat_id = c.id LIMIT 1) IS NOT NULL

-- name: claim_due
SELECT * FROM chat WHERE state = 'active' AND gone = 0 AND next_slot_at IS NOT NULL AND next_slot_at <= :now
ORDER BY next_slot_at, id LIMIT :limit {{skip_locked}}

-- name: put_off
UPDATE chat SET next_slot_at = :until WHERE id {{in_ids:ids}}

-- name: mark_gone
-- One column, not the row: what the chat's people ask for may be written at the same moment by another process.
UPDATE chat SET gone = 1 WHERE id = :id AND gone = 0

-- name: mark_back
UPDATE chat SET gone = 0 WHERE id {{in_ids:ids}} AND gone = 1

-- name: slots_after
SELECT * FROM chat
WHERE state = 'active' AND gone = 0 AND next_slot_at IS NOT NULL AND next_slot_at > :instant AND id > :above
ORDER BY id LIMIT :limit {{locked}}

-- name: copy
-- A group that moved is there to be written to, whatever was said of its old id.
INSERT INTO chat (
    id, kind, locale, zone, schedule, state, created_at, next_digest_at, next_weekly_at, next_slot_at,
    thread_id, quiet, digest_when_empty, languages, compact, pictures, gone
)
SELECT CAST(:new_id AS BIGINT), 'supergroup', locale, zone, schedule, state, created_at, next_digest_at,
    next_weekly_at, next_slot_at, thread_id, quiet, digest_when_empty, languages, compact, pictures, 0
FROM chat WHERE id = :old_id
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, locale = excluded.locale, zone = excluded.zone, schedule = excluded.schedule,
    state = excluded.state, created_at = excluded.created_at, next_digest_at = excluded.next_digest_at,
    next_weekly_at = excluded.next_weekly_at, next_slot_at = excluded.next_slot_at,
    thread_id = excluded.thread_id, quiet = excluded.quiet, digest_when_empty = excluded.digest_when_empty,
    languages = excluded.languages, compact = excluded.compact, pictures = excluded.pictures, gone = excluded.gone

-- name: move_subscriptions
-- What the supergroup follows already keeps its own watermark; the rest is left to the deletion of the old chat.
UPDATE subscription SET chat_id = :new_id
WHERE chat_id = :old_id AND topic_id NOT IN (SELECT topic_id FROM subscription WHERE chat_id = :new_id)

-- name: move_sources
UPDATE chat_source SET chat_id = :new_id
WHERE chat_id = :old_id AND source_id NOT IN (SELECT source_id FROM chat_source WHERE chat_id = :new_id)

-- name: move_offers
UPDATE offer SET chat_id = :new_id
WHERE chat_id = :old_id AND source_id NOT IN (SELECT source_id FROM offer WHERE chat_id = :new_id)

-- name: move_alerts
UPDATE alert_pace SET chat_id = :new_id
WHERE chat_id = :old_id AND (SELECT chat_id FROM alert_pace WHERE chat_id = :new_id) IS NULL

-- name: move_group_admin
INSERT INTO group_admin (chat_id, user_id, title)
SELECT CAST(:new_id AS BIGINT), user_id, title FROM group_admin WHERE chat_id = :old_id
ON CONFLICT (chat_id) DO NOTHING

-- name: drop_group_admin
DELETE FROM group_admin WHERE chat_id = :old_id

-- name: move_compositions
UPDATE composition SET chat_id = :new_id WHERE chat_id = :old_id

-- name: move_outbox
UPDATE outbox SET chat_id = :new_id WHERE chat_id = :old_id AND settled_at IS NULL

-- name: move_inbox
UPDATE inbox SET chat_id = :new_id WHERE chat_id = :old_id AND finished_at IS NULL

-- name: move_pace
DELETE FROM pace WHERE chat_id = :old_id

-- name: leave_thread
UPDATE chat SET thread_id = NULL WHERE id = :chat_id AND thread_id = :thread_id

-- name: leave_thread_waiting
UPDATE outbox SET thread_id = NULL WHERE chat_id = :chat_id AND thread_id = :thread_id AND settled_at IS NULL

-- name: drop
DELETE FROM chat WHERE id = :id

-- name: forget_import
-- First: what is adding a topic just now is waited for, and then forgotten too.
DELETE FROM import_job WHERE chat_id = :id OR answer_to = :id

-- name: forget_compositions
DELETE FROM composition WHERE chat_id = :id

-- name: forget_outbox
DELETE FROM outbox WHERE chat_id = :id AND settled_at IS NULL

-- name: forget_ended
-- Apart from what is on its way: each has an index of its own.
DELETE FROM outbox WHERE chat_id = :id AND settled_at IS NOT NULL

-- name: forget_inbox
-- Of what was set aside the id stays, so that Telegram's repetition of an update does not undo what it did. What waits
-- came after the wish to be forgotten: it is handled as of a new chat.
UPDATE inbox SET chat_id = NULL, payload = '{}' WHERE chat_id = :id AND finished_at IS NOT NULL

-- name: forget_offers
DELETE FROM offer WHERE chat_id = :id

-- name: forget_broadcasts
-- What is on its way to all goes on, without whose it was.
DELETE FROM broadcast WHERE chat_id = :id AND state <> 'going'

-- name: forget_sender
UPDATE broadcast SET chat_id = 0 WHERE chat_id = :id

-- name: forget_stewards
DELETE FROM steward WHERE user_id = :id OR channel_id = :id

-- name: forget_group_admins
DELETE FROM group_admin WHERE user_id = :id OR chat_id = :id

-- name: forget_management
UPDATE chat SET manages = NULL WHERE manages = :id
