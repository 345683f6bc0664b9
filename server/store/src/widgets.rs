//! Widgets that are kept.

use model::widgets::Widget;
use model::{ProjectId, WidgetId};

use crate::db::{Conn, on};
use crate::error::Result;

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &WidgetId) -> Result<Option<Widget>> {
    const SQL: &str = "SELECT id, project_id, name, variant, settings, custom_css, is_active, allowed_origins, created_at, \
        updated_at FROM widgets WHERE project_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// The widgets of a project, newest first.
pub async fn list(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<Widget>> {
    const SQL: &str = "SELECT id, project_id, name, variant, settings, custom_css, is_active, allowed_origins, created_at, \
        updated_at FROM widgets WHERE project_id = $1 ORDER BY created_at DESC, id DESC";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

pub async fn count(conn: Conn<'_>, project: &ProjectId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM widgets WHERE project_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}

pub async fn insert(conn: Conn<'_>, widget: &Widget) -> Result<()> {
    const SQL: &str = "INSERT INTO widgets (id, project_id, name, variant, settings, custom_css, is_active, \
        allowed_origins, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&widget.id)
            .bind(&widget.project_id)
            .bind(&widget.name)
            .bind(widget.variant.as_str())
            .bind(sqlx::types::Json(&widget.settings))
            .bind(&widget.custom_css)
            .bind(widget.is_active)
            .bind(sqlx::types::Json(&widget.allowed_origins))
            .bind(widget.created_at)
            .bind(widget.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes everything that can change.
pub async fn update(conn: Conn<'_>, widget: &Widget) -> Result<()> {
    const SQL: &str = "UPDATE widgets SET name = $3, settings = $4, custom_css = $5, is_active = $6, \
        allowed_origins = $7, updated_at = $8 WHERE project_id = $1 AND id = $2";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&widget.project_id)
            .bind(&widget.id)
            .bind(&widget.name)
            .bind(sqlx::types::Json(&widget.settings))
            .bind(&widget.custom_css)
            .bind(widget.is_active)
            .bind(sqlx::types::Json(&widget.allowed_origins))
            .bind(widget.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Removes a widget.
pub async fn delete(conn: Conn<'_>, project: &ProjectId, id: &WidgetId) -> Result<()> {
    const SQL: &str = "DELETE FROM widgets WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}
