//! The first page of a fresh instance: the first administrator.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Button, Field, FormError, Logo, Notice, Tone, Variant};

use super::{SetUp, check_setup};
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};

#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map();
    let token = Memo::new(move |_| query.with(|query| query.get("token").unwrap_or_default()));
    let good = Resource::new_blocking(move || token.get(), check_setup);
    view! {
        <Title text="Set up · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Set up Tidings"</h1>
            <Suspense>
                {move || Suspend::new(async move {
                    match good.await {
                        Ok(true) => view! { <SetupForm token=token/> }.into_any(),
                        Ok(false) => view! { <LinkNeeded/> }.into_any(),
                        Err(error) => view! { <Failure error what="The set-up could not be started."/> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn LinkNeeded() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn title="A set-up link is needed">
            "Open the one-time link that the server printed when it started. It guards this page, so that nobody else "
            "can claim the instance. Restart the server to get a new link."
        </Notice>
    }
}

#[component]
fn SetupForm(token: Memo<String>) -> impl IntoView {
    let set_up = ServerAction::<SetUp>::new();
    let failure = failure_of(set_up);
    view! {
        <p class="soft">"You become the first administrator. Everything else can wait."</p>
        <ActionForm action=set_up attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="token" value=token/>
            <Field
                label="Your name"
                name="name"
                autocomplete="name"
                required=true
                autofocus=true
                minlength=2
                maxlength=100
                error=field_error(failure, "name")
            />
            <Field
                label="E-mail"
                name="email"
                kind="email"
                autocomplete="username"
                required=true
                error=field_error(failure, "email")
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="new-password"
                required=true
                minlength=8
                hint="At least 8 characters. A long phrase is better than a short riddle."
                error=field_error(failure, "password")
            />
            <Button variant=Variant::Primary busy=set_up.pending()>"Create administrator"</Button>
        </ActionForm>
    }
}
