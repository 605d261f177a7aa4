-- The catalogue's few sources are found among all that readers added: each digest and each answer asks for them.
CREATE INDEX source_public ON source (id) WHERE public = 1;
