-- The languages of articles that a chat wants (kk,ru), empty for all; whether stories come without their summaries.
ALTER TABLE chat ADD COLUMN languages TEXT NOT NULL DEFAULT '';
ALTER TABLE chat ADD COLUMN compact BIGINT NOT NULL DEFAULT 0;

-- The language in which the source told it, empty where it did in several, or is not known: who reads other languages
-- is told of the story when one that it reads brings it.
ALTER TABLE topic_story ADD COLUMN language TEXT NOT NULL DEFAULT '';
