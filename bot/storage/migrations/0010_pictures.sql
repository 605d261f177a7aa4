-- Whether a chat's digests show their first picture, and the address of the one that a message shows.
ALTER TABLE chat ADD COLUMN pictures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN preview TEXT;
