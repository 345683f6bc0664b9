//! Requests that an administrator decides: what the server does with them, and the buttons for it.

mod ask;
mod calls;
mod list;
mod one;
mod propose;

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::requests::{OpenRequest, RequestKind, RequestStatus};
use model::{Error, Permission, ProjectId, RequestId, Verdict, access};
use ui::{Button, Variant, use_toasts};

use crate::account::Me;
use crate::failure::failure_of;

pub use ask::{AskAboutProject, AskAboutTag};
pub use calls::{
    AnswerRequest, ApproveRequest, CreateRequest, DecideRequests, ProposalView, ProposeChange, RejectRequest,
    ReviewView, WithdrawRequest, answer_request, approve_request, count_requests, create_request, decide_requests,
    get_proposal, get_request, list_project_requests, list_requests, propose_change, reject_request, withdraw_request,
};
pub use list::RequestListPage;
pub use one::RequestPage;
pub use propose::{ProposePage, propose_path};

/// Tells the navigation that its count of requests may have changed.
#[derive(Clone, Copy)]
pub struct RequestsChanged(pub RwSignal<u32>);

/// What a page does with requests.
#[derive(Clone, Copy)]
pub struct Decisions {
    pub approve: ServerAction<ApproveRequest>,
    reject: ServerAction<RejectRequest>,
    withdraw: ServerAction<WithdrawRequest>,
}

impl Decisions {
    /// `done` hears which request is open no longer.
    pub fn new(done: impl Fn(RequestId) + Copy + 'static) -> Self {
        let this = Self { approve: ServerAction::new(), reject: ServerAction::new(), withdraw: ServerAction::new() };
        let Self { approve, reject, withdraw } = this;
        let toasts = use_toasts();
        let changed = use_context::<RequestsChanged>();
        let report = move |request: RequestId, words: &str| {
            toasts.say(words);
            if let Some(RequestsChanged(changed)) = changed {
                let _ = changed.try_update(|count| *count += 1);
            }
            done(request);
        };
        // What failed before does not matter any more.
        Effect::new(move || {
            if let Some(Ok(request)) = approve.value().get() {
                reject.clear();
                withdraw.clear();
                report(request, "Entry deleted.");
            }
        });
        Effect::new(move || {
            if let Some(Ok(request)) = reject.value().get() {
                approve.clear();
                withdraw.clear();
                report(request, "The entry is kept.");
            }
        });
        Effect::new(move || {
            if let Some(Ok(request)) = withdraw.value().get() {
                approve.clear();
                reject.clear();
                report(request, "The request is taken back.");
            }
        });
        this
    }

    /// What went wrong with a rejection or a withdrawal. An approval has a dialog, which tells it there.
    pub fn failure(self) -> Signal<Option<Error>> {
        let (reject, withdraw) = (failure_of(self.reject), failure_of(self.withdraw));
        Signal::derive(move || reject.get().or_else(|| withdraw.get()))
    }
}

/// "Sam asked to delete it".
pub fn words(request: &OpenRequest, me: &Me) -> String {
    let who = match (&request.staff_id, &request.asked_by) {
        (Some(id), _) if *id == me.id => "You",
        (_, Some(name)) => name,
        (_, None) => "Somebody who is gone",
    };
    let again = if request.status == RequestStatus::ChangesRequestedPending { " again" } else { "" };
    format!("{who} asked{again} to {} it", request.kind.plain_verb())
}

/// What the signed-in person can do with a request: decide a deletion, or take back what they asked for. A publication
/// is decided by publishing. The forms are those of [`RequestForms`].
#[component]
pub fn RequestActions(
    request: OpenRequest,
    me: Me,
    /// Id of the dialog in which the entry is deleted.
    #[prop(into)]
    delete_dialog: String,
) -> impl IntoView {
    let waits = request.status.is_waiting();
    let decides = may_decide(&me) && waits && request.kind == RequestKind::DeleteEntry;
    let reviews = may_decide(&me) && waits;
    let is_mine = request.staff_id.as_ref() == Some(&me.id);
    let id = request.id;
    let href = path(&id);
    view! {
        {decides.then(|| view! {
            <Button kind="button" variant=Variant::Danger small=true opens=delete_dialog>"Delete entry"</Button>
            <Button kind="submit" variant=Variant::Quiet small=true form=format!("reject-{id}")>"Keep"</Button>
        })}
        {is_mine.then(|| view! {
            <Button kind="submit" variant=Variant::Quiet small=true form=format!("withdraw-{id}")>"Withdraw"</Button>
        })}
        {(reviews || is_mine).then(|| view! { <a class="small" href=href>{if reviews { "Review" } else { "Details" }}</a> })}
    }
}

/// Forms without anything to see, for the buttons of [`RequestActions`]: those may stand inside another form.
#[component]
pub fn RequestForms(decisions: Decisions, project: ProjectId, request: OpenRequest, me: Me) -> impl IntoView {
    let Decisions { reject, withdraw, .. } = decisions;
    let decides = may_decide(&me) && request.kind == RequestKind::DeleteEntry;
    let is_mine = request.staff_id.as_ref() == Some(&me.id);
    let rejection = decides.then(|| {
        let (project, request) = (project.clone(), request.id.clone());
        let form = format!("reject-{request}");
        view! { <ActionForm action=reject attr:id=form><Names project request/></ActionForm> }
    });
    let withdrawal = is_mine.then(|| {
        let request = request.id;
        let form = format!("withdraw-{request}");
        view! { <ActionForm action=withdraw attr:id=form><Names project request/></ActionForm> }
    });
    view! { {rejection} {withdrawal} }
}

/// What the forms send.
#[component]
pub fn Names(project: ProjectId, request: RequestId) -> impl IntoView {
    view! {
        <input type="hidden" name="project" value=project.to_string()/>
        <input type="hidden" name="request" value=request.to_string()/>
    }
}

/// Where a request is decided and talked about.
fn path(request: &RequestId) -> String {
    format!("/dashboard/requests/{request}")
}

fn may_decide(me: &Me) -> bool {
    access::verdict(me.role, Permission::DecideRequests, None) == Verdict::Allowed
}
