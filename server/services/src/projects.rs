//! Projects: creating, changing and deleting them.

use model::projects::{Layout, NewProject, Project, ProjectPatch, ProjectSummary};
use model::time::to_wire;
use model::{Cursor, Error, Page, ProjectId, Result};
use serde_json::{Map, Value, json};
use store::projects::ProjectFilter;
use store::{Conn, Tx, projects};

use crate::access::{
    Actor, CreateProjects, DeleteProjects, EditProjects, Grant, InstanceGrant, ReadProjects, SetProjectAccess,
};
use crate::audit::{self, Event};
use crate::{Services, access, slugs};

/// The projects the caller sees, newest first.
pub async fn list(
    cx: &Services,
    may: &InstanceGrant<ReadProjects>,
    search: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<ProjectSummary>> {
    let mut lease = cx.db.acquire().await?;
    Ok(projects::list(lease.conn(), &filter(may.actor(), search), after, limit).await?)
}

/// One numbered page of the projects the caller sees, and how many there are. `page` counts from 1.
pub async fn list_page(
    cx: &Services,
    may: &InstanceGrant<ReadProjects>,
    page: i64,
    limit: i64,
) -> Result<(Vec<ProjectSummary>, i64)> {
    let filter = filter(may.actor(), "");
    let mut lease = cx.db.acquire().await?;
    let total = projects::count(lease.conn(), &filter).await?;
    let offset = page.saturating_sub(1).saturating_mul(limit).max(0);
    Ok((projects::list_numbered(lease.conn(), &filter, limit, offset).await?, total))
}

fn filter(actor: &Actor, search: &str) -> ProjectFilter {
    ProjectFilter { search: search.to_owned(), only: actor.only_project().cloned() }
}

/// One project with its figures.
pub async fn overview(cx: &Services, may: &Grant<ReadProjects>) -> Result<ProjectSummary> {
    let mut lease = cx.db.acquire().await?;
    projects::summary(lease.conn(), may.project_id()).await?.ok_or(Error::NotFound)
}

/// Creates a project with its empty changelog. What the caller may not set is refused, not ignored.
///
/// # Errors
/// `Invalid` naming the field, `Forbidden` when staff ask for what only an administrator may set.
pub async fn create(cx: &Services, may: &InstanceGrant<CreateProjects>, new: NewProject) -> Result<Project> {
    let new = new.checked()?;
    if new.sets_access() {
        access::instance_grant::<SetProjectAccess>(may.actor())?;
    }
    let mut tx = cx.db.begin().await?;
    let project = insert(cx, &mut tx, may.actor(), new).await?;
    tx.commit().await?;
    Ok(project)
}

/// Creates a project inside a transaction, for imports that make their project.
pub(crate) async fn insert(cx: &Services, tx: &mut Tx, actor: &Actor, new: NewProject) -> Result<Project> {
    let now = cx.clock.now();
    let slug = free_slug(tx.conn(), &slugs::make(&new.name, "changelog"), None).await?;
    let project = Project {
        id: cx.random.id(now, ProjectId::compose),
        changelog_id: cx.random.id(now, model::ids::compose),
        name: new.name,
        slug,
        description: new.description,
        color: new.color,
        icon: new.icon,
        is_public: new.is_public.unwrap_or(false),
        allow_auto_publish: new.allow_auto_publish.unwrap_or(false),
        require_approval: new.require_approval.unwrap_or(true),
        maintenance_mode: false,
        maintenance_message: None,
        allow_indexing: true,
        enable_rss: true,
        rss_item_limit: 10,
        rss_full_content: true,
        rss_feed_config: None,
        logo_url: None,
        favicon_url: None,
        social_image_url: None,
        custom_css: None,
        layout: Layout::Timeline,
        timezone: None,
        default_tags: new.default_tags.unwrap_or_default(),
        revision: 0,
        created_at: now,
        updated_at: now,
    };
    let creator = (actor.via != access::Via::Console).then(|| actor.id());
    projects::insert(tx.conn(), &project, creator).await?;
    let details = json!({ "name": project.name, "isPublic": project.is_public });
    let event = Event { action: "CREATE_PROJECT", project: Some(&project.id), entity: None, details };
    audit::record(cx, tx.conn(), actor, event).await?;
    Ok(project)
}

/// A transaction that changes something in one project. Writers of the same project take turns, so that what one of
/// them reads stays true until it has written.
///
/// # Errors
/// `NotFound` when the project is gone.
pub(crate) async fn begin(cx: &Services, project: &ProjectId) -> Result<Tx> {
    let mut tx = cx.db.begin().await?;
    if projects::lock(tx.conn(), project).await? { Ok(tx) } else { Err(Error::NotFound) }
}

/// Changes a project. Old addresses keep working after a rename.
///
/// # Errors
/// `Invalid` naming the field, `Forbidden` when the caller may not change who sees the project.
pub async fn update(cx: &Services, may: &Grant<EditProjects>, patch: ProjectPatch) -> Result<Project> {
    let patch = patch.checked()?;
    let mut tx = begin(cx, may.project_id()).await?;
    let old = projects::find(tx.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    if patch.changes_access(&old) {
        // The same caller, asked again for the stronger permission.
        let allowed = model::access::verdict(may.actor().user.role, model::Permission::SetProjectAccess, Some(&old));
        if allowed != model::Verdict::Allowed {
            return Err(Error::Forbidden { needs: model::Permission::SetProjectAccess });
        }
    }
    let mut new = patch.apply(old.clone());
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return Ok(old);
    }
    let base = slugs::make(&new.name, "changelog");
    if new.name != old.name && !slugs::belongs_to(&old.slug, &base) {
        new.slug = free_slug(tx.conn(), &base, Some(&new.id)).await?;
        projects::remember_slug(tx.conn(), &new.id, &old.slug).await?;
    }
    new.updated_at = cx.clock.now();
    projects::update(tx.conn(), &new).await?;
    let action = action(&changes, &new);
    let event = Event { action, project: Some(&new.id), entity: None, details: Value::Object(changes) };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(Project { revision: old.revision + 1, ..new })
}

/// What changed, as `{field: {from, to}}`.
fn changes(old: &Project, new: &Project) -> Map<String, Value> {
    let fields = [
        ("name", json!(old.name), json!(new.name)),
        ("description", json!(old.description), json!(new.description)),
        ("color", json!(old.color), json!(new.color)),
        ("icon", json!(old.icon), json!(new.icon)),
        ("defaultTags", json!(old.default_tags), json!(new.default_tags)),
        ("isPublic", json!(old.is_public), json!(new.is_public)),
        ("allowAutoPublish", json!(old.allow_auto_publish), json!(new.allow_auto_publish)),
        ("requireApproval", json!(old.require_approval), json!(new.require_approval)),
    ];
    fields
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(field, from, to)| (field.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

/// The name of the audit record: a specific one when exactly one field changed.
fn action(changes: &Map<String, Value>, new: &Project) -> &'static str {
    let mut names = changes.keys();
    match (names.next().map(String::as_str), names.next()) {
        (Some("name"), None) => "RENAME_PROJECT",
        (Some("isPublic"), None) if new.is_public => "MAKE_PROJECT_PUBLIC",
        (Some("isPublic"), None) => "MAKE_PROJECT_PRIVATE",
        (Some("allowAutoPublish"), None) if new.allow_auto_publish => "ENABLE_AUTO_PUBLISH",
        (Some("allowAutoPublish"), None) => "DISABLE_AUTO_PUBLISH",
        (Some("requireApproval"), None) if new.require_approval => "ENABLE_APPROVAL_REQUIREMENT",
        (Some("requireApproval"), None) => "DISABLE_APPROVAL_REQUIREMENT",
        _ => "UPDATE_PROJECT_SETTINGS",
    }
}

/// Deletes a project with everything it owns. `confirmation` must be its name.
///
/// # Errors
/// `Invalid` naming `confirmation`.
pub async fn delete(cx: &Services, may: &Grant<DeleteProjects>, confirmation: &str) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let project = projects::find(tx.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    if confirmation.trim() != project.name {
        let message = format!("Type the project's name exactly: {}", project.name);
        return Err(Error::field("confirmation", message));
    }
    let counts = store::entries::state_counts(tx.conn(), &project.id).await?;
    let details = json!({ "name": project.name, "entries": counts.total(), "createdAt": to_wire(project.created_at) });
    let event = Event { action: "DELETE_PROJECT", project: Some(&project.id), entity: None, details };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    projects::delete(tx.conn(), &project.id).await?;
    tx.commit().await?;
    Ok(())
}

async fn free_slug(mut conn: Conn<'_>, base: &str, own: Option<&ProjectId>) -> Result<String> {
    let mut number = 1;
    loop {
        let slug = slugs::candidate(base, number);
        if !projects::slug_taken(conn.again(), &slug, own).await? {
            return Ok(slug);
        }
        number += 1;
    }
}
