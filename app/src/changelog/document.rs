//! The document around a public page.

use leptos::prelude::*;
use model::projects::Project;
use ui::{Theme, ThemeSwitch};

use super::{Site, list_path};

/// What search engines and link previews are told.
pub(super) struct Head {
    pub title: String,
    pub description: Option<String>,
    /// Absolute.
    pub canonical: Option<String>,
    pub index: bool,
    /// Absolute address of the RSS feed, if there is one.
    pub feed: Option<String>,
}

#[component]
pub(super) fn Document(
    site: Site,
    head: Head,
    /// The project's colour.
    color: Option<String>,
    children: Children,
) -> impl IntoView {
    let branded = color.is_some();
    let brand = color.map(|color| format!("--brand: {color}"));
    view! {
        <html lang="en" data-theme=site.theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{head.title.clone()}</title>
                {head.description.clone().map(|text| view! { <meta name="description" content=text/> })}
                {(!head.index).then(|| view! { <meta name="robots" content="noindex, nofollow"/> })}
                {head.canonical.clone().map(|url| view! {
                    <link rel="canonical" href=url.clone()/>
                    {graph("og:url", url)}
                })}
                {graph("og:title", head.title)}
                {graph("og:type", "website".to_owned())}
                {head.description.map(|text| graph("og:description", text))}
                {head.feed.map(|url| view! { <link rel="alternate" r#type="application/rss+xml" title="RSS" href=url/> })}
                <link rel="stylesheet" href=site.style/>
                <link rel="icon" type="image/svg+xml" href=site.favicon/>
            </head>
            <body class:branded=branded style=brand>{children()}</body>
        </html>
    }
}

/// Name, description and tools above every page of a project.
#[component]
pub(super) fn Masthead(
    project: Project,
    /// Whether the name is the page's heading; on an entry's page it is a link home.
    heading: bool,
    #[prop(optional_no_strip)] search: Option<String>,
) -> impl IntoView {
    let home = list_path(&project);
    let feed = format!("{home}/rss.xml");
    let lead = project.description.clone().unwrap_or_else(|| "What changed, newest first".to_owned());
    let name = view! { <a href=home.clone()>{project.name.clone()}</a> };
    view! {
        <header class="changelog-head">
            <div>
                {if heading {
                    view! { <h1 class="changelog-name" dir="auto">{name}</h1> }.into_any()
                } else {
                    view! { <p class="changelog-name" dir="auto">{name}</p> }.into_any()
                }}
                <p class="changelog-lead" dir="auto">{lead}</p>
            </div>
            <nav class="changelog-nav" aria-label="Changelog">
                <form class="changelog-search" role="search" method="get" action=home>
                    <label class="sr-only" for="search">"Search entries"</label>
                    <input id="search" type="search" name="q" maxlength="200" placeholder="Search" value=search/>
                </form>
                {project.enable_rss.then(|| view! { <a href=feed>"RSS"</a> })}
            </nav>
        </header>
    }
}

/// The foot of every page: the theme.
#[component]
pub(super) fn Foot(here: String, theme: Theme) -> impl IntoView {
    view! {
        <footer class="changelog-foot">
            <ThemeSwitch action="/theme" current=theme>
                <input type="hidden" name="from" value=here.clone()/>
            </ThemeSwitch>
        </footer>
    }
}

/// A property of the Open Graph protocol (ogp.me), which uses an attribute that HTML does not know.
fn graph(property: &'static str, content: String) -> impl IntoView {
    view! { <meta content=content/> }.attr("property", property)
}
