-- What is deleted goes to the trash, where no query finds it that does not ask for it: `entries` and `projects` are what
-- is not in the trash. Reading goes through these views, writing names the tables below them.

CREATE TABLE trash (
    -- The id that the entry, project or tag has.
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('entry', 'project', 'tag')),
    -- The project of an entry, or the project itself; tags belong to none.
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    version TEXT,
    -- How many entries a project or tag had; 1 for an entry.
    entries BIGINT NOT NULL,
    -- JSON: what is given up meanwhile, so that others may have it, and what restoring puts back.
    kept TEXT NOT NULL,
    deleted_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    deleted_by_name TEXT,
    deleted_at TEXT NOT NULL
);
CREATE INDEX trash_time ON trash (deleted_at, id);
CREATE INDEX trash_project ON trash (project_id);
CREATE INDEX trash_person ON trash (deleted_by_id);

ALTER TABLE entries ADD COLUMN trash_id TEXT REFERENCES trash (id) ON DELETE CASCADE;
ALTER TABLE projects ADD COLUMN trash_id TEXT REFERENCES trash (id) ON DELETE CASCADE;
ALTER TABLE entries RENAME TO entry_rows;
ALTER TABLE projects RENAME TO project_rows;

CREATE INDEX entry_rows_trash ON entry_rows (trash_id) WHERE trash_id IS NOT NULL;
CREATE INDEX project_rows_trash ON project_rows (trash_id) WHERE trash_id IS NOT NULL;

-- The views look at trash_id, so it is in the indexes that answer without the table.
DROP INDEX entries_published;
DROP INDEX entries_created;
DROP INDEX entries_updated;
CREATE INDEX entries_published ON entry_rows (project_id, published_at, id, trash_id);
CREATE INDEX entries_created ON entry_rows (project_id, created_at, id, trash_id);
CREATE INDEX entries_updated ON entry_rows (updated_at, id, trash_id);

-- Whoever adds a column to a table below makes its view again: PostgreSQL lists the columns when a view is made.
CREATE VIEW entries AS SELECT * FROM entry_rows WHERE trash_id IS NULL;
CREATE VIEW projects AS SELECT * FROM project_rows WHERE trash_id IS NULL;

-- What is in the trash is not in the index of the search either, which counts what it finds by itself.
CREATE TRIGGER entries_search_trash AFTER UPDATE OF trash_id ON entry_rows
WHEN old.trash_id IS NULL AND new.trash_id IS NOT NULL BEGIN
    DELETE FROM entry_search WHERE entry_id = new.id;
END;

CREATE TRIGGER entries_search_restore AFTER UPDATE OF trash_id ON entry_rows
WHEN old.trash_id IS NOT NULL AND new.trash_id IS NULL BEGIN
    INSERT INTO entry_search (entry_id, project_id, title, version_key, moment)
        VALUES (new.id, new.project_id, substr(new.search, 1, instr(new.search, char(10)) - 1), new.version_key,
            COALESCE(new.published_at, new.created_at));
    INSERT INTO entry_words (rowid, text)
        SELECT number, new.search || COALESCE(' ' || new.version_key || ' v' || new.version_key, '')
        FROM entry_search WHERE entry_id = new.id;
END;

-- Entries that people have marked for themselves.
CREATE TABLE bookmarks (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    entry_id TEXT NOT NULL REFERENCES entry_rows (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    PRIMARY KEY (user_id, entry_id)
);
CREATE INDEX bookmarks_entry ON bookmarks (entry_id);
