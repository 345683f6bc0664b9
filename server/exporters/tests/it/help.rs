//! Entries to export, and a reader for each format that knows nothing of how it was written.

use chrono::{DateTime, Utc};
use exporters::{Export, Head, Item};
use importers::Release;
use model::entries::Entry;
use model::exports::Format;
use model::projects::{Layout, Project};
use model::tags::Tag;
use model::time::{Timestamp, from_wire};

pub fn at(text: &str) -> Timestamp {
    from_wire(text).unwrap()
}

pub fn project(name: &str) -> Project {
    Project {
        id: "cm3k8x2p0000008l4f5g7h9jk".parse().unwrap(),
        changelog_id: "cm3k8x2p0000008l4f5g7h9jl".to_owned(),
        name: name.to_owned(),
        slug: "orbit-mail".to_owned(),
        description: Some("Mail that stays in orbit".to_owned()),
        color: Some("#2b5fc2".to_owned()),
        icon: None,
        is_public: true,
        allow_auto_publish: false,
        require_approval: true,
        maintenance_mode: false,
        maintenance_message: None,
        allow_indexing: true,
        enable_rss: true,
        rss_item_limit: 10,
        rss_full_content: true,
        rss_feed_config: None,
        logo_url: None,
        favicon_url: None,
        social_image_url: None,
        custom_css: None,
        layout: Layout::default(),
        timezone: Some("Europe/Berlin".to_owned()),
        default_tags: vec!["Fixed".to_owned()],
        revision: 7,
        created_at: at("2026-01-01T08:00:00.000Z"),
        updated_at: at("2026-03-01T08:00:00.000Z"),
    }
}

pub fn tag(name: &str) -> Tag {
    let created_at = at("2026-01-01T08:00:00.000Z");
    Tag {
        id: "ctag0000000000000000000001".parse().unwrap(),
        name: name.to_owned(),
        color: Some("#a16207".to_owned()),
        description: None,
        position: 0,
        created_at,
        updated_at: created_at,
    }
}

pub fn head() -> Head {
    Head {
        project: project("Orbit Mail"),
        tags: vec![tag("Added"), tag("Fixed")],
        exported_at: at("2026-03-04T09:30:00.000Z"),
    }
}

/// A published entry without version and tags.
pub fn item(title: &str, content: &str) -> Item {
    let published_at = at("2026-03-04T12:30:45.678Z");
    Item {
        entry: Entry {
            id: "cm3k8x2p0000008l4f5g7h9jm".parse().unwrap(),
            project_id: project("Orbit Mail").id,
            title: title.to_owned(),
            content: content.to_owned(),
            excerpt: String::new(),
            version: None,
            slug: "faster-search".to_owned(),
            published_at: Some(published_at),
            scheduled_at: None,
            created_at: at("2026-02-27T07:00:00.001Z"),
            updated_at: at("2026-03-05T10:00:00.000Z"),
            created_by_id: None,
            updated_by_id: None,
            external_id: None,
            lock_version: 1,
            tags: Vec::new(),
        },
        day: published_at.date_naive(),
        url: None,
    }
}

pub trait With: Sized {
    fn version(self, version: &str) -> Self;
    fn tagged(self, tags: &[&str]) -> Self;
    fn draft(self) -> Self;
    fn slug(self, slug: &str) -> Self;
    fn published(self, at: &str) -> Self;
    fn url(self, url: &str) -> Self;
}

impl With for Item {
    fn version(mut self, version: &str) -> Self {
        self.entry.version = Some(version.to_owned());
        self
    }

    fn tagged(mut self, tags: &[&str]) -> Self {
        self.entry.tags = tags.iter().map(|name| tag(name)).collect();
        self
    }

    fn draft(mut self) -> Self {
        self.entry.published_at = None;
        self.day = self.entry.created_at.date_naive();
        self
    }

    fn slug(mut self, slug: &str) -> Self {
        self.entry.slug = slug.to_owned();
        self
    }

    fn published(mut self, time: &str) -> Self {
        self.entry.published_at = Some(at(time));
        self.day = at(time).date_naive();
        self
    }

    fn url(mut self, url: &str) -> Self {
        self.url = Some(url.to_owned());
        self
    }
}

