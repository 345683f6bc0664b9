//! The work on an import: decides rows bit by bit, then makes entries of them in one transaction.
//!
//! Who works gives signs of life ([`LEASE`]). When they stop, whoever looks at the import next, or the upkeep of any
//! instance, takes the work over and begins it again; nothing of it was visible. An import that somebody stopped, that
//! lost its rights or that failed has changed nothing.

use std::time::Duration as StdDuration;

use chrono::Duration;
use model::imports::{ImportState, Outcome, Strategy, UNDO_HOURS};
use model::tags::TagRef;
use model::users::SYSTEM_ID;
use model::{Error, ImportId, Permission, ProjectId, Result, UserId, Verdict};
use serde_json::json;
use store::imports::{End, Row, Staged, StoredJob, apply};
use store::{Tx, entries, imports};
use tokio::task::JoinHandle;

use super::decide::Decider;
use crate::audit::{self, Event};
use crate::{Services, history, publication, tags};

/// So long a worker is believed to live without a sign.
const LEASE: Duration = Duration::seconds(60);
/// Rows that are decided in one transaction, so that other writers need not wait long.
const AT_ONCE: i64 = 200;
/// How often a decision may meet something new while nobody else can write. Twice would be a mistake of ours.
const ROUNDS: usize = 3;
/// Rows of imports that ended, and previews, are kept so long.
const KEPT: Duration = Duration::days(30);
/// Between two looks for abandoned work.
const EVERY: StdDuration = StdDuration::from_secs(30);

/// Until when a sign of life of now counts.
pub(super) fn lease(cx: &Services) -> model::time::Timestamp {
    cx.clock.now() + LEASE
}

/// Works on an import that this worker holds, as a task that outlives the request.
pub(super) fn begin(cx: &Services, project: ProjectId, id: ImportId, worker: String) -> JoinHandle<Result<()>> {
    let cx = cx.clone();
    let working = cx.imports.begin();
    tokio::spawn(async move {
        let _working = working;
        let work = Work { cx: &cx, project: &project, id: &id, worker: &worker };
        work.run().await
    })
}

/// Takes over an import whose worker gave no sign of life, if there is one; `None` where somebody works.
///
/// # Errors
/// When the database cannot be reached.
pub async fn resume(cx: &Services, project: &ProjectId, id: &ImportId) -> Result<Option<JoinHandle<Result<()>>>> {
    if cx.imports.is_stopping() {
        return Ok(None);
    }
    let worker = cx.random.token(20);
    let mut tx = cx.db.begin().await?;
    let mine = imports::take_over(tx.conn(), id, &worker, lease(cx), cx.clock.now()).await?;
    tx.commit().await?;
    if mine {
        tracing::info!(import.id = %id, project.id = %project, "Going on with import {id}, which was left unfinished");
    }
    Ok(mine.then(|| begin(cx, project.clone(), id.clone(), worker)))
}

/// Takes over what was left unfinished, now and every half minute, and deletes what is old once a day, until `stop` ends.
/// Runs beside, as a task.
pub async fn upkeep(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    let mut tidied = None;
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {
                if let Err(error) = resume_all(&cx).await {
                    tracing::warn!(%error, "Unfinished imports could not be looked for; it is tried again");
                }
                let today = cx.clock.now().date_naive();
                if tidied != Some(today) {
                    match purge(&cx).await {
                        Ok(()) => tidied = Some(today),
                        Err(error) => tracing::warn!(%error, "Old imports could not be deleted; it is tried again"),
                    }
                }
            }
        }
    }
    cx.imports.stop().await;
}

async fn resume_all(cx: &Services) -> Result<()> {
    let abandoned = {
        let mut lease = cx.db.acquire().await?;
        imports::abandoned(lease.conn(), cx.clock.now()).await?
    };
    for (project, id) in abandoned {
        resume(cx, &project, &id).await?;
    }
    Ok(())
}

/// Deletes previews that nobody imported, and the rows of imports that ended, after 30 days.
///
/// # Errors
/// When the database cannot be reached.
pub async fn purge(cx: &Services) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let now = cx.clock.now();
    imports::purge(tx.conn(), now - KEPT).await?;
    imports::undo::forget_formers(tx.conn(), now - Duration::hours(UNDO_HOURS)).await?;
    Ok(tx.commit().await?)
}

/// How far the work got.
enum Reached {
    Done,
    /// Somebody asked to stop.
    Cancelled,
    /// Another worker has it, or the next start will.
    Left,
}

struct Work<'a> {
    cx: &'a Services,
    project: &'a ProjectId,
    id: &'a ImportId,
    worker: &'a str,
}

