-- A file that goes with a message: how it is shown (photo, document), its name and its bytes. Once the message has ended
-- the bytes are let go of.
ALTER TABLE outbox ADD COLUMN file_kind TEXT;
ALTER TABLE outbox ADD COLUMN file_name TEXT;
ALTER TABLE outbox ADD COLUMN file_data {{bytes}};
