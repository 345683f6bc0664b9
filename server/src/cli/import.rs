//! `tidings import`: one changelog file into one project, with a report that accounts for every release.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Duration;

use model::imports::{
    DateOrder, ImportFate, ImportOptions, ImportReport, ImportRow, ImportState, MAX_BYTES, OnConflict, Outcome, Reading,
};
use model::projects::NewProject;
use model::{Error, ProjectId};
use serde_json::json;
use services::access::{Actor, CreateProjects, RunImports, grant, instance_grant};
use services::{Grant, Services, imports, projects};

use crate::config::{Config, reason};
use crate::open;

use super::{Failure, ImportArgs, Result, output};

/// Between two looks at how far an import is.
const TICK: Duration = Duration::from_millis(200);

/// The project of a report.
struct Target {
    name: String,
    /// `None` for one that a dry run would create.
    id: Option<ProjectId>,
}

pub async fn run(config: &Config, args: ImportArgs) -> Result {
    let file = if args.file == Path::new("-") { "Standard input".to_owned() } else { args.file.display().to_string() };
    let text = read(&args.file, &file)?;
    let reading = reading(&args);
    let refused = |error| {
        let flags = [("text", file.as_str()), ("name", "--new-project"), ("columns", "--map")];
        Failure::from_service(error, &flags)
    };
    // A text that is no changelog must not leave an empty project behind.
    imports::parse(&text, &reading).await.map_err(refused)?;
    let options = ImportOptions {
        publish: args.publish,
        on_conflict: args.on_conflict.unwrap_or(OnConflict::Skip),
        ..ImportOptions::default()
    };

    let cx = open::services(config).await?;
    let actor = Actor::console(cx.clock.now())?;
    let may_create = instance_grant::<CreateProjects>(&actor)?;
    let job = Job { cx: &cx, actor: &actor, text: &text, reading: &reading, options, dry_run: args.dry_run };
    let (target, report) = match (args.target.project, args.target.new_project) {
        (None, Some(name)) if args.dry_run => {
            let new = new_project(name, args.public).checked().map_err(refused)?;
            let report = imports::preview_new(&may_create, &text, &reading, &job.options).await.map_err(refused)?;
            (Target { name: new.name, id: None }, report)
        }
        (None, Some(name)) => {
            let project = projects::create(&cx, &may_create, new_project(name, args.public)).await.map_err(refused)?;
            job.into(&project.id).await.map_err(|error| {
                let left = format!("The project {} ({}) was created and is empty.", project.name, project.id);
                refused(error).and(&left)
            })?
        }
        (Some(project), _) => job.into(&project).await.map_err(|error| match error {
            Error::NotFound => Failure::new(format!("--project: There is no project with the id {project}.")),
            error => refused(error),
        })?,
        (None, None) => return Err(Failure::misunderstood("Give --project or --new-project.")),
    };
    cx.db.close().await;
    let text = if args.json { as_json(&target, &report)? } else { render(&target, &report) };
    output::print(&text)?;
    match lost(&report) {
        0 => Ok(()),
        1 => Err(Failure::new("1 release could not be imported; the report says why.")),
        count => Err(Failure::new(format!("{count} releases could not be imported; the report says why."))),
    }
}

fn reading(args: &ImportArgs) -> Reading {
    Reading {
        source: args.format.and_then(|format| format.0),
        file_name: args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        columns: args.columns.iter().cloned().collect(),
        delimiter: args.delimiter,
        dates: args.day_first.then_some(DateOrder::DayFirst),
        ..Reading::default()
    }
}

fn new_project(name: String, public: bool) -> NewProject {
    NewProject { name, is_public: Some(public), ..NewProject::default() }
}

/// A text and what to do with it.
struct Job<'a> {
    cx: &'a Services,
    actor: &'a Actor,
    text: &'a str,
    reading: &'a Reading,
    options: ImportOptions,
    dry_run: bool,
}

impl Job<'_> {
    async fn into(self, project: &ProjectId) -> model::Result<(Target, ImportReport)> {
        let may = grant::<RunImports>(self.cx, self.actor, project).await?;
        let target = Target { name: may.project().name.clone(), id: Some(may.project_id().clone()) };
        if self.dry_run {
            let report = imports::preview(self.cx, &may, self.text, self.reading, &self.options).await?;
            return Ok((target, report));
        }
        let kept = imports::read(self.cx, &may, self.text, self.reading).await?;
        let options = ImportOptions {
            tag_names: kept.options.tag_names,
            default_tags: kept.options.default_tags,
            ..self.options
        };
        let mut running = imports::start(self.cx, &may, &kept.id, options).await?;
        let mut progress = Progress::new();
        while !running.done_within(TICK).await {
            let now = imports::get(self.cx, &may, &kept.id).await?;
            progress.show(now.handled, now.total);
        }
        progress.clear();
        report(self.cx, &may, &kept.id).await.map(|report| (target, report))
    }
}

/// The report of an import that ended, or why it failed.
async fn report(cx: &Services, may: &Grant<RunImports>, id: &model::ImportId) -> model::Result<ImportReport> {
    let job = imports::get(cx, may, id).await?;
    match (job.state, job.error) {
        (ImportState::Done, _) => imports::report(cx, may, id).await,
        (ImportState::Cancelled, _) => Err(Error::conflict("Somebody stopped the import. Nothing was changed.")),
        (_, error) => {
            Err(Error::conflict(error.unwrap_or_else(|| "The import failed. Nothing was changed.".to_owned())))
        }
    }
}

