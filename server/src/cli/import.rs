//! `tidings import`: one changelog file into one project, with a report that accounts for every release.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use model::imports::{ImportFate, ImportReport, ImportRow, MAX_BYTES};
use model::projects::NewProject;
use model::{Error, ProjectId};
use services::access::{Actor, CreateProjects, PublishEntries, RunImports, grant, instance_grant};
use services::{Services, imports, projects};

use crate::config::{Config, reason};
use crate::open;

use super::{Failure, ImportArgs, Result, output};

pub async fn run(config: &Config, args: ImportArgs) -> Result {
    let file = if args.file == Path::new("-") { "Standard input".to_owned() } else { args.file.display().to_string() };
    let text = read(&args.file, &file)?;
    // A text that is no changelog must not leave an empty project behind.
    importers::parse_checked(&text).map_err(|error| Failure::new(format!("{file}: {error}")))?;
    let refused = |error| Failure::from_service(error, &[("text", &file), ("name", "--new-project")]);

    let cx = open::services(config).await?;
    let actor = Actor::console(cx.clock.now())?;
    let may_create = instance_grant::<CreateProjects>(&actor)?;
    let (heading, report) = match (args.target.project, args.target.new_project) {
        (None, Some(name)) if args.dry_run => {
            let new = new_project(name, args.public).checked().map_err(refused)?;
            let report = imports::preview_new(&cx, &may_create, &text, args.publish).map_err(refused)?;
            (format!("Project: {} (would be created)", new.name), report)
        }
        (None, Some(name)) => {
            let project = projects::create(&cx, &may_create, new_project(name, args.public)).await.map_err(refused)?;
            let imported = import_into(&cx, &actor, &project.id, &text, args.publish, false).await;
            imported.map_err(|error| {
                let left = format!("The project {} ({}) was created and is empty.", project.name, project.id);
                refused(error).and(&left)
            })?
        }
        (Some(project), _) => {
            let imported = import_into(&cx, &actor, &project, &text, args.publish, args.dry_run).await;
            imported.map_err(|error| match error {
                Error::NotFound => Failure::new(format!("--project: There is no project with the id {project}.")),
                error => refused(error),
            })?
        }
        (None, None) => return Err(Failure::misunderstood("Give --project or --new-project.")),
    };
    cx.db.close().await;
    output::print(&format!("{heading}\n{}", render(&report)))?;
    match lost(&report) {
        0 => Ok(()),
        1 => Err(Failure::new("1 release could not be imported; the report says why.")),
        count => Err(Failure::new(format!("{count} releases could not be imported; the report says why."))),
    }
}

fn new_project(name: String, public: bool) -> NewProject {
    NewProject { name, is_public: Some(public), ..NewProject::default() }
}

async fn import_into(
    cx: &Services,
    actor: &Actor,
    project: &ProjectId,
    text: &str,
    publish: bool,
    dry_run: bool,
) -> model::Result<(String, ImportReport)> {
    let may = grant::<RunImports>(cx, actor, project).await?;
    let heading = format!("Project: {} ({})", may.project().name, may.project_id());
    if dry_run {
        return Ok((heading, imports::preview(cx, &may, text, publish).await?));
    }
    let may_publish = if publish { Some(grant::<PublishEntries>(cx, actor, project).await?) } else { None };
    Ok((heading, imports::run(cx, &may, may_publish.as_ref(), text).await?))
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

/// Releases in the order of the file, then notes by line, then the sum.
fn render(report: &ImportReport) -> String {
    let mut text = format!("Format: {}\n", report.format);
    // Writing to a text cannot fail.
    for row in &report.rows {
        let _ = writeln!(text, "{}", line(row, report.done));
    }
    for note in &report.notes {
        let _ = writeln!(text, "note, line {}: {}", note.line, note.message);
    }
    let created = report.count(ImportFate::Create);
    let _ = write!(
        text,
        "{created} {}, {} already there",
        if report.done { "created" } else { "would be created" },
        report.count(ImportFate::Unchanged)
    );
    for (fate, what) in [(ImportFate::Differs, "left alone"), (ImportFate::Refused, "refused")] {
        match report.count(fate) {
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

fn line(row: &ImportRow, done: bool) -> String {
    let fate = match row.fate {
        ImportFate::Create if done => "created",
        ImportFate::Create => "would be created",
        ImportFate::Unchanged => "already there",
        ImportFate::Differs => "left alone",
        ImportFate::Refused => "refused",
    };
    let mut text = format!("{fate}, line {}: {}", row.line, row.title);
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
