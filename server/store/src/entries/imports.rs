//! What an import needs to know about the entries that exist already.

use model::{EntryId, ProjectId};

use crate::db::{Conn, on};
use crate::error::Result;

/// As much of an existing entry as decides whether a release is new.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ImportedEntry {
    pub id: EntryId,
    pub version_key: Option<String>,
    pub import_key: Option<String>,
    pub content: String,
}

/// Every entry of the project that a release could collide with: those with a version or an import key.
pub async fn import_index(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<ImportedEntry>> {
    const SQL: &str = "SELECT id, version_key, import_key, content FROM entries \
        WHERE project_id = $1 AND (version_key IS NOT NULL OR import_key IS NOT NULL)";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}
