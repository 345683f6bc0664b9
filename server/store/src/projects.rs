//! Projects.

use model::projects::{LatestEntry, Project, ProjectFigures, ProjectSort, ProjectSummary};
use model::time::Timestamp;
use model::{EntryId, ProjectId, UserId};

use crate::db::{Conn, Tx, on};
use crate::entries::like;
use crate::error::Result;

macro_rules! columns {
    () => {
        "p.id, p.changelog_id, p.name, p.slug, p.description, p.color, p.icon, p.is_public, p.allow_auto_publish, \
         p.require_approval, p.maintenance_mode, p.maintenance_message, p.allow_indexing, p.enable_rss, \
         p.rss_item_limit, p.rss_full_content, p.rss_feed_config, p.logo_url, p.favicon_url, p.social_image_url, \
         p.custom_css, p.layout, p.timezone, p.default_tags, p.revision, p.created_at, p.updated_at"
    };
}
pub(crate) use columns;

pub async fn find(conn: Conn<'_>, id: &ProjectId) -> Result<Option<Project>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM projects p WHERE p.id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Holds the project's row until the transaction ends, so that those who change one project take turns; false when it
/// is gone. On SQLite a transaction that writes is alone anyway.
pub async fn lock(conn: Conn<'_>, id: &ProjectId) -> Result<bool> {
    const SQLITE: &str = "SELECT COUNT(*) FROM projects WHERE id = $1";
    const POSTGRES: &str = "SELECT COUNT(*) FROM (SELECT id FROM projects WHERE id = $1 FOR NO KEY UPDATE) held";
    let rows: i64 = match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(SQLITE).bind(id).fetch_one(c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).bind(id).fetch_one(c).await?,
    };
    Ok(rows > 0)
}

/// Finds by the present slug.
pub async fn find_by_slug(conn: Conn<'_>, slug: &str) -> Result<Option<Project>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM projects p WHERE p.slug = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(slug).fetch_optional(c).await)?)
}

/// Finds by a slug the project had before a rename.
pub async fn find_by_old_slug(conn: Conn<'_>, slug: &str) -> Result<Option<Project>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM projects p JOIN project_slugs s ON s.project_id = p.id WHERE s.slug = $1"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(slug).fetch_optional(c).await)?)
}

