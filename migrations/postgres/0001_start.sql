-- People, projects, entries, tags, keys, sign-ins, requests, audit.
-- Times carry a zone and have at most milliseconds; JSON is JSONB.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'STAFF', 'VIEWER')),
    password_hash TEXT,
    last_login_at TIMESTAMPTZ,
    previous_login_at TIMESTAMPTZ,
    disabled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- One row: whether the instance is set up. `first_admin_id` makes two simultaneous set-ups impossible.
CREATE TABLE instance (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    setup_completed_at TIMESTAMPTZ NOT NULL,
    first_admin_id TEXT REFERENCES users (id) ON DELETE SET NULL
);

CREATE TABLE setup_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

-- Every refresh token ever issued by a sign-in, so that a second use is recognised.
CREATE TABLE refresh_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('web', 'cli')),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    rotated_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    user_agent TEXT,
    ip TEXT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    changelog_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    description TEXT,
    color TEXT,
    icon TEXT,
    is_public BOOLEAN NOT NULL,
    allow_auto_publish BOOLEAN NOT NULL,
    require_approval BOOLEAN NOT NULL,
    maintenance_mode BOOLEAN NOT NULL,
    maintenance_message TEXT,
    allow_indexing BOOLEAN NOT NULL,
    enable_rss BOOLEAN NOT NULL,
    rss_item_limit BIGINT NOT NULL CHECK (rss_item_limit BETWEEN 1 AND 100),
    rss_full_content BOOLEAN NOT NULL,
    default_tags JSONB NOT NULL,
    revision BIGINT NOT NULL,
    -- Lower-case name and description, for searching.
    search TEXT NOT NULL,
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX projects_created ON projects (created_at, id);

-- Addresses a project had before it was renamed; they redirect.
CREATE TABLE project_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE
);
CREATE INDEX project_slugs_project ON project_slugs (project_id);

CREATE TABLE entries (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    version TEXT,
    -- The form versions are compared by: lower case, without a leading v.
    version_key TEXT,
    slug TEXT NOT NULL,
    published_at TIMESTAMPTZ,
    -- Kept when the entry is taken back to a draft.
    first_published_at TIMESTAMPTZ,
    scheduled_at TIMESTAMPTZ,
    created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    updated_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    lock_version BIGINT NOT NULL,
    -- Which release of which file this came from, so that importing again adds nothing.
    import_key TEXT,
    -- Lower-case title, version and content, for searching.
    search TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (project_id, version_key),
    UNIQUE (project_id, slug),
    UNIQUE (project_id, import_key)
);
CREATE INDEX entries_published ON entries (project_id, published_at, id);
CREATE INDEX entries_created ON entries (project_id, created_at, id);
CREATE INDEX entries_updated ON entries (updated_at, id);

-- Addresses an entry had before; they redirect.
CREATE TABLE entry_slugs (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, slug)
);
CREATE INDEX entry_slugs_entry ON entry_slugs (entry_id);

CREATE TABLE tags (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- The lower-case name: tags are unique ignoring case.
    name_key TEXT NOT NULL UNIQUE,
    color TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE entry_tags (
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    PRIMARY KEY (entry_id, tag_id)
);
CREATE INDEX entry_tags_tag ON entry_tags (tag_id);

-- Entries whose writer asked an administrator to publish them.
CREATE TABLE publish_requests (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    staff_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    admin_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'WITHDRAWN')),
    created_at TIMESTAMPTZ NOT NULL,
    reviewed_at TIMESTAMPTZ
);
CREATE INDEX publish_requests_entry ON publish_requests (entry_id, status);
CREATE INDEX publish_requests_status ON publish_requests (status, created_at);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    scopes JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE INDEX api_keys_project ON api_keys (project_id);

CREATE TABLE audit_logs (
    id TEXT NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    api_key_id TEXT,
    -- No reference: the record of a deletion outlives what was deleted.
    project_id TEXT,
    entity_id TEXT,
    details JSONB NOT NULL,
    ip TEXT,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_logs_created ON audit_logs (created_at, id);
CREATE INDEX audit_logs_project ON audit_logs (project_id);
CREATE INDEX audit_logs_user ON audit_logs (user_id);

-- Attempts within fixed windows, shared by all instances.
CREATE TABLE rate_limits (
    bucket TEXT NOT NULL,
    window_start TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (bucket, window_start)
);
CREATE INDEX rate_limits_window ON rate_limits (window_start);

-- The built-in actor of jobs and of changes made from the command line. Nobody signs in as it, and it is never counted.
INSERT INTO users (id, email, name, role, created_at, updated_at)
VALUES ('system', 'system@tidings.invalid', 'System', 'ADMIN', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