/// How far an import is, on one line of the terminal; nothing where there is none.
struct Progress {
    is_shown: bool,
    width: usize,
}

impl Progress {
    fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), width: 0 }
    }

    fn show(&mut self, handled: i64, total: i64) {
        if !self.is_shown {
            return;
        }
        let line = match handled {
            all if all >= total => format!("Writing {total} releases"),
            some => format!("Decided about {some} of {total} releases"),
        };
        // Without a terminal after all there is nobody to tell.
        let _ = write!(io::stderr().lock(), "\r{line:<width$}", width = self.width);
        self.width = line.len();
    }

    fn clear(&self) {
        if self.width > 0 {
            let _ = write!(io::stderr().lock(), "\r{:<width$}\r", "", width = self.width);
        }
    }
}

/// Releases with a text that did not become entries. An empty section of unreleased changes is none.
fn lost(report: &ImportReport) -> usize {
    report.rows.iter().filter(|row| row.fate == ImportFate::Refused && !row.excerpt.is_empty()).count()
}

/// Reads and decodes the file before anything is opened or created.
fn read(path: &Path, shown: &str) -> Result<String> {
    let bytes = match path.to_str() {
        Some("-") => read_limited(io::stdin().lock()),
        _ => File::open(path).and_then(read_limited),
    };
    let bytes = bytes.map_err(|error| Failure::new(format!("{shown} cannot be read: {}.", reason(&error))))?;
    imports::decode(&bytes).map_err(|error| match error {
        Error::TooLarge { limit_bytes } => {
            let mebibytes = limit_bytes / 1024 / 1024;
            Failure::new(format!("{shown} is larger than {mebibytes} MiB. Split it and import the parts."))
        }
        error => Failure::from_service(error, &[("file", shown)]),
    })
}

/// One byte more than allowed is enough to know that it is too much.
fn read_limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What happened to a row, or would happen.
fn result(row: &ImportRow, done: bool) -> &'static str {
    match (row.outcome, row.fate) {
        (Some(Outcome::Created), _) => "created",
        (Some(Outcome::Overwritten), _) => "overwritten",
        (Some(Outcome::Unchanged), _) | (None, ImportFate::Unchanged) => "already there",
        (Some(Outcome::Skipped), _) | (None, ImportFate::Differs) => "left alone",
        (Some(Outcome::Refused), _) | (None, ImportFate::Refused) => "refused",
        (None, ImportFate::Create) if done => "created",
        (None, ImportFate::Create) => "would be created",
    }
}

/// Releases in the order of the file, then notes by place, then the sum.
fn render(target: &Target, report: &ImportReport) -> String {
    let project = match &target.id {
        Some(id) => format!("{} ({id})", target.name),
        None => format!("{} (would be created)", target.name),
    };
    let mut text = format!("Project: {project}\nFormat: {}\n", report.format);
    let at = |place: usize| report.place.at(place).to_lowercase();
    // Writing to a text cannot fail.
    for row in &report.rows {
        let _ = writeln!(text, "{}, {}: {}", result(row, report.done), at(row.line), line(row));
    }
    for note in &report.notes {
        let _ = writeln!(text, "note, {}: {}", at(note.line), note.message);
    }
    let count = |what: &str| report.rows.iter().filter(|row| result(row, report.done) == what).count();
    let created = if report.done { "created" } else { "would be created" };
    let _ = write!(text, "{} {created}, {} already there", count(created), count("already there"));
    for what in ["overwritten", "left alone", "refused"] {
        match count(what) {
            0 => {}
            count => {
                let _ = write!(text, ", {count} {what}");
            }
        }
    }
    text.push_str(".\n");
    if !report.done {
        text.push_str("Nothing was changed: this was a dry run.\n");
    }
    text
}

fn line(row: &ImportRow) -> String {
    let mut text = row.title.clone();
    let version = row.version.as_deref().filter(|version| !row.title.contains(version));
    let facts: Vec<String> = version
        .map(|version| format!("version {version}"))
        .into_iter()
        .chain(row.date.map(|date| date.to_string()))
        .chain((!row.tags.is_empty()).then(|| row.tags.join(", ")))
        .collect();
    if !facts.is_empty() {
        let _ = write!(text, " ({})", facts.join("; "));
    }
    if let Some(reason) = &row.reason {
        let _ = write!(text, " – {reason}");
    }
    text
}

/// The same for programs.
fn as_json(target: &Target, report: &ImportReport) -> Result<String> {
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            json!({
                "place": row.line,
                "title": row.title,
                "version": row.version,
                "date": row.date,
                "tags": row.tags,
                "result": result(row, report.done),
                "reason": row.reason,
                "entryId": row.entry,
            })
        })
        .collect();
    let count = |what: &str| report.rows.iter().filter(|row| result(row, report.done) == what).count();
    let value = json!({
        "project": { "id": target.id, "name": target.name },
        "format": report.format,
        "places": report.place,
        "dryRun": !report.done,
        "created": count("created") + count("would be created"),
        "overwritten": count("overwritten"),
        "alreadyThere": count("already there"),
        "leftAlone": count("left alone"),
        "refused": count("refused"),
        "releases": rows,
        "notes": report.notes.iter().map(|note| json!({ "place": note.line, "message": note.message })).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&value);
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("The report cannot be written: {error}.")))
}
