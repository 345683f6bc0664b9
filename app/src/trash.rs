//! What was deleted: the page of the trash, and the way back that stands where something was just deleted.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::projects::ProjectSummary;
use model::tags::MAX_NAME;
use model::trash::{KEPT_DAYS, Restored, TrashKind, Trashed};
use model::{Result, Role, TrashId, versions};
use serde::{Deserialize, Serialize};
use ui::{
    Button, ButtonLink, Checkbox, Choice, EmptyState, Field, FormError, Glyph, Notice, PageHeader, Pager, Section,
    Select, SkeletonRows, Table, Tone, Variant, use_toasts,
};

use crate::account::Me;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::with_query;
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::params::project_path;
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::{Error, ProjectId};
#[cfg(feature = "ssr")]
use services::access::{DeleteForGood, ReadProjects, RestoreDeleted};
#[cfg(feature = "ssr")]
use services::trash::{RestoreChoice, TrashQuery};

/// Where the page is.
pub const PATH: &str = "/dashboard/trash";
/// Things on a page.
#[cfg(feature = "ssr")]
const PER_PAGE: i64 = 50;

/// A thing in the trash, and how many days it can still be had back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedLine {
    pub item: Trashed,
    pub days_left: i64,
}

/// One page of the trash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrashView {
    pub lines: Vec<TrashedLine>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// To choose one of.
    pub projects: Vec<ProjectSummary>,
}

/// What was deleted last, 50 at a time. `kind` is "entry", "project" or "tag"; empty for all.
#[server(prefix = "/rpc", endpoint = "trash/list")]
pub async fn list_trash(
    #[server(default)] project: String,
    #[server(default)] kind: String,
    #[server(default)] page: i64,
) -> Result<TrashView> {
    act(async |cx| {
        let may = cx.instance_grant::<RestoreDeleted>()?;
        let query = TrashQuery { project: project.parse::<ProjectId>().ok(), kind: TrashKind::parse(&kind) };
        let page = page.max(1);
        let (items, total) = services::trash::list(&cx.services, &may, &query, page, PER_PAGE).await?;
        let now = cx.services.clock.now();
        let lines = items.into_iter().map(|item| TrashedLine { days_left: item.days_left(now), item }).collect();
        let projects = match cx.instance_grant::<ReadProjects>() {
            Ok(may) => services::projects::list(&cx.services, &may, "", Default::default(), 200).await?.items,
            Err(_) => Vec::new(),
        };
        Ok(TrashView { lines, total, page, pages: ((total + PER_PAGE - 1) / PER_PAGE).max(1), projects })
    })
    .await
}

