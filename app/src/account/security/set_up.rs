//! Setting a second factor up, where the instance needs one of everybody. Nothing else is open until it is done.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use ui::{Button, Logo, Notice, SkeletonRows, Tone, Variant};

use super::{Changes, ConfirmFirst, Security, app_codes, get_security, mode, passkeys, recovery};
use crate::account::SignOut;
use crate::account::two_factor::target_param;
use crate::failure::Failure;
use crate::pending::{Pending, later};

#[component]
pub fn SetUpFactorPage() -> impl IntoView {
    let changes = Changes::new();
    let sign_out = ServerAction::<SignOut>::new();
    let security = Resource::new_blocking(move || changes.done.get(), |_| get_security());
    view! {
        <Title text="Set up a second factor · Tidings"/>
        <main class="page page-narrow factor-set-up">
            <Logo/>
            <h1>"Set up a second factor"</h1>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match security.await {
                        Ok(security) => view! { <SetUp security changes/> }.into_any(),
                        Err(error) => view! { <Failure error what="Your account could not be read."/> }.into_any(),
                    }
                })}
            </Pending>
            <ActionForm action=sign_out>
                <Button variant=Variant::Bare small=true busy=sign_out.pending()>"Sign out"</Button>
            </ActionForm>
        </main>
    }
}

#[component]
fn SetUp(security: Security, changes: Changes) -> impl IntoView {
    let target = target_param();
    let next = move || {
        let target = target.get();
        let is_local = target.starts_with('/') && !target.starts_with("//") && !target.contains('\\');
        if is_local { target } else { "/dashboard".to_owned() }
    };
    let is_done = security.is_enough;
    let needs_mode = security.factors.passkeys > 0 && security.factors.has_password;
    view! {
        <recovery::ShownCodes shown=changes.shown/>
        {if is_done {
            view! {
                <Notice tone=Tone::Good title="Set up">"Your account has a second factor."</Notice>
                // A whole page from the server: what this person may do has changed.
                <div>
                    <a class="button button-primary" href=next rel="external"><span class="button-label">"Go on"</span></a>
                </div>
            }
            .into_any()
        } else {
            view! {
                <p>
                    "This instance asks for a second factor of everybody. An authenticator app is one. A passkey is one, "
                    "too, once it is asked for after your password."
                </p>
                <ConfirmFirst is_confirmed=security.is_confirmed back="/two-factor/set-up"/>
                <app_codes::AppSection security=security.clone() changes/>
                <passkeys::PasskeySection security=security.clone() changes/>
                {needs_mode.then(|| view! { <mode::ModeSection security changes/> })}
            }
            .into_any()
        }}
    }
}
