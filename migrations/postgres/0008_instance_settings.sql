-- What administrators set for the whole instance: one row for each setting that was ever changed.

CREATE TABLE instance_settings (
    name TEXT NOT NULL PRIMARY KEY,
    -- Secrets are sealed texts in it.
    value JSONB NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
