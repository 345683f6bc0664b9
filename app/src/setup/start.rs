//! The first page of a fresh instance: what was found around, and the first administrator.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::setup::{Check, Outcome, Step};
use ui::{Button, Field, FormError, Notice, StatusMark, Tone, Variant};

use super::guide::StepBar;
use crate::account::SetUp;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

#[component]
pub fn LinkNeeded() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn title="A set-up link is needed">
            "Open the one-time link that the server printed when it started. It guards this page, so that nobody else "
            "can claim the instance. Restart the server to get a new link."
        </Notice>
    }
}

#[component]
pub fn SetupForm(token: Memo<String>, checks: Vec<Check>) -> impl IntoView {
    let set_up = ServerAction::<SetUp>::new();
    let failure = failure_of(set_up);
    view! {
        <StepBar current=Step::Admin/>
        <Checks checks/>
        <p class="soft">"You become the first administrator. A few settings and your team follow; most of it can wait."</p>
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

/// What the server found around it.
#[component]
fn Checks(checks: Vec<Check>) -> impl IntoView {
    view! {
        <section class="set-up-checks" aria-label="Surroundings">
            <ul>
                {checks
                    .into_iter()
                    .map(|Check { what, outcome, text }| {
                        let tone = match outcome {
                            Outcome::Good => Tone::Good,
                            Outcome::Note => Tone::Note,
                            Outcome::Warn => Tone::Warn,
                        };
                        view! { <li><StatusMark tone word=what/> <span class="soft small">{text}</span></li> }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}
