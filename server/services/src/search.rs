//! Searching the entries of all projects.

use model::search::{MAX_QUERY, MIN_QUERY};
use model::time::Timestamp;
use model::{Error, ProjectId, Result};
use store::search::SearchFilter;

pub use store::search::Hit;

use crate::access::{InstanceGrant, ReadEntries};
use crate::{Services, tags};

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

/// One part of the entries that have every word of the query in title, version or text, and how many there are. Words in
/// the title count most, then those in the version; what is equal is ordered by date, newest first. A query that is too
/// short finds nothing.
///
/// # Errors
/// `Invalid` naming `query`; `OtherProject` when a key that is bound to a project asks for another.
pub async fn find(
    cx: &Services,
    may: &InstanceGrant<ReadEntries>,
    query: &SearchQuery,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Hit>, i64)> {
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
    if length < MIN_QUERY {
        return Ok((Vec::new(), 0));
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
