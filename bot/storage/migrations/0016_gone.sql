-- That a chat cannot be written to is Telegram's word, and apart from what its people asked for: a stopped chat that
-- blocked the bot and came back is still stopped. What those that are gone now asked for before was not kept.
ALTER TABLE chat ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
UPDATE chat SET gone = 1, state = 'active' WHERE state = 'gone';

DROP INDEX chat_due;
CREATE INDEX chat_due ON chat (next_slot_at) WHERE state = 'active' AND gone = 0 AND next_slot_at IS NOT NULL;
