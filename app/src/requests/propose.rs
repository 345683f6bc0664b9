//! Proposing another text for an entry that is public, where an administrator has to agree.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::requests::{EntryText, RequestStatus};
use model::{EntryId, ProjectId, versions};
use ui::{Button, ButtonLink, Crumb, Field, FormError, Notice, PageHeader, SkeletonRows, TextArea, Tone, Variant};

use super::{ProposalView, ProposeChange, get_proposal};
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error};
use crate::params::{id_param, project_path};
use crate::pending::{Pending, later};

/// Where a change of an entry is proposed.
pub fn propose_path(project: &ProjectId, entry: &EntryId) -> String {
    project_path(project, &format!("/changelog/{entry}/propose"))
}

#[component]
pub fn ProposePage() -> impl IntoView {
    let project = id_param::<ProjectId>("project");
    let entry = id_param::<EntryId>("entry");
    let data = Resource::new(
        move || (project.get(), entry.get()),
        |(project, entry)| async move { get_proposal(project?, entry?).await },
    );
    let propose = ServerAction::<ProposeChange>::new();
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match (data.await, entry.get_untracked()) {
                        (Ok(shown), Ok(entry)) => view! { <ProposalForm shown entry propose/> }.into_any(),
                        (Err(error), _) | (_, Err(error)) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The entry could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn ProposalForm(shown: ProposalView, entry: EntryId, propose: ServerAction<ProposeChange>) -> impl IntoView {
    let ProposalView { project, proposal } = shown;
    let failure = failure_of(propose);
    let list = project_path(&project.id, "/changelog");
    let place = project_path(&project.id, &format!("/changelog/{entry}"));
    let crumbs = vec![
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::link("Changelog", list),
        Crumb::link(proposal.now.title.clone(), place.clone()),
        Crumb::here("Propose a change"),
    ];
    let waits = proposal.request.as_ref().filter(|request| request.status.is_waiting()).cloned();
    let wanted = proposal.request.as_ref().filter(|request| request.status == RequestStatus::ChangesRequested);
    let wanted = wanted.and_then(|request| request.feedback.clone());
    let EntryText { title, version, tags, content } = proposal.text;
    view! {
        <Title text="Propose a change · Tidings"/>
        <PageHeader title="Propose a change" crumbs/>
        <div class="stack stack-wide">
            {wanted.map(|feedback| view! {
                <Notice tone=Tone::Warn title="Changes requested">
                    <p class="request-words" dir="auto">{feedback}</p>
                </Notice>
            })}
            {waits.clone().map(|request| view! {
                <Notice tone=Tone::Note title="Waiting for approval">
                    <p>"A change of this entry has been proposed, and an administrator has still to decide about it."</p>
                    <p class="small soft"><Moment at=request.asked_at/></p>
                    <p><ButtonLink href=format!("/dashboard/requests/{}", request.id)>"Look at it"</ButtonLink></p>
                </Notice>
            })}
            {waits.is_none().then(|| view! {
                <ActionForm action=propose attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <p>"Readers see the entry as it is until an administrator agrees."</p>
                    <input type="hidden" name="project" value=project.id.to_string()/>
                    <input type="hidden" name="entry" value=entry.to_string()/>
                    <input type="hidden" name="lock_version" value=proposal.lock_version.to_string()/>
                    <Field
                        label="Title"
                        name="title"
                        value=title
                        required=true
                        maxlength=model::entries::MAX_TITLE as u32
                        error=field_error(failure, "title")
                    />
                    <Field
                        label="Version"
                        name="version"
                        value=version
                        maxlength=versions::MAX_LENGTH as u32
                        error=field_error(failure, "version")
                    />
                    <Field
                        label="Tags"
                        name="tags"
                        value=tags.join(", ")
                        hint="Names, divided by commas."
                        error=field_error(failure, "tags")
                    />
                    <TextArea
                        label="Text"
                        name="content"
                        value=content
                        rows=18
                        hint="Markdown."
                        error=field_error(failure, "content")
                    />
                    <div class="cluster">
                        <Button variant=Variant::Primary kind="submit" busy=propose.pending()>"Propose"</Button>
                        <ButtonLink href=place>"Cancel"</ButtonLink>
                    </div>
                </ActionForm>
            })}
        </div>
    }
}
