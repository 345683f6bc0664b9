-- What helps writers: texts to start an entry from, who is writing, and lines that wait.

CREATE TABLE entry_templates (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project_rows (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The name in lower case: no two of a project are alike.
    name_key TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    -- Names, as JSON. A tag that is not there when an entry starts is made then.
    tags TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, name_key)
);

-- Who has an entry open in the editor. A row that was not renewed for a while counts for nothing.
CREATE TABLE entry_presence (
    entry_id TEXT NOT NULL REFERENCES entry_rows (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Whether something was typed since the last sign of life.
    is_writing BOOLEAN NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (entry_id, user_id)
);
CREATE INDEX entry_presence_person ON entry_presence (user_id);

-- Lines that wait for an entry to take them along.
CREATE TABLE quick_notes (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project_rows (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX quick_notes_project ON quick_notes (project_id, created_at, id);
CREATE INDEX quick_notes_person ON quick_notes (created_by_id);
