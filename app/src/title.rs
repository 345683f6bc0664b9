//! The title of the document.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// Sets the title of the document, here and when `text` changes.
///
/// Leptos asks for it once the page is whole, on whichever thread that happens, and values of the page cannot be read
/// there. So the server makes the text at once.
#[component]
pub fn Title(#[prop(into)] text: TextProp) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = text.get().into_owned();
    view! { <leptos_meta::Title text/> }
}