/// Whether a slug is in use, now or as an old address, by another project than `except`.
pub async fn slug_taken(conn: Conn<'_>, slug: &str, except: Option<&ProjectId>) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT id FROM projects WHERE slug = $1 AND id <> $2 \
        UNION ALL SELECT s.project_id FROM project_slugs s JOIN projects p ON p.id = s.project_id \
            WHERE s.slug = $1 AND s.project_id <> $2) taken";
    let except = except.map_or("", ProjectId::as_str);
    let count: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(slug).bind(except).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Keeps an old address of a project, so that it redirects.
pub async fn remember_slug(conn: Conn<'_>, project: &ProjectId, slug: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO project_slugs (slug, project_id) VALUES ($1, $2) \
        ON CONFLICT (slug) DO UPDATE SET project_id = excluded.project_id";
    on!(conn, |c| sqlx::query(SQL).bind(slug).bind(project).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Which projects a list shows.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Part of the name or description, ignoring case; empty for all.
    pub search: String,
    /// Only this project, for keys that are bound to one.
    pub only: Option<ProjectId>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    #[sqlx(flatten)]
    project: Project,
    drafts: i64,
    scheduled: i64,
    published: i64,
    last_published_at: Option<Timestamp>,
    latest_id: Option<EntryId>,
    latest_title: Option<String>,
    latest_version: Option<String>,
    latest_created_at: Option<Timestamp>,
}

impl From<SummaryRow> for ProjectSummary {
    fn from(row: SummaryRow) -> Self {
        let latest = match (row.latest_id, row.latest_title, row.latest_created_at) {
            (Some(id), Some(title), Some(created_at)) => {
                Some(LatestEntry { id, title, version: row.latest_version, created_at })
            }
            _ => None,
        };
        let figures = ProjectFigures {
            entries: row.drafts + row.scheduled + row.published,
            drafts: row.drafts,
            scheduled: row.scheduled,
            published: row.published,
            last_published_at: row.last_published_at,
        };
        Self { project: row.project, figures, latest }
    }
}

/// Figures and latest entry beside each project that `$from` chooses. They are counted for these alone, from indexes:
/// a list of six must not read every entry of the instance.
macro_rules! summaries {
    ($from:expr, $order:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            ", (SELECT COUNT(*) FROM entries e WHERE e.project_id = p.id AND e.published_at IS NOT NULL) AS published, \
             (SELECT COUNT(*) FROM entries e WHERE e.project_id = p.id AND e.published_at IS NULL \
                 AND e.scheduled_at IS NULL) AS drafts, \
             (SELECT COUNT(*) FROM entries e WHERE e.project_id = p.id AND e.published_at IS NULL \
                 AND e.scheduled_at IS NOT NULL) AS scheduled, \
             (SELECT MAX(e.published_at) FROM entries e WHERE e.project_id = p.id) AS last_published_at, \
             l.id AS latest_id, l.title AS latest_title, l.version AS latest_version, \
             l.created_at AS latest_created_at FROM ",
            $from,
            " LEFT JOIN entries l ON l.id = (SELECT e.id FROM entries e WHERE e.project_id = p.id \
                 ORDER BY e.created_at DESC, e.id DESC LIMIT 1)",
            $order
        )
    };
}

/// The chosen ones of a list, in its order, from the third parameter on as many as the fourth. `$by` may name `p` and
/// `p.recent`, when an entry was begun last.
macro_rules! chosen {
    ($by:literal) => {
        summaries!(
            concat!(
                "(SELECT p.* FROM (SELECT q.*, COALESCE((SELECT MAX(e.created_at) FROM entries e \
                     WHERE e.project_id = q.id), q.created_at) AS recent FROM projects q) p \
                     WHERE ($1 = '' OR p.search LIKE $1 ESCAPE '\\') AND ($2 = '' OR p.id = $2) ORDER BY ",
                $by,
                " LIMIT $4 OFFSET $3) p"
            ),
            concat!(" ORDER BY ", $by)
        )
    };
}

/// The beginning of a list.
pub async fn list(
    conn: Conn<'_>,
    filter: &ProjectFilter,
    sort: ProjectSort,
    limit: i64,
) -> Result<Vec<ProjectSummary>> {
    const RECENT: &str = chosen!("p.recent DESC, p.id DESC");
    const NAME: &str = chosen!("p.search, p.id");
    const NEWEST: &str = chosen!("p.created_at DESC, p.id DESC");
    let sql = match sort {
        ProjectSort::Recent => RECENT,
        ProjectSort::Name => NAME,
        ProjectSort::Newest => NEWEST,
    };
    chosen(conn, sql, filter, limit, 0).await
}

/// Newest first, by number of rows to skip: for clients that ask for page 7.
pub async fn list_numbered(
    conn: Conn<'_>,
    filter: &ProjectFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ProjectSummary>> {
    const SQL: &str = chosen!("p.created_at DESC, p.id DESC");
    chosen(conn, SQL, filter, limit, offset).await
}

async fn chosen(
    conn: Conn<'_>,
    sql: &'static str,
    filter: &ProjectFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ProjectSummary>> {
    let rows: Vec<SummaryRow> = on!(conn, |c| {
        sqlx::query_as(sql)
            .bind(like(&filter.search))
            .bind(filter.only.as_ref().map_or("", ProjectId::as_str))
            .bind(offset)
            .bind(limit)
            .fetch_all(c)
            .await
    })?;
    Ok(rows.into_iter().map(ProjectSummary::from).collect())
}

pub async fn count(conn: Conn<'_>, filter: &ProjectFilter) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM projects p \
        WHERE ($1 = '' OR p.search LIKE $1 ESCAPE '\\') AND ($2 = '' OR p.id = $2)";
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL)
            .bind(like(&filter.search))
            .bind(filter.only.as_ref().map_or("", ProjectId::as_str))
            .fetch_one(c)
            .await
    })?)
}

/// One project with figures and latest entry.
pub async fn summary(conn: Conn<'_>, id: &ProjectId) -> Result<Option<ProjectSummary>> {
    const SQL: &str = summaries!("projects p", " WHERE p.id = $1");
    let row: Option<SummaryRow> = on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ProjectSummary::from))
}

