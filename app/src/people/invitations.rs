//! The invitations, and what has become of each.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::InvitationId;
use model::invitations::State;
use model::time::short_date;
use ui::{
    Button, ButtonLink, Dialog, DialogActions, EmptyState, FormError, Glyph, SkeletonRows, StatusMark, Table, Tone,
    Variant, use_toasts,
};

use super::list::PeopleTabs;
use super::{InvitationLine, Links, PATH, ResendInvitation, RevokeInvitation, ShownInvitation, list_invitations};
use crate::admin::AdminArea;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::pending::{Pending, later};

#[component]
pub fn InvitationListPage() -> impl IntoView {
    view! { <AdminArea title="People">{|| view! { <InvitationList/> }}</AdminArea> }
}

#[derive(Clone, Copy)]
struct Changes {
    resend: ServerAction<ResendInvitation>,
    revoke: ServerAction<RevokeInvitation>,
}

/// The links that a plain form was just answered with; with scripts there are none.
pub(crate) fn carried_over() -> Resource<model::Result<Vec<ShownInvitation>>> {
    Resource::new_blocking(
        || (),
        |()| async {
            #[cfg(feature = "ssr")]
            return super::carried_over().await;
            #[cfg(not(feature = "ssr"))]
            Ok(Vec::new())
        },
    )
}

#[component]
fn InvitationList() -> impl IntoView {
    let changes = Changes { resend: ServerAction::new(), revoke: ServerAction::new() };
    let Changes { resend, revoke } = changes;
    let toasts = use_toasts();
    Effect::new(move || {
        if matches!(revoke.value().get(), Some(Ok(()))) {
            toasts.say("Invitation withdrawn.");
        }
    });
    let data =
        Resource::new(move || (resend.version().get(), revoke.version().get()), |_| async { list_invitations().await });
    let carried = carried_over();
    let (resend_failure, revoke_failure) = (failure_of(resend), failure_of(revoke));
    let resent = resend.value();
    let again = move || resent.try_get().flatten().and_then(Result::ok);
    view! {
        <PeopleTabs invitations=true/>
        <FormError message=form_error(resend_failure)/>
        <FormError message=form_error(revoke_failure)/>
        {move || again().map(|made| view! { <Links made=vec![made]/> })}
        <Pending>
            {move || later(async move {
                carried.await.ok().filter(|made| !made.is_empty()).map(|made| view! { <Links made/> })
            })}
        </Pending>
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match data.await {
                    Ok(lines) => view! { <Lines lines changes/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The invitations could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn Lines(lines: Vec<InvitationLine>, changes: Changes) -> impl IntoView {
    if lines.is_empty() {
        return view! {
            <EmptyState
                title="Nobody was invited yet"
                text="An invitation is a link with which somebody makes an account of their own."
            >
                <ButtonLink href=format!("{PATH}/invite") variant=Variant::Primary glyph=Glyph::Plus>
                    "Invite somebody"
                </ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <Table
            caption="Invitations"
            head=|| view! {
                <th scope="col">"Address"</th>
                <th scope="col">"Role"</th>
                <th scope="col">"Invited by"</th>
                <th scope="col">"State"</th>
                <th scope="col"><span class="sr-only">"Actions"</span></th>
            }
        >
            {lines.into_iter().map(|line| view! { <Line line changes/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn Line(line: InvitationLine, changes: Changes) -> impl IntoView {
    let InvitationLine { listed, state } = line;
    let who = match (listed.invited_by, listed.is_inviter_gone) {
        (Some(name), true) => format!("{name} (deleted)"),
        (Some(name), false) => name,
        (None, _) => "The command line".to_owned(),
    };
    let invitation = listed.invitation;
    let (tone, words) = match state {
        State::Open => (Tone::Note, format!("Open until {}", short_date(invitation.expires_at))),
        State::Accepted => (Tone::Good, "Accepted".to_owned()),
        State::Revoked => (Tone::Bad, "Withdrawn".to_owned()),
        State::Expired => (Tone::Warn, format!("Expired {}", short_date(invitation.expires_at))),
    };
    let account = invitation.accepted_user_id.filter(|_| state == State::Accepted);
    let email = invitation.email;
    let actions = matches!(state, State::Open | State::Expired)
        .then(|| view! { <Actions id=invitation.id email=email.clone() state changes/> });
    view! {
        <tr class="invitation-row">
            <td class="cell-main">
                {match account {
                    Some(id) => view! { <a href=format!("{PATH}/{id}") dir="ltr" title=email.clone()>{email.clone()}</a> }.into_any(),
                    None => view! { <span dir="ltr" title=email.clone()>{email.clone()}</span> }.into_any(),
                }}
                {invitation.name.map(|name| view! { <span class="soft small block" dir="auto">{name}</span> })}
            </td>
            <td>{invitation.role.label()}</td>
            <td><span dir="auto">{who}</span> " \u{b7} " <Moment at=invitation.issued_at/></td>
            <td><StatusMark tone word=words/></td>
            <td class="cell-end"><div class="row-actions">{actions}</div></td>
        </tr>
    }
}

#[component]
fn Actions(id: InvitationId, email: String, state: State, changes: Changes) -> impl IntoView {
    let Changes { resend, revoke } = changes;
    let open = RwSignal::new(false);
    let dialog = format!("revoke-{id}");
    let (value, again) = (id.to_string(), id.to_string());
    Effect::new(move || {
        if matches!(revoke.value().get(), Some(Ok(()))) {
            open.set(false);
        }
    });
    view! {
        <ActionForm action=resend>
            <input type="hidden" name="invitation" value=again/>
            <Button small=true variant=Variant::Quiet kind="submit" title="The link so far stops working.">"New link"</Button>
        </ActionForm>
        {(state == State::Open).then(|| view! {
            <Button small=true variant=Variant::Quiet kind="button" opens=dialog.clone()>"Withdraw"</Button>
            <Dialog id=dialog.clone() open=open title=format!("Withdraw the invitation of {email}?")>
                <ActionForm action=revoke attr:class="stack">
                    <input type="hidden" name="invitation" value=value.clone()/>
                    <p>"Its link stops working at once. You can invite the address again."</p>
                    <DialogActions>
                        <Button variant=Variant::Danger kind="submit" busy=revoke.pending()>"Withdraw invitation"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        })}
    }
}
