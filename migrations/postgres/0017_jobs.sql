-- Work that is due at a moment, what happened to entries for whoever wants to hear of it, and until when entries are
-- public or pinned.

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    -- No references: what became of a job stays known when what it was about is gone.
    entity_id TEXT NOT NULL,
    project_id TEXT,
    entry_id TEXT,
    payload JSONB NOT NULL,
    -- Of what there is at most one that is open.
    unique_key TEXT NOT NULL,
    -- When it is due, which stays, and when it is tried next.
    scheduled_at TIMESTAMPTZ NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    retry_count BIGINT NOT NULL,
    max_retries BIGINT NOT NULL,
    -- Who works on it, and until when that is believed without a sign of life.
    locked_by TEXT,
    locked_until TIMESTAMPTZ,
    -- How often that time ran out.
    lost_count BIGINT NOT NULL,
    error TEXT,
    -- Why there was nothing to do.
    note TEXT,
    executed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX jobs_open ON jobs (unique_key) WHERE status IN ('PENDING', 'RUNNING');
CREATE INDEX jobs_due ON jobs (status, run_at);
CREATE INDEX jobs_lease ON jobs (status, locked_until);
CREATE INDEX jobs_entity ON jobs (entity_id, status);
CREATE INDEX jobs_project ON jobs (project_id, status, scheduled_at);
CREATE INDEX jobs_scheduled ON jobs (scheduled_at, id);

-- What happened to entries, for subscribers. No references: an event outlives what it tells of.
CREATE TABLE outbox_events (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    project_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    -- Whether the public sees the entry for the first time.
    is_first BOOLEAN NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX outbox_events_created ON outbox_events (created_at, id);

ALTER TABLE entries ADD COLUMN scheduled_by_id TEXT REFERENCES users (id) ON DELETE SET NULL;
-- When a published entry becomes a draft again.
ALTER TABLE entries ADD COLUMN expires_at TIMESTAMPTZ;
-- Until when it comes first in the public list.
ALTER TABLE entries ADD COLUMN pinned_until TIMESTAMPTZ;
CREATE INDEX entries_scheduled ON entries (scheduled_at, published_at);
CREATE INDEX entries_expiring ON entries (project_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX entries_pinned ON entries (project_id, pinned_until) WHERE pinned_until IS NOT NULL;