pub fn export(format: Format, items: &[Item]) -> Vec<u8> {
    let mut export = Export::new(format, &head()).unwrap();
    let mut bytes = Vec::new();
    for item in items {
        export.push(item).unwrap();
        bytes.append(&mut export.take());
    }
    bytes.append(&mut export.finish().unwrap());
    bytes
}

pub fn markdown(items: &[Item]) -> String {
    String::from_utf8(export(Format::Markdown, items)).unwrap()
}

/// What an entry is, as far as a format can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub tags: Vec<String>,
    pub draft: bool,
    pub published_at: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
    pub slug: Option<String>,
    pub external_id: Option<String>,
}

impl Seen {
    pub fn of(item: &Item) -> Self {
        let entry = &item.entry;
        Self {
            title: entry.title.clone(),
            content: entry.content.clone(),
            version: entry.version.clone(),
            tags: entry.tags.iter().map(|tag| tag.name.clone()).collect(),
            draft: entry.published_at.is_none(),
            published_at: entry.published_at,
            created_at: Some(entry.created_at),
            slug: Some(entry.slug.clone()),
            external_id: item.entry.external_id.clone(),
        }
    }

    /// As [`Self::of`] for a format that knows the day alone, and no blank lines around a text.
    pub fn by_day(item: &Item) -> (Self, Option<chrono::NaiveDate>) {
        let seen = Self::of(item);
        let day = item.entry.published_at.map(|_| item.day);
        let content = importers::keep::without_blank_lines(&seen.content).to_owned();
        let mut tags = seen.tags.clone();
        tags.sort();
        (Self { content, tags, published_at: None, created_at: None, slug: None, external_id: None, ..seen }, day)
    }

    pub fn release(release: &Release) -> Self {
        Self {
            title: release.title.clone(),
            content: release.content.clone(),
            version: release.version.clone(),
            tags: release.tags.clone(),
            draft: release.draft,
            published_at: release.published_at,
            created_at: release.created_at,
            slug: release.slug.clone(),
            external_id: release.external_id.clone(),
        }
    }
}

/// The releases of an exported Markdown file.
pub fn read_markdown(text: &str) -> Vec<(Seen, Option<chrono::NaiveDate>)> {
    let parsed = importers::parse_markdown(text);
    assert_eq!(parsed.format, importers::Format::Tidings, "{text}");
    let mut releases = Vec::new();
    for release in &parsed.releases {
        let mut seen = Seen::release(release);
        seen.tags.sort();
        releases.push((seen, release.date));
    }
    releases
}

/// The rows of a CSV file (RFC 4180, 2), the header first.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = rows.last_mut().unwrap().last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => rows.last_mut().unwrap().push(String::new()),
            '\r' if !is_quoted && characters.next_if_eq(&'\n').is_some() => rows.push(vec![String::new()]),
            other => cell.push(other),
        }
    }
    assert!(!is_quoted, "{text}");
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last row ends as all others do");
    rows
}

pub fn read_csv(text: &str) -> Vec<Seen> {
    let rows = rows(text);
    let (header, rows) = rows.split_first().unwrap();
    rows.iter()
        .map(|row| {
            assert_eq!(row.len(), header.len());
            let cell = |name: &str| {
                let place = header.iter().position(|known| known == name).unwrap();
                importers::cells::original(&row[place]).to_owned()
            };
            let optional = |name: &str| Some(cell(name)).filter(|text| !text.is_empty());
            Seen {
                title: cell("title"),
                content: cell("content"),
                version: optional("version"),
                tags: importers::cells::tags(&cell("tags")),
                draft: cell("status") != "published",
                published_at: optional("date").map(|date| at(&date)),
                created_at: optional("created_at").map(|date| at(&date)),
                slug: optional("slug"),
                external_id: optional("external_id"),
            }
        })
        .collect()
}

pub fn read_json(text: &str) -> Vec<Seen> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let entries = json["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().map(str::to_owned);
            Seen {
                title: text("title").unwrap(),
                content: text("content").unwrap(),
                version: text("version"),
                tags: entry["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap().to_owned()).collect(),
                draft: entry["status"] != "published",
                published_at: text("publishedAt").map(|date| at(&date)),
                created_at: text("createdAt").map(|date| at(&date)),
                slug: text("slug"),
                external_id: text("externalId"),
            }
        })
        .collect()
}
