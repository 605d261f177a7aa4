-- A digest of an entry as its document gave it, empty where that is not known: one that is as it was at the last poll costs
-- no more than that digest.
ALTER TABLE entry ADD COLUMN entry_hash TEXT NOT NULL DEFAULT '';
