//! The widgets of a project, and the snippet that needs none.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::widgets::{MAX_NAME, Variant, Widget};
use model::{Permission, ProjectId, Verdict, access};
use ui::{
    Button, ButtonLink, Crumb, Dialog, DialogActions, EmptyState, Field, FormError, Glyph, Notice, PageHeader, Section,
    SkeletonRows, Table, Tone, Variant as Look,
};

use super::snippets::Snippets;
use super::{CreateWidget, Widgets, list_widgets};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error};
use crate::params::{project_param, project_path};
use crate::pending::{Pending, later};

#[component]
pub fn WidgetListPage() -> impl IntoView {
    let project = project_param();
    let create = ServerAction::<CreateWidget>::new();
    let data = Resource::new(move || project.get(), |project| async move { list_widgets(project?).await });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(widgets) => view! { <WidgetListView widgets create/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The widgets could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn WidgetListView(widgets: Widgets, create: ServerAction<CreateWidget>) -> impl IntoView {
    let Widgets { project, widgets, base_url, pinned } = widgets;
    let role = expect_context::<Me>().role;
    let edits = access::verdict(role, Permission::EditProjects, Some(&project)) == Verdict::Allowed;
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Widgets"),
    ];
    let action = move || {
        edits.then(|| view! { <Button variant=Look::Primary glyph=Glyph::Plus kind="button" opens="new-widget">"New widget"</Button> })
    };
    let is_empty = widgets.is_empty();
    let script = format!("{base_url}/api/integrations/widget/{}", project.id);
    let id = project.id.clone();
    let (own, text_id) = (project.id.clone(), project.id.to_string());
    view! {
        <Title text=format!("Widgets · {} · Tidings", project.name)/>
        <PageHeader
            title="Widgets"
            crumbs=crumbs
            lead="The changelog inside your own site or app: a list in the page, or a button with a panel.".to_owned()
            action=action
        />
        {(!project.is_public).then(|| view! {
            <Notice tone=Tone::Warn title="This project is private">
                "Widgets show nothing until it is public. "
                <a href=project_path(&id, "/settings/access")>"Access settings"</a>
            </Notice>
        })}
        {if is_empty {
            view! {
                <EmptyState title="No widgets yet" text="Keep one here to change its look later without touching the page it stands on.">
                    {edits.then(|| view! { <Button variant=Look::Primary glyph=Glyph::Plus kind="button" opens="new-widget">"New widget"</Button> })}
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <Table
                    caption="Widgets"
                    head=|| view! {
                        <th scope="col">"Name"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Created"</th>
                    }
                >
                    {widgets.into_iter().map(|widget| view! { <WidgetRow widget/> }).collect_view()}
                </Table>
            }
            .into_any()
        }}
        <Section
            title="Without a widget of its own"
            text="This snippet works at once: everything about its look stands in attributes of the tag."
        >
            <Snippets script=script pinned=pinned project=text_id base_url=base_url/>
        </Section>
        {edits.then(|| view! { <NewWidgetDialog project=own create/> })}
    }
}

#[component]
fn WidgetRow(widget: Widget) -> impl IntoView {
    let href = project_path(&widget.project_id, &format!("/widgets/{}", widget.id));
    view! {
        <tr>
            <td class="cell-main">
                <a href=href data-row-link="" dir="auto" title=widget.name.clone()>{widget.name.clone()}</a>
            </td>
            <td>{widget.variant.label()}</td>
            <td>{if widget.is_active { "On" } else { "Off" }}</td>
            <td class="nums"><Moment at=widget.created_at/></td>
        </tr>
    }
}

#[component]
fn NewWidgetDialog(project: ProjectId, create: ServerAction<CreateWidget>) -> impl IntoView {
    let failure = failure_of(create);
    let open = RwSignal::new(false);
    // A plain form comes back with the error; the dialog that shows it must be open then.
    Effect::new(move |_| {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    let kind = |variant: Variant, name: &'static str, hint: &'static str, shape: &'static str| {
        view! {
            <label class="widget-kind">
                <input type="radio" name="variant" value=variant.as_str() checked=variant == Variant::Floating/>
                <svg viewBox="0 0 96 56" aria-hidden="true" focusable="false"><path d=shape></path></svg>
                <span class="widget-kind-name">{name}</span>
                <span class="field-hint">{hint}</span>
            </label>
        }
    };
    view! {
        <Dialog id="new-widget" open=open title="New widget">
            <ActionForm action=create attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=project.to_string()/>
                <Field
                    label="Name"
                    name="name"
                    required=true
                    maxlength=MAX_NAME as u32
                    hint="For you alone, such as “Home page”."
                    error=field_error(failure, "name")
                />
                <fieldset class="field">
                    <legend class="field-label">"Kind"</legend>
                    <div class="widget-kinds">
                        {kind(
                            Variant::Floating,
                            "Floating button",
                            "Stays in a corner and opens a panel.",
                            "M1 1h94v54H1zM60 8h28v30H60zM64 14h14M64 20h20M64 26h20M72 43h16v7H72z",
                        )}
                        {kind(
                            Variant::Classic,
                            "Classic",
                            "A list in the page, or a popup of your own button.",
                            "M1 1h94v54H1zM10 9h30M24 17h48v30H24zM30 23h18M30 29h36M30 35h36M30 41h24",
                        )}
                    </div>
                </fieldset>
                <DialogActions>
                    <Button variant=Look::Primary busy=create.pending()>"Create widget"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}

/// The way back for a widget that is not there.
#[component]
pub(super) fn BackToWidgets(project: ProjectId) -> impl IntoView {
    view! { <p><ButtonLink href=project_path(&project, "/widgets")>"All widgets"</ButtonLink></p> }
}
