//! Imports that are kept: reading, looking, choosing, beginning, stopping.

use importers::Given;
use model::imports::{
    Action, Choice, ImportFate, ImportJob, ImportOptions, ImportReport, ImportState, ImportText, MAX_RELEASES,
    NewestImports, ROWS_PER_PAGE, Reading, RowFilter, RowGroup, RowPage, Source, Strategy, suggestions,
};
use model::{EntryId, Error, ImportId, ProjectId, Result};
use serde_json::json;
use store::imports::{StoredJob, apply};
use store::{Lease, Tx, entries, imports};
use tokio::task::JoinHandle;

use super::plan::{self, Plan};
use super::{parse, undo, work};
use crate::Services;
use crate::access::{self, Actor, DeleteEntries, Grant, PublishEntries, RunImports};
use crate::audit::{self, Event};

/// Previews that one person has open in one project.
const PREVIEWS: i64 = 5;
/// Imports in the list of a project.
const LISTED: i64 = 50;

/// Reads a text and keeps what it says, with what would happen. Nothing else changes.
///
/// # Errors
/// As [`parse`].
pub async fn read(cx: &Services, may: &Grant<RunImports>, text: &str, reading: &Reading) -> Result<ImportJob> {
    let reading = &reading.clone().cleaned();
    let parsed = parse(text, reading).await?;
    let options = first_options(cx, may).await?;
    let plan = met(cx, may.project_id(), parsed, &options).await?;
    let job = new_job(cx, may, reading, &plan, options);
    keep(cx, may, job, text, &plan).await
}

/// Reads the text of a preview in another way. What was chosen for single rows is forgotten.
///
/// # Errors
/// `NotFound`; `Conflict` when the import has begun; as [`parse`].
pub async fn read_again(cx: &Services, may: &Grant<RunImports>, id: &ImportId, reading: &Reading) -> Result<ImportJob> {
    let project = may.project_id();
    let (mut job, text) = {
        let mut lease = cx.db.acquire().await?;
        let job = imports::find(lease.conn(), project, id).await?.ok_or(Error::NotFound)?;
        let text = imports::source_text(lease.conn(), project, id).await?.ok_or_else(begun)?;
        (job, text)
    };
    let Reading { file_name, most, origin, .. } = job.reading.clone();
    let reading = Reading { file_name, most, origin, ..reading.clone().cleaned() };
    let parsed = parse(&text, &reading).await?;
    let plan = met(cx, project, parsed, &job.options).await?;
    job.reading = reading;
    job.detected = plan.detected.clone();
    job.notes = plan.notes.clone();
    job.total = plan.rows.len() as i64;
    let mut tx = cx.db.begin().await?;
    if !imports::read_again(tx.conn(), &job).await? {
        return Err(begun());
    }
    imports::delete_rows(tx.conn(), id).await?;
    imports::insert_rows(tx.conn(), id, &plan.rows).await?;
    tx.commit().await?;
    get(cx, may, id).await
}

fn begun() -> Error {
    Error::conflict("This import has begun already.")
}

/// Tags are called as in the last import of the project, unless somebody says otherwise.
async fn first_options(cx: &Services, may: &Grant<RunImports>) -> Result<ImportOptions> {
    let mut lease = cx.db.acquire().await?;
    let last = imports::list(lease.conn(), may.project_id(), 1).await?;
    let last = last.into_iter().next().map(|job| job.options).unwrap_or_default();
    let (tag_names, default_tags) = (last.tag_names, last.default_tags);
    Ok(ImportOptions { tag_names, default_tags, ..ImportOptions::default() })
}

/// The rows of a text as they meet the entries of the project, on a thread of its own.
async fn met(cx: &Services, project: &ProjectId, parsed: importers::Parsed, options: &ImportOptions) -> Result<Plan> {
    let index = {
        let mut lease = cx.db.acquire().await?;
        entries::import_index(lease.conn(), project).await?
    };
    let options = options.clone();
    let planned = tokio::task::spawn_blocking(move || plan::plan(parsed, index, &options)).await;
    planned.map_err(|_| Error::field("text", "The text could not be read."))?
}

fn new_job(
    cx: &Services,
    may: &Grant<RunImports>,
    reading: &Reading,
    plan: &Plan,
    options: ImportOptions,
) -> StoredJob {
    let now = cx.clock.now();
    StoredJob {
        id: cx.random.id(now, ImportId::compose),
        project_id: may.project_id().clone(),
        created_by_id: Some(may.actor().id().clone()),
        author: None,
        api_key_id: may.actor().key().map(|key| key.id.clone()),
        state: ImportState::Parsed,
        file_name: reading.file_name.clone(),
        reading: reading.clone(),
        detected: plan.detected.clone(),
        options,
        notes: plan.notes.clone(),
        total: plan.rows.len() as i64,
        handled: 0,
        deleted: 0,
        is_cancelling: false,
        error: None,
        worker: None,
        leased_until: None,
        created_at: now,
        started_at: None,
        finished_at: None,
        written: 0,
        undone_at: None,
    }
}

