//! What search engines, link previews and feed readers are told about a page.

use leptos::prelude::*;
use model::projects::Project;
use model::time::{Timestamp, to_wire};
use serde_json::Value;

use super::{Site, json_ld, list_path, theme_path};

/// Whether search engines may list a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexing {
    Allowed,
    /// Results of a search: what they lead to is listed, they are not.
    OnlyLinks,
    /// The project does not allow it.
    Forbidden,
}

impl Indexing {
    /// For a page of `project` that is worth finding, or one that only repeats others.
    pub(super) fn of(project: &Project, repeats: bool) -> Self {
        match (project.allow_indexing, repeats) {
            (false, _) => Indexing::Forbidden,
            (true, true) => Indexing::OnlyLinks,
            (true, false) => Indexing::Allowed,
        }
    }

    /// For the overview of years and months.
    pub fn of_archive(project: &Project) -> Self {
        Self::of(project, false)
    }

    /// The value for `robots`, unless it is the default.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Indexing::Allowed => None,
            Indexing::OnlyLinks => Some("noindex, follow"),
            Indexing::Forbidden => Some("noindex, nofollow"),
        }
    }
}

/// The picture of a link preview.
pub(super) struct Picture {
    /// Absolute.
    pub url: String,
    /// Whether the server draws it, so that its size is known.
    pub is_card: bool,
    pub alt: String,
}

impl Picture {
    /// The project's own picture, or the card that the server draws for the page at `path`.
    pub fn of(site: &Site, project: &Project, path: &str, alt: String) -> Self {
        match &project.social_image_url {
            Some(url) => Self { url: site.absolute(url), is_card: false, alt: project.name.clone() },
            None => Self { url: format!("{}{path}/card.png", site.base_url), is_card: true, alt },
        }
    }
}

/// When an article was published and changed.
pub(super) struct Article {
    pub published: Timestamp,
    pub modified: Timestamp,
    pub tags: Vec<String>,
}

pub(super) struct Head {
    pub title: String,
    pub description: String,
    /// A path of this site.
    pub canonical: String,
    pub indexing: Indexing,
    /// Path and name of the place whose feeds these are.
    pub feeds: Option<(String, String)>,
    /// Paths of the pages before and after.
    pub previous: Option<String>,
    pub next: Option<String>,
    pub picture: Picture,
    pub article: Option<Article>,
    pub json_ld: Value,
}

impl Head {
    /// The feeds of the whole project, when it has any.
    pub fn project_feeds(project: &Project) -> Option<(String, String)> {
        project.enable_rss.then(|| (list_path(project), project.name.clone()))
    }
}

/// The elements for `<head>`, after character set and viewport.
pub(super) fn elements(site: &Site, project: &Project, head: Head) -> impl IntoView + use<> {
    let Head { title, description, canonical, indexing, feeds, previous, next, picture, article, json_ld } = head;
    let canonical = format!("{}{canonical}", site.base_url);
    let base = site.base_url.clone();
    let link = move |rel: &'static str, path: String| view! { <link rel=rel href=format!("{base}{path}")/> };
    let kind = if article.is_some() { "article" } else { "website" };
    view! {
        <title>{title.clone()}</title>
        <meta name="description" content=description.clone()/>
        {indexing.as_str().map(|robots| view! { <meta name="robots" content=robots/> })}
        <link rel="canonical" href=canonical.clone()/>
        {previous.map(|path| link("prev", path))}
        {next.map(|path| link("next", path))}
        {graph("og:type", kind.to_owned())}
        {graph("og:site_name", format!("{} Changelog", project.name))}
        {graph("og:title", title)}
        {graph("og:description", description)}
        {graph("og:url", canonical)}
        {graph("og:image", picture.url)}
        {picture.is_card.then(|| {
            (graph("og:image:width", "1200".to_owned()), graph("og:image:height", "630".to_owned()))
        })}
        {graph("og:image:alt", picture.alt)}
        <meta name="twitter:card" content="summary_large_image"/>
        {article.map(|article| {
            (
                graph("article:published_time", to_wire(article.published)),
                graph("article:modified_time", to_wire(article.modified)),
                article.tags.into_iter().map(|tag| graph("article:tag", tag)).collect_view(),
            )
        })}
        {feeds.map(|(path, name)| {
            [
                ("application/rss+xml", "rss.xml", "RSS"),
                ("application/atom+xml", "atom.xml", "Atom"),
                ("application/feed+json", "feed.json", "JSON Feed"),
            ]
                .map(|(kind, file, format)| {
                    view! {
                        <link rel="alternate" r#type=kind title=format!("{name}: {format}") href=format!("{path}/{file}")/>
                    }
                })
                .collect_view()
        })}
        {icon(site, project)}
        {theme_path(project).map(|href| view! { <link rel="stylesheet" href=href/> })}
        <script type="application/ld+json" inner_html=json_ld::text(&json_ld)></script>
    }
}

fn icon(site: &Site, project: &Project) -> impl IntoView + use<> {
    match &project.favicon_url {
        Some(url) => view! { <link rel="icon" href=url.clone()/> }.into_any(),
        None => view! { <link rel="icon" type="image/svg+xml" href=site.favicon/> }.into_any(),
    }
}

/// A property of the Open Graph protocol (ogp.me), which uses an attribute that HTML does not know.
fn graph(property: &'static str, content: String) -> impl IntoView {
    view! { <meta content=content/> }.attr("property", property)
}
