//! What happened since somebody last looked.

use model::catch_up;
use model::entries::Entry;
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::public::PublicTag;

/// How many entries are about what, by their tags. An entry with tags of both kinds is a feature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatchUpSummary)]
struct Summary {
    features: i64,
    fixes: i64,
    other: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CatchUpEntry)]
struct CaughtUp {
    id: String,
    title: String,
    /// Markdown.
    content: String,
    #[schema(required = true)]
    version: Option<String>,
    /// `null` for what is not published yet.
    #[schema(format = DateTime, required = true)]
    published_at: Option<String>,
    tags: Vec<PublicTag>,
}

impl From<Entry> for CaughtUp {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.into(),
            title: entry.title,
            content: entry.content,
            version: entry.version,
            published_at: entry.published_at.map(to_wire),
            tags: entry.tags.into_iter().map(PublicTag::from).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "fromDate": "2026-02-25T00:00:00.000Z", "fromVersion": "2.3.1", "toVersion": "2.4.0", "totalEntries": 1,
    "summary": { "features": 1, "fixes": 0, "other": 0 },
    "entries": [{
        "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "content": "## New", "version": "2.4.0",
        "publishedAt": "2026-03-04T09:30:00.000Z",
        "tags": [{ "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6" }]
    }]
}))]
pub(crate) struct CatchUp {
    #[schema(format = DateTime)]
    from_date: String,
    /// The newest version that was published by then.
    #[schema(required = true)]
    from_version: Option<String>,
    /// The newest version that is published now.
    #[schema(required = true)]
    to_version: Option<String>,
    /// Also those that are not listed.
    total_entries: i64,
    summary: Summary,
    /// What was published since then, newest first; then what was begun since then and is not published yet, newest
    /// first. At most 1,000.
    entries: Vec<CaughtUp>,
    /// Present and true when there are more entries than listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    entries_truncated: bool,
}

impl From<catch_up::CatchUp> for CatchUp {
    fn from(happened: catch_up::CatchUp) -> Self {
        let catch_up::Summary { features, fixes, other } = happened.summary;
        let total = happened.summary.total();
        Self {
            from_date: to_wire(happened.from),
            from_version: happened.from_version,
            to_version: happened.to_version,
            total_entries: total,
            summary: Summary { features, fixes, other },
            entries_truncated: i64::try_from(happened.entries.len() + happened.drafts.len())
                .is_ok_and(|listed| listed < total),
            entries: happened.entries.into_iter().chain(happened.drafts).map(CaughtUp::from).collect(),
        }
    }
}
