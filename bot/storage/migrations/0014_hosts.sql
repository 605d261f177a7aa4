-- The host (name:port) of the address at which a feed is asked next, null until that is known: a few feeds of one host
-- are asked at a time, over all processes. Leased feeds are counted by it.
ALTER TABLE source ADD COLUMN host TEXT;

CREATE INDEX source_leased ON source (host) WHERE lease_owner IS NOT NULL;

-- Readers' feeds that wait do not stand in the way of a look at the catalogue's.
DROP INDEX source_due;
CREATE INDEX source_due ON source (public, next_fetch_at) WHERE enabled = 1 AND gone = 0;
