//! What happened to entries, for subscribers: written in the transaction in which it happens.

use model::time::Timestamp;
use model::{EntryId, EventId, ProjectId};
use sqlx::QueryBuilder;

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OutboxEvent {
    pub id: EventId,
    /// `entry.published` and the like.
    pub kind: String,
    pub project_id: ProjectId,
    pub entry_id: EntryId,
    /// Whether the public sees the entry for the first time.
    pub is_first: bool,
    #[sqlx(json)]
    pub payload: serde_json::Value,
    pub created_at: Timestamp,
}

pub async fn insert(conn: Conn<'_>, event: &OutboxEvent) -> Result<()> {
    const SQL: &str = "INSERT INTO outbox_events (id, kind, project_id, entry_id, is_first, payload, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&event.id)
            .bind(&event.kind)
            .bind(&event.project_id)
            .bind(&event.entry_id)
            .bind(event.is_first)
            .bind(sqlx::types::Json(&event.payload))
            .bind(event.created_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Adds many events. A statement takes a few hundred.
pub async fn insert_all(mut conn: Conn<'_>, events: &[OutboxEvent]) -> Result<()> {
    const INTO: &str = "INSERT INTO outbox_events (id, kind, project_id, entry_id, is_first, payload, created_at) ";
    for some in events.chunks(400) {
        on!(conn.again(), |c| {
            let mut query = QueryBuilder::new(INTO);
            query.push_values(some, |mut row, event| {
                row.push_bind(&event.id)
                    .push_bind(&event.kind)
                    .push_bind(&event.project_id)
                    .push_bind(&event.entry_id)
                    .push_bind(event.is_first)
                    .push_bind(sqlx::types::Json(&event.payload))
                    .push_bind(event.created_at);
            });
            query.build().persistent(false).execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The events of an entry, oldest first.
pub async fn list(conn: Conn<'_>, entry: &EntryId) -> Result<Vec<OutboxEvent>> {
    const SQL: &str = "SELECT id, kind, project_id, entry_id, is_first, payload, created_at FROM outbox_events \
        WHERE entry_id = $1 ORDER BY created_at, id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(entry).fetch_all(c).await)?)
}

/// Forgets events from before a moment; gives how many.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM outbox_events WHERE created_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
