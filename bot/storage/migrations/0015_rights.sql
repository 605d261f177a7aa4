-- Since when a message waits because the bot may not write to its chat. While one waits, no more news are composed for it.
ALTER TABLE outbox ADD COLUMN refused_at BIGINT;

CREATE INDEX outbox_refused ON outbox (chat_id) WHERE refused_at IS NOT NULL AND settled_at IS NULL;

-- Who added the bot to a group or changed its settings there last: told where it may not write.
CREATE TABLE group_admin (
    chat_id BIGINT PRIMARY KEY REFERENCES chat (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL,
    title TEXT NOT NULL
){{without_rowid}};

CREATE INDEX group_admin_user ON group_admin (user_id);
