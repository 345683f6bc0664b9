//! From what a person calls a project or an entry to the one that is meant.

use client::shapes::{Entry, Project};
use client::{Answer, EntryQuery, Error, Refusal};
use http::StatusCode;

use super::super::failure::exit;
use super::screen::clean;
use super::session::Session;
use super::{Failure, Result};

/// Entries asked for at a time when all have to be looked at.
const PAGE: u64 = 100;

fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal { status: StatusCode::NOT_FOUND, .. }))
}

/// Whether it could be an id: an opaque word.
fn is_word(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether it has the form of every id that Tidings makes, which no slug and no name of a person's making has.
fn is_id(name: &str) -> bool {
    name.len() == 25
        && name.starts_with('c')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && name.bytes().any(|b| b.is_ascii_digit())
}

/// The id of the project this session is about.
pub async fn project(session: &Session) -> Result<String> {
    match &session.project {
        // A key may be allowed to write entries and not to list projects, and an id needs no list.
        Some(name) if is_id(name) => Ok(name.clone()),
        Some(name) => Ok(project_called(session, name).await?.id),
        None => {
            let key = session.client.me().await?.value.api_key;
            key.and_then(|key| key.project_id).ok_or_else(|| {
                Failure::misunderstood(
                    "Which project is meant? Give --project with its id, slug or name, or set TIDINGS_PROJECT, or choose \
                     it for good: tidings project use PROJECT. `tidings project list` shows them.",
                )
            })
        }
    }
}

pub fn names_project(project: &Project, name: &str) -> bool {
    project.id == name
        || project.slug.as_deref() == Some(name)
        || project.name.trim().to_lowercase() == name.trim().to_lowercase()
}

/// An id wins over a slug or a name that looks like it.
pub async fn project_called(session: &Session, name: &str) -> Result<Project> {
    let projects = match session.client.projects().await {
        Ok(answer) => answer.value,
        Err(Error::Refused(Refusal { status: StatusCode::FORBIDDEN, .. })) => {
            return Err(Failure::new(
                "The key may not list projects, so a project can only be named by its id. \
                 With the scope project:read slugs and names work too.",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(project) = projects.iter().find(|project| project.id == name) {
        return Ok(project.clone());
    }
    let mut meant: Vec<Project> = projects.into_iter().filter(|project| names_project(project, name)).collect();
    match (meant.pop(), meant.as_slice()) {
        (None, _) => Err(no_project(session, name)),
        (Some(project), []) => Ok(project),
        (Some(last), others) => {
            let list = others.iter().chain([&last]).map(|project| {
                let slug = project.slug.as_deref().unwrap_or_default();
                format!("  {}  {}  {}", clean(&project.id), clean(slug), clean(&project.name))
            });
            Err(Failure::misunderstood(several("projects", name, list)))
        }
    }
}

pub fn no_project(session: &Session, name: &str) -> Failure {
    let message = format!(
        "There is no project “{}” at {} that your key sees. `tidings project list` shows those it sees.",
        clean(name),
        session.host
    );
    Failure::coded(exit::NOT_FOUND, message)
}

/// As a call about a project failed: a project that is not there is told by its name.
pub fn in_project(session: &Session, project: &str, error: Error) -> Failure {
    if is_missing(&error) { no_project(session, session.project.as_deref().unwrap_or(project)) } else { error.into() }
}

fn several(what: &str, name: &str, list: impl Iterator<Item = String>) -> String {
    let list = list.collect::<Vec<_>>().join("\n");
    format!("“{}” fits several {what}. Name one by its id:\n{list}", clean(name))
}

/// The entry with this id, else the one with this version or slug.
pub async fn entry(session: &Session, project: &str, name: &str) -> Result<Answer<Entry>> {
    if is_word(name) {
        match session.client.entry(project, name).await {
            Err(error) if is_missing(&error) => {}
            answer => return Ok(answer?),
        }
    }
    let mut meant = Vec::new();
    if name.contains('.') {
        // Surely no slug; as a version it is a text that the server finds.
        let query = EntryQuery { search: Some(version(name)), ..EntryQuery::default() };
        meant = entries_called(session, project, name, query).await?;
    }
    if meant.is_empty() {
        meant = entries_called(session, project, name, EntryQuery::default()).await?;
    }
    match (meant.pop(), meant.as_slice()) {
        (None, _) => {
            let message = format!(
                "There is no entry with the id, version or slug “{}” in this project. `tidings entry list` shows them.",
                clean(name)
            );
            Err(Failure::coded(exit::NOT_FOUND, message))
        }
        (Some(entry), []) => Ok(session.client.entry(project, &entry.id).await?),
        (Some(last), others) => {
            let list = others.iter().chain([&last]).map(|entry| {
                let version = entry.version.as_deref().unwrap_or_default();
                format!("  {}  {}  {}", clean(&entry.id), clean(version), clean(&entry.title))
            });
            Err(Failure::misunderstood(several("entries", name, list)))
        }
    }
}

/// As the server compares versions.
fn version(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.strip_prefix('v')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
        .unwrap_or(text)
}

/// All entries of a query with this version or slug.
async fn entries_called(session: &Session, project: &str, name: &str, query: EntryQuery) -> Result<Vec<Entry>> {
    let mut meant: Vec<Entry> = Vec::new();
    let wanted = version(name);
    for page in 1.. {
        let query = EntryQuery { page: Some(page), limit: Some(PAGE), ..query.clone() };
        let list = session.client.entries(project, &query).await;
        let list = list.map_err(|error| in_project(session, project, error))?.value;
        let more = list.pagination.has_more() && !list.entries.is_empty();
        for entry in list.entries {
            let fits = entry.version.as_deref().is_some_and(|of_entry| version(of_entry) == wanted)
                || entry.slug.as_deref() == Some(name);
            // One that was made meanwhile moves the others onto the next page.
            if fits && meant.iter().all(|known| known.id != entry.id) {
                meant.push(entry);
            }
        }
        if !more {
            break;
        }
    }
    Ok(meant)
}
