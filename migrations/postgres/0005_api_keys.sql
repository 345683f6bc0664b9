-- Who made a key, who sees it, and from where it was used last.

ALTER TABLE api_keys ADD COLUMN created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL;
-- Whether administrators see a project's key beside its owner.
ALTER TABLE api_keys ADD COLUMN is_global BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE api_keys ADD COLUMN last_used_ip TEXT;
