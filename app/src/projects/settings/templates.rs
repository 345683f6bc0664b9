//! Texts to start an entry from.
//!
//! What is being done (`?new`, `?edit=`, `?delete=` with the id of a template) stands in the address, so that it works
//! without scripts, too.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::entry_templates::{EntryTemplate, MAX_NAME};
use ui::{
    Button, ButtonLink, EmptyState, Field, FormError, Glyph, Menu, MenuLink, RowActions, Section, SkeletonRows, Table,
    TagWord, TextArea, Variant, use_toasts,
};

use super::{Settings, SettingsFrame};
use crate::entry_templates::{DeleteEntryTemplate, SaveEntryTemplate, list_entry_templates};
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};

#[component]
pub fn TemplateSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="/templates" content=|settings| view! { <Templates settings/> }.into_any()/> }
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    Look,
    Create,
    Edit(String),
    Delete(String),
}

#[component]
fn Templates(settings: Settings) -> impl IntoView {
    let (save, delete) = (ServerAction::<SaveEntryTemplate>::new(), ServerAction::<DeleteEntryTemplate>::new());
    let toasts = use_toasts();
    // Only what was done loads the list again: a form that failed keeps what was typed.
    let done = RwSignal::new(0_u32);
    Effect::new(move || {
        if matches!(save.value().get(), Some(Ok(_))) {
            done.update(|count| *count += 1);
            toasts.say("Template saved.");
        }
    });
    Effect::new(move || {
        if matches!(delete.value().get(), Some(Ok(()))) {
            done.update(|count| *count += 1);
            toasts.say("Template deleted.");
        }
    });
    let id = settings.project.with_untracked(|project| project.id.clone());
    let templates = Resource::new(move || done.get(), move |_| list_entry_templates(id.clone()));
    view! {
        <Pending fallback=|| view! { <SkeletonRows rows=4/> }>
            {move || later(async move {
                match templates.await {
                    Ok(templates) => view! { <TemplatesView settings save delete templates/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| templates.refetch();
                        view! { <Failure error what="The templates could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn TemplatesView(
    settings: Settings,
    save: ServerAction<SaveEntryTemplate>,
    delete: ServerAction<DeleteEntryTemplate>,
    templates: Vec<EntryTemplate>,
) -> impl IntoView {
    let path = settings.project.with_untracked(|project| project_path(&project.id, "/settings/templates"));
    let query = use_query_map();
    let task = Memo::new(move |_| {
        query.with(|query| {
            let id = |name: &str| query.get(name).filter(|id| !id.is_empty());
            match (query.get("new"), id("edit"), id("delete")) {
                (Some(_), _, _) => Task::Create,
                (_, Some(id), _) => Task::Edit(id),
                (_, _, Some(id)) => Task::Delete(id),
                _ => Task::Look,
            }
        })
    });
    let templates = StoredValue::new(templates);
    let panel_path = path.clone();
    let panel = move || {
        let path = panel_path.clone();
        let find = |id: &str| templates.with_value(|all| all.iter().find(|one| one.id.as_str() == id).cloned());
        match task.get() {
            Task::Look => None,
            Task::Create => Some(view! { <EditPanel settings action=save path template=None/> }.into_any()),
            Task::Edit(id) => find(&id)
                .map(|template| view! { <EditPanel settings action=save path template=Some(template)/> }.into_any()),
            Task::Delete(id) => {
                find(&id).map(|template| view! { <DeletePanel settings action=delete path template/> }.into_any())
            }
        }
    };
    let new_href = with_query(&path, &[("new", "1")]);
    let rows = templates.get_value();
    view! {
        {panel}
        <Section
            title="Templates"
            text="What an entry can start with, so that nobody begins with an empty page. They are offered where an entry is written."
        >
            {if rows.is_empty() {
                // The form above has the button that is wanted then.
                (move || {
                    let href = new_href.clone();
                    (!matches!(task.get(), Task::Create)).then(move || view! {
                        <EmptyState title="No templates yet" text="Make one for what you write again and again: a release, an incident, a monthly summary.">
                            <ButtonLink href variant=Variant::Primary glyph=Glyph::Plus>"New template"</ButtonLink>
                        </EmptyState>
                    })
                })
                .into_any()
            } else {
                view! {
                    <div class="list-bar">
                        <span class="push"><ButtonLink href=new_href variant=Variant::Primary glyph=Glyph::Plus>"New template"</ButtonLink></span>
                    </div>
                    <Table
                        caption="Templates"
                        head=|| view! {
                            <th scope="col">"Template"</th>
                            <th scope="col">"Tags"</th>
                            <th scope="col"><span class="sr-only">"Actions"</span></th>
                        }
                    >
                        {rows.into_iter().map(|template| view! { <TemplateRow path=path.clone() template/> }).collect_view()}
                    </Table>
                }
                .into_any()
            }}
        </Section>
    }
}

#[component]
fn TemplateRow(path: String, template: EntryTemplate) -> impl IntoView {
    let id = template.id.as_str();
    let (edit, delete) = (with_query(&path, &[("edit", id)]), with_query(&path, &[("delete", id)]));
    let first = template.content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let about = if template.title.is_empty() { first.to_owned() } else { template.title.clone() };
    view! {
        <tr>
            <td class="cell-main">
                <a href=edit.clone() data-row-link="" dir="auto">{template.name.clone()}</a>
                <span class="soft small block" dir="auto">{about}</span>
            </td>
            <td>
                <span class="cluster">
                    {template.tags.into_iter().map(|name| view! { <TagWord name=name color=None/> }).collect_view()}
                </span>
            </td>
            <RowActions>
                <Menu label=format!("Actions for {}", template.name) glyph=Glyph::More small=true end=true>
                    <MenuLink href=edit glyph=Glyph::Pencil>"Edit"</MenuLink>
                    <MenuLink href=delete glyph=Glyph::Trash>"Delete"</MenuLink>
                </Menu>
            </RowActions>
        </tr>
    }
}

#[component]
fn EditPanel(
    settings: Settings,
    action: ServerAction<SaveEntryTemplate>,
    path: String,
    /// `None` for a new one.
    template: Option<EntryTemplate>,
) -> impl IntoView {
    let failure = failure_of(action);
    let heading = match &template {
        Some(template) => format!("Edit \u{201c}{}\u{201d}", template.name),
        None => "New template".to_owned(),
    };
    let verb = if template.is_some() { "Save template" } else { "Create template" };
    let id = template.as_ref().map(|template| template.id.to_string()).unwrap_or_default();
    let (name, title, content, tags) = template
        .map(|template| (template.name, template.title, template.content, template.tags.join(", ")))
        .unwrap_or_default();
    view! {
        <Section title=heading>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=settings.id()/>
                <input type="hidden" name="template" value=id/>
                <Field label="Name" name="name" value=name maxlength=u32::try_from(MAX_NAME).unwrap_or(u32::MAX) error=field_error(failure, "name") required=true/>
                <Field
                    label="Title"
                    name="title"
                    value=title
                    error=field_error(failure, "title")
                    hint="Filled in when an entry starts: {YYYY} {MM} {DD} with the date, {NEXT_PATCH} {NEXT_MINOR} {NEXT_MAJOR} with the next version."
                />
                <TextArea label="Text, in Markdown" name="content" value=content rows=12 mono=true error=field_error(failure, "content") hint="The same marks as in the title."/>
                <Field label="Tags" name="tags" value=tags error=field_error(failure, "tags") hint="With commas between them. A tag that does not exist yet is made when an entry is saved."/>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>{verb}</Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn DeletePanel(
    settings: Settings,
    action: ServerAction<DeleteEntryTemplate>,
    path: String,
    template: EntryTemplate,
) -> impl IntoView {
    let failure = failure_of(action);
    view! {
        <Section title=format!("Delete \u{201c}{}\u{201d}?", template.name)>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=settings.id()/>
                <input type="hidden" name="template" value=template.id.to_string()/>
                <p>"It is gone for good. Entries that started from it stay as they are."</p>
                <div class="cluster">
                    <Button variant=Variant::Danger kind="submit" busy=action.pending()>"Delete template"</Button>
                    <ButtonLink href=path>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </Section>
    }
}
