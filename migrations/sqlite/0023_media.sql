-- Pictures and files of projects. What they hold lies in a store of files; here is what is known of them.

CREATE TABLE media (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project_rows (id) ON DELETE CASCADE,
    -- The last part of the address, made of the content.
    file TEXT NOT NULL,
    -- What the store calls it. Never given twice, so that deleting late deletes nothing new.
    stored TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('png', 'jpeg', 'webp', 'gif', 'svg', 'pdf', 'zip', 'text', 'csv', 'mp4', 'webm')),
    bytes BIGINT NOT NULL,
    -- With the narrower forms: what counts against the project's share.
    stored_bytes BIGINT NOT NULL,
    width BIGINT,
    height BIGINT,
    alt TEXT NOT NULL,
    is_decorative BOOLEAN NOT NULL,
    -- Name and description in small letters.
    search TEXT NOT NULL,
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    -- For who reads it after that person has left.
    created_by_name TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, file)
);
CREATE INDEX media_time ON media (project_id, created_at, id);
CREATE INDEX media_person ON media (created_by_id);

-- What lies in the store, or may lie there, and belongs to nothing: it is looked through now and then.
CREATE TABLE media_leftovers (
    stored TEXT NOT NULL PRIMARY KEY,
    since TEXT NOT NULL
);
CREATE INDEX media_leftovers_time ON media_leftovers (since);

-- However it goes, with its project too, its files go after it.
CREATE TRIGGER media_gone AFTER DELETE ON media BEGIN
    INSERT INTO media_leftovers (stored, since) VALUES (old.stored, old.created_at) ON CONFLICT (stored) DO NOTHING;
END;
