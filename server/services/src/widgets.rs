//! Widgets that are kept, and what widgets on strangers' pages ask for.

use model::projects::Project;
use model::time::Timestamp;
use model::widgets::{MAX_NAME, NewWidget, Settings, Widget, WidgetPatch};
use model::{EntryId, Error, ProjectId, Result, WidgetId};
use serde_json::{Value, json};
pub use store::entries::Position;
use store::{Tx, entries, projects, widgets};

use crate::access::{Actor, EditProjects, Grant, ReadProjects};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::{Services, projects as project_services, tags};

/// How many widgets a project may have.
pub const MOST: i64 = 200;

/// The widgets of a project, newest first.
pub async fn list(cx: &Services, may: &Grant<ReadProjects>) -> Result<Vec<Widget>> {
    let mut lease = cx.db.acquire().await?;
    Ok(widgets::list(lease.conn(), may.project_id()).await?)
}

/// One widget of a project.
pub async fn get(cx: &Services, may: &Grant<ReadProjects>, id: &WidgetId) -> Result<Widget> {
    find(cx, may.project_id(), id).await?.ok_or(Error::NotFound)
}

/// A widget as its script needs it; somebody else decides whether anybody may see the project.
pub async fn find(cx: &Services, project: &ProjectId, id: &WidgetId) -> Result<Option<Widget>> {
    let mut lease = cx.db.acquire().await?;
    Ok(widgets::find(lease.conn(), project, id).await?)
}

/// Keeps a new widget.
///
/// # Errors
/// `Invalid` naming the fields, options as `settings.<name>`; `Conflict` when the project has [`MOST`] already.
pub async fn create(cx: &Services, may: &Grant<EditProjects>, new: NewWidget) -> Result<Widget> {
    let new = new.checked()?;
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    if widgets::count(tx.conn(), may.project_id()).await? >= MOST {
        return Err(Error::conflict(format!("A project has at most {MOST} widgets. Delete one that is not used.")));
    }
    let now = cx.clock.now();
    let NewWidget { name, variant, settings, custom_css, is_active, allowed_origins } = new;
    let widget = Widget {
        id: cx.random.id(now, WidgetId::compose),
        project_id: may.project_id().clone(),
        name,
        variant,
        settings,
        custom_css,
        is_active,
        allowed_origins,
        created_at: now,
        updated_at: now,
    };
    widgets::insert(tx.conn(), &widget).await?;
    let details = json!({ "name": widget.name, "variant": widget.variant });
    finish(cx, tx, may.actor(), "CREATE_WIDGET", &widget, details).await?;
    Ok(widget)
}

/// Keeps a copy under another name.
///
/// # Errors
/// `NotFound`, and as [`create`].
pub async fn duplicate(cx: &Services, may: &Grant<EditProjects>, id: &WidgetId) -> Result<Widget> {
    let Widget { name, variant, settings, custom_css, is_active, allowed_origins, .. } =
        find(cx, may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let name = format!("{} (copy)", name.chars().take(MAX_NAME - 7).collect::<String>());
    create(cx, may, NewWidget { name, variant, settings, custom_css, is_active, allowed_origins }).await
}

/// Changes a widget.
///
/// # Errors
/// `NotFound`, and `Invalid` as [`create`].
pub async fn update(cx: &Services, may: &Grant<EditProjects>, id: &WidgetId, patch: WidgetPatch) -> Result<Widget> {
    update_if(cx, may, id, patch, &Always).await
}

/// As [`update`], if the widget is still what the caller thinks it is.
///
/// # Errors
/// As [`update`], and `Outdated`.
pub async fn update_if(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &WidgetId,
    patch: WidgetPatch,
    condition: &dyn Condition<Widget>,
) -> Result<Widget> {
    change(cx, may, id, condition, |widget| patch.apply(widget)).await
}

/// Changes a widget by a form, whose fields are options as text; what the form does not know stays.
///
/// # Errors
/// As [`update`].
pub async fn update_by_form(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &WidgetId,
    patch: WidgetPatch,
    fields: &[(String, String)],
) -> Result<Widget> {
    change(cx, may, id, &Always, |widget| {
        let settings = model::widgets::settings_from_form(widget.variant, &widget.settings, fields);
        WidgetPatch { settings: Some(settings), ..patch }.apply(widget)
    })
    .await
}

async fn change(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &WidgetId,
    condition: &dyn Condition<Widget>,
    apply: impl FnOnce(Widget) -> Result<Widget>,
) -> Result<Widget> {
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let old = widgets::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &old)?;
    let new = apply(old.clone())?;
    if new == old {
        return Ok(old);
    }
    let new = Widget { updated_at: cx.clock.now(), ..new };
    widgets::update(tx.conn(), &new).await?;
    let details = changes(&old, &new);
    finish(cx, tx, may.actor(), "UPDATE_WIDGET", &new, details).await?;
    Ok(new)
}

