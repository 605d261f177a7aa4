-- name: lapse_outbox
UPDATE outbox SET lease_until = 0 WHERE state IN ('leased', 'sending') AND lease_until > 0

-- name: lapse_inbox
UPDATE inbox SET lease_until = 0 WHERE finished_at IS NULL AND lease_until > 0

-- name: lapse_imports
UPDATE import_job SET lease_until = 0 WHERE lease_until > 0

-- name: lapse_sources
UPDATE source SET lease_until = 0 WHERE lease_until > 0
