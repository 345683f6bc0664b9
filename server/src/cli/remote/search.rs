//! `tidings search`.

use client::SearchQuery;

use super::screen::{Colour, clean, column, day, of_status, spare, table, yielding};
use super::session::Session;
use super::{Result, SearchArgs, json, naming, output};

pub async fn run(session: &Session, args: SearchArgs) -> Result {
    let mut projects = Vec::with_capacity(args.projects.len());
    for name in &args.projects {
        projects.push(naming::project_called(session, name).await?.id);
    }
    let query = SearchQuery { query: args.words.join(" "), limit: args.limit, projects, tags: args.tags };
    let answer = session.client.search(&query).await?;
    if session.json {
        return output::print(&json::indent(&answer.json));
    }
    let found = &answer.value.results;
    if session.quiet {
        return output::print(&found.iter().map(|entry| format!("{}\n", clean(&entry.id))).collect::<String>());
    }
    if found.is_empty() {
        session.note("Nothing was found.");
        return Ok(());
    }
    let columns =
        [column("STATUS"), column("VERSION"), yielding("TITLE", 16), spare("PROJECT"), column("DATE"), column("ID")];
    let rows = found.iter().map(|entry| {
        let plain = |text: &str| (clean(text), Colour::None);
        let status = if entry.is_published { "published" } else { "draft" };
        vec![
            (status.to_owned(), of_status(status)),
            plain(entry.version.as_deref().unwrap_or_default()),
            (clean(&entry.title), Colour::Bold),
            plain(&entry.project_name),
            (entry.published_at.as_deref().map(day).unwrap_or_default(), Colour::None),
            (clean(&entry.id), Colour::Dim),
        ]
    });
    output::print(&table(session.screen, &columns, &rows.collect::<Vec<_>>()))?;
    if answer.value.total > found.len() as u64 {
        session.note(&format!("{} of {} entries; --limit shows more, up to 50.", found.len(), answer.value.total));
    }
    Ok(())
}
