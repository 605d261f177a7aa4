-- What a feed brought on the day (in UTC) on which it last brought anything: a feed's share of a day is bounded.
ALTER TABLE source ADD COLUMN brought_day TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN brought_articles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN brought_keys BIGINT NOT NULL DEFAULT 0;
