//! The top of a page, of a section, and the way through a list.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// One step of the way to the page. The last one is the page itself and has no `href`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub label: String,
    pub href: Option<String>,
}

impl Crumb {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way to the page; on wide screens it stands in the shell's top line.
#[component]
pub fn Breadcrumb(
    #[prop(into)] crumbs: Signal<Vec<Crumb>>,
    #[prop(default = "Breadcrumb".to_owned(), into)] label: String,
) -> impl IntoView {
    view! {
        <nav class="breadcrumb" aria-label=label>
            <ol>
                {move || {
                    crumbs
                        .get()
                        .into_iter()
                        .map(|crumb| {
                            let item = match crumb.href {
                                Some(href) => view! { <a href=href dir="auto">{crumb.label}</a> }.into_any(),
                                None => view! { <span aria-current="page" dir="auto">{crumb.label}</span> }.into_any(),
                            };
                            view! { <li>{item}</li> }
                        })
                        .collect_view()
                }}
            </ol>
        </nav>
    }
}

/// The top of each page: the way here, the only `h1`, a count or sentence, one primary action.
#[component]
pub fn PageHeader(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] crumbs: Signal<Vec<Crumb>>,
    /// How many things the list below holds.
    #[prop(optional, into)]
    count: Signal<Option<String>>,
    /// One sentence under the title, where the page needs it.
    #[prop(optional, into)]
    lead: Signal<Option<String>>,
    /// Filters and the like, between title and action.
    #[prop(optional, into)]
    middle: ViewFnOnce,
    #[prop(optional, into)] action: ViewFnOnce,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {move || (!crumbs.read().is_empty()).then(|| view! { <Breadcrumb crumbs/> })}
            <div class="page-title-line">
                <h1 class="page-title" dir="auto">{move || title.get()}</h1>
                {move || count.get().map(|count| view! { <span class="page-count">{count}</span> })}
                <span class="page-middle cluster">{middle.run()}</span>
                <span class="page-action cluster">{action.run()}</span>
            </div>
            {move || lead.get().map(|lead| view! { <p class="page-lead">{lead}</p> })}
        </header>
    }
}

/// A section of a settings page: heading, sentence, content, saved on its own.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: Option<String>,
    /// For links into the page.
    #[prop(optional, into)]
    id: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" id=id>
            <div class="section-head">
                <h2>{title}</h2>
                {text.map(|text| view! { <p>{text}</p> })}
            </div>
            {children()}
        </section>
    }
}

/// Newer and older pages of a list. Either link is missing at its end.
#[component]
pub fn Pager(
    #[prop(optional_no_strip, into)] newer: Option<String>,
    #[prop(optional_no_strip, into)] older: Option<String>,
    /// What the two directions are called where a list does not begin with the newest.
    #[prop(default = ("Newer", "Older"))]
    names: (&'static str, &'static str),
    /// Spoken name: "Pages of entries".
    #[prop(default = "Pages".to_owned(), into)]
    label: String,
) -> impl IntoView {
    let any = newer.is_some() || older.is_some();
    any.then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {newer
                    .map(|href| {
                        view! {
                            <a class="pager-newer" href=href rel="prev">
                                <Icon glyph=Glyph::ChevronLeft/>
                                {names.0}
                            </a>
                        }
                    })}
                {older
                    .map(|href| {
                        view! {
                            <a class="pager-older" href=href rel="next">
                                {names.1}
                                <Icon glyph=Glyph::ChevronRight/>
                            </a>
                        }
                    })}
            </nav>
        }
    })
}
