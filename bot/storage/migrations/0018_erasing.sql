-- Feeds that were found for a reader are that chat's alone, and go with it. They are kept for a day: none is moved.
DROP TABLE offer;
CREATE TABLE offer (
    chat_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    offered_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, source_id)
){{without_rowid}};

CREATE INDEX offer_old ON offer (offered_at);

-- From when on a feed that no chat has any more is deleted with all of its articles, in the background.
ALTER TABLE source ADD COLUMN erase_at BIGINT;
CREATE INDEX source_erased ON source (erase_at) WHERE erase_at IS NOT NULL;
UPDATE source SET enabled = 0, erase_at = 0
WHERE public = 0 AND NOT EXISTS (SELECT 1 FROM chat_source c WHERE c.source_id = source.id);

-- Topics that were deleted: what met them is deleted in the background. Ids are never used twice.
CREATE TABLE erased_topic (
    topic_id BIGINT PRIMARY KEY,
    erased_at BIGINT NOT NULL
){{without_rowid}};

-- Of a handled update only its id is needed; what was set aside is found by its chat, to be deleted with it.
UPDATE inbox SET chat_id = NULL WHERE state = 'done';
CREATE INDEX inbox_set_aside ON inbox (chat_id) WHERE finished_at IS NOT NULL AND chat_id IS NOT NULL;

-- Chats that were forgotten: for an hour it is looked for what was on its way to them, the answer itself among it.
CREATE TABLE forgotten_chat (
    chat_id BIGINT PRIMARY KEY,
    forgotten_at BIGINT NOT NULL
){{without_rowid}};

-- Since when a chat cannot be written to: after a while it is forgotten. Counted from the first look after it was lost.
ALTER TABLE chat ADD COLUMN gone_at BIGINT;
CREATE INDEX chat_gone ON chat (gone_at) WHERE gone = 1;

-- What is to go with a chat is found by its id.
CREATE INDEX outbox_ended ON outbox (chat_id) WHERE settled_at IS NOT NULL;
CREATE INDEX chat_manages ON chat (manages) WHERE manages IS NOT NULL;
