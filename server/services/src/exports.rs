//! Exports: the entries of a project as a file. All of it is of one moment, and it is handed over while it is read, so
//! that a long changelog needs no more memory than a short one.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::NaiveDate;
use exporters::{Export, Head, Item};
use model::entries::Entry;
use model::exports::{Extent, Format};
use model::projects::Project;
use model::time::Timestamp;
use model::{Cursor, Error, Result};
use serde_json::json;
use store::entries::{self, ExportFilter};
use store::{Snapshot, projects};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::access::{Grant, ReadEntries};
use crate::audit::{self, Event};
use crate::zones::{self, Zone};
use crate::{Services, tags};

/// Exports that run at the same time in one process. Each keeps a connection for as long as somebody reads its file.
const AT_ONCE: usize = 2;
/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a file waits for a reader who takes nothing.
const STALLED: Duration = Duration::from_secs(30);
/// How long a file may take altogether.
pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Entries read at a time. One can have 200,000 characters.
const PAGE: usize = 50;
/// Pieces that may lie between the database and the reader.
pub(crate) const AHEAD: usize = 2;

/// Which entries to export, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportQuery {
    pub format: Format,
    pub extent: Extent,
    /// By id or name; any of them matches.
    pub tags: Vec<String>,
    /// Bounds of the date of publication, or of creation for what is not published; the second is excluded.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Whether people reach the instance at its address, so that a changelog may link to the public pages.
    pub links: bool,
}

/// Whose turn it is to export.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    pub(crate) async fn take(&self) -> Result<OwnedSemaphorePermit> {
        match timeout(PATIENCE, self.0.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Error::SlowDown { seconds: PATIENCE.as_secs() }),
        }
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    pub file_name: String,
    pieces: Receiver<io::Result<Bytes>>,
}

impl Download {
    pub(crate) fn new(file_name: String, pieces: Receiver<io::Result<Bytes>>) -> Self {
        Self { file_name, pieces }
    }

    /// The next piece; `None` at the end. After an error nothing follows, and what came before is not a whole file.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        self.pieces.recv().await
    }
}

/// The name of the file, of characters that every system takes: `orbit-mail-changelog-2026-03-04.md`.
pub fn file_name(cx: &Services, project: &Project, format: Format) -> String {
    let day = Zone::named(project.timezone.as_deref()).local(cx.clock.now()).format("%Y-%m-%d").to_string();
    let slug = project.slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
    let slug = if slug.is_empty() { "project" } else { &slug };
    format!("{slug}-changelog-{day}.{}", format.extension())
}

/// Finds the project that an administrator names by id or by address.
///
/// # Errors
/// `NotFound`.
pub async fn find_project(cx: &Services, named: &str) -> Result<Project> {
    let mut lease = cx.db.acquire().await?;
    if let Ok(id) = named.parse()
        && let Some(project) = projects::find(lease.conn(), &id).await?
    {
        return Ok(project);
    }
    projects::find_by_slug(lease.conn(), named).await?.ok_or(Error::NotFound)
}

