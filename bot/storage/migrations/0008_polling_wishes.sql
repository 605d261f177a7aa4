-- What a feed's last document asks of those who poll it: its interval (milliseconds), the hours and days that it skips.
ALTER TABLE source ADD COLUMN rhythm BIGINT;
ALTER TABLE source ADD COLUMN skip_hours TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN skip_days TEXT NOT NULL DEFAULT '';
