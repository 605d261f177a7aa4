-- A message of an administrator's to every active private chat: a draft until it is confirmed, then going until every
-- chat has its outbox row; after_chat is the last chat that got one.
CREATE TABLE broadcast (
    id {{identity}},
    chat_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    after_chat BIGINT NOT NULL DEFAULT 0,
    queued BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE INDEX broadcast_going ON broadcast (id) WHERE state = 'going';