impl Work<'_> {
    async fn run(&self) -> Result<()> {
        match self.work().await {
            Ok(Reached::Done | Reached::Left) => Ok(()),
            Ok(Reached::Cancelled) => self.give_up(ImportState::Cancelled, None).await,
            Err(error) => {
                // The database may be what failed; then the lease runs out, and the work begins again.
                let told = self.give_up(ImportState::Failed, Some(&error)).await;
                if let Err(also) = told {
                    tracing::warn!(import.id = %self.id, error = %also, "A failed import could not be ended");
                }
                Err(error)
            }
        }
    }

    async fn work(&self) -> Result<Reached> {
        let (job, mut decider) = self.prepare().await?;
        let mut handled = 0;
        loop {
            let rows = {
                let mut lease = self.cx.db.acquire().await?;
                imports::undecided(lease.conn(), self.id, AT_ONCE).await?
            };
            if rows.is_empty() {
                break;
            }
            let mut staged = Vec::with_capacity(rows.len());
            for row in &rows {
                staged.push((row, decider.decide(row)));
            }
            handled += i64::try_from(rows.len()).unwrap_or(0);
            let mut tx = self.cx.db.begin().await?;
            match imports::alive(tx.conn(), self.id, self.worker, lease(self.cx), handled).await? {
                None => return Ok(Reached::Left),
                Some(true) => return Ok(Reached::Cancelled),
                Some(false) => {}
            }
            imports::stage(tx.conn(), self.id, &staged).await?;
            tx.commit().await?;
            if self.cx.imports.is_stopping() {
                let mut tx = self.cx.db.begin().await?;
                imports::release(tx.conn(), self.id, self.worker, self.cx.clock.now()).await?;
                tx.commit().await?;
                return Ok(Reached::Left);
            }
            tokio::task::yield_now().await;
        }
        self.apply(&job, &mut decider, handled).await
    }

    async fn prepare(&self) -> Result<(StoredJob, Decider)> {
        let mut tx = self.cx.db.begin().await?;
        imports::forget_decisions(tx.conn(), self.id).await?;
        tx.commit().await?;
        let mut lease = self.cx.db.acquire().await?;
        let job = imports::find(lease.conn(), self.project, self.id).await?.ok_or(Error::NotFound)?;
        let may_publish = self.rights(lease.conn(), &job).await?;
        let index = entries::import_index(lease.conn(), self.project).await?;
        let slugs = entries::used_slugs(lease.conn(), self.project).await?;
        let started = job.started_at.unwrap_or(job.created_at);
        let random = self.cx.random.clone();
        let mut decider = Decider::new(job.options.clone(), random, started, may_publish, index, slugs);
        if job.options.auto_versions {
            let rows = imports::versionless(lease.conn(), self.id).await?;
            let stated = imports::versions(lease.conn(), self.id).await?;
            decider.make_versions(&rows, &stated);
        }
        Ok((job, decider))
    }

    /// Whether whoever began the import may change what is public. They may have lost what they need since.
    async fn rights(&self, mut conn: store::Conn<'_>, job: &StoredJob) -> Result<bool> {
        let gone = || Error::conflict("The account of the person who began this import is gone or closed.");
        let id = job.created_by_id.as_ref().ok_or_else(gone)?;
        let user = store::users::find(conn.again(), id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or_else(gone)?;
        let project = store::projects::find(conn, self.project).await?.ok_or(Error::NotFound)?;
        let may = |permission| model::access::verdict(user.role, permission, Some(&project)) == Verdict::Allowed;
        let mut needed = vec![Permission::RunImports];
        if job.options.publish {
            needed.push(Permission::PublishEntries);
        }
        if job.options.strategy == Strategy::Replace {
            needed.push(Permission::DeleteEntries);
        }
        match needed.into_iter().find(|permission| !may(*permission)) {
            Some(needs) => Err(Error::Forbidden { needs }),
            None => Ok(may(Permission::PublishEntries)),
        }
    }

    /// Makes entries of the decided rows, all at once.
    async fn apply(&self, job: &StoredJob, decider: &mut Decider, handled: i64) -> Result<Reached> {
        let cx = self.cx;
        let now = cx.clock.now();
        let most = crate::instance::shared(cx).await?.most_entries();
        let mut tx = crate::projects::begin(cx, self.project).await?;
        match imports::alive(tx.conn(), self.id, self.worker, lease(cx), handled).await? {
            None => return Ok(Reached::Left),
            Some(true) => return Ok(Reached::Cancelled),
            Some(false) => {}
        }
        self.rights(tx.conn(), job).await?;
        self.settle(&mut tx, decider).await?;
        let author = author(job);
        let replaces = job.options.strategy == Strategy::Replace;
        let mut deleted = 0;
        if replaces {
            deleted = apply::delete_others(tx.conn(), self.project, self.id, author, now).await?;
        }
        let names = apply::tag_names(tx.conn(), self.id).await?;
        let refs: Vec<TagRef> = names.into_iter().map(TagRef::Name).collect();
        tags::resolve(cx, tx.conn(), &refs, &mut tags::Known::new()).await?;
        let before = publication::before_import(&mut tx, self.project, self.id).await?;
        history::before_import(cx, &mut tx, self.project, self.id).await?;
        imports::undo::keep_formers(tx.conn(), self.project, self.id).await?;
        apply::overwrite(tx.conn(), self.project, self.id, author, now, replaces).await?;
        apply::create(tx.conn(), self.project, self.id, author, now).await?;
        apply::set_tags(tx.conn(), self.id).await?;
        history::after_import(cx, &mut tx, self.project, self.id, author).await?;
        let public = publication::imported_in(cx, &mut tx, self.project, self.id, author, &before).await?;
        let groups = imports::groups(tx.conn(), self.id).await?;
        let count =
            |outcome| groups.iter().filter(|group| group.outcome == Some(outcome)).map(|group| group.rows).sum::<i64>();
        let (created, overwritten) = (count(Outcome::Created), count(Outcome::Overwritten));
        let written = created + overwritten;
        if created > 0 {
            crate::entries::refuse_beyond_limit(tx.conn(), self.project, most, 0).await?;
        }
        let end = End { state: ImportState::Done, error: None, written, deleted };
        if !imports::finish(tx.conn(), self.id, self.worker, &end, now).await? {
            return Ok(Reached::Left);
        }
        if written + deleted > 0 {
            store::projects::touch(&mut tx, self.project).await?;
        }
        let refused = count(Outcome::Refused);
        let details = json!({
            "importId": self.id,
            "format": job.detected.label,
            "created": created,
            "overwritten": overwritten,
            "unchanged": count(Outcome::Unchanged),
            "skipped": count(Outcome::Skipped),
            "refused": refused,
            "deleted": deleted,
            "published": public.published,
            "scheduled": public.scheduled,
        });
        let action = if refused > 0 { "CHANGELOG_IMPORT_PARTIAL" } else { "CHANGELOG_IMPORT_SUCCESS" };
        self.record(&mut tx, job, action, details).await?;
        tx.commit().await?;
        Ok(Reached::Done)
    }

    /// Decides those rows again that met something new, now that nobody else can write.
    async fn settle(&self, tx: &mut Tx, decider: &mut Decider) -> Result<()> {
        for _ in 0..ROUNDS {
            let clashes = apply::clashes(tx.conn(), self.project, self.id).await?;
            if clashes.is_empty() {
                return Ok(());
            }
            let index = entries::import_index(tx.conn(), self.project).await?;
            let slugs = entries::used_slugs(tx.conn(), self.project).await?;
            decider.renew(index, slugs);
            let mut rows: Vec<Row> = Vec::with_capacity(clashes.len());
            for position in clashes {
                rows.extend(imports::find_row(tx.conn(), self.id, position).await?);
            }
            let staged: Vec<(&Row, Staged)> = rows.iter().map(|row| (row, decider.decide_again(row))).collect();
            imports::stage(tx.conn(), self.id, &staged).await?;
        }
        Err(Error::conflict("The project changes faster than the import can follow. Nothing was changed; try again."))
    }

    /// Ends an import that changed nothing.
    async fn give_up(&self, state: ImportState, error: Option<&Error>) -> Result<()> {
        let cx = self.cx;
        let mut tx = cx.db.begin().await?;
        let Some(job) = imports::find(tx.conn(), self.project, self.id).await? else { return Ok(()) };
        let message = error.map(Error::to_string);
        let end = End { state, error: message.as_deref(), written: 0, deleted: 0 };
        if !imports::finish(tx.conn(), self.id, self.worker, &end, cx.clock.now()).await? {
            return Ok(());
        }
        imports::forget_decisions(tx.conn(), self.id).await?;
        let details = json!({
            "importId": self.id,
            "format": job.detected.label,
            "cancelled": state == ImportState::Cancelled,
            "code": error.map(Error::code),
        });
        self.record(&mut tx, &job, "CHANGELOG_IMPORT_ERROR", details).await?;
        Ok(tx.commit().await?)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        job: &StoredJob,
        action: &'static str,
        details: serde_json::Value,
    ) -> Result<()> {
        let event =
            Event { action, project: Some(self.project), entity: Some(self.id.as_str()), details, ..Event::default() };
        audit::record_for(self.cx, tx.conn(), job.created_by_id.clone(), job.api_key_id.clone(), event).await
    }
}

/// The person to name as author; the command line is nobody.
fn author(job: &StoredJob) -> Option<&UserId> {
    job.created_by_id.as_ref().filter(|id| id.as_str() != SYSTEM_ID)
}
