-- Letters that wait to be sent, and what became of those that were.

CREATE TABLE letters (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Sealed, and only there while it may still be sent.
    body TEXT,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'not_sent')),
    attempts BIGINT NOT NULL,
    next_attempt_at TIMESTAMPTZ,
    -- When nobody can use it any more, such as a link that has expired.
    useful_until TIMESTAMPTZ,
    -- Who sends it, and until when that is believed without a sign of life.
    worker TEXT,
    leased_until TIMESTAMPTZ,
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX letters_due ON letters (state, next_attempt_at);
CREATE INDEX letters_created ON letters (created_at, id);

-- At most one row: nothing is sent until then.
CREATE TABLE mail_pause (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    reason TEXT NOT NULL,
    until_at TIMESTAMPTZ NOT NULL
);