/// Adds a project. [`crate::Error::Duplicate`] when the slug exists.
pub async fn insert(tx: &mut Tx, project: &Project, creator: Option<&UserId>) -> Result<()> {
    const SQL: &str = "INSERT INTO project_rows (id, changelog_id, name, slug, description, color, icon, is_public, \
        allow_auto_publish, require_approval, maintenance_mode, maintenance_message, allow_indexing, enable_rss, \
        rss_item_limit, rss_full_content, rss_feed_config, logo_url, favicon_url, social_image_url, custom_css, \
        layout, timezone, default_tags, revision, search, created_by_id, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
        $23, $24, $25, $26, $27, $28, $29)";
    on!(tx.conn(), |c| {
        sqlx::query(SQL)
            .bind(&project.id)
            .bind(&project.changelog_id)
            .bind(&project.name)
            .bind(&project.slug)
            .bind(&project.description)
            .bind(&project.color)
            .bind(&project.icon)
            .bind(project.is_public)
            .bind(project.allow_auto_publish)
            .bind(project.require_approval)
            .bind(project.maintenance_mode)
            .bind(&project.maintenance_message)
            .bind(project.allow_indexing)
            .bind(project.enable_rss)
            .bind(project.rss_item_limit)
            .bind(project.rss_full_content)
            .bind(project.rss_feed_config.as_ref().map(sqlx::types::Json))
            .bind(&project.logo_url)
            .bind(&project.favicon_url)
            .bind(&project.social_image_url)
            .bind(&project.custom_css)
            .bind(project.layout.as_str())
            .bind(&project.timezone)
            .bind(sqlx::types::Json(&project.default_tags))
            .bind(project.revision)
            .bind(search_text(project))
            .bind(creator)
            .bind(project.created_at)
            .bind(project.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    tx.note_change(&project.id);
    Ok(())
}

/// Writes every changeable column and counts the revision up.
pub async fn update(tx: &mut Tx, project: &Project) -> Result<()> {
    const SQL: &str = "UPDATE project_rows SET name = $2, slug = $3, description = $4, color = $5, icon = $6, \
        is_public = $7, allow_auto_publish = $8, require_approval = $9, maintenance_mode = $10, \
        maintenance_message = $11, allow_indexing = $12, enable_rss = $13, rss_item_limit = $14, \
        rss_full_content = $15, rss_feed_config = $16, logo_url = $17, favicon_url = $18, social_image_url = $19, \
        custom_css = $20, layout = $21, timezone = $22, default_tags = $23, search = $24, updated_at = $25, \
        revision = revision + 1 WHERE id = $1";
    on!(tx.conn(), |c| {
        sqlx::query(SQL)
            .bind(&project.id)
            .bind(&project.name)
            .bind(&project.slug)
            .bind(&project.description)
            .bind(&project.color)
            .bind(&project.icon)
            .bind(project.is_public)
            .bind(project.allow_auto_publish)
            .bind(project.require_approval)
            .bind(project.maintenance_mode)
            .bind(&project.maintenance_message)
            .bind(project.allow_indexing)
            .bind(project.enable_rss)
            .bind(project.rss_item_limit)
            .bind(project.rss_full_content)
            .bind(project.rss_feed_config.as_ref().map(sqlx::types::Json))
            .bind(&project.logo_url)
            .bind(&project.favicon_url)
            .bind(&project.social_image_url)
            .bind(&project.custom_css)
            .bind(project.layout.as_str())
            .bind(&project.timezone)
            .bind(sqlx::types::Json(&project.default_tags))
            .bind(search_text(project))
            .bind(project.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    tx.note_change(&project.id);
    Ok(())
}

/// Counts the revision up after a change that readers may see. Whoever keeps something made from the project hears of
/// it when the transaction commits.
pub async fn touch(tx: &mut Tx, id: &ProjectId) -> Result<()> {
    const SQL: &str = "UPDATE project_rows SET revision = revision + 1 WHERE id = $1";
    tx.note_change(id);
    on!(tx.conn(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

fn search_text(project: &Project) -> String {
    format!("{}\n{}", project.name, project.description.as_deref().unwrap_or_default()).to_lowercase()
}
