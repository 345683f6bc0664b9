//! Projects: creating, changing and deleting them.

mod changes;

use model::check::Checker;
use model::entries::{Entry, EntrySort};
use model::projects::{
    Layout, NewProject, Project, ProjectList, ProjectPatch, ProjectSort, ProjectSummary, is_reserved_slug,
};
use model::requests::RequestKind;
use model::time::to_wire;
use model::{Error, ProjectId, Result};
use serde_json::{Value, json};
use store::change_requests::ChangeRequest;
use store::entries::EntryFilter;
use store::projects::ProjectFilter;
use store::{Conn, Tx, entries, projects};

use crate::access::{
    Actor, CreateProjects, DeleteAllEntries, DeleteProjects, DeletingProjects, EditProjects, Grant, InstanceGrant,
    ReadProjects, SetProjectAccess, Way,
};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::entries::empty_in;
use crate::requests::{self, Target, Wish};
use crate::{Services, access, instance, slugs, trash, zones};

/// The first projects the caller sees, in an order of choice, and how many there are.
pub async fn list(
    cx: &Services,
    may: &InstanceGrant<ReadProjects>,
    search: &str,
    sort: ProjectSort,
    limit: i64,
) -> Result<ProjectList> {
    let filter = filter(may.actor(), search);
    let mut lease = cx.db.acquire().await?;
    let items = projects::list(lease.conn(), &filter, sort, limit).await?;
    let total = projects::count(lease.conn(), &filter).await?;
    Ok(ProjectList { items, total })
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

/// The newest entries of a project by date of creation, drafts included, as the project itself carries them; and whether
/// there are more.
pub async fn newest_entries(cx: &Services, may: &Grant<ReadProjects>, limit: i64) -> Result<(Vec<Entry>, bool)> {
    let mut lease = cx.db.acquire().await?;
    let all = EntryFilter::default();
    let mut list =
        entries::list_numbered(lease.conn(), may.project_id(), &all, EntrySort::Newest, limit.saturating_add(1), 0)
            .await?;
    let has_more = i64::try_from(list.len()).is_ok_and(|found| found > limit);
    if has_more {
        list.pop();
    }
    Ok((list, has_more))
}

/// Every version of a project: of what is not published first, then the newest date of publication first.
pub async fn versions(cx: &Services, may: &Grant<ReadProjects>) -> Result<Vec<String>> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::versions_by_date(lease.conn(), may.project_id()).await?)
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
    let approval = instance::read(tx.conn()).await?.require_approval_for_changelogs;
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
        require_approval: new.require_approval.unwrap_or(approval),
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
    projects::insert(tx, &project, creator).await?;
    let details = json!({ "name": project.name, "isPublic": project.is_public });
    let event = Event { action: "CREATE_PROJECT", project: Some(&project.id), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    Ok(project)
}

/// A transaction that changes something in one project. Writers of the same project take turns, so that what one of
/// them reads stays true until it has written.
///
/// # Errors
/// `NotFound` when the project is gone.
pub(crate) async fn begin(cx: &Services, project: &ProjectId) -> Result<Tx> {
    cx.db.begin_in(project).await?.ok_or(Error::NotFound)
}

/// Changes a project. Old addresses keep working after a rename. Without an address of its own choice a project's
/// address follows its name.
///
/// # Errors
/// `Invalid` naming the field, `Forbidden` when the caller may not change who sees the project.
pub async fn update(cx: &Services, may: &Grant<EditProjects>, patch: ProjectPatch) -> Result<Project> {
    update_if(cx, may, patch, &Always).await
}

