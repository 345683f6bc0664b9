//! A section that is saved by itself, and knows whether it was.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::{ev, html};
use model::Error;
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::codec::PostUrl;
use server_fn::request::ClientReq;
use server_fn::{Http, ServerFn};
use ui::{Button, FormError, Variant, use_toasts};

use crate::failure::{failure_of, form_error, wrong_fields};

/// What a form would send now. Two equal texts are two equal forms.
fn contents(form: &web_sys::HtmlFormElement) -> Option<String> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    js_sys::JSON::stringify(&js_sys::Array::from(&data)).ok().map(String::from)
}

/// The form of a section: says what is not saved, asks before it is left behind, and reports success. `children` are the
/// fields.
#[component]
pub fn SavedForm<A, O>(
    action: ServerAction<A>,
    /// The button: "Save name".
    #[prop(into)]
    verb: String,
    /// The report: "Name saved."
    #[prop(into)]
    done: String,
    /// Takes what was saved.
    #[prop(into)]
    on_saved: Callback<A::Output>,
    /// Off for sections the reader may only look at.
    #[prop(default = true)]
    editable: bool,
    children: Children,
) -> impl IntoView
where
    A: ServerFn<Error = Error, Protocol = Http<PostUrl, O>> + DeserializeOwned + Clone + Send + Sync + 'static,
    A::Output: Clone + Send + Sync + 'static,
    <<A::Client as Client<Error>>::Request as ClientReq<Error>>::FormData: From<web_sys::FormData>,
    A::Client: Client<Error>,
    O: 'static,
{
    let node = NodeRef::<html::Form>::new();
    let now = move || node.get_untracked().and_then(|form| contents(&form));
    let kept = StoredValue::new(None::<String>);
    let dirty = RwSignal::new(false);
    Effect::new(move || {
        if let Some(form) = node.get() {
            kept.set_value(contents(&form));
        }
    });
    // After the event: a swatch writes into its field only then.
    let look = move || {
        request_animation_frame(move || {
            if let Some(now) = now() {
                let differs = kept.try_with_value(|kept| kept.as_ref() != Some(&now)).unwrap_or(false);
                let _ = dirty.try_set(differs);
            }
        });
    };
    Effect::new(move || {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if dirty.try_get_untracked() == Some(true) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
    let toasts = use_toasts();
    Effect::new(move || {
        let saved = action.value().with(|value| value.as_ref().and_then(|result| result.as_ref().ok().cloned()));
        if let Some(saved) = saved {
            on_saved.run(saved);
            toasts.say(done.clone());
            kept.set_value(now());
            dirty.set(false);
        }
    });
    let failure = failure_of(action);
    view! {
        <div on:input=move |_| look() on:change=move |_| look() on:click=move |_| look()>
            <ActionForm action=action node_ref=node attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                {children()}
                {editable.then(|| view! {
                    <div class="cluster">
                        <Button variant=Variant::Primary busy=action.pending()>{verb}</Button>
                        <span class="soft small" role="status">{move || if dirty.get() { "Not saved yet" } else { "" }}</span>
                    </div>
                })}
            </ActionForm>
        </div>
    }
}
