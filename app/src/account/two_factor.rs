//! The second step of a sign-in.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::second_factor::Factor;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonLink, Field, FormError, Logo, Notice, Tone, Variant};

use super::passkey_button::Begun;
use super::{TARGETS, webauthn};
use crate::failure::{Failure, failure_of, form_error};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::{Cx, act_public, set_cookies};
#[cfg(feature = "ssr")]
use services::second_factor::{self, PENDING_COOKIE, Proof};

/// What the page of the second step shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub factor: Factor,
    /// The address of the account, masked.
    pub account: String,
    pub attempts_left: u32,
    pub takes_recovery_codes: bool,
}

#[cfg(feature = "ssr")]
fn token(cx: &Cx) -> Result<String> {
    services::caller::cookie(&cx.services, &cx.parts.headers, PENDING_COOKIE).ok_or(Error::SignInExpired)
}

#[cfg(feature = "ssr")]
fn forget_token(cx: &Cx) {
    set_cookies(vec![services::caller::set_cookie(&cx.services, PENDING_COOKIE, "", 0)]);
}

/// What this browser's sign-in waits for.
#[server(prefix = "/rpc/public", endpoint = "account/waiting")]
pub async fn get_waiting() -> Result<Waiting> {
    act_public(async |cx| {
        let waiting = second_factor::waiting(&cx.services, &token(&cx)?).await?;
        let second_factor::Waiting { factor, account, attempts_left, takes_recovery_codes } = waiting;
        Ok(Waiting { factor, account, attempts_left, takes_recovery_codes })
    })
    .await
}

/// Takes the second step: what is not empty is the proof. Then goes to `redirect_to`.
#[server(prefix = "/rpc/public", endpoint = "account/second-step")]
pub async fn take_second_step(
    #[server(default)] passkey: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
    #[server(default)] recovery_code: String,
    #[server(default)] redirect_to: String,
) -> Result<()> {
    act_public(async |cx| {
        let proof = if !passkey.is_empty() {
            Proof::Passkey(super::passkey_button::read_json(&passkey))
        } else if !password.is_empty() {
            Proof::Password(password)
        } else if !code.is_empty() {
            Proof::Code(code)
        } else if !recovery_code.is_empty() {
            Proof::Recovery(recovery_code)
        } else {
            Proof::Nothing
        };
        let signed_in = second_factor::answer(&cx.services, &token(&cx)?, proof, &cx.client).await?;
        forget_token(&cx);
        super::go_on(&cx, services::sign_in::Progress::Complete(signed_in), &redirect_to);
        Ok(())
    })
    .await
}

/// Begins the second step with a passkey.
#[server(prefix = "/rpc/public", endpoint = "account/begin-second-step")]
pub async fn begin_second_step() -> Result<Begun> {
    act_public(async |cx| Ok(second_factor::begin_passkey(&cx.services, &token(&cx)?, &cx.client).await?.into())).await
}

/// Gives this sign-in up, to begin with another account.
#[server(prefix = "/rpc/public", endpoint = "account/give-up")]
pub async fn give_up_sign_in() -> Result<()> {
    act_public(async |cx| {
        if let Ok(token) = token(&cx) {
            second_factor::give_up(&cx.services, &token).await?;
        }
        forget_token(&cx);
        leptos_axum::redirect("/login");
        Ok(())
    })
    .await
}

/// Where the address of a page says to go afterwards.
pub(super) fn target_param() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || {
        query.with(|query| {
            let mut named = TARGETS.iter().filter_map(|name| query.get(name));
            named.find(|target| !target.is_empty()).unwrap_or_default()
        })
    })
}

