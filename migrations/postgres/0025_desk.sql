-- An import goes the way of every publication: a release that is dated ahead is scheduled, and taking the import back
-- knows what was planned before. Staff propose changes to entries that are public.

ALTER TABLE import_rows ADD COLUMN scheduled_at TIMESTAMPTZ;
ALTER TABLE import_formers ADD COLUMN scheduled_at TIMESTAMPTZ;

-- The table was made under another name, and its constraint may still have that.
ALTER TABLE change_requests DROP CONSTRAINT IF EXISTS change_requests_kind_check;
ALTER TABLE change_requests DROP CONSTRAINT IF EXISTS change_requests_new_kind_check;
ALTER TABLE change_requests ADD CONSTRAINT change_requests_kind_check CHECK (kind IN ('ALLOW_PUBLISH', 'ALLOW_SCHEDULE',
    'PUBLISH_EDIT', 'DELETE_ENTRY', 'DELETE_TAG', 'DELETE_PROJECT', 'DELETE_ALL_ENTRIES', 'DELETE_ALL_HISTORY'));
