-- The keys of words are no longer kept over a restart: they are found again as articles come. Up to 80 MB are freed.
DELETE FROM kept_work WHERE name = 'forms';
