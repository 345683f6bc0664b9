-- Sign-ins as their owners see them, passwords that are reset, settings of people.

-- When the sign-in began, what it is called, and when it was last used; handed on from token to token.
ALTER TABLE refresh_tokens ADD COLUMN started_at TIMESTAMPTZ;
ALTER TABLE refresh_tokens ADD COLUMN label TEXT;
ALTER TABLE refresh_tokens ADD COLUMN last_used_at TIMESTAMPTZ;
UPDATE refresh_tokens SET last_used_at = created_at,
    started_at = (SELECT MIN(t.created_at) FROM refresh_tokens t WHERE t.session_id = refresh_tokens.session_id);

-- Until when somebody who was told that the password is known to thieves is not told again.
ALTER TABLE users ADD COLUMN breach_accepted_until TIMESTAMPTZ;

CREATE TABLE password_resets (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX password_resets_user ON password_resets (user_id);
CREATE INDEX password_resets_expiry ON password_resets (expires_at);

-- What people chose for themselves; who chose nothing has no row.
CREATE TABLE user_settings (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    theme TEXT CHECK (theme IN ('light', 'dark', 'system')),
    enable_notifications BOOLEAN NOT NULL,
    timezone TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
