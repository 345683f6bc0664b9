-- Sign-in through providers of SAML 2.0. Accounts at them stand in sso_connections.

CREATE TABLE saml_providers (
    id TEXT NOT NULL PRIMARY KEY,
    -- The only part of a provider that stands in addresses; never changes.
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name in lower case.
    name_key TEXT NOT NULL UNIQUE,
    -- What the provider calls itself.
    entity_id TEXT NOT NULL,
    sso_url TEXT NOT NULL,
    -- One after another, as blocks in PEM.
    certificates TEXT NOT NULL,
    -- What the provider calls this instance; empty for the address of its metadata.
    sp_entity_id TEXT NOT NULL,
    name_id_format TEXT NOT NULL,
    email_attribute TEXT NOT NULL,
    name_attribute TEXT NOT NULL,
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

-- Sign-ins that are at a provider right now, or just back from it. Each is used once.
CREATE TABLE saml_flows (
    -- Of what comes back as RelayState.
    state_hash TEXT NOT NULL PRIMARY KEY,
    provider_id TEXT NOT NULL REFERENCES saml_providers (id) ON DELETE CASCADE,
    -- Of the cookie of the browser that began it.
    browser_hash TEXT NOT NULL,
    -- The answer has to name it.
    request_id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'link', 'test')),
    -- Who links or tests.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    redirect_to TEXT NOT NULL,
    -- Both NULL until the answer is there. The answer comes without the cookie, since another site sends it; the ticket
    -- leads the browser on to where the cookie is looked at.
    ticket_hash TEXT UNIQUE,
    -- What the provider said, sealed.
    said TEXT,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX saml_flows_expiry ON saml_flows (expires_at);

-- Assertions that were used, as long as anybody would accept them.
CREATE TABLE saml_assertions (
    provider_id TEXT NOT NULL REFERENCES saml_providers (id) ON DELETE CASCADE,
    assertion_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider_id, assertion_hash)
);
CREATE INDEX saml_assertions_expiry ON saml_assertions (expires_at);

-- What a provider said when an administrator tried it, for that administrator and some minutes. Sealed.
CREATE TABLE saml_trials (
    provider_id TEXT NOT NULL REFERENCES saml_providers (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    outcome TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider_id, user_id)
);
