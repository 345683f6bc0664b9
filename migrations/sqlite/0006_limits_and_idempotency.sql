-- Rows of short windows leave early, and answers that are given again when a request is repeated.

ALTER TABLE rate_limits ADD COLUMN expires_at TEXT NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
CREATE INDEX rate_limits_expiry ON rate_limits (expires_at);
DROP INDEX rate_limits_window;

CREATE TABLE idempotency_keys (
    -- A keyed hash of caller, method, path and key.
    id TEXT NOT NULL PRIMARY KEY,
    -- A keyed hash of query and body.
    fingerprint TEXT NOT NULL,
    -- Who is at work, and until when others wait for them.
    claim TEXT NOT NULL,
    claimed_until TEXT NOT NULL,
    -- Null while the first request runs.
    status BIGINT,
    -- Encrypted under a key that needs the caller's own key. Null where the answer was too large to be kept.
    answer BLOB,
    expires_at TEXT NOT NULL
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
