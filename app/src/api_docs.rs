//! The REST API for people: one page, rendered to text from the document that describes it for programs. It needs no
//! script and loads nothing from elsewhere.
//!
//! [`document`] reads the OpenAPI document, [`shape`] says in words what a schema allows, [`operation`] shows one
//! operation, [`curl`] writes the command that calls it.

mod curl;
mod document;
mod operation;
mod shape;

use leptos::prelude::*;
use serde_json::Value;
use ui::ThemeSwitch;

use crate::changelog::{Site, to_text};
use document::{Document, Group, Scheme};

/// Where the page is.
pub const PATH: &str = "/api-docs";

/// The whole page.
pub fn api_docs_page(site: &Site, openapi: &Value) -> String {
    let document = Document::read(openapi);
    to_text(move || {
        let Document { title, description, schemes, groups, schemas } = document;
        let title = format!("{title} · Tidings");
        let contents = groups.iter().map(contents_of).collect_view();
        let base_url = site.base_url.clone();
        view! {
            <html lang="en" data-theme=site.theme.as_str()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{title.clone()}</title>
                    <meta name="description" content="Every operation of the REST API, with parameters, bodies, answers and examples."/>
                    <link rel="stylesheet" href=site.style/>
                    <link rel="icon" type="image/svg+xml" href=site.favicon/>
                    <link rel="alternate" type="application/json" href="/openapi.json" title="OpenAPI"/>
                </head>
                <body>
                    <a class="skip-link" href="#operations">"Skip to the operations"</a>
                    <div class="docs">
                        <nav class="docs-contents" aria-label="Contents">
                            <p class="docs-home"><a href="#top">"REST API"</a></p>
                            <ul>
                                <li><a href="#calling">"Calling it"</a></li>
                                {contents}
                                <li><a href="#shapes">"Shapes"</a></li>
                            </ul>
                        </nav>
                        <main id="top">
                            <header class="docs-head">
                                <h1>"REST API"</h1>
                                <p class="docs-facts">
                                    <code>{base_url.clone()}</code>
                                    " "
                                    <a href="/openapi.json">"OpenAPI 3.1 document"</a>
                                </p>
                            </header>
                            <section id="calling" class="docs-section">
                                <h2>"Calling it"</h2>
                                {words(&description)}
                                <p class="docs-kind">
                                    "Every answer from 400 upwards is a " <a href="#shape-Problem">"Problem"</a> "."
                                </p>
                                {schemes.iter().map(scheme).collect_view()}
                            </section>
                            <div id="operations">
                                {groups.iter().map(|group| group_section(&base_url, group)).collect_view()}
                            </div>
                            <section id="shapes" class="docs-section">
                                <h2>"Shapes"</h2>
                                <p class="docs-lead">"Bodies of requests and answers, and what they are made of."</p>
                                {schemas.iter().map(shape::section).collect_view()}
                            </section>
                            <footer class="docs-foot">
                                <ThemeSwitch action="/theme" current=site.theme>
                                    <input type="hidden" name="from" value=PATH/>
                                </ThemeSwitch>
                                <a href="#top">"Back to top"</a>
                            </footer>
                        </main>
                    </div>
                </body>
            </html>
        }
    })
}

fn contents_of(group: &Group) -> impl IntoView + use<> {
    view! {
        <li>
            <a href=format!("#{}", group.anchor)>{group.name.clone()}</a>
            {links(group)}
        </li>
    }
}

/// The operations of a group, to jump to.
fn links(group: &Group) -> impl IntoView + use<> {
    let link = |operation: &document::Operation| {
        view! {
            <li>
                <a href=format!("#{}", operation.id)>
                    {operation::method(operation.method)}
                    <span>{operation.summary.trim_end_matches('.').to_owned()}</span>
                </a>
            </li>
        }
    };
    view! { <ul class="docs-links">{group.operations.iter().map(link).collect_view()}</ul> }
}

fn group_section(base_url: &str, group: &Group) -> impl IntoView + use<> {
    view! {
        <section id=group.anchor.clone() class="docs-section">
            <h2>{group.name.clone()}</h2>
            {words(&group.description)}
            {links(group)}
            {group.operations.iter().map(|operation| operation::section(base_url, operation)).collect_view()}
        </section>
    }
}

fn scheme(scheme: &Scheme) -> impl IntoView + use<> {
    view! {
        <div class="docs-scheme">
            <h3>{scheme.label()}</h3>
            {words(&scheme.description)}
        </div>
    }
}

/// A description, which is Markdown.
fn words(text: &str) -> impl IntoView + use<> {
    let html = markdown::to_safe_html(text, &markdown::Options { heading_offset: 4, ..markdown::Options::default() });
    (!html.is_empty()).then(|| view! { <div class="docs-words" inner_html=html></div> })
}

/// An example as it would be sent.
fn example(label: &'static str, value: &Value) -> impl IntoView + use<> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    view! {
        <details class="docs-example">
            <summary>{label}</summary>
            <pre><code>{text}</code></pre>
        </details>
    }
}
