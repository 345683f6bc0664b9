//! Letters about requests.

use model::Result;
use model::requests::RequestStatus;
use store::Tx;
use store::change_requests::{self, ChangeRequest};

use crate::Services;
use crate::access::Actor;
use crate::mail::{self, Queued, letters};

/// Writes to who asked what an administrator answered, if they want such letters and did not answer themselves.
pub(super) async fn requester(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    request: &ChangeRequest,
    status: RequestStatus,
    feedback: Option<&str>,
) -> Result<()> {
    let Some(asker) = request.staff_id.as_ref().filter(|asker| *asker != actor.id()) else { return Ok(()) };
    let Some(person) = store::users::find(tx.conn(), asker).await? else { return Ok(()) };
    let settings = store::user_settings::find(tx.conn(), asker).await?;
    if person.disabled_at.is_some() || settings.is_some_and(|settings| !settings.enable_notifications) {
        return Ok(());
    }
    let (what, by) = (format!("to {}", request.kind.verb()), actor.user.display_name());
    let letter = match status {
        RequestStatus::ChangesRequested => letters::changes_requested(&person.email, &what, &request.target_name, by),
        other => letters::decided(&person.email, &what, &request.target_name, by, other == RequestStatus::Approved),
    };
    let letter = match feedback {
        Some(feedback) => letter.text(format!("{by} says: {feedback}")),
        None => letter,
    };
    let is_gone = status == RequestStatus::Approved && request.kind.deletes();
    let path = match (&request.project_id, &request.entry_id) {
        (Some(project), Some(entry)) if !is_gone => format!("/dashboard/projects/{project}/changelog/{entry}"),
        _ => format!("/dashboard/requests/{}", request.id),
    };
    let letter = letter.page("Open it in Tidings", &path).text("You can switch such letters off in your account.");
    mail::queue(cx, tx.conn(), letter).await?;
    Ok(())
}

/// Tells the administrators who want letters that something waits, each once until they have looked.
pub(super) async fn administrators(cx: &Services, tx: &mut Tx, actor: &Actor, request: &ChangeRequest) -> Result<()> {
    let now = cx.clock.now();
    for admin in change_requests::without_letter(tx.conn()).await? {
        if admin.id == *actor.id() {
            continue;
        }
        let by = actor.user.display_name();
        let letter = letters::asked(&admin.email, by, &request.kind.about(&request.target_name), &request.project_name)
            .page("See what waits", "/dashboard/requests")
            .text("You get one such letter until you have looked. You can switch them off in your account.");
        if mail::queue(cx, tx.conn(), letter).await? == Queued::Waiting {
            change_requests::note_letter(tx.conn(), &admin.id, now).await?;
        }
    }
    Ok(())
}

/// When nothing waits any more, the next request is news to everybody.
pub(super) async fn if_nothing_waits(tx: &mut Tx) -> Result<()> {
    if change_requests::count_pending(tx.conn(), None).await? == 0 {
        change_requests::forget_letters(tx.conn(), None).await?;
    }
    Ok(())
}
