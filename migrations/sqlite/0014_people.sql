-- Invitations, people who are gone, and how far the guided set-up is.

-- References to a person become null when the person is deleted; these take over.
ALTER TABLE entries ADD COLUMN former_author_id TEXT REFERENCES former_users (id) ON DELETE SET NULL;
ALTER TABLE change_requests ADD COLUMN former_staff_id TEXT REFERENCES former_users (id) ON DELETE SET NULL;
ALTER TABLE change_requests ADD COLUMN former_admin_id TEXT REFERENCES former_users (id) ON DELETE SET NULL;
ALTER TABLE import_jobs ADD COLUMN former_author_id TEXT REFERENCES former_users (id) ON DELETE SET NULL;

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    -- Of the present link; a new link makes the one before worthless.
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    -- The address again while nobody else may invite it: at most one invitation for an address stands.
    standing_email TEXT UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'STAFF', 'VIEWER')),
    name TEXT,
    -- No references: who invited and who came stay known when they are gone.
    created_by_id TEXT NOT NULL,
    accepted_user_id TEXT,
    created_at TEXT NOT NULL,
    -- When the present link was made.
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    revoked_at TEXT
);
CREATE INDEX invitations_created ON invitations (created_at, id);
CREATE INDEX invitations_creator ON invitations (created_by_id);

-- One row once somebody set the instance up by the guide. Without it there is nothing to go on with.
CREATE TABLE setup_progress (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Whether the dashboard leads back to the guide until the settings were looked at.
    is_guided BOOLEAN NOT NULL,
    -- JSON lists of names of steps.
    completed_steps TEXT NOT NULL,
    skipped_steps TEXT NOT NULL,
    finished_at TEXT
);