async fn keep(cx: &Services, may: &Grant<RunImports>, job: StoredJob, text: &str, plan: &Plan) -> Result<ImportJob> {
    let mut tx = crate::projects::begin(cx, may.project_id()).await?;
    // PostgreSQL keeps no NUL; the text was read with the same character in its place.
    imports::insert(tx.conn(), &job, &text.replace('\0', "\u{fffd}")).await?;
    imports::insert_rows(tx.conn(), &job.id, &plan.rows).await?;
    imports::delete_previews(tx.conn(), may.project_id(), job.created_by_id.as_ref(), PREVIEWS).await?;
    tx.commit().await?;
    get(cx, may, &job.id).await
}

/// An import as it is now. When its worker gave no sign of life for a while, the work is taken over.
///
/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<ImportJob> {
    let mut lease = cx.db.acquire().await?;
    let job = stored(&mut lease, may, id).await?;
    let groups = imports::groups(lease.conn(), id).await?;
    drop(lease);
    look_after(cx, &job).await?;
    Ok(shown(job, groups))
}

async fn look_after(cx: &Services, job: &StoredJob) -> Result<()> {
    let is_abandoned =
        job.state == ImportState::Running && job.leased_until.is_some_and(|until| until <= cx.clock.now());
    if is_abandoned {
        work::resume(cx, &job.project_id, &job.id).await?;
    }
    Ok(())
}

pub(super) async fn stored(lease: &mut Lease, may: &Grant<RunImports>, id: &ImportId) -> Result<StoredJob> {
    imports::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)
}

fn shown(job: StoredJob, groups: Vec<RowGroup>) -> ImportJob {
    ImportJob {
        id: job.id,
        state: job.state,
        file_name: job.file_name,
        reading: job.reading,
        detected: job.detected,
        options: job.options,
        notes: job.notes,
        total: job.total,
        handled: job.handled,
        deleted: job.deleted,
        written: job.written,
        cancelling: job.is_cancelling,
        error: job.error,
        author: job.author,
        created_at: job.created_at,
        finished_at: job.finished_at,
        undone_at: job.undone_at,
        undoable: false,
        groups,
    }
}

/// The imports of a project that were begun, newest first, without their rows.
pub async fn list(cx: &Services, may: &Grant<RunImports>) -> Result<Vec<ImportJob>> {
    let mut lease = cx.db.acquire().await?;
    let jobs = imports::list(lease.conn(), may.project_id(), LISTED).await?;
    drop(lease);
    for job in &jobs {
        look_after(cx, job).await?;
    }
    let now = cx.clock.now();
    let listed = jobs.into_iter().map(|job| {
        let undoable = undo::open_until(&job).is_some_and(|until| until > now);
        ImportJob { undoable, ..shown(StoredJob { notes: Vec::new(), ..job }, Vec::new()) }
    });
    Ok(listed.collect())
}

/// What the project has imported so far.
pub async fn figures(cx: &Services, may: &Grant<RunImports>) -> Result<NewestImports> {
    let mut lease = cx.db.acquire().await?;
    Ok(imports::figures(lease.conn(), may.project_id()).await?)
}

