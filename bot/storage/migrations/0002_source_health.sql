-- Since when a feed has failed without a success in between; null where it is well.
ALTER TABLE source ADD COLUMN failing_since BIGINT;

-- Feeds that were found for a reader and not added yet. They are kept for a day, so that a button can name them.
CREATE TABLE offer (
    source_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    offered_at BIGINT NOT NULL
){{without_rowid}};

CREATE INDEX offer_old ON offer (offered_at);
