-- When a feed last sent its whole document, changed or not: once a day it is asked without validators, as some servers
-- answer 304 for ever. Null where that is not known.
ALTER TABLE source ADD COLUMN full_at BIGINT;
