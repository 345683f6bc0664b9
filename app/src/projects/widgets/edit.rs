//! The editor of one widget.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::widgets::{MAX_CUSTOM_CSS, MAX_NAME};
use model::{Permission, Verdict, access};
use ui::{
    Button, Crumb, Dialog, DialogActions, Field, FormError, Notice, PageHeader, Section, SkeletonRows, Switch,
    TextArea, Tone, Variant as Look, use_toasts,
};

use super::controls::{Chosen, GROUPS, OptionControl};
use super::list::BackToWidgets;
use super::preview::Preview;
use super::snippets::Snippets;
use super::{DeleteWidget, DuplicateWidget, OneWidget, SaveWidget, get_widget};
use crate::account::Me;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::{id_param, project_param, project_path};
use crate::pending::{Pending, later};

#[component]
pub fn WidgetEditPage() -> impl IntoView {
    let project = project_param();
    let widget = id_param::<model::WidgetId>("widget");
    let save = ServerAction::<SaveWidget>::new();
    let duplicate = ServerAction::<DuplicateWidget>::new();
    let delete = ServerAction::<DeleteWidget>::new();
    let data = Resource::new(
        move || (project.get(), widget.get()),
        |(project, widget)| async move { get_widget(project?, widget?).await },
    );
    let toasts = use_toasts();
    Effect::new(move |_| {
        if save.value().with(|value| matches!(value, Some(Ok(_)))) {
            toasts.say("Widget saved.");
        }
    });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(found) => view! { <Editor found save duplicate delete/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! {
                                <Failure error what="The widget could not be loaded." on_retry=retry/>
                                {project.get_untracked().ok().map(|project| view! { <BackToWidgets project/> })}
                            }
                            .into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn Editor(
    found: OneWidget,
    save: ServerAction<SaveWidget>,
    duplicate: ServerAction<DuplicateWidget>,
    delete: ServerAction<DeleteWidget>,
) -> impl IntoView {
    let OneWidget { project, widget, base_url } = found;
    let role = expect_context::<Me>().role;
    let edits = access::verdict(role, Permission::EditProjects, Some(&project)) == Verdict::Allowed;
    let failure = failure_of(save);
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::link("Widgets", project_path(&project.id, "/widgets")),
        Crumb::here(widget.name.clone()),
    ];
    let chosen = Chosen::all(&widget);
    let custom_css = RwSignal::new(widget.custom_css.clone().unwrap_or_default());
    let variant = widget.variant;
    let groups = {
        let chosen = chosen.clone();
        GROUPS.into_iter().map(move |(title, text, names)| {
            let controls = names
                .iter()
                .filter_map(|name| chosen.iter().find(|one| one.option.name == *name))
                .map(|one| view! { <OptionControl chosen=*one variant failure disabled=!edits/> })
                .collect_view();
            view! { <Section title=title text=text><div class="stack">{controls}</div></Section> }
        })
    };
    let script = format!("{base_url}/api/integrations/widget/{}/{}", project.id, widget.id);
    let (project_id, widget_id) = (project.id.to_string(), widget.id.to_string());
    let hidden = move || {
        let (project, widget) = (project_id.clone(), widget_id.clone());
        view! {
            <input type="hidden" name="project" value=project/>
            <input type="hidden" name="widget" value=widget/>
        }
    };
    let (hidden_copy, hidden_delete) = (hidden.clone(), hidden.clone());
    let open = RwSignal::new(false);
    view! {
        <Title text=format!("{} · Widgets · Tidings", widget.name)/>
        <PageHeader title=widget.name.clone() crumbs=crumbs lead=variant.label().to_owned()/>
        {(!project.is_public).then(|| view! {
            <Notice tone=Tone::Warn title="This project is private">"The widget shows nothing until it is public."</Notice>
        })}
        {(!edits).then(|| view! {
            <Notice tone=Tone::Note title="You can look, not change">"Your role may not change widgets."</Notice>
        })}
        <div class="widget-editor">
            <div class="widget-form">
                <ActionForm action=save attr:class="stack">
                    <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                    {hidden()}
                    <Section title="Widget">
                        <div class="stack">
                            <Field
                                label="Name"
                                name="name"
                                value=widget.name.clone()
                                required=true
                                disabled=!edits
                                maxlength=MAX_NAME as u32
                                error=field_error(failure, "name")
                            />
                            <Switch
                                label="On"
                                name="is_active"
                                checked=widget.is_active
                                disabled=!edits
                                hint="Off, pages that embed it show nothing in its place."
                            />
                        </div>
                    </Section>
                    {groups.collect_view()}
                    <Section title="For developers">
                        <div class="stack">
                            <TextArea
                                label="Sites that may embed it"
                                name="allowed_origins"
                                id="field-allowedOrigins"
                                value=widget.allowed_origins.join("\n")
                                rows=3
                                mono=true
                                disabled=!edits
                                hint="One on a line, such as https://www.example.com. Empty: all. It keeps honest sites apart and is no secret: what the widget shows is public."
                                error=field_error(failure, "allowedOrigins")
                            />
                            <TextArea
                                label="Custom CSS"
                                name="custom_css"
                                id="field-customCSS"
                                bind=custom_css
                                rows=8
                                mono=true
                                maxlength=MAX_CUSTOM_CSS as u32
                                disabled=!edits
                                hint="Rules for the parts, such as .changerawr-entry-title { color: teal }."
                                error=field_error(failure, "customCSS")
                            />
                        </div>
                    </Section>
                    {edits.then(|| view! { <div><Button variant=Look::Primary busy=save.pending()>"Save widget"</Button></div> })}
                </ActionForm>
                <Section title="Put it on a page" text="Changes reach pages within five minutes; the snippet stays as it is.">
                    <Snippets script=script/>
                </Section>
                {edits.then(|| view! {
                    <Section title="Copy or delete">
                        <div class="row">
                            <ActionForm action=duplicate>
                                {hidden_copy()}
                                <Button busy=duplicate.pending()>"Duplicate widget"</Button>
                            </ActionForm>
                            <Button variant=Look::Danger kind="button" opens="delete-widget">"Delete widget"</Button>
                        </div>
                        <Dialog id="delete-widget" open=open title="Delete the widget?">
                            <ActionForm action=delete>
                                {hidden_delete()}
                                <p>"Pages that embed it show nothing in its place. This cannot be undone."</p>
                                <DialogActions>
                                    <Button variant=Look::Danger busy=delete.pending()>"Delete widget"</Button>
                                </DialogActions>
                            </ActionForm>
                        </Dialog>
                    </Section>
                })}
            </div>
            <Preview project=project.id.clone() variant chosen custom_css/>
        </div>
    }
}
