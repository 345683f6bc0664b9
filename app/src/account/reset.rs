//! A new password for somebody who forgot the old one: asking for a link, and using it.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Error, Result};
use ui::{Button, ButtonLink, Field, FormError, Logo, Notice, Tone, Variant};

use super::get_sign_in_ways;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::act_public;
#[cfg(feature = "ssr")]
use services::password_reset;

/// Sends a link to whoever has an account under this address.
#[server(prefix = "/rpc/public", endpoint = "account/forgot-password")]
pub async fn request_password_reset(email: String) -> Result<()> {
    act_public(async |cx| {
        password_reset::request(&cx.services, &email, &cx.client).await?;
        leptos_axum::redirect("/forgot-password?sent=1");
        Ok(())
    })
    .await
}

/// The masked address that a link was sent to.
#[server(prefix = "/rpc/public", endpoint = "account/check-reset")]
pub async fn check_password_reset(token: String) -> Result<String> {
    act_public(async |cx| password_reset::check(&cx.services, &token, &cx.client).await).await
}

/// Sets a new password by a link.
#[server(prefix = "/rpc/public", endpoint = "account/reset-password")]
pub async fn reset_password(token: String, password: String, confirm: String) -> Result<()> {
    act_public(async |cx| {
        let done = password_reset::submit(&cx.services, &token, &password, &confirm, &cx.client).await;
        match &done {
            Ok(()) => leptos_axum::redirect("/login?reset=1"),
            Err(error) => {
                let page = format!("/reset-password/{}", crate::params::encode(&token));
                cx.come_back(&page, <ResetPassword as server_fn::ServerFn>::PATH, error);
            }
        }
        done
    })
    .await
}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let ways = Resource::new_blocking(|| (), |()| get_sign_in_ways());
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get("sent").is_some()));
    view! {
        <Title text="Forgot your password · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Forgot your password"</h1>
            <Pending>
                {move || {
                    let is_sent = sent.get();
                    later(async move {
                        match ways.await {
                            Ok(ways) if !ways.resets => view! {
                                <Notice tone=Tone::Note title="Not available here">
                                    "Passwords cannot be reset by mail on this instance. An administrator can help you."
                                </Notice>
                            }
                            .into_any(),
                            Ok(_) if is_sent => view! { <Sent/> }.into_any(),
                            Ok(_) => view! { <ForgotForm/> }.into_any(),
                            Err(error) => view! { <Failure error what="The page could not be opened."/> }.into_any(),
                        }
                    })
                }}
            </Pending>
            <p class="sign-in-foot"><a href="/login">"Back to sign in"</a></p>
        </main>
    }
}

#[component]
fn ForgotForm() -> impl IntoView {
    let request = ServerAction::<RequestPasswordReset>::new();
    let failure = failure_of(request);
    view! {
        <p class="sign-in-lead">"You get a letter with a link to set a new one."</p>
        <ActionForm action=request attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <Field
                label="E-mail"
                name="email"
                kind="email"
                autocomplete="username"
                required=true
                autofocus=true
                error=field_error(failure, "email")
            />
            <Button variant=Variant::Primary busy=request.pending()>"Send the link"</Button>
        </ActionForm>
    }
}

#[component]
fn Sent() -> impl IntoView {
    view! {
        <div role="status">
            <Notice tone=Tone::Good title="Look into your mailbox">
                "If there is an account with this address, a letter is on its way to it. It can take some minutes, and may \
                 end up among unwanted mail. The link in it works once, within an hour."
            </Notice>
        </div>
        <p><a href="/forgot-password">"Try another address"</a></p>
    }
}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let link = Resource::new_blocking(move || token.get(), check_password_reset);
    view! {
        <Title text="Set a new password · Tidings"/>
        // The address of this page is a secret.
        <Meta name="referrer" content="no-referrer"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Set a new password"</h1>
            <Pending>
                {move || later(async move {
                    match link.await {
                        Ok(email) => view! { <ResetForm token email/> }.into_any(),
                        Err(Error::BadRequest { message }) => view! { <Over message/> }.into_any(),
                        Err(error) => view! { <Failure error what="The link could not be looked at."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}

#[component]
fn Over(message: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn title="This link does not work">{message}</Notice>
        <p><ButtonLink href="/forgot-password" variant=Variant::Primary>"Request a new link"</ButtonLink></p>
        <p class="sign-in-foot"><a href="/login">"Back to sign in"</a></p>
    }
}

#[component]
fn ResetForm(token: Memo<String>, email: String) -> impl IntoView {
    let reset = ServerAction::<ResetPassword>::new();
    let failure = failure_of(reset);
    view! {
        <p class="sign-in-lead">"For the account " <bdi>{email}</bdi> ". All its sign-ins end."</p>
        <ActionForm action=reset attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="token" value=move || token.get()/>
            <Field
                label="New password"
                name="password"
                kind="password"
                autocomplete="new-password"
                required=true
                autofocus=true
                minlength=8
                hint="At least 8 characters. A long phrase is better than a short riddle."
                error=field_error(failure, "password")
            />
            <Field
                label="The same once more"
                name="confirm"
                kind="password"
                autocomplete="new-password"
                required=true
                minlength=8
                error=field_error(failure, "confirm")
            />
            <Button variant=Variant::Primary busy=reset.pending()>"Set password"</Button>
        </ActionForm>
    }
}
