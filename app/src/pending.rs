//! Parts of a page that wait for their data.
//!
//! In the browser they are a `Transition`: the fallback shows until the data is there, and what is shown stays while it
//! is read again. The server sends a page when it is whole, so it needs neither. There a `Suspense` would build its parts
//! until none of them waits any longer: each would be built, and would ask for its data, several times.

use std::future::Future;

use leptos::children::{TypedChildren, ViewFnOnce};
use leptos::prelude::*;

/// Shows `fallback` until every part of `children` that is made by [`later`] has its data.
#[component]
pub fn Pending<Chil>(#[prop(optional, into)] fallback: ViewFnOnce, children: TypedChildren<Chil>) -> impl IntoView
where
    Chil: IntoView + Send + 'static,
{
    #[cfg(feature = "ssr")]
    {
        drop(fallback);
        // The browser's `Transition` takes a number of its own among the resources of the page.
        if let Some(page) = Owner::current_shared_context() {
            page.next_id();
        }
        children.into_inner()()
    }
    #[cfg(not(feature = "ssr"))]
    leptos::view! { <Transition fallback>{children.into_inner()()}</Transition> }
}

/// A view of data that is on its way. It stands inside of a [`Pending`].
pub fn later<T>(view: impl Future<Output = T> + Send + 'static) -> Suspend<impl RenderHtml>
where
    T: RenderHtml + Send + 'static,
{
    #[cfg(feature = "ssr")]
    return Suspend::new(async move {
        let view = view.await;
        // What it contains is rendered after this, and has to find the context of the page.
        leptos::tachys::reactive_graph::OwnedView::new(view)
    });
    #[cfg(not(feature = "ssr"))]
    Suspend::new(view)
}
