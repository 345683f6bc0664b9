//! Pictures and files of projects: taken in, described, shown to whom the project is shown to, deleted.
//!
//! What is known of a medium lies in the database, its bytes in a store of files ([`Place`]). Files are written before the
//! database knows the medium and removed after it has forgotten it; `media_leftovers` holds what is between the two, so
//! that neither a crash nor a project that is deleted for good leaves anything behind ([`sweep`]).

mod files;
mod s3;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use model::media::{HASH, MediaKind, MediaUse, Medium, NewAlt, WIDTHS, clean_name, hashes_in, split_width};
use model::{Error, MediaId, ProjectId, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
pub use store::media::MediaFilter;
use store::media::{self, StoredMedium};
use tokio::sync::Semaphore;

use crate::access::{Actor, Grant, ReadEntries, ReadProjects, WriteEntries, grant};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::{Services, projects as project_services};

pub use files::{Bucket, Files, Place};

/// How many pictures are made at a time: each may take several hundred megabytes for a moment.
const AT_ONCE: usize = 2;
/// How long files may lie there that belong to nothing: as long as an upload could take, and more.
const LEFT_FOR: TimeDelta = TimeDelta::hours(1);
/// How often it is looked for what was left over.
const EVERY: Duration = Duration::from_secs(60 * 60);
const BATCH: i64 = 200;

/// What an instance is configured with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSettings {
    pub place: Place,
    /// The largest file that is taken.
    pub max_bytes: u64,
    /// What all files of a project may take together; 0 is no limit.
    pub project_max_bytes: u64,
}

impl Default for MediaSettings {
    fn default() -> Self {
        let place = Place::Folder(PathBuf::from("./data/media"));
        Self { place, max_bytes: 25 * 1024 * 1024, project_max_bytes: 0 }
    }
}

/// What it takes to keep files. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Media {
    files: Files,
    turns: Arc<Semaphore>,
}

