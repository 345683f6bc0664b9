//! What people say about a request.

use model::RequestId;
use model::requests::Comment;

use crate::db::{Conn, on};
use crate::error::Result;

/// Everything that was said, the oldest first.
pub async fn comments(conn: Conn<'_>, request: &RequestId) -> Result<Vec<Comment>> {
    const SQL: &str = "SELECT c.id, c.author_id, \
        COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS author, c.body, c.created_at \
        FROM request_comments c LEFT JOIN users u ON u.id = c.author_id \
        LEFT JOIN former_users f ON f.id = c.former_author_id \
        WHERE c.request_id = $1 ORDER BY c.created_at, c.id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(request).fetch_all(c).await)?)
}

pub async fn add_comment(conn: Conn<'_>, request: &RequestId, comment: &Comment) -> Result<()> {
    const SQL: &str =
        "INSERT INTO request_comments (id, request_id, author_id, body, created_at) VALUES ($1, $2, $3, $4, $5)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&comment.id)
            .bind(request)
            .bind(&comment.author_id)
            .bind(&comment.body)
            .bind(comment.created_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