/// As [`update`], if the project is still what the caller thinks it is.
///
/// # Errors
/// As [`update`], and `Outdated`.
pub async fn update_if(
    cx: &Services,
    may: &Grant<EditProjects>,
    patch: ProjectPatch,
    condition: &dyn Condition<Project>,
) -> Result<Project> {
    let patch = patch.checked()?;
    let mut tx = begin(cx, may.project_id()).await?;
    let old = projects::find(tx.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &old)?;
    if patch.changes_access(&old) {
        // The same caller, asked again for the stronger permission.
        let allowed = model::access::verdict(may.actor().user.role, model::Permission::SetProjectAccess, Some(&old));
        if allowed != model::Verdict::Allowed {
            return Err(Error::Forbidden { needs: model::Permission::SetProjectAccess });
        }
    }
    let mut new = patch.apply(old.clone());
    check_references(tx.conn(), &old, &new).await?;
    if patch.slug.is_none() && new.name != old.name && follows_name(&old) {
        let base = slugs::make(&new.name, "changelog");
        if !slugs::belongs_to(&old.slug, &base) {
            new.slug = free_slug(tx.conn(), &base, Some(&new.id)).await?;
        }
    }
    let changes = changes::of(&old, &new, patch.slug.is_some());
    if changes.is_empty() {
        return Ok(old);
    }
    if new.slug != old.slug {
        projects::remember_slug(tx.conn(), &new.id, &old.slug).await?;
    }
    new.updated_at = cx.clock.now();
    projects::update(&mut tx, &new).await.map_err(|error| match error {
        // Somebody else took the address since it was looked for.
        store::Error::Duplicate => slug_taken(),
        other => other.into(),
    })?;
    let action = changes::action(&changes, &new);
    let event = Event { action, project: Some(&new.id), details: Value::Object(changes), ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(Project { revision: old.revision + 1, ..new })
}

/// What only the database and the list of zones can say about new values.
async fn check_references(mut conn: Conn<'_>, old: &Project, new: &Project) -> Result<()> {
    let mut form = Checker::new();
    if new.slug != old.slug {
        // Addresses work with ids, too, so that an id in the place of a slug would stand for another project.
        let is_an_id = match new.slug.parse::<ProjectId>() {
            Ok(id) => id != new.id && projects::find(conn.again(), &id).await?.is_some(),
            Err(_) => false,
        };
        if is_an_id || projects::slug_taken(conn.again(), &new.slug, Some(&new.id)).await? {
            return Err(slug_taken());
        }
    }
    if new.timezone != old.timezone
        && let Some(zone) = &new.timezone
        && !zones::is_known(zone)
    {
        form.fail("timezone", "There is no such time zone. Choose a name such as Europe/Berlin.");
    }
    if new.rss_feed_config != old.rss_feed_config {
        for id in new.rss_feed_config.iter().flat_map(|config| &config.tag_filter) {
            if store::tags::find(conn.again(), id).await?.is_none() {
                form.fail("rssFeedConfig.tagFilter", format!("There is no tag with the id {id}."));
            }
        }
    }
    form.finish()
}

fn slug_taken() -> Error {
    Error::field("slug", "Another project has this address, or had it once. Choose another.")
}

/// Whether the address was made from the name, and not chosen.
fn follows_name(project: &Project) -> bool {
    slugs::belongs_to(&project.slug, &slugs::make(&project.name, "changelog"))
}

/// Deletes a project with everything it owns. `confirmation` must be its name.
///
/// # Errors
/// `Invalid` naming `confirmation`.
pub async fn delete(cx: &Services, may: &Grant<DeleteProjects>, confirmation: &str) -> Result<()> {
    erase(cx, may, Some(confirmation)).await
}

/// As [`delete`], for programs, which type nothing.
pub async fn delete_unasked(cx: &Services, may: &Grant<DeleteProjects>) -> Result<()> {
    erase(cx, may, None).await
}

async fn erase(cx: &Services, may: &Grant<DeleteProjects>, confirmation: Option<&str>) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let project = projects::find(tx.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    if let Some(confirmation) = confirmation {
        check_confirmation(confirmation, &project)?;
    }
    erase_in(cx, &mut tx, may.actor(), &project).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a project that is held by the transaction. Whoever asked for it is answered.
pub(crate) async fn erase_in(cx: &Services, tx: &mut Tx, actor: &Actor, project: &Project) -> Result<()> {
    let counts = entries::state_counts(tx.conn(), &project.id).await?;
    let details = json!({ "name": project.name, "entries": counts.total(), "createdAt": to_wire(project.created_at) });
    let event = Event { action: "DELETE_PROJECT", project: Some(&project.id), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    requests::settle_project(cx, tx, actor, &project.id).await?;
    crate::publication::forget_all_plans(cx, tx, &project.id).await?;
    store::trash::put_project(tx, project, trash::by(actor, cx.clock.now())).await?;
    Ok(())
}

/// What came of a wish to delete a project.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectDeletion {
    Done,
    /// Everything is as it was, and an administrator has been asked.
    Requested(Box<ChangeRequest>),
}

/// Deletes a project, or asks an administrator to, for programs, which type nothing.
///
/// # Errors
/// `RequestPending` when somebody asked before.
pub async fn delete_or_ask(cx: &Services, way: &DeletingProjects) -> Result<ProjectDeletion> {
    match way {
        Way::Directly(may) => delete_unasked(cx, may).await.map(|()| ProjectDeletion::Done),
        Way::OnRequest(may) => {
            let mut tx = begin(cx, may.project_id()).await?;
            let wish = Wish::new(RequestKind::DeleteProject, Target::Project);
            let request = requests::ask(cx, &mut tx, may.actor(), may.project(), wish).await?;
            tx.commit().await?;
            Ok(ProjectDeletion::Requested(Box::new(request)))
        }
    }
}

/// Deletes every entry of a project, which itself stays. `confirmation` must be its name. Gives how many entries there were.
///
/// # Errors
/// `Invalid` naming `confirmation`.
pub async fn delete_entries(cx: &Services, may: &Grant<DeleteAllEntries>, confirmation: &str) -> Result<i64> {
    let mut tx = begin(cx, may.project_id()).await?;
    let project = projects::find(tx.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    check_confirmation(confirmation, &project)?;
    let entries = empty_in(cx, &mut tx, may.actor(), &project).await?;
    tx.commit().await?;
    Ok(entries)
}

fn check_confirmation(typed: &str, project: &Project) -> Result<()> {
    if typed.trim() == project.name {
        Ok(())
    } else {
        Err(Error::field("confirmation", format!("Type the project's name exactly: {}", project.name)))
    }
}

/// A free address for a project, made from its name.
pub(crate) async fn free_slug_of(conn: Conn<'_>, project: &Project) -> Result<String> {
    free_slug(conn, &slugs::make(&project.name, "changelog"), Some(&project.id)).await
}

async fn free_slug(mut conn: Conn<'_>, base: &str, own: Option<&ProjectId>) -> Result<String> {
    let mut number = 1;
    loop {
        let slug = slugs::candidate(base, number);
        if !is_reserved_slug(&slug) && !projects::slug_taken(conn.again(), &slug, own).await? {
            return Ok(slug);
        }
        number += 1;
    }
}