#[component]
pub fn TwoFactorPage() -> impl IntoView {
    let step = ServerAction::<TakeSecondStep>::new();
    // Asked again after each refusal; after the right answer nothing waits any more.
    let refused = move || {
        let is_refused = step.value().with(|told| matches!(told, Some(Err(_))));
        is_refused.then(|| step.version().get_untracked())
    };
    let waiting = Resource::new_blocking(refused, |_| get_waiting());
    let target = target_param();
    view! {
        <Title text="Second step · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Second step"</h1>
            <Pending>
                {move || later(async move {
                    match waiting.await {
                        Ok(waiting) => view! { <Step waiting step target/> }.into_any(),
                        Err(Error::SignInExpired) => view! { <Expired target/> }.into_any(),
                        Err(error) => view! { <Failure error what="The sign-in could not go on."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}

#[component]
fn Expired(target: Signal<String>) -> impl IntoView {
    let back = move || {
        let target = target.get();
        let encoded = percent_encoding::utf8_percent_encode(&target, percent_encoding::NON_ALPHANUMERIC);
        if target.is_empty() { "/login".to_owned() } else { format!("/login?redirectTo={encoded}") }
    };
    view! {
        <Notice tone=Tone::Warn title="This sign-in has ended">
            "It took longer than ten minutes, was tried too often, or is done already. Nothing happened to your account."
        </Notice>
        <div><ButtonLink href=back() variant=Variant::Primary>"Sign in again"</ButtonLink></div>
    }
}

#[component]
fn Step(waiting: Waiting, step: ServerAction<TakeSecondStep>, target: Signal<String>) -> impl IntoView {
    let failure = failure_of(step);
    let Waiting { factor, account, attempts_left, takes_recovery_codes } = waiting;
    let lead = match factor {
        Factor::Passkey => "Confirm with a passkey that it is you: ",
        Factor::Password => "Your passkey was right. Enter your password, too: ",
        Factor::Totp => "Enter the code that your authenticator app shows for ",
    };
    view! {
        <p class="sign-in-lead">{lead}<strong dir="ltr">{account}</strong></p>
        <FormError message=form_error(failure)/>
        // What went wrong says so already.
        {move || (failure.read().is_none() && (1..5).contains(&attempts_left)).then(|| {
            let attempts = if attempts_left == 1 { "attempt" } else { "attempts" };
            view! { <p class="soft" role="status">{format!("{attempts_left} {attempts} left.")}</p> }
        })}
        {match factor {
            Factor::Passkey => view! { <WithPasskey step target/> }.into_any(),
            Factor::Password => view! {
                <ActionForm action=step attr:class="stack">
                    <input type="hidden" name="redirect_to" value=target/>
                    <Field
                        label="Password"
                        name="password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        autofocus=true
                    />
                    <Button variant=Variant::Primary busy=step.pending()>"Sign in"</Button>
                </ActionForm>
            }
            .into_any(),
            Factor::Totp => view! {
                <ActionForm action=step attr:class="stack">
                    <input type="hidden" name="redirect_to" value=target/>
                    <Field
                        label="Code"
                        name="code"
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        maxlength=9
                        mono=true
                        required=true
                        autofocus=true
                    />
                    <Button variant=Variant::Primary busy=step.pending()>"Sign in"</Button>
                </ActionForm>
            }
            .into_any(),
        }}
        {takes_recovery_codes.then(|| view! {
            <details>
                <summary>"Use a recovery code"</summary>
                <ActionForm action=step attr:class="stack">
                    <input type="hidden" name="redirect_to" value=target/>
                    <Field
                        label="Recovery code"
                        name="recovery_code"
                        autocomplete="off"
                        hint="One of the ten that you kept. Each works once."
                        mono=true
                        required=true
                    />
                    <Button busy=step.pending() variant=Variant::Quiet>"Sign in with this code"</Button>
                </ActionForm>
            </details>
        })}
        <div class="sign-in-foot"><OtherAccount/></div>
    }
}

#[component]
fn OtherAccount() -> impl IntoView {
    let give_up = ServerAction::<GiveUpSignIn>::new();
    view! {
        <ActionForm action=give_up>
            <Button variant=Variant::Bare small=true busy=give_up.pending()>"Use another account"</Button>
        </ActionForm>
    }
}

#[component]
fn WithPasskey(step: ServerAction<TakeSecondStep>, target: Signal<String>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    // Until scripts have looked.
    let supported = RwSignal::new(true);
    Effect::new(move || supported.set(webauthn::is_supported()));
    let press = move |_| {
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            match begin_second_step().await {
                Ok(begun) => match webauthn::sign(&begun.options, false, None).await {
                    Ok(passkey) => {
                        let redirect_to = target.try_get_untracked().unwrap_or_default();
                        let empty = String::new;
                        step.dispatch(TakeSecondStep {
                            passkey,
                            password: empty(),
                            code: empty(),
                            recovery_code: empty(),
                            redirect_to,
                        });
                    }
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
        <FormError message=failure/>
        <div class="needs-script stack">
            {move || if supported.get() {
                view! { <Button variant=Variant::Primary busy=busy on_click=press>"Use a passkey"</Button> }.into_any()
            } else {
                view! {
                    <Notice tone=Tone::Warn title="No passkeys here">
                        "This browser knows no passkeys. Sign in with another one, or use a recovery code."
                    </Notice>
                }
                .into_any()
            }}
        </div>
        <noscript>
            <p>"A passkey needs JavaScript in your browser. Without it, use a recovery code."</p>
        </noscript>
    }
}
