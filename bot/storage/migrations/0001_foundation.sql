-- Instants are milliseconds since 1970 in UTC, flags are 0 or 1, structures are JSON text: alike in both engines.

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO counter (name, value) VALUES ('seq', 0), ('generation', 0), ('article', 0), ('composition', 0);

-- A source and its polling state. position keeps the catalogue's order.
CREATE TABLE source (
    id TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    alternatives TEXT NOT NULL,
    zone TEXT NOT NULL,
    selectors TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    public BIGINT NOT NULL,
    next_fetch_at BIGINT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    url_index BIGINT NOT NULL DEFAULT 0,
    moved_to TEXT,
    moved_seen BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    checked_at BIGINT,
    changed_at BIGINT,
    gone BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX source_due ON source (next_fetch_at) WHERE enabled = 1 AND gone = 0;

CREATE TABLE article (
    id {{key}},
    source_id TEXT NOT NULL REFERENCES source (id),
    story_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    language TEXT NOT NULL,
    image TEXT,
    published_at BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- The keys of its postings, eight bytes each, so that they can be deleted without a second index on posting.
    posting_keys {{bytes}} NOT NULL
);

CREATE INDEX article_story ON article (story_id);
CREATE INDEX article_stored ON article (stored_at);

-- The identity of an entry. It outlives its article, so that an old entry of a slow feed never becomes new again.
-- uid_hash stands for the uid, which may be too long for an index.
CREATE TABLE entry (
    source_id TEXT NOT NULL,
    uid_hash TEXT NOT NULL,
    article_id BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    PRIMARY KEY (source_id, uid_hash)
){{without_rowid}};

CREATE INDEX entry_article ON entry (article_id);
CREATE INDEX entry_listed ON entry (listed_at);

CREATE TABLE posting (
    key BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    PRIMARY KEY (key, article_id)
){{without_rowid}};

CREATE TABLE topic (
    id {{identity}},
    canonical TEXT NOT NULL UNIQUE,
    generation BIGINT NOT NULL
);

CREATE INDEX topic_generation ON topic (generation);

CREATE TABLE topic_match (
    topic_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (topic_id, article_id)
){{without_rowid}};

CREATE INDEX topic_match_article ON topic_match (article_id);

-- A story's first appearance under a topic, by source: a story that a chat's sources tell late is new to that chat,
-- even where a source that it does not see told it before. source_id '' stands for every source.
CREATE TABLE topic_story (
    topic_id BIGINT NOT NULL,
    story_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    first_seq BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    backfilled BIGINT NOT NULL,
    PRIMARY KEY (topic_id, story_id, source_id)
){{without_rowid}};

CREATE INDEX topic_story_seq ON topic_story (topic_id, first_seq);
CREATE INDEX topic_story_stored ON topic_story (stored_at);

CREATE TABLE chat (
    id {{key}},
    kind TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    schedule TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_digest_at BIGINT,
    next_weekly_at BIGINT,
    -- The earlier of both slots: one index finds all that is due.
    next_slot_at BIGINT,
    thread_id BIGINT,
    quiet TEXT NOT NULL,
    digest_when_empty BIGINT NOT NULL
);

CREATE INDEX chat_due ON chat (next_slot_at) WHERE state = 'active' AND next_slot_at IS NOT NULL;

-- The sources that a chat switched on or off against their default (public ones are on, added ones off).
CREATE TABLE chat_source (
    chat_id BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    enabled BIGINT NOT NULL,
    PRIMARY KEY (chat_id, source_id)
){{without_rowid}};

CREATE INDEX chat_source_source ON chat_source (source_id);

-- started_at_seq is the first watermark: what lies between it and the watermark was brought, what lies below was not.
CREATE TABLE subscription (
    chat_id BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    topic_id BIGINT NOT NULL REFERENCES topic (id),
    label TEXT NOT NULL,
    started_at_seq BIGINT NOT NULL,
    watermark BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mode TEXT NOT NULL,
    muted_until BIGINT,
    PRIMARY KEY (chat_id, topic_id)
){{without_rowid}};

CREATE INDEX subscription_topic ON subscription (topic_id, mode);

CREATE TABLE composition (
    id {{key}},
    chat_id BIGINT NOT NULL,
    pages TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX composition_chat ON composition (chat_id);
CREATE INDEX composition_created ON composition (created_at);

-- settled_at is null while a message is on its way (pending, retry, leased, sending).
CREATE TABLE outbox (
    id {{identity}},
    dedupe_key TEXT NOT NULL UNIQUE,
    chat_id BIGINT NOT NULL,
    priority TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT NOT NULL,
    keyboard TEXT NOT NULL,
    thread_id BIGINT,
    edits BIGINT,
    silent BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    available_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    uncertain BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT,
    message_id BIGINT,
    error TEXT,
    settled_at BIGINT
);

-- Partial indexes hold only what is on its way, so an empty tick is an index look-up at any size of the table.
CREATE INDEX outbox_waiting ON outbox (priority, available_at, id) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_due ON outbox (available_at) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_expiry ON outbox (expires_at) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state IN ('leased', 'sending');
CREATE INDEX outbox_chat ON outbox (chat_id, priority, id) WHERE settled_at IS NULL;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;

-- Pacing of a chat: nothing goes before next_at; paid_until is the instant up to which a group's budget is spent.
CREATE TABLE pace (
    chat_id {{key}},
    next_at BIGINT NOT NULL,
    paid_until BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX pace_next ON pace (next_at);

-- The send budget, one row: next_at is the instant (on the database's clock) of the next free send,
-- held_until the instant before which Telegram wants nothing at all.
CREATE TABLE send_budget (
    id {{key}},
    next_at DOUBLE PRECISION NOT NULL,
    held_until BIGINT NOT NULL
);

INSERT INTO send_budget (id, next_at, held_until) VALUES (1, 0, 0);

-- finished_at is null until an update is handled or set aside.
CREATE TABLE inbox (
    update_id {{key}},
    chat_id BIGINT,
    payload TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    available_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    error TEXT,
    finished_at BIGINT
);

CREATE INDEX inbox_open ON inbox (update_id) WHERE finished_at IS NULL;
CREATE INDEX inbox_chat ON inbox (chat_id, update_id) WHERE finished_at IS NULL;
CREATE INDEX inbox_finished ON inbox (finished_at) WHERE finished_at IS NOT NULL;
