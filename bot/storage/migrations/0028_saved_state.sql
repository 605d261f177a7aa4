-- What a process saved for the next one: the topic index. It can be made anew, so nothing is taken over.
DROP TABLE kept_work;
CREATE TABLE saved_state (
    name TEXT PRIMARY KEY,
    data {{bytes}} NOT NULL
){{without_rowid}};
