//! Small things that wait for an entry to take them along.

use model::quick_notes::QuickNote;
use model::{ProjectId, QuickNoteId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// The notes that wait in a project, oldest first.
pub async fn list(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<QuickNote>> {
    const SQL: &str = "SELECT n.id, n.project_id, n.text, COALESCE(u.name, u.email) AS author, n.created_at \
        FROM quick_notes n LEFT JOIN users u ON u.id = n.created_by_id WHERE n.project_id = $1 \
        ORDER BY n.created_at, n.id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

pub async fn count(conn: Conn<'_>, project: &ProjectId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM quick_notes WHERE project_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}

pub async fn insert(conn: Conn<'_>, note: &QuickNote, by: Option<&UserId>) -> Result<()> {
    const SQL: &str =
        "INSERT INTO quick_notes (id, project_id, text, created_by_id, created_at) VALUES ($1, $2, $3, $4, $5)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&note.id)
            .bind(&note.project_id)
            .bind(&note.text)
            .bind(by)
            .bind(note.created_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Removes a note; false when it is not there.
pub async fn delete(conn: Conn<'_>, project: &ProjectId, id: &QuickNoteId) -> Result<bool> {
    const SQL: &str = "DELETE FROM quick_notes WHERE project_id = $1 AND id = $2";
    let gone =
        on!(conn, |c| { sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|done| done.rows_affected()) })?;
    Ok(gone > 0)
}
