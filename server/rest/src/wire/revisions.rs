//! Kept states of entries.

use compare::Kind;
use model::revisions::{self, Author, Blame, MarkerPatch, Reason, RevisionPage};
use model::time::to_wire;
use serde::Serialize;
use services::history::Difference;
use utoipa::ToSchema;

use super::entries::Entry;
use crate::extract::{Fields, FromBody};

/// Why a state was kept.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RevisionReason {
    /// The first state there is, or the one before the first change that was followed.
    Initial,
    /// Saved while somebody wrote.
    Autosave,
    /// Saved because somebody said so.
    Manual,
    /// An older state that was taken up again.
    Restore,
    /// What readers got to see.
    Publish,
    /// Overwritten by an import.
    Import,
}

impl From<Reason> for RevisionReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Initial => Self::Initial,
            Reason::Autosave => Self::Autosave,
            Reason::Manual => Self::Manual,
            Reason::Restore => Self::Restore,
            Reason::Publish => Self::Publish,
            Reason::Import => Self::Import,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmkodzdoc9is0j8ht9lgmxg9e", "name": "Mara Lind", "email": "mara@orbit.example" }))]
pub(crate) struct RevisionAuthor {
    id: String,
    name: String,
    email: String,
}

/// `null` for the command line, and for accounts that are gone.
fn author(author: Option<Author>) -> Option<RevisionAuthor> {
    let Author { id, name, email } = author?;
    Some(RevisionAuthor { id: id?.into(), name, email: email? })
}

/// What was restored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevisionSource {
    #[schema(example = "cmk3706i8j76b2lajlj4h9du7")]
    id: String,
    #[schema(example = "Dark mode")]
    title: String,
    reason: RevisionReason,
    #[schema(required = true)]
    label: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    #[schema(required = true)]
    color: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<revisions::Source> for RevisionSource {
    fn from(source: revisions::Source) -> Self {
        Self {
            id: source.id.into(),
            title: source.title,
            reason: source.reason.into(),
            label: source.marker.label,
            icon: source.marker.icon,
            color: source.marker.color,
            created_at: to_wire(source.created_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk3706i8j76b2lajlj4h9du7", "title": "Dark mode", "version": "2.4.0", "reason": "manual", "linesAdded": 3,
    "linesRemoved": 1, "createdAt": "2026-03-04T09:30:00.000Z", "restoredFromId": null, "label": "Sent to legal",
    "icon": "flag", "color": "#2b5fc2", "pinned": true,
    "createdBy": { "id": "cmkodzdoc9is0j8ht9lgmxg9e", "name": "Mara Lind", "email": "mara@orbit.example" },
    "createdByName": "Mara Lind", "restoredFrom": null
}))]
pub(crate) struct Revision {
    id: String,
    title: String,
    #[schema(required = true)]
    version: Option<String>,
    reason: RevisionReason,
    lines_added: i64,
    lines_removed: i64,
    #[schema(format = DateTime)]
    created_at: String,
    /// The revision whose state was taken up again.
    #[schema(required = true)]
    restored_from_id: Option<String>,
    #[schema(required = true)]
    label: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    #[schema(required = true)]
    color: Option<String>,
    pinned: bool,
    /// `null` for the command line, and for accounts that are gone.
    #[schema(required = true)]
    created_by: Option<RevisionAuthor>,
    /// Stays when the account is gone.
    #[schema(required = true)]
    created_by_name: Option<String>,
    /// `null` also where it is not kept any more.
    #[schema(required = true)]
    restored_from: Option<RevisionSource>,
}

