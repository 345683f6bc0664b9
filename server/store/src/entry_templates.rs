//! Texts to start an entry from.

use model::entry_templates::{EntryTemplate, TemplateName, key};
use model::{EntryTemplateId, ProjectId};

use crate::db::{Conn, on};
use crate::error::Result;

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &EntryTemplateId) -> Result<Option<EntryTemplate>> {
    const SQL: &str = "SELECT id, project_id, name, title, content, tags, created_at, updated_at FROM entry_templates \
        WHERE project_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// The templates of a project, by name.
pub async fn list(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<EntryTemplate>> {
    const SQL: &str = "SELECT id, project_id, name, title, content, tags, created_at, updated_at FROM entry_templates \
        WHERE project_id = $1 ORDER BY name_key, id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

/// As [`list`], without the texts.
pub async fn names(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<TemplateName>> {
    const SQL: &str = "SELECT id, name FROM entry_templates WHERE project_id = $1 ORDER BY name_key, id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

pub async fn insert(conn: Conn<'_>, template: &EntryTemplate) -> Result<()> {
    const SQL: &str = "INSERT INTO entry_templates (id, project_id, name, name_key, title, content, tags, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&template.id)
            .bind(&template.project_id)
            .bind(&template.name)
            .bind(key(&template.name))
            .bind(&template.title)
            .bind(&template.content)
            .bind(sqlx::types::Json(&template.tags))
            .bind(template.created_at)
            .bind(template.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes everything that can change.
pub async fn update(conn: Conn<'_>, template: &EntryTemplate) -> Result<()> {
    const SQL: &str = "UPDATE entry_templates SET name = $3, name_key = $4, title = $5, content = $6, tags = $7, \
        updated_at = $8 WHERE project_id = $1 AND id = $2";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&template.project_id)
            .bind(&template.id)
            .bind(&template.name)
            .bind(key(&template.name))
            .bind(&template.title)
            .bind(&template.content)
            .bind(sqlx::types::Json(&template.tags))
            .bind(template.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

pub async fn delete(conn: Conn<'_>, project: &ProjectId, id: &EntryTemplateId) -> Result<()> {
    const SQL: &str = "DELETE FROM entry_templates WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}
