-- name: lock_witness
SELECT seen_at, trusted_at, steady FROM clock_witness WHERE id = 1 {{locked}}

-- name: witness
SELECT seen_at, trusted_at, steady FROM clock_witness WHERE id = 1

-- name: bear_witness
INSERT INTO clock_witness (id, seen_at, trusted_at, steady) VALUES (1, :seen_at, :trusted_at, :steady)
ON CONFLICT (id) DO UPDATE SET
    seen_at = excluded.seen_at, trusted_at = excluded.trusted_at, steady = excluded.steady

-- name: database_now
SELECT {{server_now}} AS now WHERE {{server_now}} IS NOT NULL

-- name: pick_sources
SELECT id FROM source
WHERE next_fetch_at > :source_next_fetch_at OR lease_until > :source_lease_until OR checked_at > :late OR changed_at > :late
    OR failing_since > :late OR full_at > :late OR erase_at > :source_erase_at
LIMIT :limit

-- name: bring_back_sources
UPDATE source SET
    next_fetch_at = CASE WHEN next_fetch_at > :source_next_fetch_at THEN :now ELSE next_fetch_at END,
    lease_until = {{least}}(lease_until, :source_lease),
    checked_at = CASE WHEN checked_at > :now THEN :now ELSE checked_at END,
    changed_at = CASE WHEN changed_at > :now THEN :now ELSE changed_at END,
    failing_since = CASE WHEN failing_since > :now THEN :now ELSE failing_since END,
    full_at = CASE WHEN full_at > :now THEN :now ELSE full_at END,
    erase_at = CASE WHEN erase_at > :source_erase_at THEN :source_erase_at ELSE erase_at END
WHERE id {{in_texts:ids}}

-- name: pick_updates
SELECT update_id AS id FROM inbox
WHERE finished_at IS NULL AND (available_at > :inbox_available_at OR lease_until > :inbox_lease_until OR received_at > :late)
LIMIT :limit

-- name: pick_finished_updates
SELECT update_id AS id FROM inbox WHERE finished_at IS NOT NULL AND finished_at > :late ORDER BY finished_at LIMIT :limit

-- name: bring_back_updates
UPDATE inbox SET
    available_at = {{least}}(available_at, :now),
    received_at = {{least}}(received_at, :now),
    lease_until = {{least}}(lease_until, :inbox_lease),
    finished_at = CASE WHEN finished_at > :now THEN :now ELSE finished_at END
WHERE update_id {{in_ids:ids}}

-- name: pick_waiting_messages
SELECT id FROM outbox
WHERE state IN ('pending', 'retry') AND available_at > :outbox_available_at ORDER BY available_at LIMIT :limit

-- name: pick_lasting_messages
SELECT id FROM outbox
WHERE state IN ('pending', 'retry') AND expires_at > :outbox_expires_at ORDER BY expires_at LIMIT :limit

-- name: pick_leased_messages
SELECT id FROM outbox
WHERE state IN ('leased', 'sending') AND lease_until > :outbox_lease_until ORDER BY lease_until LIMIT :limit

-- name: pick_settled_messages
SELECT id FROM outbox WHERE settled_at IS NOT NULL AND settled_at > :late ORDER BY settled_at LIMIT :limit

-- name: bring_back_messages
-- What was put while the clock was ahead lives on as long from now. A digest of a slot that is yet to come gives the
-- slot's key free: its own digest must not be taken for a repetition. What was let expire and need not be waits again,
-- but for a file whose bytes are gone.
UPDATE outbox SET
    dedupe_key = CASE
        WHEN created_at > :late AND dedupe_key LIKE 'digest:%' THEN dedupe_key || '@' || id ELSE dedupe_key
    END,
    state = CASE
        WHEN state = 'expired' AND settled_at > :late AND expires_at > :now AND created_at <= :late
            AND (file_kind IS NULL OR file_data IS NOT NULL) THEN 'retry'
        ELSE state
    END,
    settled_at = CASE
        WHEN state = 'expired' AND settled_at > :late AND expires_at > :now AND created_at <= :late
            AND (file_kind IS NULL OR file_data IS NOT NULL) THEN NULL
        WHEN settled_at > :now THEN :now
        ELSE settled_at
    END,
    expires_at = {{least}}(
        CASE WHEN created_at > :late THEN expires_at - created_at + :now ELSE expires_at END, :outbox_expires_at
    ),
    available_at = {{least}}(available_at, :now),
    refused_at = CASE WHEN refused_at > :now THEN :now ELSE refused_at END,
    lease_until = CASE WHEN lease_until > :outbox_lease THEN :outbox_lease ELSE lease_until END,
    created_at = {{least}}(created_at, :now)
