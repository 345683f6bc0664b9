-- The index of full-text search, the words it knows, and when somebody has last caught up with a project.
-- `docs/adr/0023-search.md` has the reasons. A trigger keeps the index, so that whoever writes an entry writes the index
-- in the same transaction.

-- What decides which entries are found and in which order, without their texts.
CREATE TABLE entry_search (
    entry_id TEXT NOT NULL PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    -- In lower case.
    title TEXT NOT NULL,
    version_key TEXT,
    -- Of publication, or of creation for what is not published.
    moment TIMESTAMPTZ NOT NULL,
    -- Which words stand where.
    words TSVECTOR NOT NULL
);
-- The words of long texts lie beside the rows, which stay small.
ALTER TABLE entry_search SET (toast_tuple_target = 128);
ALTER TABLE entry_search ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE INDEX entry_search_words ON entry_search USING GIN (words);

-- Every word that an entry has or had, in lower case, to find parts of words and words that were mistyped. One that two
-- transactions add at the same moment is here twice, which does no harm; a unique index would make them wait.
CREATE TABLE search_words (
    word TEXT NOT NULL
);
CREATE INDEX search_words_word ON search_words (word);

-- Signs part words, so that the parser sees no addresses, files or negative numbers. A version is found with its `v` and
-- without. The type has a limit of one megabyte, which 250,000 characters cannot reach.
CREATE FUNCTION entry_words(search TEXT, version_key TEXT) RETURNS TSVECTOR LANGUAGE SQL IMMUTABLE AS $$
    SELECT to_tsvector('simple', regexp_replace(
        left(search, 250000) || COALESCE(' ' || version_key || ' v' || version_key, ''),
        '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+', ' ', 'g'))
$$;

CREATE FUNCTION keep_entry_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO entry_search (entry_id, project_id, title, version_key, moment, words)
            VALUES (NEW.id, NEW.project_id, split_part(NEW.search, chr(10), 1), NEW.version_key,
                COALESCE(NEW.published_at, NEW.created_at), entry_words(NEW.search, NEW.version_key));
    ELSIF OLD.search <> NEW.search OR OLD.version_key IS DISTINCT FROM NEW.version_key THEN
        UPDATE entry_search SET title = split_part(NEW.search, chr(10), 1), version_key = NEW.version_key,
            moment = COALESCE(NEW.published_at, NEW.created_at), words = entry_words(NEW.search, NEW.version_key)
            WHERE entry_id = NEW.id;
    ELSIF COALESCE(OLD.published_at, OLD.created_at) <> COALESCE(NEW.published_at, NEW.created_at) THEN
        UPDATE entry_search SET moment = COALESCE(NEW.published_at, NEW.created_at) WHERE entry_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER entries_search AFTER INSERT OR UPDATE OF search, version_key, published_at, created_at ON entries
    FOR EACH ROW EXECUTE FUNCTION keep_entry_search();

INSERT INTO entry_search (entry_id, project_id, title, version_key, moment, words)
    SELECT id, project_id, split_part(search, chr(10), 1), version_key, COALESCE(published_at, created_at),
        entry_words(search, version_key)
    FROM entries;

INSERT INTO search_words (word)
    SELECT word FROM ts_stat('SELECT words FROM entry_search')
    WHERE length(word) <= 64 AND word ~ '[^0-9]' AND (length(word) >= 3 OR word ~ '[^ -~]');

-- When somebody has last marked a project as read.
CREATE TABLE catch_up_marks (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, project_id)
);
CREATE INDEX catch_up_marks_project ON catch_up_marks (project_id);
