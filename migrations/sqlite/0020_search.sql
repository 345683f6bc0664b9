-- The index of full-text search, the words it knows, and when somebody has last caught up with a project.
-- `docs/adr/0023-search.md` has the reasons. Triggers keep the index, so that whoever writes an entry writes the index in
-- the same transaction.

-- What decides which entries are found and in which order, without their texts.
CREATE TABLE entry_search (
    -- The row of `entry_words`. The hidden row number of a table of texts may change; this one does not.
    number INTEGER NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE REFERENCES entries (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    -- In lower case.
    title TEXT NOT NULL,
    version_key TEXT,
    -- Of publication, or of creation for what is not published.
    moment TEXT NOT NULL
);

-- Which words stand where. It keeps no text.
CREATE VIRTUAL TABLE entry_words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);

-- Every word that an entry has or had, in lower case, to find parts of words and words that were mistyped.
CREATE TABLE search_words (
    word TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER entries_search_insert AFTER INSERT ON entries BEGIN
    INSERT INTO entry_search (entry_id, project_id, title, version_key, moment)
        VALUES (new.id, new.project_id, substr(new.search, 1, instr(new.search, char(10)) - 1), new.version_key,
            COALESCE(new.published_at, new.created_at));
    -- A version is found with its `v` and without.
    INSERT INTO entry_words (rowid, text)
        SELECT number, new.search || COALESCE(' ' || new.version_key || ' v' || new.version_key, '')
        FROM entry_search WHERE entry_id = new.id;
END;

CREATE TRIGGER entries_search_text AFTER UPDATE OF search, version_key ON entries
WHEN old.search <> new.search OR old.version_key IS NOT new.version_key BEGIN
    UPDATE entry_search
        SET title = substr(new.search, 1, instr(new.search, char(10)) - 1), version_key = new.version_key
        WHERE entry_id = new.id;
    DELETE FROM entry_words WHERE rowid = (SELECT number FROM entry_search WHERE entry_id = new.id);
    INSERT INTO entry_words (rowid, text)
        SELECT number, new.search || COALESCE(' ' || new.version_key || ' v' || new.version_key, '')
        FROM entry_search WHERE entry_id = new.id;
END;

CREATE TRIGGER entries_search_moment AFTER UPDATE OF published_at, created_at ON entries
WHEN COALESCE(old.published_at, old.created_at) <> COALESCE(new.published_at, new.created_at) BEGIN
    UPDATE entry_search SET moment = COALESCE(new.published_at, new.created_at) WHERE entry_id = new.id;
END;

CREATE TRIGGER entry_search_delete AFTER DELETE ON entry_search BEGIN
    DELETE FROM entry_words WHERE rowid = old.number;
END;

INSERT INTO entry_search (entry_id, project_id, title, version_key, moment)
    SELECT id, project_id, substr(search, 1, instr(search, char(10)) - 1), version_key,
        COALESCE(published_at, created_at)
    FROM entries ORDER BY created_at, id;
INSERT INTO entry_words (rowid, text)
    SELECT s.number, e.search || COALESCE(' ' || e.version_key || ' v' || e.version_key, '')
    FROM entry_search s JOIN entries e ON e.id = s.entry_id;

CREATE VIRTUAL TABLE temp_terms USING fts5vocab (entry_words, row);
INSERT INTO search_words (word)
    SELECT term FROM temp_terms
    WHERE length(term) <= 64 AND term GLOB '*[^0-9]*' AND (length(term) >= 3 OR term GLOB '*[^ -~]*');
DROP TABLE temp_terms;

-- When somebody has last marked a project as read.
CREATE TABLE catch_up_marks (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (user_id, project_id)
);
CREATE INDEX catch_up_marks_project ON catch_up_marks (project_id);
