-- The look of public pages, the form of feeds, saved widgets, and counted views.

ALTER TABLE projects ADD COLUMN logo_url TEXT;
ALTER TABLE projects ADD COLUMN favicon_url TEXT;
ALTER TABLE projects ADD COLUMN social_image_url TEXT;
ALTER TABLE projects ADD COLUMN custom_css TEXT;
ALTER TABLE projects ADD COLUMN layout TEXT NOT NULL DEFAULT 'timeline' CHECK (layout IN ('timeline', 'list', 'cards'));
-- An IANA name; dates of the public pages are shown in it. Without one they are shown in UTC.
ALTER TABLE projects ADD COLUMN timezone TEXT;
ALTER TABLE projects ADD COLUMN rss_feed_config TEXT;

ALTER TABLE tags ADD COLUMN description TEXT;
ALTER TABLE tags ADD COLUMN position BIGINT NOT NULL DEFAULT 0;

CREATE TABLE widgets (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    variant TEXT NOT NULL CHECK (variant IN ('classic', 'floating', 'modal', 'announcement')),
    settings TEXT NOT NULL,
    custom_css TEXT,
    is_active BOOLEAN NOT NULL,
    -- Sites that may embed it; none means all.
    allowed_origins TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX widgets_project ON widgets (project_id, created_at, id);

-- What one visitor looked at on one day (UTC). The visitor is a keyed hash that cannot be linked across days.
CREATE TABLE views (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    -- Empty for the list. No reference: what was counted outlives the entry.
    entry_id TEXT NOT NULL,
    visitor TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('page', 'widget', 'feed', 'api')),
    -- Empty where it is not known.
    referrer_host TEXT NOT NULL,
    country TEXT NOT NULL,
    device TEXT NOT NULL,
    browser TEXT NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (project_id, day, entry_id, visitor, source)
);
CREATE INDEX views_day ON views (day);

-- Days older than what `views` keeps, without visitors.
CREATE TABLE view_days (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('page', 'widget', 'feed', 'api')),
    referrer_host TEXT NOT NULL,
    country TEXT NOT NULL,
    device TEXT NOT NULL,
    browser TEXT NOT NULL,
    views BIGINT NOT NULL,
    visitors BIGINT NOT NULL,
    PRIMARY KEY (project_id, day, entry_id, source, referrer_host, country, device, browser)
);

-- The keys that make visitors of one day countable; forgotten after two days.
CREATE TABLE day_secrets (
    day TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL
);
