//! The history of an entry: its kept states, what they changed, and the way back to them.

mod changes;
mod list;
mod mark;
mod page;
mod restore;

use compare::Row;
use leptos::prelude::*;
use model::entries::EntryState;
use model::projects::Project;
use model::revisions::{Blame, Place, Revision, RevisionPage, RevisionSummary, Side};
use model::{EntryId, ProjectId, Result, RevisionId};
use serde::{Deserialize, Serialize};

use crate::params::project_path;

pub use page::HistoryPage;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::revisions::{MAX_PAGE, MarkerPatch, PAGE};
#[cfg(feature = "ssr")]
use services::access::{ReadEntries, WriteEntries};
#[cfg(feature = "ssr")]
use services::history::{self, Against, ListQuery, Restore};

/// Equal lines around each change.
#[cfg(feature = "ssr")]
const CONTEXT: usize = 3;
/// The most rows of a comparison that a page shows.
pub(crate) const MAX_ROWS: usize = 4_000;

/// The address of the history of an entry.
pub(crate) fn history_path(project: &ProjectId, entry: &EntryId) -> String {
    project_path(project, &format!("/changelog/{entry}/history"))
}

/// As much of the entry as its history needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryHead {
    pub title: String,
    pub version: Option<String>,
    pub state: EntryState,
    pub lock_version: i64,
}

/// A page of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryList {
    pub project: Project,
    pub entry: EntryHead,
    pub page: RevisionPage,
    /// How many there are, whatever was searched.
    pub count: i64,
}

/// How a revision is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// What it changed.
    #[default]
    Changes,
    /// As readers would see it.
    Preview,
    /// Who wrote which line.
    Lines,
    /// The Markdown.
    Raw,
}

impl View {
    pub const ALL: [View; 4] = [View::Changes, View::Preview, View::Lines, View::Raw];

    pub fn as_str(self) -> &'static str {
        match self {
            View::Changes => "",
            View::Preview => "preview",
            View::Lines => "lines",
            View::Raw => "raw",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            View::Changes => "Changes",
            View::Preview => "Preview",
            View::Lines => "Who wrote what",
            View::Raw => "Markdown",
        }
    }

    pub fn parse(text: &str) -> Self {
        View::ALL.into_iter().find(|view| view.as_str() == text).unwrap_or_default()
    }
}

/// Two states, the older one on the left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub left: Side,
    pub right: Side,
    pub rows: Vec<Row>,
    pub lines_added: usize,
    pub lines_removed: usize,
    /// Rows that were left out because nobody could read them all.
    pub cut: usize,
}

/// What a view shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Shown {
    Changes(Box<Compared>),
    /// Preview and Markdown are made from the text of the revision.
    Text,
    Lines(Box<Blame>),
    /// Why it cannot be shown.
    Refused(String),
}

/// A revision in one of the views.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneRevision {
    pub project: Project,
    pub entry: EntryHead,
    /// With its text only where the view shows it.
    pub revision: Revision,
    pub shown: Shown,
    /// What it can be compared with.
    pub others: Vec<RevisionSummary>,
    /// Whether the entry says the same now.
    pub is_current: bool,
}

/// Kept states of an entry: pinned ones first, then newest first, 20 at a time.
#[server(prefix = "/rpc", endpoint = "history/list")]
pub async fn list_revisions(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] search: String,
    #[server(default)] after: Option<Place>,
) -> Result<HistoryList> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let whole = services::entries::get(&cx.services, &may, &entry).await?;
        let page = history::list(&cx.services, &may, &entry, &ListQuery { search, after, limit: PAGE }).await?;
        let count = history::count(&cx.services, &may, &entry).await?;
        Ok(HistoryList { project: may.project().clone(), entry: EntryHead::of(&whole), page, count })
    })
    .await
}

#[cfg(feature = "ssr")]
impl EntryHead {
    fn of(entry: &model::entries::Entry) -> Self {
        Self {
            title: entry.title.clone(),
            version: entry.version.clone(),
            state: entry.state(),
            lock_version: entry.lock_version,
        }
    }
}

