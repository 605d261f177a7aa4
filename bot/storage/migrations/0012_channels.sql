-- Who looks after which channel from the private chat with the bot; whether they still may is asked of Telegram.
CREATE TABLE steward (
    user_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (user_id, channel_id)
){{without_rowid}};

CREATE INDEX steward_channel ON steward (channel_id);

-- The channel that what is written in a private chat is about at the moment.
ALTER TABLE chat ADD COLUMN manages BIGINT;
