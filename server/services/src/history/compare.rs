//! What differs between two states.

use compare::{Kind, Line, Row};
use model::entries::Entry;
use model::revisions::{Revision, Side};
use model::{EntryId, Error, Result, RevisionId};
use store::{entries, revisions};

use super::find;
use crate::Services;
use crate::access::{Grant, ReadEntries};

/// What a revision is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The one before it; nothing, for the first.
    Previous,
    /// What the entry says now.
    Current,
    Revision(RevisionId),
}

/// Two states, the older one on the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub left: Side,
    pub right: Side,
    /// First what differs beside the text, then the text.
    pub rows: Vec<Row>,
    pub lines_added: usize,
    pub lines_removed: usize,
}

/// As much of a state as is compared.
struct Text {
    side: Side,
    title: String,
    version: Option<String>,
    tags: Vec<String>,
    content: String,
}

impl From<Revision> for Text {
    fn from(revision: Revision) -> Self {
        Self {
            title: revision.summary.title.clone(),
            version: revision.summary.version.clone(),
            tags: revision.tags.into_iter().map(|tag| tag.name).collect(),
            content: revision.content,
            side: Side::Kept(Box::new(revision.summary)),
        }
    }
}

impl From<Entry> for Text {
    fn from(entry: Entry) -> Self {
        Self {
            side: Side::Now,
            title: entry.title,
            version: entry.version,
            tags: entry.tags.into_iter().map(|tag| tag.name).collect(),
            content: entry.content,
        }
    }
}

/// Compares a revision, with `context` equal lines around each change.
///
/// # Errors
/// `NotFound`.
pub async fn compare(
    cx: &Services,
    may: &Grant<ReadEntries>,
    entry: &EntryId,
    id: &RevisionId,
    against: &Against,
    context: usize,
) -> Result<Comparison> {
    let (left, right) = {
        let mut lease = cx.db.acquire().await?;
        let revision = find(lease.conn(), may, entry, id).await?;
        match against {
            Against::Previous => {
                let number = revision.summary.number;
                let previous = revisions::previous(lease.conn(), may.project_id(), entry, number).await?;
                (previous.map(Text::from), Text::from(revision))
            }
            Against::Current => {
                let now = entries::find(lease.conn(), may.project_id(), entry).await?.ok_or(Error::NotFound)?;
                (Some(Text::from(revision)), Text::from(now))
            }
            Against::Revision(other) => {
                let other = find(lease.conn(), may, entry, other).await?;
                if other.summary.number <= revision.summary.number {
                    (Some(Text::from(other)), Text::from(revision))
                } else {
                    (Some(Text::from(revision)), Text::from(other))
                }
            }
        }
    };
    beside(move || {
        let (before, content) = left.as_ref().map_or(("", ""), |left| (left.title.as_str(), left.content.as_str()));
        let mut rows: Vec<Row> = Vec::new();
        if let Some(left) = &left {
            rows.extend(field("Title", before, &right.title));
            let version = |text: &Text| text.version.clone().unwrap_or_default();
            rows.extend(field("Version", &version(left), &version(&right)));
            rows.extend(field("Tags", &left.tags.join(", "), &right.tags.join(", ")));
        }
        rows.extend(::compare::rows(content, &right.content, context));
        let (lines_added, lines_removed) = ::compare::count(content, &right.content);
        Comparison {
            rows,
            lines_added,
            lines_removed,
            right: right.side,
            left: left.map_or(Side::Nothing, |left| left.side),
        }
    })
    .await
}

/// A row for a value that differs.
fn field(name: &str, left: &str, right: &str) -> Option<Row> {
    let line = |value: &str| {
        let value = if value.is_empty() { "none" } else { value };
        Some(Line::aside(&format!("{name}: {value}")))
    };
    (left != right).then(|| Row::Changed { left: line(left), right: line(right) })
}

/// Lines that are in one of two texts, or in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub kind: Kind,
    pub text: String,
}

/// One text turned into another, in whole lines.
///
/// # Errors
/// Never by itself; when the process is going down.
pub async fn difference(old: String, new: String) -> Result<Vec<Difference>> {
    beside(move || {
        let parts = ::compare::parts(&old, &new);
        parts.into_iter().map(|part| Difference { kind: part.kind, text: part.text.to_owned() }).collect()
    })
    .await
}

/// Long texts take a while to compare, which other requests should not wait for.
pub(super) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "Two texts could not be compared");
        Error::Internal { reference: "compare".to_owned() }
    })
}
