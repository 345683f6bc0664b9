//! What a list or page shows when it has nothing else to show.

use leptos::prelude::*;

use crate::{
    button::{Button, ButtonLink, Variant},
    icon::{Glyph, Icon},
};

/// First use, or nothing found: one sentence, one way on.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    /// The sentence.
    #[prop(optional, into)]
    text: Option<String>,
    /// The action, and an example where it helps.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-title">{title}</p>
            {text.map(|text| view! { <p class="empty-text">{text}</p> })}
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
}

/// Something could not be loaded or done.
#[component]
pub fn ErrorState(
    /// What failed: "The entries could not be loaded."
    #[prop(into)]
    title: Signal<String>,
    /// What was kept, and what to do.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// To quote to whoever runs the server.
    #[prop(optional, into)]
    reference: Signal<Option<String>>,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
    /// A link to try again, for pages without scripts.
    #[prop(optional, into)]
    retry_href: Option<String>,
) -> impl IntoView {
    view! {
        <div class="empty-state error-state" role="alert">
            <p class="empty-title">
                <Icon glyph=Glyph::Alert size=20/>
                {move || title.get()}
            </p>
            {move || text.get().map(|text| view! { <p class="empty-text">{text}</p> })}
            {move || {
                reference
                    .get()
                    .map(|reference| {
                        view! {
                            <p class="empty-text">
                                "Reference " <code class="mono" dir="ltr">{reference}</code>
                            </p>
                        }
                    })
            }}
            {on_retry
                .map(|retry| view! { <Button variant=Variant::Quiet on_click=move |_| retry.run(())>"Try again"</Button> })}
            {retry_href.map(|href| view! { <ButtonLink href=href>"Try again"</ButtonLink> })}
        </div>
    }
}

/// The reader may not see this.
#[component]
pub fn ForbiddenState(
    /// What is closed: "You cannot change this project."
    #[prop(into)]
    title: String,
    /// Who can help: "Ask an administrator for access."
    #[prop(into)]
    help: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-title">
                <Icon glyph=Glyph::Lock size=20/>
                {title}
            </p>
            <p class="empty-text">{help}</p>
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
}

/// Grey lines the size of a text that is on its way. Appears after 150 ms only.
#[component]
pub fn SkeletonLines(#[prop(default = 3)] lines: usize) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="sr-only">"Loading"</span>
            {(0..lines).map(|_| view! { <span class="skeleton-line" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}

/// Grey rows the size of a list that is on its way. Appears after 150 ms only.
#[component]
pub fn SkeletonRows(#[prop(default = 6)] rows: usize) -> impl IntoView {
    view! {
        <div class="skeleton skeleton-rows" role="status">
            <span class="sr-only">"Loading"</span>
            {(0..rows)
                .map(|_| {
                    view! {
                        <div class="skeleton-row" aria-hidden="true">
                            <span class="skeleton-line"></span>
                            <span class="skeleton-line"></span>
                            <span class="skeleton-line"></span>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}
