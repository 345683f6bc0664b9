//! What is needed to tell line by line who wrote a text.

use model::{EntryId, ProjectId, RevisionId};

use crate::db::{Conn, on};
use crate::error::Result;

/// A revision on the way to another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct Step {
    pub id: RevisionId,
    pub number: i64,
    /// Together with the id, this says which text it is.
    pub rewritten: i64,
}

/// The last `most` revisions of an entry up to `number`, oldest first.
pub async fn steps(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, number: i64, most: i64) -> Result<Vec<Step>> {
    const SQL: &str = "SELECT r.id, r.number, r.rewritten FROM entry_revisions r JOIN entries e ON e.id = r.entry_id \
        WHERE e.project_id = $1 AND r.entry_id = $2 AND r.number <= $3 ORDER BY r.number DESC LIMIT $4";
    let mut steps: Vec<Step> =
        on!(conn, |c| { sqlx::query_as(SQL).bind(project).bind(entry).bind(number).bind(most).fetch_all(c).await })?;
    steps.reverse();
    Ok(steps)
}

/// The texts of the revisions of an entry with numbers from `from` to `upto`, oldest first.
pub async fn contents(conn: Conn<'_>, entry: &EntryId, from: i64, upto: i64) -> Result<Vec<(i64, String)>> {
    const SQL: &str = "SELECT number, content FROM entry_revisions WHERE entry_id = $1 AND number >= $2 \
        AND number <= $3 ORDER BY number";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(entry).bind(from).bind(upto).fetch_all(c).await)?)
}
