-- The audit log: whom a change concerns, how it ended, which request caused it, and the chain by which a record that was
-- changed or removed is found. People are named without a reference, so that a record outlives them unchanged.

CREATE TABLE new_audit_logs (
    id TEXT NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    user_id TEXT,
    target_user_id TEXT,
    api_key_id TEXT,
    project_id TEXT,
    entity_type TEXT,
    entity_id TEXT,
    outcome TEXT NOT NULL DEFAULT 'success' CHECK (outcome IN ('success', 'denied', 'error')),
    details TEXT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    request_id TEXT,
    created_at TEXT NOT NULL,
    -- A keyed hash of the columns above, written with them.
    mac TEXT,
    -- The place in the chain, and a keyed hash of it, of the record before and of `mac`; set once, a moment later.
    number BIGINT,
    link TEXT
);
INSERT INTO new_audit_logs (id, action, user_id, api_key_id, project_id, entity_id, details, ip, user_agent, created_at)
SELECT id, action, user_id, api_key_id, project_id, entity_id, details, ip, user_agent, created_at FROM audit_logs;
DROP TABLE audit_logs;
ALTER TABLE new_audit_logs RENAME TO audit_logs;

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
    began_at TEXT,
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
    checked_at TEXT NOT NULL,
    report TEXT NOT NULL
);

-- Who was deleted, as they were then, so that what they did keeps a name.
CREATE TABLE former_users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'STAFF', 'VIEWER')),
    deleted_at TEXT NOT NULL,
    deleted_by TEXT
);
