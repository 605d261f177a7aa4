-- The text that is sent in place of a file and its caption where the chat lets the bot send no such files.
ALTER TABLE outbox ADD COLUMN file_instead TEXT;
