//! What people chose for themselves.

use model::UserId;
use model::own_settings::{OwnSettings, ThemeChoice};
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(sqlx::FromRow)]
struct Row {
    user_id: UserId,
    theme: Option<String>,
    enable_notifications: bool,
    timezone: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Row> for OwnSettings {
    fn from(row: Row) -> Self {
        Self {
            user_id: row.user_id,
            theme: row.theme.as_deref().and_then(ThemeChoice::parse),
            enable_notifications: row.enable_notifications,
            timezone: row.timezone,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// `None` for somebody who chose nothing yet.
pub async fn find(conn: Conn<'_>, user: &UserId) -> Result<Option<OwnSettings>> {
    const SQL: &str = "SELECT user_id, theme, enable_notifications, timezone, created_at, updated_at \
        FROM user_settings WHERE user_id = $1";
    let found: Option<Row> = on!(conn, |c| sqlx::query_as(SQL).bind(user).fetch_optional(c).await)?;
    Ok(found.map(OwnSettings::from))
}

/// Keeps the settings, whether there were some before or not.
pub async fn save(conn: Conn<'_>, settings: &OwnSettings) -> Result<()> {
    const SQL: &str = "INSERT INTO user_settings (user_id, theme, enable_notifications, timezone, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme, \
        enable_notifications = excluded.enable_notifications, timezone = excluded.timezone, \
        updated_at = excluded.updated_at";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&settings.user_id)
            .bind(settings.theme.map(ThemeChoice::as_str))
            .bind(settings.enable_notifications)
            .bind(&settings.timezone)
            .bind(settings.created_at)
            .bind(settings.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes a person's name.
pub async fn rename(conn: Conn<'_>, user: &UserId, name: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE users SET name = $2, updated_at = $3 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(name).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
