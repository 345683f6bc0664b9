//! A new key.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::projects::{Project, ProjectSort};
use ui::{Button, ButtonLink, Choice, FormError, PageHeader, Select, SkeletonRows, Variant};

use super::fields::{KeyFields, ShownToAdministrators};
use super::made::Made;
use super::{CreateApiKey, NotForYou, ShownKey, crumbs, document_title, keys_path, manages, ring_param};
use crate::account::Me;
use crate::failure::{Failure, failure_of, form_error, wrong_fields};
use crate::pending::{Pending, later};
use crate::projects::{get_project_head, list_projects};

/// Where a key may be for.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
enum Place {
    Project(Box<Project>),
    /// All projects, or one of these.
    Instance(Vec<(ProjectId, String)>),
}

async fn load(project: Option<ProjectId>) -> model::Result<Place> {
    match project {
        Some(project) => Ok(Place::Project(Box::new(get_project_head(project).await?))),
        None => {
            let list = list_projects(String::new(), ProjectSort::default(), 500).await?;
            Ok(Place::Instance(list.items.into_iter().map(|item| (item.project.id, item.project.name)).collect()))
        }
    }
}

#[component]
pub fn KeyNewPage() -> impl IntoView {
    let ring = ring_param();
    let role = expect_context::<Me>().role;
    let of_project = !matches!(ring.get_untracked(), Ok(None));
    if !manages(role, of_project) {
        return view! {
            <Title text=document_title("New API key", None)/>
            <div class="page page-narrow">
                <PageHeader title="New API key"/>
                <NotForYou of_project/>
            </div>
        }
        .into_any();
    }
    let create = ServerAction::<CreateApiKey>::new();
    let data = Resource::new(move || ring.get(), |ring| async move { load(ring?).await });
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(place) => view! { <NewView place create/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The project could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
    .into_any()
}

#[component]
fn NewView(place: Place, create: ServerAction<CreateApiKey>) -> impl IntoView {
    let (project, others) = match place {
        Place::Project(project) => (Some(*project), Vec::new()),
        Place::Instance(others) => (None, others),
    };
    let made = Signal::derive(move || create.value().get().and_then(Result::ok));
    let title = Signal::derive(move || {
        made.with(|made| made.as_ref().map_or("New API key".to_owned(), |made| made.listed.key.name.clone()))
    });
    let back = keys_path(project.as_ref().map(|project| &project.id), "");
    let id = project.as_ref().map(|project| project.id.clone());
    let others = StoredValue::new(others);
    let cancel = back.clone();
    view! {
        <Title text=document_title("New API key", project.as_ref())/>
        <PageHeader title=title crumbs=crumbs(project.as_ref(), Some("New API key".to_owned()))/>
        {move || match made.get() {
            Some(ShownKey { secret, listed, base_url }) => {
                let text = format!("\u{201c}{}\u{201d} works from now on.", listed.key.name);
                view! {
                    <div class="stack">
                        <Made title="Key created" text secret base_url/>
                        <div><ButtonLink href=back.clone() variant=Variant::Primary>"Done"</ButtonLink></div>
                    </div>
                }
                .into_any()
            }
            None => view! { <NewForm project=id.clone() others create cancel=cancel.clone()/> }.into_any(),
        }}
    }
}

#[component]
fn NewForm(
    project: Option<ProjectId>,
    others: StoredValue<Vec<(ProjectId, String)>>,
    create: ServerAction<CreateApiKey>,
    cancel: String,
) -> impl IntoView {
    let failure = failure_of(create);
    let place = move || match project {
        Some(project) => view! { <input type="hidden" name="project" value=project.to_string()/> }.into_any(),
        None => {
            let mut options = vec![Choice::new("", "All projects")];
            others.with_value(|others| options.extend(others.iter().map(|(id, name)| Choice::new(id.as_str(), name))));
            view! { <Select label="Works in" name="project" value="" options=options/> }.into_any()
        }
    };
    view! {
        <ActionForm action=create attr:class="stack key-form">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <KeyFields failure place=place/>
            <ShownToAdministrators/>
            <div class="cluster">
                <Button variant=Variant::Primary busy=create.pending()>"Create key"</Button>
                <ButtonLink href=cancel>"Cancel"</ButtonLink>
            </div>
        </ActionForm>
    }
}