impl Media {
    pub fn new(settings: &MediaSettings) -> Self {
        Self { files: Files::new(settings.place.clone()), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// A medium, and where it is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub medium: Medium,
    pub uses: Vec<MediaUse>,
}

/// What an upload has made.
#[derive(Debug, Clone, PartialEq)]
pub struct Uploaded {
    pub medium: Medium,
    /// The project had it already.
    pub is_known: bool,
}

/// The largest file that is taken.
pub fn most_bytes(cx: &Services) -> usize {
    usize::try_from(cx.settings.media.max_bytes).unwrap_or(usize::MAX)
}

/// One numbered page of a project's media, newest first, and how many there are. `page` counts from 1.
pub async fn list(
    cx: &Services,
    may: &Grant<ReadEntries>,
    filter: &MediaFilter,
    page: i64,
    limit: i64,
) -> Result<(Vec<Listed>, i64)> {
    let project = may.project_id();
    let mut lease = cx.db.acquire().await?;
    let total = media::count(lease.conn(), project, filter).await?;
    let offset = page.saturating_sub(1).saturating_mul(limit).max(0);
    let found = media::list(lease.conn(), project, filter, limit, offset).await?;
    let mentions = if found.is_empty() { Vec::new() } else { media::mentions(lease.conn(), project, "").await? };
    let mut listed: Vec<Listed> = found.into_iter().map(|medium| Listed { medium, uses: Vec::new() }).collect();
    for mention in mentions {
        let hashes = hashes_in(project, &mention.content);
        let place = MediaUse::from(mention.place);
        for one in listed.iter_mut().filter(|one| hashes.contains(&one.medium.hash())) {
            one.uses.push(place.clone());
        }
    }
    Ok((listed, total))
}

/// One medium of a project, and where it is used.
///
/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, may: &Grant<ReadEntries>, id: &MediaId) -> Result<Listed> {
    let mut lease = cx.db.acquire().await?;
    let medium = media::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?.medium;
    let uses = uses(lease.conn(), &medium).await?;
    Ok(Listed { medium, uses })
}

async fn uses(conn: store::Conn<'_>, medium: &Medium) -> Result<Vec<MediaUse>> {
    let mentions = media::mentions(conn, &medium.project_id, medium.hash()).await?;
    Ok(mentions.into_iter().map(|mention| mention.place.into()).collect())
}

/// Takes a file in. One that the project has already is not kept twice.
///
/// # Errors
/// `Invalid` for `file`, saying what is allowed, and for `alt`; `TooLarge`; `Conflict` beyond the project's share;
/// `Unavailable` when the files cannot be written.
pub async fn upload(
    cx: &Services,
    may: &Grant<WriteEntries>,
    name: &str,
    bytes: Vec<u8>,
    alt: NewAlt,
) -> Result<Uploaded> {
    let limit = cx.settings.media.max_bytes;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge { limit_bytes: limit });
    }
    let alt = alt.check()?;
    let name = clean_name(name);
    let ready = prepare(cx, bytes, name.clone()).await?;
    let project = may.project_id();
    let hash: String = Sha256::digest(&ready.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = &hash[..HASH];
    let ending = ready.kind.ending();
    let file = match ready.size {
        Some((width, height)) => format!("{hash}-{width}x{height}.{ending}"),
        None => format!("{hash}.{ending}"),
    };
    let mut lease = cx.db.acquire().await?;
    if let Some(known) = media::find_by_file(lease.conn(), project, &file).await? {
        return Ok(Uploaded { medium: known.medium, is_known: true });
    }
    drop(lease);

    let now = cx.clock.now();
    let id = cx.random.id(now, MediaId::compose);
    let stored = format!("{project}/{hash}-{id}");
    let all = ready.smaller.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + ready.bytes.len();
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let new = StoredMedium {
        medium: Medium {
            id,
            project_id: project.clone(),
            file: file.clone(),
            name,
            kind: ready.kind,
            bytes: whole(ready.bytes.len()),
            width: ready.size.map(|(width, _)| width.into()),
            height: ready.size.map(|(_, height)| height.into()),
            alt: alt.alt,
            is_decorative: alt.is_decorative,
            created_by_id: Some(may.actor().id().clone()),
            created_by_name: may.actor().user.name.clone(),
            created_at: now,
            updated_at: now,
        },
        stored: stored.clone(),
        stored_bytes: whole(all),
    };
    let mut tx = cx.db.begin().await?;
    media::add_leftover(tx.conn(), &stored, now).await?;
    tx.commit().await?;
    for (width, bytes) in ready.smaller {
        written(cx, cx.media.files.write(&form(&stored, Some(width)), bytes).await)?;
    }
    written(cx, cx.media.files.write(&form(&stored, None), ready.bytes).await)?;

    let mut tx = project_services::begin(cx, project).await?;
    let most = cx.settings.media.project_max_bytes;
    let used = media::total_bytes(tx.conn(), project).await?;
    if most > 0 && u64::try_from(used.saturating_add(new.stored_bytes)).unwrap_or(u64::MAX) > most {
        return Err(Error::conflict(format!(
            "The files of a project may take {} together, and this one would be beyond that. Delete some that are not used.",
            readable(most)
        )));
    }
    if !media::insert(tx.conn(), &new).await? {
        // Somebody else uploaded the same at the same moment.
        let known = media::find_by_file(tx.conn(), project, &file).await?.ok_or(Error::NotFound)?;
        return Ok(Uploaded { medium: known.medium, is_known: true });
    }
    let details = json!({ "name": new.medium.name, "kind": new.medium.kind, "bytes": new.stored_bytes });
    record(cx, tx.conn(), may.actor(), "MEDIA_UPLOADED", &new.medium, details).await?;
    tx.commit().await?;
    Ok(Uploaded { medium: new.medium, is_known: false })
}

