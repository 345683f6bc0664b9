-- An import goes the way of every publication: a release that is dated ahead is scheduled, and taking the import back
-- knows what was planned before. Staff propose changes to entries that are public.

ALTER TABLE import_rows ADD COLUMN scheduled_at TEXT;
ALTER TABLE import_formers ADD COLUMN scheduled_at TEXT;

-- Another kind of request needs a new table, and what is said about requests must not go with the old one.
CREATE TABLE request_comments_old AS SELECT * FROM request_comments;
DROP TABLE request_comments;
CREATE TABLE change_requests_new (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('ALLOW_PUBLISH', 'ALLOW_SCHEDULE', 'PUBLISH_EDIT', 'DELETE_ENTRY', 'DELETE_TAG',
        'DELETE_PROJECT', 'DELETE_ALL_ENTRIES', 'DELETE_ALL_HISTORY')),
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING', 'APPROVED',
        'REJECTED', 'WITHDRAWN', 'SUPERSEDED')),
    -- What was decided about a project stays known when it is gone; the names are those of the day of the request.
    project_id TEXT REFERENCES project_rows (id) ON DELETE SET NULL,
    project_name TEXT NOT NULL,
    -- The id of the entry, tag or project concerned. No reference: it outlives what it names.
    target_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    entry_id TEXT REFERENCES entry_rows (id) ON DELETE SET NULL,
    tag_id TEXT REFERENCES tags (id) ON DELETE SET NULL,
    staff_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    former_staff_id TEXT REFERENCES former_users (id) ON DELETE SET NULL,
    admin_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    former_admin_id TEXT REFERENCES former_users (id) ON DELETE SET NULL,
    -- The date to publish under, and the moment to publish at.
    publish_at TEXT,
    scheduled_at TEXT,
    -- The entry as it was when somebody asked last: its lock version, and as JSON what readers would see. Of a proposed
    -- change, the text that is proposed.
    entry_lock_version BIGINT,
    entry_text TEXT,
    feedback TEXT,
    previous_feedback TEXT,
    resubmitted_at TEXT,
    created_at TEXT NOT NULL,
    reviewed_at TEXT
);
INSERT INTO change_requests_new
    (id, kind, status, project_id, project_name, target_id, target_name, entry_id, tag_id, staff_id, former_staff_id,
    admin_id, former_admin_id, publish_at, scheduled_at, entry_lock_version, entry_text, feedback, previous_feedback,
    resubmitted_at, created_at, reviewed_at)
    SELECT id, kind, status, project_id, project_name, target_id, target_name, entry_id, tag_id, staff_id,
    former_staff_id, admin_id, former_admin_id, publish_at, scheduled_at, entry_lock_version, entry_text, feedback,
    previous_feedback, resubmitted_at, created_at, reviewed_at FROM change_requests;
DROP TABLE change_requests;
ALTER TABLE change_requests_new RENAME TO change_requests;

-- At most one request of a kind about one thing is open.
CREATE UNIQUE INDEX change_requests_open ON change_requests (target_id, kind)
    WHERE status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING');
CREATE INDEX change_requests_entry ON change_requests (entry_id);
CREATE INDEX change_requests_tag ON change_requests (tag_id);
CREATE INDEX change_requests_project ON change_requests (project_id);
CREATE INDEX change_requests_staff ON change_requests (staff_id, created_at);
CREATE INDEX change_requests_status ON change_requests (status, created_at);

CREATE TABLE request_comments (
    id TEXT NOT NULL PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    author_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    former_author_id TEXT REFERENCES former_users (id) ON DELETE SET NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
);
INSERT INTO request_comments (id, request_id, author_id, former_author_id, body, created_at)
    SELECT id, request_id, author_id, former_author_id, body, created_at FROM request_comments_old;
DROP TABLE request_comments_old;
CREATE INDEX request_comments_request ON request_comments (request_id, created_at);
CREATE INDEX request_comments_author ON request_comments (author_id);
