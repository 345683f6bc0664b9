//! The form of a section of a project's settings.

use leptos::prelude::*;
use model::Error;
use model::projects::Project;
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::codec::PostUrl;
use server_fn::request::ClientReq;
use server_fn::{Http, ServerFn};

use super::Settings;
use crate::form::SavedForm;

/// A [`SavedForm`] about a project, whose id is sent with the fields.
#[component]
pub(super) fn SectionForm<A, O>(
    settings: Settings,
    action: ServerAction<A>,
    #[prop(into)] verb: String,
    #[prop(into)] done: String,
    #[prop(default = true)] editable: bool,
    children: Children,
) -> impl IntoView
where
    A: ServerFn<Output = Project, Error = Error, Protocol = Http<PostUrl, O>>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    <<A::Client as Client<Error>>::Request as ClientReq<Error>>::FormData: From<web_sys::FormData>,
    A::Client: Client<Error>,
    O: 'static,
{
    let on_saved = Callback::new(move |project: Project| settings.saved(project));
    view! {
        <SavedForm action=action verb=verb done=done on_saved=on_saved editable=editable>
            <input type="hidden" name="project" value=settings.id()/>
            {children()}
        </SavedForm>
    }
}
