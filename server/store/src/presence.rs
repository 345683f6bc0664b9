//! Who has an entry open in the editor, for all instances on one database.

use model::presence::Present;
use model::time::Timestamp;
use model::{EntryId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// Notes a sign of life.
pub async fn note(conn: Conn<'_>, entry: &EntryId, user: &UserId, is_writing: bool, at: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO entry_presence (entry_id, user_id, is_writing, seen_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (entry_id, user_id) DO UPDATE SET is_writing = excluded.is_writing, seen_at = excluded.seen_at";
    on!(conn, |c| { sqlx::query(SQL).bind(entry).bind(user).bind(is_writing).bind(at).execute(c).await.map(|_| ()) })?;
    Ok(())
}

pub async fn leave(conn: Conn<'_>, entry: &EntryId, user: &UserId) -> Result<()> {
    const SQL: &str = "DELETE FROM entry_presence WHERE entry_id = $1 AND user_id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(entry).bind(user).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets who gave no sign of life since a moment, in every entry.
pub async fn forget(conn: Conn<'_>, before: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM entry_presence WHERE seen_at < $1";
    on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Who else is there and gave a sign of life since a moment, by name.
pub async fn others(conn: Conn<'_>, entry: &EntryId, user: &UserId, since: Timestamp) -> Result<Vec<Present>> {
    const SQL: &str = "SELECT u.id, COALESCE(u.name, u.email) AS name, p.is_writing FROM entry_presence p \
        JOIN users u ON u.id = p.user_id WHERE p.entry_id = $1 AND p.user_id <> $2 AND p.seen_at >= $3 \
        ORDER BY 2, 1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(entry).bind(user).bind(since).fetch_all(c).await)?)
}
