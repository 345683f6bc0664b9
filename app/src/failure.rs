//! What a page shows when something could not be had.

use crate::title::Title;
use leptos::prelude::*;
use model::Error;
use ui::{ButtonLink, ErrorState, ForbiddenState, Variant};

/// An error in the place of what should have been there. On the server it also sets the status of the page.
#[component]
pub fn Failure(
    error: Error,
    /// What failed: "The entries could not be loaded."
    #[prop(into)]
    what: String,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::server::set_status(error.status());
    match error {
        Error::NotFound => view! {
            <Title text="Not found"/>
            <ErrorState title="There is nothing here." text="It may have been deleted, or the address is wrong.".to_owned()/>
        }
        .into_any(),
        Error::SignedOut => view! {
            <div class="stack">
                <ErrorState title="You are signed out." text="Sign in again; what you typed in other tabs is kept.".to_owned()/>
                <ButtonLink href="/login" variant=Variant::Primary>"Sign in"</ButtonLink>
            </div>
        }
        .into_any(),
        Error::Forbidden { .. } | Error::NeedsApproval => {
            view! { <ForbiddenState title=what help=error.to_string()/> }.into_any()
        }
        Error::Internal { reference } | Error::Unavailable { reference } => {
            let text = "Nothing was changed. Try again in a moment.".to_owned();
            match on_retry {
                Some(retry) => view! { <ErrorState title=what text=text reference=Some(reference) on_retry=retry/> }.into_any(),
                None => view! { <ErrorState title=what text=text reference=Some(reference)/> }.into_any(),
            }
        }
        other => {
            let text = other.to_string();
            match on_retry {
                Some(retry) => view! { <ErrorState title=what text=text on_retry=retry/> }.into_any(),
                None => view! { <ErrorState title=what text=text/> }.into_any(),
            }
        }
    }
}

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::server::set_status(404);
    view! {
        <Title text="Not found"/>
        <main class="page stack">
            <h1>"There is nothing here"</h1>
            <p>"The address is wrong, or what was here has been deleted."</p>
            <p><ButtonLink href="/dashboard">"Go to the dashboard"</ButtonLink></p>
        </main>
    }
}

/// The error of the last run of an action, if it failed.
pub fn failure_of<A>(action: ServerAction<A>) -> Signal<Option<Error>>
where
    A: server_fn::ServerFn<Error = Error> + Send + Sync + Clone + 'static,
    A::Output: Send + Sync + Clone + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|result| result.as_ref().and_then(|result| result.as_ref().err().cloned())))
}

/// The message for one field of a form.
pub fn field_error(failure: Signal<Option<Error>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || failure.with(|error| error.as_ref().and_then(|error| error.for_field(name))))
}

/// The sentence above a form.
pub fn form_error(failure: Signal<Option<Error>>) -> Signal<Option<String>> {
    Signal::derive(move || failure.with(|error| error.as_ref().map(Error::to_string)))
}

/// The wrong fields of a form, as the kit's summary wants them: control id and message.
pub fn wrong_fields(failure: Signal<Option<Error>>) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        failure.with(|error| match error {
            Some(Error::Invalid { fields }) => {
                fields.iter().map(|field| (format!("field-{}", field.field), field.message.clone())).collect()
            }
            _ => Vec::new(),
        })
    })
}
