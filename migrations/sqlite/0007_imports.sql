-- Imports: what was read, row by row, and what is to become of it.

CREATE TABLE import_jobs (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    -- The built-in actor for the command line.
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    -- No reference: a job outlives the key it was begun with.
    api_key_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('parsed', 'running', 'done', 'cancelled', 'failed')),
    -- Empty for a text that was pasted or sent.
    file_name TEXT NOT NULL,
    -- What was given, kept until the import runs, so that it can be read in another way.
    source_text TEXT NOT NULL,
    reading TEXT NOT NULL,
    detected TEXT NOT NULL,
    options TEXT NOT NULL,
    notes TEXT NOT NULL,
    total BIGINT NOT NULL,
    handled BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    is_cancelling BOOLEAN NOT NULL,
    error TEXT,
    -- Who works on it, and until when that is believed without a sign of life.
    worker TEXT,
    leased_until TEXT,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    -- Its rows are deleted after a while, these counts stay.
    written BIGINT NOT NULL
);
CREATE INDEX import_jobs_project ON import_jobs (project_id, created_at, id);
CREATE INDEX import_jobs_state ON import_jobs (state, leased_until);

CREATE TABLE import_rows (
    job_id TEXT NOT NULL REFERENCES import_jobs (id) ON DELETE CASCADE,
    -- In the order of the file, from 0.
    position BIGINT NOT NULL,
    -- Line, row or number in the file, from 1.
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    version TEXT,
    stated_date TEXT,
    -- When it was published and created, as the file and its order say; nothing where it says nothing.
    stated_published_at TEXT,
    stated_created_at TEXT,
    tags TEXT NOT NULL,
    stays_draft BOOLEAN NOT NULL,
    stated_slug TEXT,
    -- How it is recognised: in an export of this instance, by another program, and by what it says.
    source_id TEXT,
    external_id TEXT,
    import_key TEXT NOT NULL,
    fate TEXT NOT NULL CHECK (fate IN ('create', 'unchanged', 'differs', 'refused')),
    by_version BOOLEAN NOT NULL,
    reason TEXT,
    choice TEXT CHECK (choice IN ('create', 'skip', 'overwrite', 'without_version')),
    -- The entry it is or becomes, and that entry's lock version when they were compared.
    entry_id TEXT,
    entry_lock BIGINT,
    -- What was decided, before anything of it can be seen in entries.
    outcome TEXT CHECK (outcome IN ('created', 'overwritten', 'unchanged', 'skipped', 'refused')),
    entry_version TEXT,
    entry_version_key TEXT,
    entry_key TEXT,
    slug TEXT,
    excerpt TEXT,
    search TEXT,
    tag_names TEXT,
    tag_keys TEXT,
    created_at TEXT,
    published_at TEXT,
    PRIMARY KEY (job_id, position)
);
CREATE INDEX import_rows_fate ON import_rows (job_id, fate, position);
