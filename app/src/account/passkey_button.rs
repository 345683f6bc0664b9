//! Signing in with a passkey, from the sign-in page.

use leptos::prelude::*;
use model::Result;
use send_wrapper::SendWrapper;
use serde::{Deserialize, Serialize};
use ui::{Button, FormError, Variant};
use wasm_bindgen::JsValue;

use super::webauthn;
#[cfg(feature = "ssr")]
use crate::server::act_public;

/// A ceremony that the browser is to carry out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// In the JSON form of WebAuthn.
    pub options: String,
    pub challenge: String,
}

#[cfg(feature = "ssr")]
impl From<services::passkeys::Started> for Begun {
    fn from(started: services::passkeys::Started) -> Self {
        Self { options: started.options.to_string(), challenge: started.challenge }
    }
}

/// What a browser sent, read as JSON.
#[cfg(feature = "ssr")]
pub(super) fn read_json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Begins a sign-in with any passkey of this instance.
#[server(prefix = "/rpc/public", endpoint = "account/begin-passkey")]
pub async fn begin_passkey_sign_in() -> Result<Begun> {
    act_public(async |cx| Ok(services::passkeys::begin_sign_in(&cx.services, None, &cx.client).await?.into())).await
}

/// Signs in with what a passkey signed, and goes to `redirect_to` or to the second step.
#[server(prefix = "/rpc/public", endpoint = "account/passkey")]
pub async fn sign_in_with_passkey(
    response: String,
    challenge: String,
    #[server(default)] redirect_to: String,
) -> Result<()> {
    act_public(async |cx| {
        let response = read_json(&response);
        let progress = services::passkeys::sign_in(&cx.services, &response, &challenge, &cx.client).await?;
        super::go_on(&cx, progress, &redirect_to);
        Ok(())
    })
    .await
}

/// Whether the address of this instance cannot have passkeys, as far as is known while rendering.
fn is_hindered() -> bool {
    #[cfg(feature = "ssr")]
    return crate::server::Cx::from_context()
        .is_ok_and(|cx| services::passkeys::support(&cx.services).hindrance().is_some());
    #[cfg(not(feature = "ssr"))]
    return false;
}

/// The button, where browser and instance know passkeys. Until it is pressed, the browser offers passkeys among what it
/// fills into the field for the e-mail address, which has `autocomplete="username webauthn"` for that.
#[component]
pub fn PasskeyButton(
    /// Where to go after signing in.
    #[prop(into)]
    redirect_to: Signal<String>,
) -> impl IntoView {
    let hindered = SharedValue::new(is_hindered).into_inner();
    let can = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    // Ends the offer in the field when the button takes its place, or the page goes.
    // On the server it holds nothing, so that it can go from any thread.
    let offer = StoredValue::new(None::<SendWrapper<JsValue>>);
    let stop_offer = move || {
        if let Some(stopper) = offer.try_update_value(Option::take).flatten() {
            webauthn::stop(&stopper);
        }
    };
    let finish = async move |begun: Begun, response: String| {
        let target = redirect_to.try_get_untracked().unwrap_or_default();
        if let Err(error) = sign_in_with_passkey(response, begun.challenge, target).await {
            let _ = failure.try_set(Some(error.to_string()));
        }
    };
    Effect::new(move || {
        if hindered || !webauthn::is_supported() {
            return;
        }
        can.set(true);
        leptos::task::spawn_local(async move {
            if !webauthn::can_fill_in().await {
                return;
            }
            let Ok(begun) = begin_passkey_sign_in().await else { return };
            let Some(stopper) = webauthn::stopper() else { return };
            if offer.try_update_value(|kept| *kept = Some(SendWrapper::new(stopper.clone()))).is_none() {
                return;
            }
            // Nobody asked for this, so nobody is told when it comes to nothing.
            if let Ok(response) = webauthn::sign(&begun.options, true, Some(&stopper)).await {
                finish(begun, response).await;
            }
        });
    });
    on_cleanup(stop_offer);
    let press = move |_| {
        stop_offer();
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            match begin_passkey_sign_in().await {
                Ok(begun) => match webauthn::sign(&begun.options, false, None).await {
                    Ok(response) => finish(begun, response).await,
                    Err(refused) => {
                        let _ = failure.try_set(refused.message());
                    }
                },
                Err(error) => {
                    let _ = failure.try_set(Some(error.to_string()));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <div class="stack passkey-sign-in" hidden=move || !can.get()>
            <FormError message=failure/>
            <Button variant=Variant::Quiet busy=busy on_click=press>"Sign in with a passkey"</Button>
        </div>
    }
}
