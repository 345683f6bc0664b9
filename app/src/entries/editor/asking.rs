//! What waits for an administrator about the entry, and asking to delete it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::entries::{Entry, EntryState};
use model::projects::Project;
use model::requests::{OpenRequest, RequestKind, RequestStatus};
use model::{ProjectId, Verdict, access};
use ui::{Button, Dialog, DialogActions, FormError, Notice, Tone, Variant, use_toasts};

use crate::account::Me;
use crate::dates::Moment;
use crate::entries::RequestDeletion;
use crate::failure::{failure_of, form_error};
use crate::requests::{Decisions, RequestActions, RequestForms, words};

/// The open requests about the entry.
#[derive(Clone, Copy)]
pub(super) struct Requests(RwSignal<Vec<OpenRequest>>);

impl Requests {
    pub fn new(open: Vec<OpenRequest>) -> Self {
        Self(RwSignal::new(open))
    }

    /// Whether an administrator has to answer. One that waits for changes can be made again.
    pub fn is_open(self, kind: RequestKind) -> bool {
        self.0.with(|open| open.iter().any(|request| request.kind == kind && request.status.is_waiting()))
    }

    /// The page may be gone by the time an answer comes.
    pub fn add(self, request: OpenRequest) {
        let _ = self.0.try_update(|open| {
            open.retain(|other| other.id != request.id);
            open.push(request);
        });
    }

    pub fn close(self, kind: RequestKind) {
        let _ = self.0.try_update(|open| open.retain(|request| request.kind != kind));
    }

    /// What can be done with them.
    pub fn decisions(self) -> Decisions {
        Decisions::new(move |id| self.0.update(|open| open.retain(|request| request.id != id)))
    }
}

/// Whether the person deletes the entry, or asks for it. What is not stored yet is theirs.
pub(super) fn deletion(
    me: &Me,
    project: &Project,
    stored: RwSignal<Option<Entry>>,
    was_published: bool,
) -> Memo<Verdict> {
    let (role, id, project) = (me.role, me.id.clone(), project.clone());
    let seen = Memo::new(move |before: Option<&bool>| {
        let is_public = stored.read().as_ref().is_some_and(|entry| entry.state() == EntryState::Published);
        is_public || before.copied().unwrap_or(was_published)
    });
    Memo::new(move |_| {
        let is_own = stored.read().as_ref().is_none_or(|entry| entry.is_draft_of(&id));
        access::deletion(role, &project, is_own && !seen.get())
    })
}

/// One remark for each request, with what the person can do about it.
#[component]
pub(super) fn RequestNotices(requests: Requests, me: Me, decisions: Decisions) -> impl IntoView {
    let me = StoredValue::new(me);
    view! {
        <FormError message=form_error(decisions.failure())/>
        {move || {
            let open = requests.0.get();
            open.into_iter().map(|request| view! { <RequestNotice request me=me.get_value()/> }).collect_view()
        }}
    }
}

#[component]
fn RequestNotice(request: OpenRequest, me: Me) -> impl IntoView {
    let wants_changes = request.status == RequestStatus::ChangesRequested;
    let (tone, title, outcome) = match request.kind {
        _ if wants_changes => (
            Tone::Warn,
            "Changes requested",
            format!(
                "An administrator wants changes before agreeing to {} it. Make them, then ask again.",
                request.kind.plain_verb()
            ),
        ),
        RequestKind::AllowPublish => {
            (Tone::Note, "Waiting for approval", "An administrator has been asked to publish this entry.".to_owned())
        }
        RequestKind::AllowSchedule => {
            (Tone::Note, "Waiting for approval", "An administrator has been asked to schedule this entry.".to_owned())
        }
        RequestKind::PublishEdit => {
            (Tone::Note, "Change proposed", "An administrator has been asked to change this entry.".to_owned())
        }
        _ => (Tone::Note, "Deletion requested", "An administrator has been asked to delete this entry.".to_owned()),
    };
    let feedback = request.feedback.clone().filter(|_| wants_changes);
    view! {
        <Notice tone=tone title=title>
            <p>{outcome}</p>
            {feedback.map(|feedback| view! { <blockquote class="request-words" dir="auto">{feedback}</blockquote> })}
            <p class="small soft"><bdi>{words(&request, &me)}</bdi> ", " <Moment at=request.asked_at/></p>
            <div class="cluster"><RequestActions request me delete_dialog="delete-entry"/></div>
        </Notice>
    }
}

/// The forms behind the buttons of [`RequestNotices`].
#[component]
pub(super) fn NoticeForms(requests: Requests, me: Me, decisions: Decisions, project: ProjectId) -> impl IntoView {
    let around = StoredValue::new((me, project));
    move || {
        let open = requests.0.get();
        open.into_iter()
            .map(|request| {
                let (me, project) = around.get_value();
                view! { <RequestForms decisions project request me/> }
            })
            .collect_view()
    }
}

/// Says what asking for a deletion does, and asks.
#[component]
pub(super) fn AskToDeleteDialog(
    project: ProjectId,
    stored: RwSignal<Option<Entry>>,
    requests: Requests,
) -> impl IntoView {
    let ask = ServerAction::<RequestDeletion>::new();
    let failure = failure_of(ask);
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(request)) = ask.value().get() {
            requests.add(request);
            open.set(false);
            toasts.say("An administrator has been asked to delete the entry.");
        }
    });
    let id = move || stored.read().as_ref().map(|entry| entry.id.to_string()).unwrap_or_default();
    let title = move || stored.read().as_ref().map(|entry| entry.title.clone()).unwrap_or_default();
    view! {
        <Dialog id="ask-to-delete" open=open title="Ask to delete the entry?">
            <ActionForm action=ask attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=project.to_string()/>
                <input type="hidden" name="entry" value=id/>
                <p>"An administrator is asked to delete “"{title}"”. Until they decide, it stays as it is."</p>
                <DialogActions>
                    <Button variant=Variant::Primary kind="submit" busy=ask.pending()>"Ask to delete"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}