WHERE id {{in_ids:ids}}

-- name: pick_paces
SELECT chat_id AS id FROM pace WHERE next_at > :pace_next_at ORDER BY next_at LIMIT :limit

-- name: bring_back_paces
UPDATE pace SET next_at = :now, paid_until = 0 WHERE chat_id {{in_ids:ids}}

-- name: pick_budget
SELECT id FROM send_budget WHERE held_until > :send_budget_held_until LIMIT :limit

-- name: bring_back_budget
UPDATE send_budget SET held_until = 0 WHERE id {{in_ids:ids}}

-- name: pick_alerts
SELECT chat_id AS id FROM alert_pace WHERE due_at IS NOT NULL AND due_at > :alert_pace_due_at ORDER BY due_at LIMIT :limit

-- name: bring_back_alerts
UPDATE alert_pace SET due_at = :now WHERE chat_id {{in_ids:ids}}

-- name: pick_articles
SELECT id FROM article WHERE stored_at > :late ORDER BY stored_at LIMIT :limit

-- name: bring_back_articles
UPDATE article SET stored_at = :now, published_at = {{least}}(published_at, :now) WHERE id {{in_ids:ids}}

-- name: pick_stories
SELECT story_id AS id FROM topic_story WHERE stored_at > :late ORDER BY stored_at LIMIT :limit

-- name: bring_back_stories
UPDATE topic_story SET stored_at = :now WHERE stored_at > :late AND story_id {{in_ids:ids}}

-- name: pick_entries
SELECT article_id AS id FROM entry WHERE listed_at > :late ORDER BY listed_at LIMIT :limit

-- name: bring_back_entries
UPDATE entry SET listed_at = :now WHERE listed_at > :late AND article_id {{in_ids:ids}}

-- name: pick_compositions
SELECT id FROM composition WHERE created_at > :late ORDER BY created_at LIMIT :limit

-- name: bring_back_compositions
UPDATE composition SET created_at = :now WHERE id {{in_ids:ids}}

-- name: pick_removals
SELECT chat_id AS id FROM removal WHERE removed_at > :late ORDER BY removed_at LIMIT :limit

-- name: bring_back_removals
UPDATE removal SET removed_at = :now WHERE removed_at > :late AND chat_id {{in_ids:ids}}

-- name: pick_offers
SELECT source_id AS id FROM offer WHERE offered_at > :late ORDER BY offered_at LIMIT :limit

-- name: bring_back_offers
UPDATE offer SET offered_at = :now WHERE offered_at > :late AND source_id {{in_texts:ids}}

-- name: pick_lost_chats
SELECT id FROM chat WHERE gone = 1 AND gone_at > :late ORDER BY gone_at LIMIT :limit

-- name: bring_back_lost_chats
UPDATE chat SET gone_at = :now WHERE id {{in_ids:ids}}

-- name: pick_forgotten_chats
SELECT chat_id AS id FROM forgotten_chat WHERE forgotten_at > :late LIMIT :limit

-- name: bring_back_forgotten_chats
UPDATE forgotten_chat SET forgotten_at = :now WHERE chat_id {{in_ids:ids}}

-- name: pick_erased_topics
SELECT topic_id AS id FROM erased_topic WHERE erased_at > :late LIMIT :limit

-- name: bring_back_erased_topics
UPDATE erased_topic SET erased_at = :now WHERE topic_id {{in_ids:ids}}

-- name: pick_broadcasts
SELECT id FROM broadcast WHERE created_at > :late LIMIT :limit

-- name: bring_back_broadcasts
UPDATE broadcast SET created_at = :now WHERE id {{in_ids:ids}}

-- name: pick_imports
SELECT chat_id AS id FROM import_job WHERE lease_until > :import_job_lease_until LIMIT :limit

-- name: bring_back_imports
UPDATE import_job SET lease_until = {{least}}(lease_until, :import_job_lease) WHERE chat_id {{in_ids:ids}}
