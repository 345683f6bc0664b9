-- The states an entry was in. What an entry is now stands in entries; its newest revision says the same.

CREATE TABLE entry_revisions (
    id TEXT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    -- Rises with every revision of the entry: two may be of one moment.
    number BIGINT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('initial', 'autosave', 'manual', 'restore', 'publish', 'import')),
    -- Grows when an autosave takes the place of the one before it.
    rewritten BIGINT NOT NULL DEFAULT 0,
    lines_added BIGINT NOT NULL,
    lines_removed BIGINT NOT NULL,
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    -- As the person was called then; NULL for the command line.
    created_by_name TEXT,
    -- No foreign key: what was restored may be pruned later.
    restored_from_id TEXT,
    label TEXT,
    icon TEXT,
    color TEXT,
    pinned BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    title TEXT NOT NULL,
    version TEXT,
    -- Title, version and label in lower case.
    search TEXT NOT NULL,
    -- Id and name of each.
    tags TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    -- Last, so that lists need not read over it.
    content TEXT NOT NULL,
    UNIQUE (entry_id, number)
);
CREATE INDEX entry_revisions_author ON entry_revisions (created_by_id);
