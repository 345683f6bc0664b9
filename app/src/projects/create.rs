//! A new project.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::projects::{MAX_DESCRIPTION, MAX_NAME};
use model::{Permission, Verdict, access};
use ui::{Button, ButtonLink, ColorField, Crumb, Field, ForbiddenState, FormError, PageHeader, Switch, Variant};

use super::{CreateProject, swatches};
use crate::account::Me;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

#[component]
pub fn ProjectNewPage() -> impl IntoView {
    let role = expect_context::<Me>().role;
    let allowed = access::verdict(role, Permission::CreateProjects, None) == Verdict::Allowed;
    let crumbs = vec![Crumb::link("Projects", "/dashboard/projects"), Crumb::here("New project")];
    view! {
        <Title text="New project · Tidings"/>
        <div class="page page-narrow">
            <PageHeader title="New project" crumbs=crumbs/>
            {if allowed {
                view! { <NewProjectForm/> }.into_any()
            } else {
                view! { <ForbiddenState title="You cannot create projects." help="Ask somebody with the role Staff or Administrator."/> }
                    .into_any()
            }}
        </div>
    }
}

#[component]
fn NewProjectForm() -> impl IntoView {
    let create = ServerAction::<CreateProject>::new();
    let failure = failure_of(create);
    let role = expect_context::<Me>().role;
    let sets_access = access::verdict(role, Permission::SetProjectAccess, None) == Verdict::Allowed;
    view! {
        <ActionForm action=create attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <Field
                label="Name"
                name="name"
                required=true
                autofocus=true
                maxlength=MAX_NAME as u32
                hint="As readers know it. The address of the public page is made from it."
                error=field_error(failure, "name")
            />
            <Field
                label="Description"
                name="description"
                maxlength=MAX_DESCRIPTION as u32
                hint="One line under the name on the public page; may stay empty."
                error=field_error(failure, "description")
            />
            <ColorField label="Colour" name="color" swatches=swatches() error=field_error(failure, "color")/>
            {sets_access.then(|| view! {
                <Switch
                    label="Public"
                    name="is_public"
                    hint="Anyone with the address can read published entries. Drafts stay private."
                />
            })}
            <div class="cluster">
                <Button variant=Variant::Primary busy=create.pending()>"Create project"</Button>
                <Button variant=Variant::Quiet kind="submit" busy=create.pending() name="next" value="import">
                    "Create and import a changelog"
                </Button>
                <ButtonLink href="/dashboard/projects">"Cancel"</ButtonLink>
            </div>
        </ActionForm>
    }
}
