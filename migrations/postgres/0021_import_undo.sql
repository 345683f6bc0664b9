-- An import can be taken back for a day: what overwritten entries were, and what became of it.

ALTER TABLE import_jobs ADD COLUMN undone_at TIMESTAMPTZ;
ALTER TABLE import_jobs ADD COLUMN undone_by_id TEXT REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE import_rows ADD COLUMN undone TEXT CHECK (undone IN ('deleted', 'restored', 'changed', 'taken', 'gone'));

-- Entries as they were before an import overwrote them.
CREATE TABLE import_formers (
    job_id TEXT NOT NULL REFERENCES import_jobs (id) ON DELETE CASCADE,
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    version TEXT,
    version_key TEXT,
    import_key TEXT,
    search TEXT NOT NULL,
    published_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (job_id, entry_id)
);
CREATE INDEX import_formers_entry ON import_formers (entry_id);

CREATE TABLE import_former_tags (
    job_id TEXT NOT NULL REFERENCES import_jobs (id) ON DELETE CASCADE,
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    PRIMARY KEY (job_id, entry_id, tag_id)
);
CREATE INDEX import_former_tags_entry ON import_former_tags (entry_id);
CREATE INDEX import_former_tags_tag ON import_former_tags (tag_id);
