-- How far topics at once are expanded: every story up to done_seq has been; the round on its way goes up to up_to, and
-- has dealt with the chats up to after_chat. Nothing that was stored before this migration raises an alert.
CREATE TABLE alert_cursor (
    id {{key}},
    done_seq BIGINT NOT NULL,
    up_to BIGINT NOT NULL,
    after_chat BIGINT
);

INSERT INTO alert_cursor (id, done_seq, up_to, after_chat)
SELECT 1, value, value, NULL FROM counter WHERE name = 'seq';

-- What a chat got lately; due_at is when what is held for it (quiet hours, a burst) is looked at again.
CREATE TABLE alert_pace (
    chat_id BIGINT PRIMARY KEY REFERENCES chat (id) ON DELETE CASCADE,
    window_start BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    due_at BIGINT
){{without_rowid}};

CREATE INDEX alert_due ON alert_pace (due_at) WHERE due_at IS NOT NULL;

-- Which topics got stories since a number, whatever the topic.
CREATE INDEX topic_story_first ON topic_story (first_seq);