/// What changed; long texts by name only.
fn changes(old: &Widget, new: &Widget) -> Value {
    let mut changes = Settings::new();
    let mut note = |name: &str, from: Value, to: Value| {
        if from != to {
            changes.insert(name.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    note("name", json!(old.name), json!(new.name));
    note("isActive", json!(old.is_active), json!(new.is_active));
    note("allowedOrigins", json!(old.allowed_origins), json!(new.allowed_origins));
    let size = |css: &Option<String>| json!(css.as_ref().map(|css| css.len()));
    note("customCSS", size(&old.custom_css), size(&new.custom_css));
    if old.settings != new.settings {
        let differs = |name: &&String| old.settings.get(*name) != new.settings.get(*name);
        let mut names: Vec<&String> = old.settings.keys().chain(new.settings.keys()).filter(differs).collect();
        names.sort();
        names.dedup();
        changes.insert("settings".to_owned(), json!(names));
    }
    Value::Object(changes)
}

/// Deletes a widget.
///
/// # Errors
/// `NotFound`.
pub async fn delete(cx: &Services, may: &Grant<EditProjects>, id: &WidgetId) -> Result<()> {
    delete_if(cx, may, id, &Always).await
}

/// As [`delete`], if the widget is still what the caller thinks it is.
///
/// # Errors
/// As [`delete`], and `Outdated`.
pub async fn delete_if(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &WidgetId,
    condition: &dyn Condition<Widget>,
) -> Result<()> {
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let widget = widgets::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &widget)?;
    widgets::delete(tx.conn(), may.project_id(), id).await?;
    let details = json!({ "name": widget.name, "variant": widget.variant });
    finish(cx, tx, may.actor(), "DELETE_WIDGET", &widget, details).await
}

async fn finish(
    cx: &Services,
    mut tx: Tx,
    actor: &Actor,
    action: &'static str,
    widget: &Widget,
    details: Value,
) -> Result<()> {
    // Its script is something readers' browsers get.
    projects::touch(&mut tx, &widget.project_id).await?;
    let event = Event {
        action,
        project: Some(&widget.project_id),
        entity: Some(widget.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What is new for one reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// Entries published after the position asked about; all of them without one.
    pub count: i64,
    /// The newest entries, latest first.
    pub recent: Vec<Position>,
}

/// How many positions [`unread`] lists.
const RECENT: usize = 20;

/// Where a reader stopped reading: after a moment, or after an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    Moment(Timestamp),
    Entry(EntryId),
}

impl Since {
    /// Reads a date or an id.
    pub fn parse(text: &str) -> Option<Self> {
        model::time::from_wire(text).map(Self::Moment).or_else(|| text.parse().ok().map(Self::Entry))
    }
}

/// What was published after a position. Entries of the same moment are ordered by id, as in the public list.
///
/// # Errors
/// `BadRequest` for an entry that is not published here.
pub async fn unread(cx: &Services, project: &Project, since: Option<&Since>, tag_names: &[String]) -> Result<Unread> {
    if project.maintenance_mode {
        return Ok(Unread { count: 0, recent: Vec::new() });
    }
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let tags = tags::ids(lease.conn(), tag_names).await?;
    let after = match since {
        None => None,
        // Everything of that very millisecond counts as read.
        Some(Since::Moment(time)) => Some((*time + chrono::Duration::milliseconds(1), String::new())),
        Some(Since::Entry(id)) => {
            let position = entries::position_of(lease.conn(), &project.id, id).await?;
            let position = position.ok_or_else(|| Error::bad_request("There is no published entry with this id."))?;
            Some((position.time, position.id))
        }
    };
    let after = after.as_ref().map(|(time, id)| (*time, id.as_str()));
    let count = entries::count_after(lease.conn(), &project.id, tags.as_deref(), now, after).await?;
    let recent = entries::positions(lease.conn(), &project.id, tags.as_deref(), now, RECENT).await?;
    Ok(Unread { count, recent })
}