/// Makes of a file what is kept of it, on a thread of its own and when it is its turn.
async fn prepare(cx: &Services, bytes: Vec<u8>, name: String) -> Result<uploads::Ready> {
    let turn = cx.media.turns.clone().acquire_owned().await;
    let turn = turn.map_err(|_| Error::Unavailable { reference: cx.random.token(12) })?;
    let work = tokio::task::spawn_blocking(move || {
        let made = uploads::prepare(bytes, &name);
        // Held until the memory is given back, also when nobody waits for the outcome any more.
        drop(turn);
        made
    });
    match work.await {
        Ok(Ok(ready)) => Ok(ready),
        Ok(Err(refusal)) => Err(Error::field("file", refusal.to_string())),
        Err(error) => {
            // A decoder that gives up on a file of a kind that nobody foresaw.
            tracing::warn!(%error, "An uploaded file could not be read");
            Err(Error::field("file", uploads::Refusal::Damaged.to_string()))
        }
    }
}

fn written<T>(cx: &Services, done: std::result::Result<T, object_store::Error>) -> Result<T> {
    done.map_err(|error| {
        let reference = cx.random.token(12);
        tracing::error!(%error, %reference, "The store of files could not be used");
        Error::Unavailable { reference }
    })
}

/// What the store calls one form of a medium.
fn form(stored: &str, width: Option<u32>) -> String {
    match width {
        None => stored.to_owned(),
        Some(width) => format!("{stored}.w{width}"),
    }
}

/// Bytes for people.
fn readable(bytes: u64) -> String {
    if bytes >= 1024 * 1024 { format!("{} MiB", bytes / (1024 * 1024)) } else { format!("{} KiB", bytes / 1024) }
}

/// Says what a picture shows, for the library and for where it is used next.
///
/// # Errors
/// `NotFound`, `Invalid` for `alt`.
pub async fn describe(cx: &Services, may: &Grant<WriteEntries>, id: &MediaId, alt: NewAlt) -> Result<Medium> {
    describe_if(cx, may, id, alt, &Always).await
}

/// As [`describe`], if the medium is still what the caller thinks it is.
///
/// # Errors
/// As [`describe`], and `Outdated`.
pub async fn describe_if(
    cx: &Services,
    may: &Grant<WriteEntries>,
    id: &MediaId,
    alt: NewAlt,
    condition: &dyn Condition<Medium>,
) -> Result<Medium> {
    let alt = alt.check()?;
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let old = media::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?.medium;
    condition::check(condition, &old)?;
    if (&old.alt, old.is_decorative) == (&alt.alt, alt.is_decorative) {
        return Ok(old);
    }
    let new = Medium { alt: alt.alt, is_decorative: alt.is_decorative, updated_at: cx.clock.now(), ..old };
    media::update(tx.conn(), &new).await?;
    let details = json!({ "name": new.name, "isDecorative": new.is_decorative });
    record(cx, tx.conn(), may.actor(), "MEDIA_UPDATED", &new, details).await?;
    tx.commit().await?;
    Ok(new)
}

/// Deletes a medium. One that entries use is deleted by `force` only.
///
/// # Errors
/// `NotFound`; `Conflict` that names entries which use it; `Outdated`.
pub async fn delete_if(
    cx: &Services,
    may: &Grant<WriteEntries>,
    id: &MediaId,
    force: bool,
    condition: &dyn Condition<Medium>,
) -> Result<()> {
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let medium = media::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?.medium;
    condition::check(condition, &medium)?;
    let uses = uses(tx.conn(), &medium).await?;
    if !uses.is_empty() && !force {
        return Err(Error::conflict(warning(&uses)));
    }
    media::delete(tx.conn(), may.project_id(), id).await?;
    let details = json!({ "name": medium.name, "uses": uses.len() });
    record(cx, tx.conn(), may.actor(), "MEDIA_DELETED", &medium, details).await?;
    tx.commit().await?;
    Ok(())
}

/// As [`delete_if`], whatever it is by now.
///
/// # Errors
/// As [`delete_if`].
pub async fn delete(cx: &Services, may: &Grant<WriteEntries>, id: &MediaId, force: bool) -> Result<()> {
    delete_if(cx, may, id, force, &Always).await
}

