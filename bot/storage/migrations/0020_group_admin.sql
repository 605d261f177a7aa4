-- Who added the bot is noted before anybody sets the group up, and so before there is a row of the chat.
DROP TABLE group_admin;

CREATE TABLE group_admin (
    chat_id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    title TEXT NOT NULL
){{without_rowid}};

CREATE INDEX group_admin_user ON group_admin (user_id);
