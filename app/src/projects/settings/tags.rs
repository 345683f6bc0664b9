//! The tags of the instance, as one project sees them.
//!
//! What is being done (`?new`, `?edit=`, `?merge=`, `?delete=` with the id of a tag) stands in the address, so that it
//! works without scripts, too.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::tags::{MAX_DESCRIPTION, MAX_NAME, STARTERS, TagUsage, key};
use model::{Error, Permission, Verdict};
use ui::{
    Button, ButtonLink, Choice, ColorField, EmptyState, Field, FormError, Glyph, Icon, Menu, MenuButton, MenuLink,
    MenuRule, Notice, RowActions, SearchField, Section, Select, SkeletonRows, Table, TagWord, Tone, Variant,
    use_toasts,
};

use super::{Settings, SettingsFrame};
use crate::account::Me;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};
use crate::projects::swatches;
use crate::requests::AskAboutTag;
use crate::tags::{AddStarterTags, CreateTag, DeleteTag, MergeTag, MoveTag, UpdateTag, list_tags};
use crate::trash::UndoNotice;

#[component]
pub fn TagSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="/tags" content=|settings| view! { <Tags settings/> }.into_any()/> }
}

/// The changes that can be made here.
#[derive(Clone, Copy)]
struct Changes {
    create: ServerAction<CreateTag>,
    starters: ServerAction<AddStarterTags>,
    update: ServerAction<UpdateTag>,
    shift: ServerAction<MoveTag>,
    merge: ServerAction<MergeTag>,
    delete: ServerAction<DeleteTag>,
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    Look,
    Create,
    Edit(String),
    /// The tag that goes away, and the one that stays if it is known already.
    Merge(String, String),
    Delete(String),
}

