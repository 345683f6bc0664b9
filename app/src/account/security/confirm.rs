//! Proving again who one is.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use ui::{Button, Field, FormError, Logo, SkeletonLines, Variant};

use super::{ConfirmIdentity, Security, begin_confirm, get_security};
use crate::account::two_factor::target_param;
use crate::account::{SignOut, webauthn};
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let security = Resource::new_blocking(|| (), |()| get_security());
    view! {
        <Title text="Confirm that it is you · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Confirm that it is you"</h1>
            <Pending fallback=|| view! { <SkeletonLines lines=4/> }>
                {move || later(async move {
                    match security.await {
                        Ok(security) => view! { <ConfirmForms security/> }.into_any(),
                        Err(error) => view! { <Failure error what="Your account could not be read."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}

#[component]
fn ConfirmForms(security: Security) -> impl IntoView {
    let confirm = ServerAction::<ConfirmIdentity>::new();
    let sign_out = ServerAction::<SignOut>::new();
    let failure = failure_of(confirm);
    let target = target_param();
    let factors = security.factors;
    let by_passkey = factors.passkeys > 0 && security.support.hindrance().is_none();
    let by_code = factors.totp && !factors.has_password;
    let none = !factors.has_password && !by_passkey && !by_code;
    view! {
        <p class="sign-in-lead">"What you want to change protects your account. The proof counts for five minutes."</p>
        <FormError message=form_error(failure) fields=wrong_fields(failure)/>
        {factors.has_password.then(|| view! {
            <ActionForm action=confirm attr:class="stack">
                <input type="hidden" name="redirect_to" value=target/>
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    autofocus=true
                    error=field_error(failure, "password")
                />
                <Button variant=Variant::Primary busy=confirm.pending()>"Confirm"</Button>
            </ActionForm>
        })}
        {by_code.then(|| view! {
            <ActionForm action=confirm attr:class="stack">
                <input type="hidden" name="redirect_to" value=target/>
                <Field
                    label="Code of your authenticator app"
                    name="code"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength=9
                    mono=true
                    required=true
                    error=field_error(failure, "code")
                />
                <Button variant=Variant::Primary busy=confirm.pending()>"Confirm"</Button>
            </ActionForm>
        })}
        {by_passkey.then(|| view! { <ByPasskey confirm target primary=!factors.has_password/> })}
        {none.then(|| view! {
            <p>"You sign in through a provider. Sign out and in again; a fresh sign-in counts as a proof."</p>
            <ActionForm action=sign_out>
                <Button variant=Variant::Primary busy=sign_out.pending()>"Sign out"</Button>
            </ActionForm>
        })}
    }
}

#[component]
fn ByPasskey(confirm: ServerAction<ConfirmIdentity>, target: Signal<String>, primary: bool) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let supported = RwSignal::new(false);
    Effect::new(move || supported.set(webauthn::is_supported()));
    let press = move |_| {
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let signed = async {
                let begun = begin_confirm().await.map_err(|error| Some(error.to_string()))?;
                webauthn::sign(&begun.options, false, None).await.map_err(|refused| refused.message())
            };
            match signed.await {
                Ok(passkey) => {
                    let redirect_to = target.try_get_untracked().unwrap_or_default();
                    let (password, code) = (String::new(), String::new());
                    confirm.dispatch(ConfirmIdentity { password, code, passkey, redirect_to });
                }
                Err(message) => {
                    let _ = failure.try_set(message);
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let variant = if primary { Variant::Primary } else { Variant::Quiet };
    view! {
        <div class="stack" hidden=move || !supported.get()>
            <FormError message=failure/>
            <Button variant=variant busy=busy on_click=press>"Use a passkey"</Button>
        </div>
    }
}
