//! The settings of a project: each section saves by itself.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use model::projects::{MAX_DESCRIPTION, MAX_NAME, ProjectSummary};
use model::{Permission, Verdict, access};
use ui::{
    Button, ColorField, Confirm, Crumb, Dialog, Field, FormError, Notice, PageHeader, Section, SkeletonRows, Switch,
    Tone, Variant, use_toasts,
};

use super::{DeleteProject, SetProjectAccess, UpdateProject, get_project, swatches};
use crate::account::Me;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::{project_param, project_path};

#[component]
pub fn ProjectSettingsPage() -> impl IntoView {
    let project = project_param();
    let update = ServerAction::<UpdateProject>::new();
    let set_access = ServerAction::<SetProjectAccess>::new();
    let data = Resource::new(move || project.get(), |project| async move { get_project(project?).await });
    let toasts = use_toasts();
    Effect::new(move |_| {
        if update.value().with(|value| matches!(value, Some(Ok(_))))
            || set_access.value().with(|value| matches!(value, Some(Ok(_))))
        {
            toasts.say("Settings saved.");
        }
    });
    view! {
        <div class="page page-narrow">
            <Transition fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || Suspend::new(async move {
                    match data.await {
                        Ok(summary) => view! { <Settings summary update set_access/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The settings could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Settings(
    summary: ProjectSummary,
    update: ServerAction<UpdateProject>,
    set_access: ServerAction<SetProjectAccess>,
) -> impl IntoView {
    let ProjectSummary { project, figures, .. } = summary;
    let role = expect_context::<Me>().role;
    let may = |permission| access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let (edits, sets_access, deletes) =
        (may(Permission::EditProjects), may(Permission::SetProjectAccess), may(Permission::DeleteProjects));
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Settings"),
    ];
    let (failure, access_failure) = (failure_of(update), failure_of(set_access));
    let id = project.id.to_string();
    let access_id = id.clone();
    let danger = deletes.then(|| {
        let (id, name) = (id.clone(), project.name.clone());
        view! { <DeleteSection id name entries=figures.entries/> }
    });
    view! {
        <Title text=format!("Settings · {} · Tidings", project.name)/>
        <PageHeader title="Settings" crumbs=crumbs/>
        {(!edits).then(|| view! {
            <Notice tone=Tone::Note title="You can look, not change">"Your role may not change this project."</Notice>
        })}
        <Section title="Name and look" text="What readers see at the head of the public page.">
            <ActionForm action=update attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=id.clone()/>
                <Field
                    label="Name"
                    name="name"
                    value=project.name.clone()
                    required=true
                    disabled=!edits
                    maxlength=MAX_NAME as u32
                    hint="After a rename the old address of the public page redirects to the new one."
                    error=field_error(failure, "name")
                />
                <Field
                    label="Description"
                    name="description"
                    value=project.description.clone().unwrap_or_default()
                    disabled=!edits
                    maxlength=MAX_DESCRIPTION as u32
                    error=field_error(failure, "description")
                />
                <ColorField
                    label="Colour"
                    name="color"
                    value=project.color.clone().unwrap_or_default()
                    swatches=swatches()
                    disabled=!edits
                    error=field_error(failure, "color")
                />
                <div>
                    <Button variant=Variant::Primary busy=update.pending() disabled=!edits>"Save name and look"</Button>
                </div>
            </ActionForm>
        </Section>
        <Section title="Access" text="Who reads, and who publishes.">
            <ActionForm action=set_access attr:class="stack">
                <FormError message=form_error(access_failure)/>
                <input type="hidden" name="project" value=access_id/>
                <Switch
                    label="Public"
                    name="is_public"
                    checked=project.is_public
                    disabled=!sets_access
                    hint="Anyone with the address reads published entries on the page, in the feed and in the widget. Off, all three answer as if the project did not exist."
                />
                <Switch
                    label="Administrators approve"
                    name="require_approval"
                    checked=project.require_approval && !project.allow_auto_publish
                    disabled=!sets_access
                    hint="Staff write drafts and ask an administrator to publish them. Off, staff publish by themselves."
                />
                {if sets_access {
                    view! { <div><Button variant=Variant::Primary busy=set_access.pending()>"Save access"</Button></div> }.into_any()
                } else {
                    view! { <p class="soft small">"Only an administrator changes this."</p> }.into_any()
                }}
            </ActionForm>
        </Section>
        {danger}
    }
}

#[component]
fn DeleteSection(id: String, name: String, entries: i64) -> impl IntoView {
    let delete = ServerAction::<DeleteProject>::new();
    let failure = failure_of(delete);
    let open = RwSignal::new(false);
    // A plain form comes back with the error; the dialog that shows it must be open then.
    Effect::new(move |_| {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    let what = match entries {
        0 => "It has no entries.".to_owned(),
        1 => "Its entry, its page and its feed are deleted too.".to_owned(),
        n => format!("Its {n} entries, its page and its feed are deleted too."),
    };
    view! {
        <Section title="Delete the project" text="This cannot be undone.">
            <div><Button variant=Variant::Danger kind="button" opens="delete-project">"Delete project"</Button></div>
            <Dialog id="delete-project" open=open title="Delete the project?">
                <ActionForm action=delete>
                    <input type="hidden" name="project" value=id/>
                    <Confirm verb="Delete project" phrase=name busy=delete.pending() error=field_error(failure, "confirmation")>
                        <p>{what}</p>
                    </Confirm>
                </ActionForm>
            </Dialog>
        </Section>
    }
}
