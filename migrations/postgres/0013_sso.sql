-- Sign-in through providers: OAuth 2.0 and OpenID Connect, and the accounts at providers of every kind.

CREATE TABLE oauth_providers (
    id TEXT NOT NULL PRIMARY KEY,
    -- The only part of a provider that stands in addresses; never changes.
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name in lower case.
    name_key TEXT NOT NULL UNIQUE,
    icon_key TEXT,
    issuer_url TEXT,
    authorization_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    -- Empty where the signed answer says everything.
    user_info_url TEXT NOT NULL,
    emails_url TEXT,
    jwks_url TEXT,
    client_id TEXT NOT NULL,
    -- Sealed.
    client_secret TEXT NOT NULL,
    auth_method TEXT NOT NULL CHECK (auth_method IN ('post', 'basic')),
    scopes JSONB NOT NULL,
    enabled BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    allowed_email_domains JSONB NOT NULL,
    block_existing_users BOOLEAN NOT NULL,
    required_claims JSONB NOT NULL,
    default_role TEXT NOT NULL CHECK (default_role IN ('ADMIN', 'STAFF', 'VIEWER')),
    allow_signup BOOLEAN NOT NULL,
    trust_email BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Accounts at providers that belong to people. Providers of two kinds stand in two tables, so there is no reference to
-- them: whoever deletes a provider deletes its connections in the same transaction.
CREATE TABLE sso_connections (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('oauth', 'saml')),
    provider_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    UNIQUE (kind, provider_id, external_id),
    UNIQUE (kind, provider_id, user_id)
);
CREATE INDEX sso_connections_user ON sso_connections (user_id);

-- Sign-ins that are at a provider right now. Each is used once.
CREATE TABLE oauth_flows (
    state_hash TEXT NOT NULL PRIMARY KEY,
    provider_id TEXT NOT NULL REFERENCES oauth_providers (id) ON DELETE CASCADE,
    -- Of the cookie of the browser that began it.
    browser_hash TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'link', 'test')),
    -- Who links or tests.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    redirect_to TEXT NOT NULL,
    -- Nonce and verifier, sealed.
    secrets TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX oauth_flows_expiry ON oauth_flows (expires_at);

-- What a provider said when an administrator tried it, for that administrator and some minutes. Sealed.
CREATE TABLE oauth_trials (
    provider_id TEXT NOT NULL REFERENCES oauth_providers (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    outcome TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider_id, user_id)
);
