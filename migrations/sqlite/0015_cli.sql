-- Sign-in of the command line: what a person allowed a program, until the program fetches its tokens.

CREATE TABLE cli_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The sign-in of the browser in which the person agreed. When that ends, so does the code.
    agreed_in TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    -- What the program calls itself.
    client TEXT NOT NULL,
    -- SHA-256 of what the program alone knows (RFC 7636); older programs send none.
    code_challenge TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    -- The sign-in that the code was exchanged for.
    session_id TEXT
);
CREATE INDEX cli_codes_user ON cli_codes (user_id);
CREATE INDEX cli_codes_expiry ON cli_codes (expires_at);
