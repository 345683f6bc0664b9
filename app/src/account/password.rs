//! One's own password.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonLink, Field, FormError, Notice, Section, SkeletonLines, Tone, Variant, use_toasts};

use super::AccountArea;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::{confirmation, own_password, password_reset};

/// What is known about one's own password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordState {
    pub exists: bool,
    /// Whether a link to a new one can be mailed.
    pub resets: bool,
    /// Whether the person proved within the last minutes who they are.
    pub is_confirmed: bool,
}

#[server(prefix = "/rpc", endpoint = "account/password/get")]
pub async fn get_password_state() -> Result<PasswordState> {
    act(async |cx| {
        let may = cx.own_account()?;
        Ok(PasswordState {
            exists: own_password::exists(&cx.services, &may).await?,
            resets: password_reset::is_offered(&cx.services).await?,
            is_confirmed: confirmation::is_fresh(&cx.services, may.actor()).await?,
        })
    })
    .await
}

/// Changes the password. Other sign-ins end.
#[server(prefix = "/rpc", endpoint = "account/password/change")]
pub async fn change_password(current: String, new: String) -> Result<()> {
    act(async |cx| own_password::change(&cx.services, &cx.own_account()?, &current, &new).await).await
}

/// Sets the first password of an account that has none.
#[server(prefix = "/rpc", endpoint = "account/password/set")]
pub async fn set_first_password(new: String) -> Result<()> {
    act(async |cx| own_password::set_first(&cx.services, &cx.own_account()?, &new).await).await
}

/// Has a link to a new password mailed.
#[server(prefix = "/rpc", endpoint = "account/password/mail-link")]
pub async fn mail_password_link() -> Result<()> {
    act(async |cx| password_reset::request_own(&cx.services, &cx.own_account()?).await).await
}

#[component]
pub fn PasswordPage() -> impl IntoView {
    let set = ServerAction::<SetFirstPassword>::new();
    let state = Resource::new(move || set.version().get(), |_| get_password_state());
    view! {
        <AccountArea page="/password">
            <Pending fallback=|| view! { <SkeletonLines lines=6/> }>
                {move || later(async move {
                    match state.await {
                        Ok(state) if state.exists => view! { <Change resets=state.resets/> }.into_any(),
                        Ok(state) => view! { <First set is_confirmed=state.is_confirmed/> }.into_any(),
                        Err(error) => view! { <Failure error what="Your account could not be read."/> }.into_any(),
                    }
                })}
            </Pending>
        </AccountArea>
    }
}

#[component]
fn Change(resets: bool) -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    let mail = ServerAction::<MailPasswordLink>::new();
    let failure = failure_of(change);
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let toasts = use_toasts();
    Effect::new(move || {
        if change.value().with(|value| matches!(value, Some(Ok(())))) {
            toasts.say("Password changed. All other sign-ins have ended.".to_owned());
            current.set(String::new());
            new.set(String::new());
        }
    });
    Effect::new(move || {
        if mail.value().with(|value| matches!(value, Some(Ok(())))) {
            toasts.say("A letter is on its way to you.".to_owned());
        }
    });
    view! {
        <Section title="Change your password" text="You stay signed in here. All your other sign-ins end.">
            <ActionForm action=change attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Field
                    label="Current password"
                    name="current"
                    kind="password"
                    bind=current
                    autocomplete="current-password"
                    required=true
                    error=field_error(failure, "current")
                />
                <NewPassword bind=new failure/>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=change.pending()>"Change password"</Button>
                </div>
            </ActionForm>
        </Section>
        {resets.then(|| view! {
            <Section title="Forgotten it?" text="You get a letter with a link to set a new one. All your sign-ins end then.">
                <ActionForm action=mail attr:class="stack">
                    <FormError message=form_error(failure_of(mail))/>
                    <div class="cluster"><Button busy=mail.pending()>"Mail me a link"</Button></div>
                </ActionForm>
            </Section>
        })}
    }
}

#[component]
fn First(set: ServerAction<SetFirstPassword>, is_confirmed: bool) -> impl IntoView {
    let failure = failure_of(set);
    let new = RwSignal::new(String::new());
    view! {
        <Section
            title="Set a password"
            text="Your account has none: you sign in another way. With a password you have one way more."
        >
            {if is_confirmed {
                view! {
                    <ActionForm action=set attr:class="stack">
                        <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                        <NewPassword bind=new failure/>
                        <div class="cluster">
                            <Button variant=Variant::Primary busy=set.pending()>"Set password"</Button>
                        </div>
                    </ActionForm>
                }
                .into_any()
            } else {
                view! {
                    <Notice tone=Tone::Note title="Confirm first that it is you">
                        "Your last proof is older than five minutes."
                    </Notice>
                    <p>
                        <ButtonLink href="/confirm?redirectTo=%2Fdashboard%2Faccount%2Fpassword" variant=Variant::Primary>
                            "Confirm"
                        </ButtonLink>
                    </p>
                }
                .into_any()
            }}
        </Section>
    }
}

#[component]
fn NewPassword(bind: RwSignal<String>, failure: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Field
            label="New password"
            name="new"
            kind="password"
            bind=bind
            autocomplete="new-password"
            required=true
            minlength=8
            hint="At least 8 characters. A long phrase is better than a short riddle."
            error=field_error(failure, "new")
        />
    }
}
