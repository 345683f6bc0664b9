-- The audit log: whom a change concerns, how it ended, which request caused it, and the chain by which a record that was
-- changed or removed is found. People are named without a reference, so that a record outlives them unchanged.

ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_user_id_fkey;
ALTER TABLE audit_logs ADD COLUMN target_user_id TEXT;
ALTER TABLE audit_logs ADD COLUMN entity_type TEXT;
ALTER TABLE audit_logs ADD COLUMN outcome TEXT NOT NULL DEFAULT 'success'
    CHECK (outcome IN ('success', 'denied', 'error'));
ALTER TABLE audit_logs ADD COLUMN request_id TEXT;
-- A keyed hash of the columns above, written with them.
ALTER TABLE audit_logs ADD COLUMN mac TEXT;
-- The place in the chain, and a keyed hash of it, of the record before and of `mac`; set once, a moment later.
ALTER TABLE audit_logs ADD COLUMN number BIGINT;
ALTER TABLE audit_logs ADD COLUMN link TEXT;

UPDATE audit_logs SET outcome = 'denied' WHERE action IN ('LOGIN_FAILURE', 'REFRESH_TOKEN_REUSE', 'RATE_LIMITED');
UPDATE audit_logs SET outcome = 'error' WHERE action = 'CHANGELOG_IMPORT_ERROR';
UPDATE audit_logs SET target_user_id = entity_id WHERE action = 'USER_REGISTERED';
UPDATE audit_logs SET entity_type = CASE
    WHEN action LIKE '%API_KEY%' THEN 'api_key'
    WHEN action LIKE '%IMPORT%' THEN 'import'
    WHEN action LIKE '%WIDGET%' THEN 'widget'
    WHEN action LIKE '%TAG' THEN 'tag'
    WHEN action LIKE 'USER%' THEN 'user'
    WHEN action LIKE '%ENTRY%' OR action LIKE 'REQUEST%' THEN 'entry'
END WHERE entity_id IS NOT NULL;

DROP INDEX audit_logs_created;
DROP INDEX audit_logs_project;
DROP INDEX audit_logs_user;

-- The newest first, all of them or those of one action, person, project or outcome.
CREATE INDEX audit_logs_created ON audit_logs (created_at, id);
CREATE INDEX audit_logs_action ON audit_logs (action, created_at, id);
CREATE INDEX audit_logs_user ON audit_logs (user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_logs_target ON audit_logs (target_user_id, created_at, id) WHERE target_user_id IS NOT NULL;
CREATE INDEX audit_logs_project ON audit_logs (project_id, created_at, id) WHERE project_id IS NOT NULL;
CREATE INDEX audit_logs_outcome ON audit_logs (outcome, created_at, id) WHERE outcome <> 'success';
CREATE UNIQUE INDEX audit_logs_number ON audit_logs (number);
-- What the sealer has not come to yet.
CREATE INDEX audit_logs_unsealed ON audit_logs (created_at, id) WHERE number IS NULL;

-- One row: the end of the chain, and what stands in for the records that were deleted when they were old enough.
CREATE TABLE audit_chain (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- The newest record that has a number; 0 before the first.
    number BIGINT NOT NULL,
    link TEXT NOT NULL,
    -- When the chain began, and up to which number its records are older than that.
    began_at TIMESTAMPTZ,
    adopted BIGINT NOT NULL,
    is_adopting BOOLEAN NOT NULL,
    -- The newest record that was deleted by age; 0 where none was.
    anchor_number BIGINT NOT NULL,
    anchor_link TEXT NOT NULL,
    -- A keyed hash of all this.
    mac TEXT NOT NULL
);
INSERT INTO audit_chain (id, number, link, began_at, adopted, is_adopting, anchor_number, anchor_link, mac)
VALUES (1, 0, '', NULL, 0, FALSE, 0, '', '');

-- One row: how the last check of the whole chain ended.
CREATE TABLE audit_checks (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    checked_at TIMESTAMPTZ NOT NULL,
    report JSONB NOT NULL
);

-- Who was deleted, as they were then, so that what they did keeps a name.
CREATE TABLE former_users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'STAFF', 'VIEWER')),
    deleted_at TIMESTAMPTZ NOT NULL,
    deleted_by TEXT
);
