//! Searching the entries of all projects.

use model::people::PeopleFilter;
use model::projects::ProjectSort;
use model::search::{
    self, Everything, FoundEntry, FoundPerson, FoundProject, FoundTag, MAX_QUERY, MIN_QUERY, RecentEntry,
};
use model::time::Timestamp;
use model::{Error, ProjectId, Result};
use store::search::SearchFilter;

pub use store::search::{Found, Hit};

use crate::access::{InstanceGrant, ManageUsers, ReadEntries, ReadProjects};
use crate::{Services, projects, tags, users};

/// How many projects, tags and people are offered beside entries.
const BESIDE: usize = 5;
/// How many entries somebody wrote on last are offered.
const RECENT: i64 = 5;

/// What to search for, and where.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    pub text: String,
    /// Only these projects; none for all.
    pub projects: Vec<ProjectId>,
    /// By id or name; entries with any of them.
    pub tags: Vec<String>,
    /// Bounds of the date of publication, or of creation for what is not published; both inclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Only entries with a version, or only those without.
    pub has_version: Option<bool>,
}

/// One part of the entries that have every word of the query in title, version or text, and how many there are. A word
/// finds what begins with it; where nothing does, what has it within a word, and then what is spelt nearly so. Words in
/// the title count most, then those in the version; what is equal is ordered by date, newest first. A query that is too
/// short finds nothing, unless it is empty and names tags.
///
/// # Errors
/// `Invalid` naming `query`; `OtherProject` when a key that is bound to a project asks for another.
pub async fn find(
    cx: &Services,
    may: &InstanceGrant<ReadEntries>,
    query: &SearchQuery,
    limit: i64,
    offset: i64,
) -> Result<Found> {
    let length = query.text.trim().chars().count();
    if length > MAX_QUERY {
        let message = format!("The query has {length} characters; at most {MAX_QUERY} are allowed.");
        return Err(Error::field("query", message));
    }
    let projects = match may.actor().only_project() {
        Some(only) if query.projects.iter().any(|project| project != only) => return Err(Error::OtherProject),
        Some(only) => Some(vec![only.clone()]),
        None if query.projects.is_empty() => None,
        None => Some(query.projects.clone()),
    };
    // Without words, a search for tags lists what has them.
    if length < MIN_QUERY && (length > 0 || query.tags.is_empty()) {
        return Ok(Found::default());
    }
    let mut lease = cx.db.acquire().await?;
    let filter = SearchFilter {
        query: query.text.clone(),
        projects,
        tags: tags::ids(lease.conn(), &query.tags).await?,
        from: query.from,
        to: query.to,
        has_version: query.has_version,
    };
    Ok(store::search::find(lease.conn(), &filter, limit, offset).await?)
}

/// The grants of somebody who searches everything.
pub struct Searcher<'a> {
    pub entries: &'a InstanceGrant<ReadEntries>,
    pub projects: &'a InstanceGrant<ReadProjects>,
    /// Of those who may see the people of the instance.
    pub people: Option<&'a InstanceGrant<ManageUsers>>,
}

/// A part of the entries that are found, and what else has the words in its name: projects, tags and, for who may see
/// them, people.
///
/// # Errors
/// As [`find`].
pub async fn everything(
    cx: &Services,
    may: Searcher<'_>,
    query: &SearchQuery,
    limit: i64,
    offset: i64,
) -> Result<Everything> {
    let found = find(cx, may.entries, query, limit, offset).await?;
    let now = cx.clock.now();
    let mut all = Everything {
        entries: found.hits.into_iter().map(|hit| shown(hit, &found.words, now)).collect(),
        total: found.total,
        instead: found.instead,
        ..Everything::default()
    };
    let words = query.text.trim();
    if words.chars().count() < MIN_QUERY {
        return Ok(all);
    }
    let limit = i64::try_from(BESIDE).unwrap_or(i64::MAX);
    let found = projects::list(cx, may.projects, words, ProjectSort::Recent, limit).await?;
    all.projects = found.items.into_iter().map(|summary| summary.project).map(FoundProject::from).collect();
    let mut lease = cx.db.acquire().await?;
    let key = words.to_lowercase();
    let tags = store::tags::list(lease.conn()).await?.into_iter();
    let tags = tags.filter(|tag| tag.name.to_lowercase().contains(&key)).take(BESIDE);
    all.tags = tags.map(|tag| FoundTag { name: tag.name, color: tag.color }).collect();
    drop(lease);
    if let Some(may) = may.people {
        let filter = PeopleFilter { words: words.to_owned(), ..PeopleFilter::default() };
        let people = users::list(cx, may, &filter).await?.into_iter().take(BESIDE);
        all.people = people
            .map(|person| FoundPerson {
                name: person.user.display_name().to_owned(),
                id: person.user.id,
                email: person.user.email,
            })
            .collect();
    }
    Ok(all)
}

fn shown(hit: Hit, words: &[String], now: Timestamp) -> FoundEntry {
    let snippet = search::snippet(&markdown::plain_text(&hit.content), &words.join(" "));
    FoundEntry {
        title: search::parts(&hit.title, words),
        snippet: search::parts(&snippet, words),
        is_published: hit.published_at.is_some_and(|date| date <= now),
        id: hit.id,
        project: hit.project_id,
        project_name: hit.project_name,
        version: hit.version,
        published_at: hit.published_at,
    }
}

/// The entries that the caller wrote on last, to go on with.
pub async fn recent(cx: &Services, may: &InstanceGrant<ReadEntries>) -> Result<Vec<RecentEntry>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::search::recent(lease.conn(), may.actor().id(), RECENT).await?)
}