#[component]
fn Tags(settings: Settings) -> impl IntoView {
    let changes = Changes {
        create: ServerAction::new(),
        starters: ServerAction::new(),
        update: ServerAction::new(),
        shift: ServerAction::new(),
        merge: ServerAction::new(),
        delete: ServerAction::new(),
    };
    let Changes { create, starters, update, shift, merge, delete } = changes;
    let toasts = use_toasts();
    // Only what was done loads the list again: a form that failed keeps what was typed.
    let done = RwSignal::new(0_u32);
    let report = move |text: Option<String>| {
        done.update(|count| *count += 1);
        if let Some(text) = text {
            toasts.say(text);
        }
    };
    Effect::new(move || {
        if let Some(Ok((tag, is_new))) = create.value().get() {
            let known = format!("There is a tag \u{201c}{}\u{201d} already.", tag.name);
            report(Some(if is_new { "Tag created.".to_owned() } else { known }));
        }
    });
    Effect::new(move || {
        if matches!(update.value().get(), Some(Ok(_))) {
            report(Some("Tag saved.".to_owned()));
        }
    });
    Effect::new(move || {
        if let Some(Ok(entries)) = merge.value().get() {
            report(Some(format!("Tags merged; {}.", changed(entries))));
        }
    });
    Effect::new(move || {
        if let Some(Ok(entries)) = delete.value().get() {
            report(Some(format!("Tag deleted; {}.", changed(entries))));
        }
    });
    Effect::new(move || {
        if matches!(starters.value().get(), Some(Ok(_))) {
            report(None);
        }
    });
    Effect::new(move || {
        if matches!(shift.value().get(), Some(Ok(()))) {
            report(None);
        }
    });
    let id = settings.project.with_untracked(|project| project.id.clone());
    let tags = Resource::new(move || done.get(), move |_| list_tags(id.clone()));
    view! {
        <UndoNotice on_restored=Callback::new(move |()| done.update(|count| *count += 1))/>
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match tags.await {
                    Ok(tags) => view! { <TagsView settings changes tags/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| tags.refetch();
                        view! { <Failure error what="The tags could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

fn changed(entries: i64) -> String {
    match entries {
        0 => "no entry had it".to_owned(),
        1 => "1 entry changed".to_owned(),
        n => format!("{n} entries changed"),
    }
}

#[component]
fn TagsView(settings: Settings, changes: Changes, tags: Vec<TagUsage>) -> impl IntoView {
    let role = expect_context::<Me>().role;
    let deletes = model::access::verdict(role, Permission::DeleteTags, None) == Verdict::Allowed;
    let path = settings.project.with_untracked(|project| project_path(&project.id, "/settings/tags"));
    let query = use_query_map();
    let task = Memo::new(move |_| {
        query.with(|query| {
            if query.get("new").is_some() {
                return Task::Create;
            }
            let id = |name: &str| query.get(name).filter(|id| !id.is_empty());
            match (id("edit"), id("merge"), id("delete")) {
                (Some(id), _, _) => Task::Edit(id),
                (_, Some(from), _) if deletes => Task::Merge(from, id("into").unwrap_or_default()),
                (_, _, Some(id)) => Task::Delete(id),
                _ => Task::Look,
            }
        })
    });
    let filter = RwSignal::new(query.with_untracked(|query| query.get("q").unwrap_or_default()));
    let tags = StoredValue::new(tags);
    let count = tags.with_value(Vec::len);
    let panel_path = path.clone();
    let panel = move || {
        let path = panel_path.clone();
        let find = |id: &str| tags.with_value(|tags| tags.iter().find(|usage| usage.tag.id.as_str() == id).cloned());
        match task.get() {
            Task::Look => None,
            Task::Create => Some(view! { <CreatePanel settings action=changes.create path/> }.into_any()),
            Task::Edit(id) => find(&id)
                .map(|usage| view! { <EditPanel settings action=changes.update path usage tags deletes/> }.into_any()),
            Task::Merge(id, into) => find(&id)
                .map(|usage| view! { <MergePanel settings action=changes.merge path usage into tags/> }.into_any()),
            Task::Delete(id) if deletes => {
                find(&id).map(|usage| view! { <DeletePanel settings action=changes.delete path usage/> }.into_any())
            }
            Task::Delete(id) => {
                find(&id).map(|usage| view! { <AskAboutTag project=settings.id() back=path usage/> }.into_any())
            }
        }
    };
    if count == 0 {
        let has_panel = move || task.get() == Task::Create;
        return view! {
            {panel}
            {move || (!has_panel()).then(|| view! { <FirstTags settings action=changes.starters path=path.clone()/> })}
        }
        .into_any();
    }
    let new_href = with_query(&path, &[("new", "1")]);
    view! {
        {panel}
        <Section
            title="Tags"
            text="Tags belong to the whole instance: what changes here changes in every project that uses them."
        >
            <form class="list-bar" method="get" role="search">
                <SearchField label="Filter tags" name="q" bind=filter shortcut="/"/>
                <span class="push"><ButtonLink href=new_href variant=Variant::Primary glyph=Glyph::Plus>"New tag"</ButtonLink></span>
            </form>
            <FormError message=form_error(failure_of(changes.shift))/>
            {move || {
                let wanted = key(&filter.read());
                let shown: Vec<(usize, TagUsage)> = tags.with_value(|tags| {
                    tags.iter().cloned().enumerate().filter(|(_, usage)| key(&usage.tag.name).contains(&wanted)).collect()
                });
                if shown.is_empty() {
                    return view! {
                        <EmptyState title="Nothing found" text=format!("No tag has \u{201c}{}\u{201d} in its name.", filter.get())>
                            <Button on_click=move |_| filter.set(String::new())>"Clear the filter"</Button>
                        </EmptyState>
                    }
                    .into_any();
                }
                let narrowed = !wanted.is_empty();
                let path = path.clone();
                view! {
                    <Table
                        caption="Tags"
                        head=|| view! {
                            <th scope="col">"Tag"</th>
                            <th scope="col" class="nums">"Entries here"</th>
                            <th scope="col" class="nums">"Overall"</th>
                            <th scope="col"><span class="sr-only">"Actions"</span></th>
                        }
                    >
                        {shown
                            .into_iter()
                            .map(|(at, usage)| view! {
                                <TagRow settings action=changes.shift path=path.clone() usage at count narrowed deletes/>
                            })
                            .collect_view()}
                    </Table>
                }
                .into_any()
            }}
            {(!deletes).then(|| view! { <p class="soft small">"Only an administrator merges and deletes tags. You can ask for a deletion."</p> })}
        </Section>
    }
    .into_any()
}

/// One tag. `at` is its place in the whole order, counted from 0.
#[component]
fn TagRow(
    settings: Settings,
    action: ServerAction<MoveTag>,
    path: String,
    usage: TagUsage,
    at: usize,
    count: usize,
    narrowed: bool,
    deletes: bool,
) -> impl IntoView {
    let TagUsage { tag, here, entries, projects } = usage;
    let id = tag.id.to_string();
    let href = move |task: &str| with_query(&path, &[(task, &id)]);
    let (edit, merge, delete) = (href("edit"), href("merge"), href("delete"));
    let overall = match projects {
        0 => "unused".to_owned(),
        1 => entries.to_string(),
        n => format!("{entries} in {n} projects"),
    };
    let (up, down) = (at.to_string(), (at + 2).to_string());
    view! {
        <tr>
            <td class="cell-main">
                <a class="tag-line" href=edit.clone() data-row-link="">
                    <TagWord name=tag.name.clone() color=tag.color/>
                </a>
                {tag.description.map(|text| view! { <span class="soft small block" dir="auto">{text}</span> })}
            </td>
            <td class="nums">{here}<span class="narrow-only">" here"</span></td>
            <td class="nums">{overall}<span class="narrow-only">{(projects == 1).then_some(" overall")}</span></td>
            <RowActions>
                <ActionForm action=action>
                    <input type="hidden" name="project" value=settings.id()/>
                    <input type="hidden" name="tag" value=tag.id.to_string()/>
                    <Menu label=format!("Actions for {}", tag.name) glyph=Glyph::More small=true end=true>
                        <MenuLink href=edit glyph=Glyph::Pencil>"Edit"</MenuLink>
                        {(!narrowed && at > 0).then(|| view! { <MenuButton name="position" value=up>"Move up"</MenuButton> })}
                        {(!narrowed && at + 1 < count).then(|| view! { <MenuButton name="position" value=down>"Move down"</MenuButton> })}
                        {deletes.then(|| view! {
                            <MenuRule/>
                            {(count > 1).then(|| view! { <MenuLink href=merge>"Merge into another"</MenuLink> })}
                        })}
                        <MenuLink href=delete glyph=Glyph::Trash>{if deletes { "Delete" } else { "Ask to delete" }}</MenuLink>
                    </Menu>
                </ActionForm>
            </RowActions>
        </tr>
    }
}

/// What an instance without tags shows.
#[component]
fn FirstTags(settings: Settings, action: ServerAction<AddStarterTags>, path: String) -> impl IntoView {
    view! {
        <Section title="Tags" text="One word that says what kind of change an entry is. Readers filter by it.">
            <EmptyState title="No tags yet" text="Begin with the six that most changelogs use, or make your own.">
                <p class="cluster">
                    {STARTERS
                        .map(|(name, color, _)| view! { <TagWord name=name color=Some(color.to_owned())/> })
                        .into_iter()
                        .collect_view()}
                </p>
                <ActionForm action=action>
                    <input type="hidden" name="project" value=settings.id()/>
                    <Button variant=Variant::Primary busy=action.pending()>"Add these six"</Button>
                </ActionForm>
                <ButtonLink href=with_query(&path, &[("new", "1")]) glyph=Glyph::Plus>"New tag"</ButtonLink>
            </EmptyState>
            <FormError message=form_error(failure_of(action))/>
        </Section>
    }
}

#[component]
fn CreatePanel(settings: Settings, action: ServerAction<CreateTag>, path: String) -> impl IntoView {
    let failure = failure_of(action);
    view! {
        <Section title="New tag">
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=settings.id()/>
                <TagFields name=RwSignal::new(String::new()) color=String::new() description=String::new() failure/>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Create tag"</Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn EditPanel(
    settings: Settings,
    action: ServerAction<UpdateTag>,
    path: String,
    usage: TagUsage,
    tags: StoredValue<Vec<TagUsage>>,
    deletes: bool,
) -> impl IntoView {
    let failure = failure_of(action);
    let tag = usage.tag;
    let id = tag.id.to_string();
    let name = RwSignal::new(tag.name.clone());
    // The name that was refused leads to the tag that has it.
    let offer = {
        let (path, id) = (path.clone(), id.clone());
        move || {
            let is_taken = failure.with(|failure| matches!(failure, Some(Error::Conflict { .. })));
            let wanted = key(&name.read());
            let other = tags.with_value(|tags| {
                tags.iter().find(|usage| usage.tag.id.as_str() != id && key(&usage.tag.name) == wanted).cloned()
            })?;
            (is_taken && deletes).then(|| {
                let href = with_query(&path, &[("merge", &id), ("into", other.tag.id.as_str())]);
                view! { <p><ButtonLink href=href>{format!("Merge into \u{201c}{}\u{201d}", other.tag.name)}</ButtonLink></p> }
            })
        }
    };
    let reach = match usage.projects {
        0 | 1 => None,
        n => Some(format!("{n} projects use this tag. They all see the change.")),
    };
    view! {
        <Section title=format!("Edit \u{201c}{}\u{201d}", tag.name) text=reach.unwrap_or_default()>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                {offer}
                <input type="hidden" name="project" value=settings.id()/>
                <input type="hidden" name="tag" value=id/>
                <TagFields
                    name=name
                    color=tag.color.unwrap_or_default()
                    description=tag.description.unwrap_or_default()
                    failure
                />
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Save tag"</Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn TagFields(
    name: RwSignal<String>,
    color: String,
    description: String,
    failure: Signal<Option<Error>>,
) -> impl IntoView {
    view! {
        <Field
            label="Name"
            name="name"
            bind=name
            required=true
            autofocus=true
            maxlength=MAX_NAME as u32
            error=field_error(failure, "name")
        />
        <ColorField label="Colour" name="color" value=color swatches=swatches() error=field_error(failure, "color")/>
        <Field
            label="Description"
            name="description"
            value=description
            maxlength=MAX_DESCRIPTION as u32
            hint="What the tag stands for, for those who write and those who read."
            error=field_error(failure, "description")
        />
    }
}

#[component]
fn MergePanel(
    settings: Settings,
    action: ServerAction<MergeTag>,
    path: String,
    usage: TagUsage,
    into: String,
    tags: StoredValue<Vec<TagUsage>>,
) -> impl IntoView {
    let failure = failure_of(action);
    let id = usage.tag.id;
    let others: Vec<Choice> = tags.with_value(|tags| {
        let others = tags.iter().map(|usage| &usage.tag).filter(|tag| tag.id != id);
        others.map(|tag| Choice::new(tag.id.as_str(), &tag.name)).collect()
    });
    let what = match usage.entries {
        0 => "No entry has it.".to_owned(),
        1 => "The entry that has it gets the other tag.".to_owned(),
        n => format!("The {n} entries that have it get the other tag."),
    };
    view! {
        <Section title=format!("Merge \u{201c}{}\u{201d} into another tag", usage.tag.name)>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=settings.id()/>
                <input type="hidden" name="tag" value=id.to_string()/>
                <Select label="Into" name="into" value=into options=others error=field_error(failure, "into")/>
                <p>{what} " Then \u{201c}" <bdi>{usage.tag.name}</bdi> "\u{201d} is deleted, also from default tags and feed filters. This cannot be undone."</p>
                <div class="cluster">
                    <Button variant=Variant::Danger kind="submit" busy=action.pending()>"Merge tags"</Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn DeletePanel(settings: Settings, action: ServerAction<DeleteTag>, path: String, usage: TagUsage) -> impl IntoView {
    let failure = failure_of(action);
    let what = match (usage.entries, usage.projects) {
        (0, _) => "No entry has it.".to_owned(),
        (1, _) => "1 entry loses it.".to_owned(),
        (n, 0 | 1) => format!("{n} entries lose it."),
        (n, projects) => format!("{n} entries in {projects} projects lose it."),
    };
    view! {
        <Section title=format!("Delete \u{201c}{}\u{201d}?", usage.tag.name)>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=settings.id()/>
                <input type="hidden" name="tag" value=usage.tag.id.to_string()/>
                <Notice tone=Tone::Warn title="In every project">
                    {what} " It also leaves default tags and feed filters; a feed that showed only this tag shows all entries. It can be restored for 30 days, to all of these."
                </Notice>
                <div class="cluster">
                    <Button variant=Variant::Danger kind="submit" busy=action.pending()>
                        <Icon glyph=Glyph::Trash/>
                        "Delete tag"
                    </Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}