/// A revision, or the newest one. `against` is what it is compared with: `now`, the id of another one, or the one before.
/// With `whole` no equal lines are left out.
#[server(prefix = "/rpc", endpoint = "history/get")]
pub async fn get_revision(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] revision: String,
    #[server(default)] view: Option<View>,
    #[server(default)] against: String,
    #[server(default)] whole: bool,
) -> Result<Option<OneRevision>> {
    act(async |cx| {
        let cx_services = &cx.services;
        let may = cx.grant::<ReadEntries>(&project).await?;
        let now = services::entries::get(cx_services, &may, &entry).await?;
        let every = ListQuery { limit: MAX_PAGE, ..ListQuery::default() };
        let others = history::list(cx_services, &may, &entry, &every).await?.items;
        let id: RevisionId = match revision.as_str() {
            "" => match others.iter().max_by_key(|one| one.number) {
                Some(newest) => newest.id.clone(),
                None => return Ok(None),
            },
            text => text.parse().map_err(|_| model::Error::NotFound)?,
        };
        let (mut revision, _) = history::get(cx_services, &may, &entry, &id).await?;
        let is_current = revision.content == now.content
            && revision.summary.title == now.title
            && revision.summary.version == now.version
            && revision.tags.iter().map(|tag| &tag.id).eq(now.tags.iter().map(|tag| &tag.id));
        let shown = match view.unwrap_or_default() {
            View::Changes => {
                let against = match against.as_str() {
                    "" => Against::Previous,
                    "now" => Against::Current,
                    text => Against::Revision(text.parse().map_err(|_| model::Error::NotFound)?),
                };
                let context = if whole { usize::MAX } else { CONTEXT };
                let found = history::compare(cx_services, &may, &entry, &id, &against, context).await?;
                let mut rows = found.rows;
                let cut = rows.len().saturating_sub(MAX_ROWS);
                rows.truncate(MAX_ROWS);
                let (lines_added, lines_removed) = (found.lines_added, found.lines_removed);
                let (left, right) = (found.left, found.right);
                Shown::Changes(Box::new(Compared { left, right, rows, lines_added, lines_removed, cut }))
            }
            View::Lines => match history::blame(cx_services, &may, &entry, &id).await {
                Ok(blame) => Shown::Lines(Box::new(blame)),
                Err(error @ model::Error::BadRequest { .. }) => Shown::Refused(error.to_string()),
                Err(error) => return Err(error),
            },
            View::Preview | View::Raw => Shown::Text,
        };
        if shown != Shown::Text {
            revision.content = String::new();
        }
        let entry = EntryHead::of(&now);
        Ok(Some(OneRevision { project: may.project().clone(), entry, revision, shown, others, is_current }))
    })
    .await
}

/// How many states of an entry are kept.
#[server(prefix = "/rpc", endpoint = "history/count")]
pub async fn count_revisions(project: ProjectId, entry: EntryId) -> Result<i64> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        history::count(&cx.services, &may, &entry).await
    })
    .await
}

/// Labels, colours or pins a revision. The form sends all of it.
#[server(prefix = "/rpc", endpoint = "history/mark")]
pub async fn mark_revision(
    project: ProjectId,
    entry: EntryId,
    revision: RevisionId,
    #[server(default)] label: String,
    #[server(default)] icon: String,
    #[server(default)] color: String,
    #[server(default)] pinned: bool,
) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let patch = MarkerPatch {
            label: Some(Some(label)),
            icon: Some(Some(icon)),
            color: Some(Some(color)),
            pinned: Some(pinned),
        };
        history::mark(&cx.services, &may, &entry, &revision, patch).await.map(|_| ())
    })
    .await
}

/// Gives the entry the state of a revision, if nobody changed it since `lock_version`, and goes to the new revision.
#[server(prefix = "/rpc", endpoint = "history/restore")]
pub async fn restore_revision(
    project: ProjectId,
    entry: EntryId,
    revision: RevisionId,
    lock_version: i64,
    #[server(default)] without_version: bool,
) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let wish = Restore { revision, without_version, lock_version: Some(lock_version) };
        let restored = history::restore(&cx.services, &may, &entry, &wish, &services::Always).await?;
        leptos_axum::redirect(&format!("{}?revision={}", history_path(&project, &entry), restored.revision));
        Ok(())
    })
    .await
}
