//! Inviting somebody, and the link that comes of it.

use leptos::form::ActionForm;
use leptos::{html, prelude::*};
use model::time::long_date;
use ui::{Button, ButtonLink, CodeBlock, Field, FormError, Notice, Radios, SkeletonRows, Tone, Variant};

use super::{INVITATIONS, InvitePerson, ShownInvitation, get_invitation_days, roles};
use crate::admin::AdminArea;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};

#[component]
pub fn InvitePage() -> impl IntoView {
    view! { <AdminArea title="Invite somebody">{|| view! { <Invite/> }}</AdminArea> }
}

#[component]
fn Invite() -> impl IntoView {
    let invite = ServerAction::<InvitePerson>::new();
    let days = Resource::new(|| (), |()| async { get_invitation_days().await });
    // The page may be left while its answer is shown, and the answer goes first.
    let told = invite.value();
    let made = move || told.try_get().flatten().and_then(Result::ok);
    let again = move |_| invite.clear();
    view! {
        <div class="page-narrow">
            // The form stays while its answer is shown: what it shows depends on the same answer.
            <div hidden=move || made().is_some()>
                <Pending fallback=|| view! { <SkeletonRows rows=4/> }>
                    {move || later(async move {
                        match days.await {
                            Ok(days) => view! { <InviteForm days invite/> }.into_any(),
                            Err(error) => {
                                let retry = move |()| days.refetch();
                                view! { <Failure error what="The form could not be loaded." on_retry=retry/> }.into_any()
                            }
                        }
                    })}
                </Pending>
            </div>
            {move || made().map(|made| view! {
                <div class="stack">
                    <Links made=vec![made]/>
                    <div class="cluster">
                        // A page of its own from the server: nothing of the link stays in the browser's memory.
                        <a class="button button-primary" rel="external" href=INVITATIONS>
                            <span class="button-label">"Done"</span>
                        </a>
                        <Button on_click=again>"Invite somebody else"</Button>
                    </div>
                </div>
            })}
        </div>
    }
}

#[component]
fn InviteForm(days: u32, invite: ServerAction<InvitePerson>) -> impl IntoView {
    let failure = failure_of(invite);
    view! {
        <p class="soft">
            "Whoever has the link makes an account with this address and this role. The link works once."
        </p>
        <ActionForm action=invite attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <Field
                label="E-mail"
                name="email"
                kind="email"
                autocomplete="off"
                required=true
                autofocus=true
                error=field_error(failure, "email")
            />
            <Field
                label="Name"
                name="name"
                autocomplete="off"
                maxlength=100
                hint="How the letter greets the person. They choose their own name later."
                error=field_error(failure, "name")
            />
            <Radios legend="Role" name="role" value="STAFF".to_owned() options=roles() error=field_error(failure, "role")/>
            <Field
                id="field-expiresAt"
                label="Days"
                name="days"
                kind="number"
                inputmode="numeric"
                required=true
                value=days.to_string()
                hint="How long the link works: 1 to 30 days."
                error=field_error(failure, "expiresAt")
            />
            <div class="cluster">
                <Button variant=Variant::Primary busy=invite.pending()>"Create invitation"</Button>
                <ButtonLink href=INVITATIONS>"Cancel"</ButtonLink>
            </div>
        </ActionForm>
    }
}

/// Links of invitations, this once. Takes the focus, because what was clicked is gone.
#[component]
pub(crate) fn Links(made: Vec<ShownInvitation>) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(links) = node.try_get().flatten() {
            // It has a tabindex and is in the page, so focus cannot fail.
            let _ = links.focus();
        }
    });
    let title = match made.as_slice() {
        [one] => format!("{} is invited", one.email),
        many => format!("{} people are invited", many.len()),
    };
    let what = match (made.iter().all(|one| one.is_mailed), made.len()) {
        (true, 1) => "The link is on its way by mail. You can also hand it over yourself.",
        (true, _) => "The links are on their way by mail. You can also hand them over yourself.",
        (false, 1) => "Hand the link over yourself.",
        (false, _) => "Hand the links over yourself.",
    };
    let warning = match made.len() {
        1 => " Copy it now: only a hash of it is kept, so it cannot be seen again.",
        _ => " Copy them now: only hashes of them are kept, so they cannot be seen again.",
    };
    view! {
        <div class="stack invitation-links" tabindex="-1" role="group" aria-label=title.clone() node_ref=node>
            <Notice tone=Tone::Good title=title.clone()>
                {what}
                <strong>{warning}</strong>
            </Notice>
            {made
                .into_iter()
                .map(|one| {
                    let end = long_date(one.expires_at);
                    let role = one.role.label();
                    view! {
                        <div class="invitation-link">
                            <p class="small"><span dir="ltr">{one.email.clone()}</span> {format!(", {role}, until {end}")}</p>
                            <CodeBlock label=format!("Link for {}", one.email) code=one.url/>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}