fn warning(uses: &[MediaUse]) -> String {
    const NAMED: usize = 5;
    let titles: Vec<String> = uses.iter().take(NAMED).map(|one| format!("\u{201c}{}\u{201d}", one.title)).collect();
    let more = match uses.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let count = if uses.len() == 1 { "one entry".to_owned() } else { format!("{} entries", uses.len()) };
    format!("It is used in {count}: {}{more}. There it would be missing.", titles.join(", "))
}

async fn record(
    cx: &Services,
    conn: store::Conn<'_>,
    actor: &Actor,
    action: &'static str,
    medium: &Medium,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event {
        action,
        project: Some(&medium.project_id),
        entity_type: Some("media"),
        entity: Some(medium.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, conn, actor, event).await
}

/// A file for whoever may see its project.
#[derive(Debug, Clone)]
pub struct Shown {
    pub kind: MediaKind,
    pub name: String,
    /// Whether anybody may see it, so that anybody may keep it.
    pub is_public: bool,
    stored: String,
}

/// The file at an address, for readers of a public project and for people who may see a private one.
///
/// # Errors
/// `NotFound`, also for who may not see the project.
pub async fn find(cx: &Services, actor: Option<&Actor>, project: &str, file: &str) -> Result<Shown> {
    let id: ProjectId = project.parse().map_err(|_| Error::NotFound)?;
    let (name, width) = split_width(file);
    // No address has NUL in it, and PostgreSQL refuses to look for it.
    if name.contains('\0') {
        return Err(Error::NotFound);
    }
    let mut lease = cx.db.acquire().await?;
    let project = store::projects::find(lease.conn(), &id).await?.ok_or(Error::NotFound)?;
    let found = media::find_by_file(lease.conn(), &id, &name).await?.ok_or(Error::NotFound)?;
    drop(lease);
    if !project.is_public {
        let actor = actor.ok_or(Error::NotFound)?;
        grant::<ReadProjects>(cx, actor, &id).await.map_err(|error| match error {
            Error::Unavailable { .. } | Error::Internal { .. } => error,
            _ => Error::NotFound,
        })?;
    }
    let medium = found.medium;
    if let Some(width) = width {
        let has = medium.kind.has_widths() && medium.width.is_some_and(|own| own > i64::from(width));
        if !has {
            return Err(Error::NotFound);
        }
    }
    Ok(Shown { kind: medium.kind, name: medium.name, is_public: project.is_public, stored: form(&found.stored, width) })
}

impl Shown {
    /// # Errors
    /// `NotFound` when somebody has taken the file away from the store; `Unavailable`.
    pub async fn read(&self, cx: &Services) -> Result<Bytes> {
        let found = written(cx, cx.media.files.read(&self.stored).await)?;
        if found.is_none() {
            tracing::warn!(file = %self.stored, "A file is not in the store any more");
        }
        found.ok_or(Error::NotFound)
    }
}

/// Removes files that belong to nothing; how many names there were.
///
/// # Errors
/// When the database or the store cannot be reached.
pub async fn sweep(cx: &Services) -> Result<usize> {
    let before = cx.clock.now() - LEFT_FOR;
    let mut count = 0;
    loop {
        let mut lease = cx.db.acquire().await?;
        let found = media::leftovers(lease.conn(), before, BATCH).await?;
        drop(lease);
        for stored in &found {
            for width in WIDTHS.into_iter().map(Some).chain([None]) {
                written(cx, cx.media.files.remove(&form(stored, width)).await)?;
            }
            let mut tx = cx.db.begin().await?;
            media::forget_leftover(tx.conn(), stored).await?;
            tx.commit().await?;
        }
        count += found.len();
        if found.is_empty() {
            return Ok(count);
        }
    }
}

/// Looks for leftovers again and again until `stop`.
pub async fn upkeep(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {
                if let Err(error) = sweep(&cx).await {
                    tracing::warn!(%error, "Files that belong to nothing could not be removed; it is tried again");
                }
            }
        }
    }
}
