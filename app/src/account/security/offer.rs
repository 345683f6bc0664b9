//! The offer to add a passkey, made once.

use leptos::form::ActionForm;
use leptos::prelude::*;
use ui::{Button, ButtonLink, Notice, Tone, Variant};

use super::{DeclinePasskey, offers_passkey};
use crate::account::webauthn;

/// Stands at the top of the first page until a passkey is there or the offer was declined. Shown only where the browser
/// knows passkeys, and only once it has said so: nothing on the page waits for it.
#[component]
pub fn OfferPasskey() -> impl IntoView {
    let decline = ServerAction::<DeclinePasskey>::new();
    let offered = RwSignal::new(false);
    Effect::new(move || {
        if webauthn::is_supported() {
            leptos::task::spawn_local(async move {
                let answer = offers_passkey().await.unwrap_or_default();
                let _ = offered.try_set(answer);
            });
        }
    });
    Effect::new(move || {
        if matches!(decline.value().get(), Some(Ok(()))) {
            offered.set(false);
        }
    });
    move || {
        offered.get().then(|| {
            view! {
                <Notice tone=Tone::Note title="Sign in without a password">
                    <p>"A passkey signs you in with your fingerprint, face or PIN."</p>
                    <div class="cluster">
                        <ButtonLink href="/dashboard/account/security">"Add a passkey"</ButtonLink>
                        <ActionForm action=decline>
                            <Button variant=Variant::Bare busy=decline.pending()>"Not now"</Button>
                        </ActionForm>
                    </div>
                </Notice>
            }
        })
    }
}