/// One page of rows. `page` counts from 1.
///
/// # Errors
/// `NotFound`.
pub async fn rows(
    cx: &Services,
    may: &Grant<RunImports>,
    id: &ImportId,
    filter: RowFilter,
    page: i64,
) -> Result<RowPage> {
    let mut lease = cx.db.acquire().await?;
    stored(&mut lease, may, id).await?;
    let total = imports::count_rows(lease.conn(), id, filter).await?;
    let last = (total + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE;
    let page = page.clamp(1, last.max(1));
    let offset = (page - 1) * ROWS_PER_PAGE;
    let rows = imports::list_rows(lease.conn(), id, filter, ROWS_PER_PAGE, offset).await?;
    Ok(RowPage { rows: rows.into_iter().map(plan::shown).collect(), total, page })
}

/// One row with its text, and the text of the entry it meets.
///
/// # Errors
/// `NotFound`.
pub async fn text(cx: &Services, may: &Grant<RunImports>, id: &ImportId, position: i64) -> Result<ImportText> {
    let mut lease = cx.db.acquire().await?;
    stored(&mut lease, may, id).await?;
    let row = imports::find_row(lease.conn(), id, position).await?.ok_or(Error::NotFound)?;
    let entry = match row.entry_id.as_ref().filter(|_| row.fate == ImportFate::Differs) {
        Some(entry) => entries::find(lease.conn(), may.project_id(), entry).await?,
        None => None,
    };
    let existing = entry.map(|entry| {
        let tags = entry.tags.into_iter().map(|tag| tag.name).collect();
        (entry.title, entry.version, tags, entry.content)
    });
    let content = row.content.clone();
    Ok(ImportText { row: plan::shown(row), content, existing })
}

/// The tags of the rows: name, how many rows have it, what it could be called here.
///
/// # Errors
/// `NotFound`.
pub async fn tags(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<Vec<(String, i64, Vec<String>)>> {
    let mut lease = cx.db.acquire().await?;
    stored(&mut lease, may, id).await?;
    let found = imports::keys_of_tags(lease.conn(), id).await?;
    let known: Vec<String> = store::tags::list(lease.conn()).await?.into_iter().map(|tag| tag.name).collect();
    let mut tags: Vec<_> = found
        .into_values()
        .map(|(name, rows)| {
            let offered = suggestions(&name, &known);
            (name, rows, offered)
        })
        .collect();
    tags.sort_by(|(a, many, _), (b, more, _)| more.cmp(many).then_with(|| a.cmp(b)));
    Ok(tags)
}

/// Chooses what happens to one row, to all rows of a fate, or to all rows; `None` takes choices back. Rows that a choice
/// does not fit keep theirs.
///
/// # Errors
/// `NotFound`; `Conflict` when the import has begun; `Invalid` when the one row cannot have the choice.
pub async fn choose(
    cx: &Services,
    may: &Grant<RunImports>,
    id: &ImportId,
    position: Option<i64>,
    fate: Option<ImportFate>,
    choice: Option<Choice>,
) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let job = imports::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if job.state != ImportState::Parsed {
        return Err(begun());
    }
    if let Some(position) = position {
        let row = imports::find_row(tx.conn(), id, position).await?.ok_or(Error::NotFound)?;
        if choice.is_some_and(|choice| !plan::fits(row.fate, choice)) {
            return Err(Error::field("choice", "That cannot be done with this row."));
        }
        imports::choose(tx.conn(), id, Some(position), None, choice).await?;
    } else {
        let fates = ImportFate::ALL.into_iter().filter(|other| fate.is_none_or(|fate| fate == *other));
        for fate in fates.filter(|fate| choice.is_none_or(|choice| plan::fits(*fate, choice))) {
            imports::choose(tx.conn(), id, None, Some(fate), choice).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Keeps what was chosen for the whole import.
///
/// # Errors
/// `NotFound`; `Conflict` when the import has begun; as [`ImportOptions::checked`].
pub async fn set_options(cx: &Services, may: &Grant<RunImports>, id: &ImportId, options: ImportOptions) -> Result<()> {
    let options = options.checked()?;
    let mut tx = cx.db.begin().await?;
    imports::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if !imports::set_options(tx.conn(), may.project_id(), id, &options).await? {
        return Err(begun());
    }
    Ok(tx.commit().await?)
}

/// Work that has begun. Dropping this does not stop it.
#[derive(Debug)]
pub struct Running(JoinHandle<Result<()>>);

impl Running {
    /// Waits for the end.
    ///
    /// # Errors
    /// What the work failed with.
    pub async fn done(self) -> Result<()> {
        self.0.await.map_err(|_| Error::conflict("The import was interrupted; it goes on later."))?
    }

    /// Waits for the end, but not longer than `limit`; whether it ended.
    pub async fn done_within(&mut self, limit: std::time::Duration) -> bool {
        tokio::time::timeout(limit, &mut self.0).await.is_ok()
    }
}

/// Begins to work on an import, as a task that outlives the request.
///
/// # Errors
/// `NotFound`; `Conflict` when it has begun; `Invalid` naming a wrong option, or `choices` while a conflict is undecided;
/// `NeedsApproval` or `Forbidden` for what the caller may not do: publish, or replace everything.
pub async fn start(cx: &Services, may: &Grant<RunImports>, id: &ImportId, options: ImportOptions) -> Result<Running> {
    let options = options.checked()?;
    check_rights(cx, may.actor(), may.project_id(), &options).await?;
    let project = may.project_id();
    let mut tx = cx.db.begin().await?;
    let mut job = imports::find(tx.conn(), project, id).await?.ok_or(Error::NotFound)?;
    let groups = imports::groups(tx.conn(), id).await?;
    job.options = options;
    let undecided = shown(job.clone(), groups).of_action(&job.options, |action| action == Action::Ask);
    if undecided > 0 {
        let message = match undecided {
            1 => "Decide first what happens to the row whose entry says something else.".to_owned(),
            count => format!("Decide first what happens to the {count} rows whose entries say something else."),
        };
        return Err(Error::field("choices", message));
    }
    begin_work(cx, may, tx, job).await
}

async fn begin_work(cx: &Services, may: &Grant<RunImports>, mut tx: Tx, job: StoredJob) -> Result<Running> {
    let worker = cx.random.token(20);
    // Whoever begins it answers for it, whoever looked at it first.
    let job = StoredJob {
        created_by_id: Some(may.actor().id().clone()),
        api_key_id: may.actor().key().map(|key| key.id.clone()),
        ..job
    };
    if !imports::start(tx.conn(), &job, &worker, work::lease(cx), cx.clock.now()).await? {
        return Err(begun());
    }
    let details = json!({
        "importId": job.id,
        "format": job.detected.label,
        "rows": job.total,
        "strategy": job.options.strategy.as_str(),
        "publish": job.options.publish,
    });
    let project = may.project_id();
    let event = Event {
        action: "CHANGELOG_IMPORT_STARTED",
        project: Some(project),
        entity: Some(job.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(Running(work::begin(cx, project.clone(), job.id.clone(), worker)))
}

/// Publishing and deleting have rights of their own.
async fn check_rights(cx: &Services, actor: &Actor, project: &ProjectId, options: &ImportOptions) -> Result<()> {
    if options.publish {
        access::grant::<PublishEntries>(cx, actor, project).await?;
    }
    if options.strategy == Strategy::Replace {
        access::grant::<DeleteEntries>(cx, actor, project).await?;
    }
    Ok(())
}

/// Stops an import. Nothing of it was visible, so nothing is left of it.
///
/// # Errors
/// `NotFound`; `Conflict` when it does not run.
pub async fn cancel(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let job = imports::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if !imports::ask_to_stop(tx.conn(), may.project_id(), id).await? {
        return Err(Error::conflict("This import does not run. What it wrote, if anything, is in the report."));
    }
    tx.commit().await?;
    look_after(cx, &job).await
}

/// Forgets a preview.
///
/// # Errors
/// `NotFound`; `Conflict` when the import has begun.
pub async fn discard(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    imports::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if !imports::delete_preview(tx.conn(), may.project_id(), id).await? {
        return Err(begun());
    }
    Ok(tx.commit().await?)
}

/// All rows and notes of an import.
///
/// # Errors
/// `NotFound`.
pub async fn report(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<ImportReport> {
    let mut lease = cx.db.acquire().await?;
    let job = stored(&mut lease, may, id).await?;
    let rows = imports::list_rows(lease.conn(), id, RowFilter::default(), MAX_RELEASES as i64, 0).await?;
    let mut notes = job.notes;
    plan::note_drafts(&rows, job.detected.source, &job.options, &mut notes);
    if job.state != ImportState::Done {
        plan::note_ahead(&rows, &job.options, cx.clock.now(), &mut notes);
    }
    Ok(ImportReport {
        format: job.detected.label,
        place: job.detected.place,
        rows: rows.into_iter().map(plan::shown).collect(),
        notes,
        publish: job.options.publish,
        done: job.state == ImportState::Done,
    })
}

/// What came of entries that a program sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Processed {
    pub report: ImportReport,
    /// Id, title, version.
    pub created: Vec<(EntryId, String, Option<String>)>,
}

/// Imports entries that a program sends, as [`super::run`] does a text. They are checked like those of a file. Nobody can
/// be asked about conflicts, so those rows are skipped and say so.
///
/// # Errors
/// `Invalid` naming `entries` or an option; as [`start`].
pub async fn process(
    cx: &Services,
    may: &Grant<RunImports>,
    given: Vec<Given>,
    options: ImportOptions,
) -> Result<Processed> {
    let options = options.checked()?;
    check_rights(cx, may.actor(), may.project_id(), &options).await?;
    if given.len() > MAX_RELEASES {
        let message = format!("There are {} entries; at most {MAX_RELEASES} can be imported at once.", given.len());
        return Err(Error::field("entries", message));
    }
    let parsed = importers::of_program(given);
    let plan = met(cx, may.project_id(), parsed, &options).await?;
    let reading = Reading { source: Some(Source::Json), ..Reading::default() };
    let job = new_job(cx, may, &reading, &plan, options);
    let id = keep(cx, may, job, "", &plan).await?.id;
    let mut tx = cx.db.begin().await?;
    let job = imports::find(tx.conn(), may.project_id(), &id).await?.ok_or(Error::NotFound)?;
    begin_work(cx, may, tx, job).await?.done().await?;
    let report = report(cx, may, &id).await?;
    let mut lease = cx.db.acquire().await?;
    let created = apply::created(lease.conn(), &id).await?;
    Ok(Processed { report, created })
}
