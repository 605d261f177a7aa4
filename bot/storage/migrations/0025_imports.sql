-- Topics of a reader's file that are still to be added, one at a time, in the background. At most one file a chat.
-- answer_to is the chat that sent it, another one where that chat manages a channel; number is that of its update.
CREATE TABLE import_job (
    chat_id BIGINT PRIMARY KEY,
    answer_to BIGINT NOT NULL,
    number BIGINT NOT NULL,
    topics TEXT NOT NULL,
    position BIGINT NOT NULL DEFAULT 0,
    added BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0
){{without_rowid}};
