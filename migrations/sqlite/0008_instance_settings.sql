-- What administrators set for the whole instance: one row for each setting that was ever changed.

CREATE TABLE instance_settings (
    name TEXT NOT NULL PRIMARY KEY,
    -- JSON; secrets are sealed texts in it.
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
