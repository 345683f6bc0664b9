-- What other systems call an entry, and requests of several kinds where there were only those to publish.

ALTER TABLE entries ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX entries_external ON entries (project_id, external_id);

-- What staff asked an administrator to do. At most one request of a kind about an entry is open.
CREATE TABLE change_requests (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('ALLOW_PUBLISH', 'DELETE_ENTRY')),
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'SUPERSEDED')),
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    -- What was decided stays known when the entry is gone.
    entry_id TEXT REFERENCES entries (id) ON DELETE SET NULL,
    staff_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    admin_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    reviewed_at TIMESTAMPTZ
);

INSERT INTO change_requests
    (id, kind, status, project_id, entry_id, staff_id, admin_id, created_at, reviewed_at)
    SELECT id, 'ALLOW_PUBLISH', status, project_id, entry_id, staff_id, admin_id, created_at, reviewed_at
    FROM publish_requests;
DROP TABLE publish_requests;

CREATE UNIQUE INDEX change_requests_open ON change_requests (entry_id, kind) WHERE status = 'PENDING';
CREATE INDEX change_requests_entry ON change_requests (entry_id);
CREATE INDEX change_requests_project ON change_requests (project_id);
CREATE INDEX change_requests_status ON change_requests (status, created_at);
