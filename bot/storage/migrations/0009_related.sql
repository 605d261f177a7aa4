-- The wider group of stories that a story belongs to, named by the first story of it: what «More on this» shows. Every
-- story that was stored before is a group of its own.
ALTER TABLE article ADD COLUMN related_id BIGINT NOT NULL DEFAULT 0;
UPDATE article SET related_id = story_id;
CREATE INDEX article_related ON article (related_id);