impl From<revisions::RevisionSummary> for Revision {
    fn from(one: revisions::RevisionSummary) -> Self {
        Self {
            id: one.id.into(),
            title: one.title,
            version: one.version,
            reason: one.reason.into(),
            lines_added: one.lines_added,
            lines_removed: one.lines_removed,
            created_at: to_wire(one.created_at),
            restored_from_id: one.restored_from_id.map(String::from),
            label: one.marker.label,
            icon: one.marker.icon,
            color: one.marker.color,
            pinned: one.marker.pinned,
            created_by_name: one.created_by.as_ref().map(|author| author.name.clone()),
            created_by: author(one.created_by),
            restored_from: one.restored_from.map(RevisionSource::from),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevisionList {
    /// Pinned ones first, then newest first.
    revisions: Vec<Revision>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

impl From<RevisionPage> for RevisionList {
    fn from(page: RevisionPage) -> Self {
        Self {
            revisions: page.items.into_iter().map(Revision::from).collect(),
            next_cursor: page.next.map(String::from),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "count": 17 }))]
pub(crate) struct RevisionCount {
    pub count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionTag {
    #[schema(example = "cmkkhvdgaj8gxbenyjqwx4hh5")]
    id: String,
    #[schema(example = "Feature")]
    name: String,
}

/// A revision with its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WholeRevision {
    #[serde(flatten)]
    listed: Revision,
    /// Markdown.
    #[schema(example = "A darker theme.\n")]
    content: String,
    #[schema(example = "A darker theme.")]
    excerpt: String,
    /// The tags as they were then.
    tags: Vec<RevisionTag>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviousRevision {
    #[schema(example = "cmk3706i8j76b2lajlj4h9du7")]
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Lines that follow each other, with their line ends. Neither added nor removed: they are in both.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "value": "A darker theme.\n", "added": true, "removed": false }))]
pub(crate) struct RevisionDiff {
    value: String,
    added: bool,
    removed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevisionDetail {
    revision: WholeRevision,
    /// The one before it.
    #[schema(required = true)]
    previous: Option<PreviousRevision>,
    #[schema(required = true)]
    restored_from: Option<RevisionSource>,
    /// From the text before to this one. What is not removed, put together, is this text.
    diff: Vec<RevisionDiff>,
}

impl RevisionDetail {
    pub fn new(
        revision: revisions::Revision,
        previous: Option<revisions::RevisionSummary>,
        diff: Vec<Difference>,
    ) -> Self {
        let tags = revision.tags.into_iter();
        Self {
            restored_from: revision.summary.restored_from.clone().map(RevisionSource::from),
            previous: previous.map(|one| PreviousRevision { id: one.id.into(), created_at: to_wire(one.created_at) }),
            diff: diff
                .into_iter()
                .map(|part| RevisionDiff {
                    value: part.text,
                    added: part.kind == Kind::Added,
                    removed: part.kind == Kind::Removed,
                })
                .collect(),
            revision: WholeRevision {
                listed: revision.summary.into(),
                content: revision.content,
                excerpt: revision.excerpt,
                tags: tags.map(|tag| RevisionTag { id: tag.id.into(), name: tag.name }).collect(),
            },
        }
    }
}

/// What makes a revision stand out. What is absent stays; `null` and empty text clear.
#[derive(Debug, ToSchema)]
#[schema(as = RevisionMark, example = json!({ "label": "Sent to legal", "color": "#2b5fc2", "pinned": true }))]
#[expect(dead_code, reason = "the description of what `RevisionMark` reads")]
pub(crate) struct RevisionMarkBody {
    #[schema(max_length = 60, value_type = Option<String>)]
    label: Option<Option<String>>,
    /// The name of an icon.
    #[schema(max_length = 40, value_type = Option<String>)]
    icon: Option<Option<String>>,
    /// `#rrggbb`
    #[schema(value_type = Option<String>)]
    color: Option<Option<String>>,
    pinned: Option<bool>,
}

pub(crate) struct RevisionMark(pub MarkerPatch);

impl FromBody for RevisionMark {
    fn read(fields: &mut Fields) -> Self {
        Self(MarkerPatch {
            label: fields.nullable_text("label"),
            icon: fields.nullable_text("icon"),
            color: fields.nullable_text("color"),
            pinned: fields.flag("pinned"),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "cmk3706i8j76b2lajlj4h9du7", "label": "Sent to legal", "icon": null, "color": "#2b5fc2", "pinned": true
}))]
pub(crate) struct MarkedRevision {
    id: String,
    #[schema(required = true)]
    label: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    #[schema(required = true)]
    color: Option<String>,
    pinned: bool,
}

impl From<revisions::RevisionSummary> for MarkedRevision {
    fn from(one: revisions::RevisionSummary) -> Self {
        let marker = one.marker;
        Self { id: one.id.into(), label: marker.label, icon: marker.icon, color: marker.color, pinned: marker.pinned }
    }
}

/// How to restore. May be left out.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "withoutVersion": true }))]
pub(crate) struct RestoreRevision {
    /// Whether the entry keeps the version it has now, for when another entry uses the old one. Default: false.
    #[schema(value_type = Option<bool>)]
    pub without_version: bool,
}

impl FromBody for RestoreRevision {
    fn read(fields: &mut Fields) -> Self {
        Self { without_version: fields.flag("withoutVersion").unwrap_or(false) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RestoredEntry {
    pub entry: Entry,
    #[schema(example = "cmk3706i8j76b2lajlj4h9du7")]
    pub new_revision_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlamedLine {
    #[schema(example = "A darker theme.")]
    text: String,
    #[schema(example = "cmk3706i8j76b2lajlj4h9du7")]
    revision_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlamedRevision {
    #[schema(format = DateTime)]
    created_at: String,
    reason: RevisionReason,
    #[schema(required = true)]
    version: Option<String>,
    lines_added: i64,
    lines_removed: i64,
    #[schema(required = true)]
    created_by: Option<RevisionAuthor>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevisionBlame)]
pub(crate) struct RevisionBlame {
    /// The lines of the text, each with the revision that brought it.
    lines: Vec<BlamedLine>,
    /// Those that lines are from, by id.
    #[schema(example = json!({
        "cmk3706i8j76b2lajlj4h9du7": {
            "createdAt": "2026-03-04T09:12:00.000Z",
            "reason": "manual",
            "version": "2.4.0",
            "linesAdded": 1,
            "linesRemoved": 0,
            "createdBy": null
        }
    }))]
    revisions: std::collections::BTreeMap<String, BlamedRevision>,
}

impl From<Blame> for RevisionBlame {
    fn from(blame: Blame) -> Self {
        let lines = blame.lines.into_iter();
        Self {
            lines: lines.map(|line| BlamedLine { text: line.text, revision_id: line.revision.into() }).collect(),
            revisions: blame
                .revisions
                .into_iter()
                .map(|one| {
                    let shown = BlamedRevision {
                        created_at: to_wire(one.created_at),
                        reason: one.reason.into(),
                        version: one.version,
                        lines_added: one.lines_added,
                        lines_removed: one.lines_removed,
                        created_by: author(one.created_by),
                    };
                    (one.id.into(), shown)
                })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "success": true, "revisionsDeleted": 312 }))]
pub(crate) struct HistoryDeleted {
    /// Always true.
    pub success: bool,
    pub revisions_deleted: i64,
}
