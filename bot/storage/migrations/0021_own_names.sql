-- What a chat calls a feed that it added, as a list of its own named it; null where it calls it what the feed does. The
-- name of the feed itself comes from its own document. Names that lists gave to feeds of others go with the next one.
ALTER TABLE chat_source ADD COLUMN name TEXT;
ALTER TABLE offer ADD COLUMN own_name TEXT;

-- A feed that readers added is found by its address.
CREATE INDEX source_address ON source (url) WHERE public = 0;
