-- The languages of articles that a chat wants of one topic (kk,ru), empty for all that the chat reads.
ALTER TABLE subscription ADD COLUMN languages TEXT NOT NULL DEFAULT '';

CREATE INDEX subscription_languages ON subscription (chat_id) WHERE languages <> '';

-- Subscriptions that were removed a moment ago, as they were, so that removing can be undone.
CREATE TABLE removal (
    chat_id BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    topic_id BIGINT NOT NULL,
    label TEXT NOT NULL,
    watermark BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mode TEXT NOT NULL,
    muted_until BIGINT,
    languages TEXT NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, topic_id)
){{without_rowid}};

CREATE INDEX removal_old ON removal (removed_at);