/// One thing in the trash; nothing when it is not there, or not for this person to see.
#[server(prefix = "/rpc", endpoint = "trash/get")]
pub async fn get_trashed(id: TrashId) -> Result<Option<TrashedLine>> {
    act(async |cx| {
        let may = cx.instance_grant::<RestoreDeleted>()?;
        let item = match services::trash::get(&cx.services, &may, &id).await {
            Ok(item) => item,
            Err(Error::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let days_left = item.days_left(cx.services.clock.now());
        Ok(Some(TrashedLine { item, days_left }))
    })
    .await
}

/// Takes things out of the trash, in the order given; the first that cannot come back ends it. With `follow`, goes to
/// what came back last.
#[server(prefix = "/rpc", endpoint = "trash/restore")]
pub async fn restore_trashed(
    ids: Vec<TrashId>,
    #[server(default)] without_version: bool,
    #[server(default)] name: String,
    #[server(default)] follow: bool,
) -> Result<Vec<Restored>> {
    act(async |cx| {
        let may = cx.instance_grant::<RestoreDeleted>()?;
        let choice = RestoreChoice { without_version, name: Some(name) };
        let mut back = Vec::with_capacity(ids.len());
        for id in &ids {
            back.push(services::trash::restore(&cx.services, &may, id, &choice).await?);
        }
        if let Some(path) = back.last().filter(|_| follow).and_then(place_of) {
            leptos_axum::redirect(&path);
        }
        Ok(back)
    })
    .await
}

/// Deletes something for good and goes to the trash. `confirmation` must be its title.
#[server(prefix = "/rpc", endpoint = "trash/delete")]
pub async fn delete_trashed(id: TrashId, #[server(default)] confirmation: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<DeleteForGood>()?;
        services::trash::delete_for_good(&cx.services, &may, &id, Some(&confirmation)).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}

/// The page of what came back; tags have none of their own.
#[cfg(feature = "ssr")]
fn place_of(restored: &Restored) -> Option<String> {
    let project = restored.project_id.as_ref()?;
    Some(match restored.kind {
        TrashKind::Entry => project_path(project, &format!("/changelog/{}", restored.id)),
        TrashKind::Project => project_path(project, ""),
        TrashKind::Tag => return None,
    })
}

/// What came back, in one sentence, and what is not as it was.
fn told(back: &[Restored]) -> String {
    match back {
        [one] => {
            let notes: String = one.notes.iter().map(|note| format!(" {note}")).collect();
            format!("\u{201c}{}\u{201d} is back.{notes}", one.title)
        }
        more => format!("{} are back.", more.len()),
    }
}

/// Stands where something was just deleted: `deleted` in the address is its id.
#[component]
pub fn UndoNotice(
    /// Called when it is back and the page stays.
    #[prop(optional, into)]
    on_restored: Option<Callback<()>>,
) -> impl IntoView {
    let query = use_query_map();
    let deleted = Memo::new(move |_| query.with(|query| query.get("deleted")).and_then(|id| id.parse().ok()));
    let restore = ServerAction::<RestoreTrashed>::new();
    let failure = failure_of(restore);
    let toasts = use_toasts();
    let is_back = RwSignal::new(false);
    Effect::new(move || {
        if let Some(Ok(back)) = restore.value().get() {
            toasts.say(told(&back));
            is_back.set(true);
            if let Some(done) = on_restored {
                done.run(());
            }
        }
    });
    let found = Resource::new(
        move || deleted.get(),
        |deleted: Option<TrashId>| async move {
            match deleted {
                Some(id) => get_trashed(id).await.ok().flatten(),
                None => None,
            }
        },
    );
    view! {
        <Pending>
            {move || later(async move {
                found.await.map(|TrashedLine { item, .. }| {
                    let follows = item.kind != TrashKind::Tag;
                    let choices = with_query(PATH, &[("show", item.id.as_str())]);
                    view! {
                        <div class="undo-notice" hidden=move || is_back.get()>
                            <Notice title="In the trash">
                                <p>
                                    "\u{201c}" <bdi>{item.title}</bdi> "\u{201d} was deleted. "
                                    {format!("It can be restored for {KEPT_DAYS} days.")}
                                </p>
                                <FormError message=form_error(failure)/>
                                <ActionForm action=restore attr:class="cluster">
                                    <input type="hidden" name="ids[]" value=item.id.to_string()/>
                                    {follows.then(|| view! { <input type="hidden" name="follow" value="true"/> })}
                                    <Button variant=Variant::Quiet small=true glyph=Glyph::Undo busy=restore.pending()>"Undo"</Button>
                                    <a href=choices>"Open the trash"</a>
                                </ActionForm>
                            </Notice>
                        </div>
                    }
                })
            })}
        </Pending>
    }
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    project: String,
    kind: String,
    page: i64,
}

impl Asked {
    fn href(&self, page: i64) -> String {
        with_query(PATH, &[("project", &self.project), ("kind", &self.kind), ("page", &page.to_string())])
    }
}

#[component]
pub fn TrashPage() -> impl IntoView {
    let query = use_query_map();
    let text = move |name: &str| query.with(|query| query.get(name).unwrap_or_default());
    let asked = Memo::new(move |_| Asked {
        project: text("project"),
        kind: text("kind"),
        page: text("page").parse().unwrap_or(1),
    });
    let shown = Memo::new(move |_| text("show").parse::<TrashId>().ok());
    let restore = ServerAction::<RestoreTrashed>::new();
    let remove = ServerAction::<DeleteTrashed>::new();
    let toasts = use_toasts();
    let done = RwSignal::new(0_u32);
    Effect::new(move || {
        if let Some(Ok(back)) = restore.value().get() {
            toasts.say(told(&back));
            done.update(|count| *count += 1);
        }
    });
    Effect::new(move || {
        if matches!(remove.value().get(), Some(Ok(()))) {
            toasts.say("Deleted for good.");
            done.update(|count| *count += 1);
        }
    });
    let list = Resource::new(
        move || (asked.get(), done.get()),
        |(asked, _)| list_trash(asked.project, asked.kind, asked.page),
    );
    let one = Resource::new(
        move || (shown.get(), done.get()),
        |(shown, _)| async move {
            match shown {
                Some(id) => get_trashed(id).await,
                None => Ok(None),
            }
        },
    );
    let lead = format!(
        "What was deleted in the last {KEPT_DAYS} days. It comes back with its links, tags and requests, and goes for good after that."
    );
    view! {
        <Title text="Trash · Tidings"/>
        <div class="page">
            <PageHeader title="Trash" lead=Some(lead)/>
            <UndoNotice on_restored=Callback::new(move |()| done.update(|count| *count += 1))/>
            <FormError message=form_error(failure_of(restore)) fields=wrong_fields(failure_of(restore))/>
            <Pending>
                {move || later(async move {
                    one.await.ok().flatten().map(|line| view! { <OnePanel line restore remove/> })
                })}
            </Pending>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match list.await {
                        Ok(list) => view! { <TrashList list asked=asked.get_untracked() restore/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| list.refetch();
                            view! { <Failure error what="The trash could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn TrashList(list: TrashView, asked: Asked, restore: ServerAction<RestoreTrashed>) -> impl IntoView {
    let TrashView { lines, total, page, pages, projects } = list;
    let narrowed = !asked.project.is_empty() || !asked.kind.is_empty();
    if total == 0 && !narrowed {
        return view! {
            <EmptyState title="The trash is empty" text="Entries, tags and projects that are deleted wait here before they go for good."/>
        }
        .into_any();
    }
    let kinds: Vec<Choice> = std::iter::once(Choice::new("", "Everything"))
        .chain(TrashKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), kind.label())))
        .collect();
    let of: Vec<Choice> = std::iter::once(Choice::new("", "Every project"))
        .chain(projects.iter().map(|one| Choice::new(one.project.id.as_str(), &one.project.name)))
        .collect();
    let newer = (page > 1).then(|| asked.href(page - 1));
    let older = (page < pages).then(|| asked.href(page + 1));
    view! {
        <form class="list-bar" method="get" action=PATH>
            <Select label="Kind" name="kind" value=asked.kind.clone() options=kinds hide_label=true/>
            <Select label="Entries of" name="project" value=asked.project.clone() options=of hide_label=true/>
            <Button kind="submit" variant=Variant::Quiet>"Filter"</Button>
        </form>
        {if lines.is_empty() {
            view! {
                <EmptyState title="Nothing found" text="Nothing in the trash matches these filters.">
                    <ButtonLink href=PATH>"Clear the filters"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <Table
                    caption="Trash"
                    head=|| view! {
                        <th scope="col">"Kind"</th>
                        <th scope="col">"Title"</th>
                        <th scope="col" class="cell-wide">"Deleted by"</th>
                        <th scope="col">"Deleted"</th>
                        <th scope="col" class="nums">"Days left"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    }
                >
                    {lines.into_iter().map(|line| view! { <TrashRow line restore/> }).collect_view()}
                </Table>
                <Pager newer=newer older=older names=("Back", "On") label="Pages of the trash"/>
            }
            .into_any()
        }}
    }
    .into_any()
}

/// What is known of it beside its title.
fn about(item: &Trashed) -> Option<String> {
    match item.kind {
        TrashKind::Entry => {
            let version = item.version.as_deref().map(versions::label);
            let parts: Vec<String> = [version, item.project_name.clone()].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" \u{b7} "))
        }
        _ => Some(match item.entries {
            0 => "no entries".to_owned(),
            1 => "1 entry".to_owned(),
            n => format!("{n} entries"),
        }),
    }
}

#[component]
fn TrashRow(line: TrashedLine, restore: ServerAction<RestoreTrashed>) -> impl IntoView {
    let TrashedLine { item, days_left } = line;
    let about = about(&item);
    let show = with_query(PATH, &[("show", item.id.as_str())]);
    view! {
        <tr>
            <td>{item.kind.label()}</td>
            <td class="cell-main">
                <a href=show data-row-link="" dir="auto" title=item.title.clone()>{item.title.clone()}</a>
                {about.map(|about| view! { <span class="soft small block" dir="auto">{about}</span> })}
            </td>
            <td class="cell-wide">{item.deleted_by_name}</td>
            <td><span class="narrow-only">"Deleted "</span><Moment at=item.deleted_at/></td>
            <td class="nums">{days_left}<span class="narrow-only">" days left"</span></td>
            <td class="cell-end">
                <ActionForm action=restore>
                    <input type="hidden" name="ids[]" value=item.id.to_string()/>
                    <Button variant=Variant::Quiet kind="submit" small=true glyph=Glyph::Undo>
                        "Restore" <span class="sr-only">{format!(" \u{201c}{}\u{201d}", item.title)}</span>
                    </Button>
                </ActionForm>
            </td>
        </tr>
    }
}

/// One thing with everything that can be done about it.
#[component]
fn OnePanel(
    line: TrashedLine,
    restore: ServerAction<RestoreTrashed>,
    remove: ServerAction<DeleteTrashed>,
) -> impl IntoView {
    let TrashedLine { item, days_left } = line;
    let deletes = expect_context::<Me>().role == Role::Admin;
    let failure = failure_of(restore);
    let refused = failure_of(remove);
    let id = item.id.to_string();
    let about = about(&item).map(|about| format!("{}, {about}. ", item.kind.label())).unwrap_or_default();
    let by = item.deleted_by_name.clone().map(|name| format!(" by {name}")).unwrap_or_default();
    let left = if days_left == 1 { "1 day is left.".to_owned() } else { format!("{days_left} days are left.") };
    let forever = match item.kind {
        TrashKind::Entry => "The entry, its text and its history are gone then.",
        TrashKind::Project => "The project is gone then, with its entries, widgets, keys and settings.",
        TrashKind::Tag => "The tag is gone then, and which entries had it is not known any more.",
    };
    let (kind, back, name) = (item.kind, id.clone(), item.title.clone());
    view! {
        <Section title=format!("\u{201c}{}\u{201d}", item.title)>
            <p>{about} "Deleted " <Moment at=item.deleted_at/> {by} ". " {left}</p>
            <ActionForm action=restore attr:class="stack">
                <input type="hidden" name="ids[]" value=back/>
                {match kind {
                    TrashKind::Entry => view! {
                        <Checkbox
                            label="Without its version, if another entry has it now"
                            name="without_version"
                        />
                    }
                    .into_any(),
                    TrashKind::Tag => view! {
                        <Field
                            label="Name"
                            name="name"
                            value=name
                            maxlength=MAX_NAME as u32
                            hint="Another one, if a tag of this name was made meanwhile."
                            error=field_error(failure, "name")
                        />
                    }
                    .into_any(),
                    TrashKind::Project => ().into_any(),
                }}
                <div class="cluster">
                    <Button variant=Variant::Primary glyph=Glyph::Undo busy=restore.pending()>"Restore"</Button>
                    <ButtonLink href=PATH>"Close"</ButtonLink>
                </div>
            </ActionForm>
            {deletes.then(|| view! {
                <ActionForm action=remove attr:class="stack">
                    <FormError message=form_error(refused) fields=wrong_fields(refused)/>
                    <input type="hidden" name="id" value=id/>
                    <Notice tone=Tone::Warn title="Deleting for good cannot be undone">{forever}</Notice>
                    <Field
                        label=format!("Type \u{201c}{}\u{201d} to delete it for good", item.title)
                        name="confirmation"
                        autocomplete="off"
                        required=true
                        error=field_error(refused, "confirmation")
                    />
                    <div class="cluster">
                        <Button variant=Variant::Danger kind="submit" glyph=Glyph::Trash busy=remove.pending()>"Delete for good"</Button>
                    </div>
                </ActionForm>
            })}
        </Section>
    }
}
