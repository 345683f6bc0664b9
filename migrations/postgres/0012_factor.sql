-- Passkeys, second factors, and the steps of sign-ins that are under way.

-- What a sign-in of this person takes. A code of an authenticator app stands beside it: see totp_secrets.
ALTER TABLE users ADD COLUMN two_factor_mode TEXT NOT NULL DEFAULT 'NONE'
    CHECK (two_factor_mode IN ('NONE', 'PASSKEY_PLUS_PASSWORD', 'PASSWORD_PLUS_PASSKEY'));
-- When somebody said that they want no passkey for now, so that nobody asks again.
ALTER TABLE users ADD COLUMN passkey_declined_at TIMESTAMPTZ;

CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- base64url, as the browser names it.
    credential_id TEXT NOT NULL UNIQUE,
    -- The public key, and what the authenticator said of itself.
    credential TEXT NOT NULL,
    -- How often the authenticator says it was used; 0 where it does not count.
    counter BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- A sign-in whose second step is still to be taken. Of its token only a hash is kept.
CREATE TABLE second_factor_sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    factor TEXT NOT NULL CHECK (factor IN ('passkey', 'password', 'totp')),
    -- What the first step was, and at which provider.
    method TEXT NOT NULL CHECK (method IN ('password', 'passkey', 'sso')),
    provider TEXT,
    attempts BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX second_factor_sessions_user ON second_factor_sessions (user_id);
CREATE INDEX second_factor_sessions_expiry ON second_factor_sessions (expires_at);

-- What a passkey is asked to sign, each good once.
CREATE TABLE auth_challenges (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'login', 'second_factor', 'confirm')),
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- The sign-in, or the hash of the pending one, that it was made for.
    bound_to TEXT,
    state TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX auth_challenges_expiry ON auth_challenges (expires_at);

-- The secret of a person's authenticator app, sealed. It counts once it was confirmed with a code.
CREATE TABLE totp_secrets (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    -- The step of the newest code that was accepted; older ones are not accepted again.
    last_step BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, code_hash)
);

-- When somebody last proved again, within a sign-in, who they are.
CREATE TABLE confirmations (
    session_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    confirmed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX confirmations_user ON confirmations (user_id);
