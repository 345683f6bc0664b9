//! Requests that an administrator decides: what the server does with them, and the buttons for it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::requests::{OpenRequest, RequestKind};
use model::{Error, Permission, ProjectId, RequestId, Result, Verdict, access};
use ui::{Button, Variant, use_toasts};

use crate::account::Me;
use crate::failure::failure_of;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::{DecideRequests, WriteEntries};

/// Does what was asked for.
#[server(prefix = "/rpc", endpoint = "requests/approve")]
pub async fn approve_request(project: ProjectId, request: RequestId) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<DecideRequests>(&project).await?;
        services::requests::approve(&cx.services, &may, &request).await?;
        Ok(request)
    })
    .await
}

/// Leaves everything as it is.
#[server(prefix = "/rpc", endpoint = "requests/reject")]
pub async fn reject_request(project: ProjectId, request: RequestId) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<DecideRequests>(&project).await?;
        services::requests::reject(&cx.services, &may, &request).await?;
        Ok(request)
    })
    .await
}

/// Takes back what the caller asked for.
#[server(prefix = "/rpc", endpoint = "requests/withdraw")]
pub async fn withdraw_request(project: ProjectId, request: RequestId) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        services::requests::withdraw(&cx.services, &may, &request).await?;
        Ok(request)
    })
    .await
}

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
        let report = move |request: RequestId, words: &str| {
            toasts.say(words);
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
    let what = match request.kind {
        RequestKind::AllowPublish => "publish",
        RequestKind::DeleteEntry => "delete",
    };
    format!("{who} asked to {what} it")
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
    let decides = may_decide(&me) && request.kind == RequestKind::DeleteEntry;
    let is_mine = request.staff_id.as_ref() == Some(&me.id);
    let id = request.id;
    view! {
        {decides.then(|| view! {
            <Button kind="button" variant=Variant::Danger small=true opens=delete_dialog>"Delete entry"</Button>
            <Button kind="submit" variant=Variant::Quiet small=true form=format!("reject-{id}")>"Keep"</Button>
        })}
        {is_mine.then(|| view! {
            <Button kind="submit" variant=Variant::Quiet small=true form=format!("withdraw-{id}")>"Withdraw"</Button>
        })}
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

fn may_decide(me: &Me) -> bool {
    access::verdict(me.role, Permission::DecideRequests, None) == Verdict::Allowed
}