/// Begins an export and records it.
///
/// # Errors
/// `SlowDown` while others export.
pub async fn start(cx: &Services, may: &Grant<ReadEntries>, query: &ExportQuery) -> Result<Download> {
    let turn = cx.exports.take().await?;
    let project = may.project();
    let mut tx = cx.db.begin().await?;
    let details = json!({
        "format": query.format.as_str(),
        "status": query.extent.as_str(),
        "tags": recorded(&query.tags),
        "from": query.from,
        "until": query.until,
    });
    let event = Event { action: "EXPORT_CREATED", project: Some(&project.id), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;

    let mut snapshot = cx.db.snapshot().await?;
    let project = projects::find(snapshot.conn(), &project.id).await?.ok_or(Error::NotFound)?;
    let filter =
        ExportFilter { tags: tags::ids(snapshot.conn(), &query.tags).await?, from: query.from, until: query.until };
    let used = store::tags::list_used(snapshot.conn(), &project.id).await?;
    let head = Head { project, tags: used, exported_at: cx.clock.now() };
    let export = Export::new(query.format, &head).map_err(|error| broken(cx, &error))?;
    let file_name = file_name(cx, &head.project, query.format);
    let url =
        (query.links && head.project.is_public).then(|| format!("{}/changelog/{}", cx.base_url(), head.project.slug));
    let zone = zones::of(cx, &head.project).await?;
    let (pieces, received) = mpsc::channel(AHEAD);
    let file =
        File { snapshot, project: head.project, filter, extent: query.extent, zone, url, pieces: pieces.clone() };
    tokio::spawn(async move {
        let _turn = turn;
        let done = timeout(LONGEST, file.write(export)).await.unwrap_or(Err(Stopped::TooSlow));
        match done {
            Ok(()) => {}
            Err(Stopped::ReaderGone) => tracing::debug!("An export ended because nobody reads it any more"),
            Err(stopped) => {
                tracing::warn!(cause = %stopped, "An export was cut off");
                // Somebody who still reads learns that the file is not whole; nobody else is there to be told.
                let _ = pieces.try_send(Err(io::Error::other(stopped.to_string())));
            }
        }
    });
    Ok(Download::new(file_name, received))
}

/// As many tags as tell what was asked for. NUL, which no tag has, is nothing PostgreSQL could keep.
fn recorded(tags: &[String]) -> Vec<String> {
    let shortened = |tag: &String| tag.chars().filter(|&c| c != '\0').take(model::tags::MAX_NAME).collect();
    tags.iter().take(model::tags::MAX_PER_ENTRY).map(shortened).collect()
}

fn broken(cx: &Services, error: &exporters::Error) -> Error {
    let reference = cx.random.token(12);
    tracing::error!(%reference, %error, "An export could not be begun");
    Error::Internal { reference }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("nobody reads it any more")]
    ReaderGone,
    #[error("it was read too slowly")]
    TooSlow,
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
    #[error("{0}")]
    Export(#[from] exporters::Error),
    #[error("the server is stopping")]
    Ending(#[from] tokio::task::JoinError),
}

/// What one file is made of.
struct File {
    snapshot: Snapshot,
    project: Project,
    filter: ExportFilter,
    extent: Extent,
    zone: Zone,
    /// The address of the public page, if there is one.
    url: Option<String>,
    pieces: Sender<io::Result<Bytes>>,
}

impl File {
    async fn write(mut self, mut export: Export) -> Result<(), Stopped> {
        if self.extent == Extent::All {
            export = self.write_list(export, false).await?;
        }
        let export = self.write_list(export, true).await?;
        // The database is done; the last pieces may take their time.
        let Self { snapshot, pieces, .. } = self;
        drop(snapshot);
        let rest = tokio::task::spawn_blocking(move || export.finish()).await??;
        send(&pieces, rest).await
    }

    async fn write_list(&mut self, mut export: Export, published: bool) -> Result<Export, Stopped> {
        let mut after: Option<Cursor> = None;
        loop {
            let (conn, project) = (self.snapshot.conn(), &self.project.id);
            let page = if published {
                entries::list_for_export(conn, project, &self.filter, after.as_ref(), PAGE).await?
            } else {
                entries::list_unpublished_for_export(conn, project, &self.filter, after.as_ref(), PAGE).await?
            };
            let items: Vec<Item> = page.items.into_iter().map(|entry| self.item(entry)).collect();
            let (back, piece) = tokio::task::spawn_blocking(move || {
                items.iter().try_for_each(|item| export.push(item))?;
                let piece = export.take();
                Ok::<_, exporters::Error>((export, piece))
            })
            .await??;
            export = back;
            send(&self.pieces, piece).await?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(export),
            }
        }
    }

    fn item(&self, entry: Entry) -> Item {
        let day = self.zone.local(entry.published_at.unwrap_or(entry.created_at)).date_naive();
        Item {
            // The year 9999 is the last one that files can write, also where it is a day later.
            day: NaiveDate::from_ymd_opt(9999, 12, 31).map_or(day, |last| day.min(last)),
            url: self.url.as_ref().filter(|_| entry.published_at.is_some()).map(|url| format!("{url}/{}", entry.slug)),
            entry,
        }
    }
}

pub(crate) async fn send(pieces: &Sender<io::Result<Bytes>>, piece: Vec<u8>) -> Result<(), Stopped> {
    if piece.is_empty() {
        return Ok(());
    }
    match timeout(STALLED, pieces.send(Ok(piece.into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Stopped::ReaderGone),
        Err(_) => Err(Stopped::TooSlow),
    }
}
