-- The home page shows the drafts of all projects that were changed last.

CREATE INDEX entries_drafts ON entries (updated_at, id) WHERE published_at IS NULL;
