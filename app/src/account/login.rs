//! The sign-in page.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Button, Field, FormError, Logo, Variant};

use super::SignIn;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

/// What the place to go to after signing in is called in the address of this page. Three names for the same thing, because
/// older clients send each of them.
pub const TARGETS: [&str; 3] = ["redirectTo", "redirect", "from"];

#[component]
pub fn LoginPage() -> impl IntoView {
    let sign_in = ServerAction::<SignIn>::new();
    let failure = failure_of(sign_in);
    let query = use_query_map();
    let target = move || {
        query.with(|query| {
            let mut named = TARGETS.iter().filter_map(|name| query.get(name));
            named.find(|target| !target.is_empty()).unwrap_or_default()
        })
    };
    view! {
        <Title text="Sign in · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Sign in"</h1>
            <ActionForm action=sign_in attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="redirect_to" value=target/>
                <Field
                    label="E-mail"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    required=true
                    autofocus=true
                    error=field_error(failure, "email")
                />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    error=field_error(failure, "password")
                />
                <Button variant=Variant::Primary busy=sign_in.pending()>"Sign in"</Button>
            </ActionForm>
        </main>
    }
}
