//! `tidings entry list|show|publish|unpublish|delete`.

use std::io::{self, BufRead, IsTerminal};

use client::shapes::{Asked, Entry};
use client::{Answer, EntryQuery, Outcome};

use super::super::failure::exit;
use super::screen::{Colour, clean, clean_text, column, day, facts, moment, of_status, spare, table, yielding};
use super::session::Session;
use super::{Failure, ListArgs, Result, json, naming, output};

pub async fn list(session: &Session, args: ListArgs) -> Result {
    let project = naming::project(session).await?;
    let query = EntryQuery {
        page: Some(args.page),
        limit: Some(args.limit),
        status: args.status,
        tags: args.tags,
        search: args.search,
    };
    let answer = session.client.entries(&project, &query).await;
    let answer = answer.map_err(|error| naming::in_project(session, &project, error))?;
    if session.json {
        return output::print(&json::indent(&answer.json));
    }
    let entries = &answer.value.entries;
    if session.quiet {
        return output::print(&entries.iter().map(|entry| format!("{}\n", clean(&entry.id))).collect::<String>());
    }
    if entries.is_empty() {
        session.note("No entries.");
        return Ok(());
    }
    let columns =
        [column("STATUS"), column("VERSION"), yielding("TITLE", 16), spare("TAGS"), column("DATE"), column("ID")];
    let rows = entries.iter().map(|entry| {
        let plain = |text: Option<&str>| (clean(text.unwrap_or_default()), Colour::None);
        let date = entry.published_at.as_deref().or(entry.scheduled_at.as_deref()).or(entry.updated_at.as_deref());
        vec![
            (clean(entry.status()), of_status(entry.status())),
            plain(entry.version.as_deref()),
            (clean(&entry.title), Colour::Bold),
            plain(Some(&entry.tag_names().join(", "))),
            (date.map(day).unwrap_or_default(), Colour::None),
            (clean(&entry.id), Colour::Dim),
        ]
    });
    output::print(&table(session.screen, &columns, &rows.collect::<Vec<_>>()))?;
    let pages = &answer.value.pagination;
    if pages.has_more() || pages.page > 1 {
        session.note(&format!("{} of {} entries; --limit and --page show others.", entries.len(), pages.total));
    }
    Ok(())
}

pub async fn show(session: &Session, name: &str, content: bool) -> Result {
    let project = naming::project(session).await?;
    let answer = naming::entry(session, &project, name).await?;
    let entry = &answer.value;
    // A terminal would obey what is in the text; a file gets it as it is.
    let text = if session.screen.is_terminal() { clean_text(&entry.content) } else { entry.content.clone() };
    let text = format!("{}\n", text.trim_end_matches('\n'));
    if content {
        return output::print(&text);
    }
    if session.json || session.quiet {
        return session.answer(&answer, &entry.id, "");
    }
    let time = |time: &Option<String>| time.as_deref().map(moment);
    let about = facts(
        session.screen,
        &[
            ("Status", Some(entry.status().to_owned())),
            ("Version", entry.version.clone()),
            ("Tags", Some(entry.tag_names().join(", "))),
            ("Published", time(&entry.published_at)),
            ("Scheduled", time(&entry.scheduled_at)),
            ("Created", time(&entry.created_at)),
            ("Changed", time(&entry.updated_at)),
            ("Slug", entry.slug.clone()),
            ("External id", entry.external_id.clone()),
            ("Id", Some(entry.id.clone())),
        ],
    );
    let title = session.screen.paint(Colour::Bold, &clean(&entry.title));
    output::print(&format!("{title}\n\n{about}\n{text}"))
}

pub async fn publish(session: &Session, name: &str, date: Option<&str>) -> Result {
    let project = naming::project(session).await?;
    let entry = naming::entry(session, &project, name).await?.value;
    match session.client.publish_entry(&project, &entry.id, date, &session.once()).await? {
        Outcome::Done(answer) => session.answer(&answer, &entry.id, &format!("Published {}.", called(&answer.value))),
        Outcome::Asked(answer) => Err(asked(session, &answer, &format!("{} is not published yet.", called(&entry)))?),
    }
}

pub async fn unpublish(session: &Session, name: &str) -> Result {
    let project = naming::project(session).await?;
    let entry = naming::entry(session, &project, name).await?.value;
    let answer = session.client.unpublish_entry(&project, &entry.id, &session.once()).await?;
    session.answer(&answer, &entry.id, &format!("{} is a draft now.", called(&answer.value)))
}

pub async fn delete(session: &Session, name: &str, yes: bool) -> Result {
    let may_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !yes && !may_ask {
        return Err(Failure::misunderstood("Nobody can be asked here whether to delete it. Add --yes."));
    }
    let project = naming::project(session).await?;
    let found = naming::entry(session, &project, name).await?;
    let entry = &found.value;
    if !yes && !agreed(entry)? {
        return Err(Failure::new("Nothing was deleted."));
    }
    match session.client.delete_entry(&project, &entry.id, found.etag.as_deref()).await? {
        Outcome::Done(json) if session.json => output::print(&json::indent(&json)),
        Outcome::Done(_) => session.answer(&found, &entry.id, &format!("Deleted {}.", called(entry))),
        Outcome::Asked(answer) => Err(asked(session, &answer, &format!("{} is not deleted yet.", called(entry)))?),
    }
}

fn agreed(entry: &Entry) -> Result<bool> {
    let readers = if entry.status() == "published" { " Readers lose it at once." } else { "" };
    output::note(&format!("Delete {} for good?{readers} Type y and press Enter:", called(entry)));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| Failure::new(error.to_string()))?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// An administrator decides now: the answer is printed, and the exit code tells it.
pub fn asked(session: &Session, answer: &Answer<Asked>, what: &str) -> Result<Failure> {
    if session.json {
        output::print(&json::indent(&answer.json))?;
    }
    let said = match clean(&answer.value.message) {
        empty if empty.is_empty() => "An administrator was asked to approve it.".to_owned(),
        said => said,
    };
    Ok(Failure::coded(exit::NEEDS_APPROVAL, format!("{what} {said}")))
}

/// `“Dark mode” (1.4.0), id cmk9…`
pub fn called(entry: &Entry) -> String {
    let version = entry.version.as_deref().map(|version| format!(" ({})", clean(version))).unwrap_or_default();
    format!("“{}”{version}, id {}", clean(&entry.title), clean(&entry.id))
}
