-- What made an article's posting keys: 0 where that is not known. Where it is not the running program's version, search
-- and new topics may miss the article until its keys are made anew (services.key_renewal).
ALTER TABLE article ADD COLUMN keys_version BIGINT NOT NULL DEFAULT 0;

CREATE INDEX article_keys_version ON article (keys_version, id);
