-- What a process worked out and the next one need not: caches that can be made anew. They are not copied or saved.
CREATE TABLE kept_work (
    name TEXT PRIMARY KEY,
    data {{bytes}} NOT NULL
){{without_rowid}};
