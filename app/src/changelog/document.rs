//! The document around a public page, its head line and its foot.

use leptos::prelude::*;
use model::projects::Project;
use ui::{Glyph, Icon, ThemeSwitch};

use super::dates::Dates;
use super::head::{self, Head};
use super::json_ld::Crumb;
use super::{Site, archive_path, list_path};

/// A whole page of a project. `here` is the page's path and query, to come back to.
pub(super) fn document<H: IntoView, M: IntoView>(
    site: &Site,
    project: &Project,
    head: Head,
    here: String,
    masthead: H,
    main: M,
) -> impl IntoView + use<H, M> {
    let layout = match project.layout {
        model::projects::Layout::Timeline => "layout-timeline",
        model::projects::Layout::List => "layout-list",
        model::projects::Layout::Cards => "layout-cards",
    };
    let brand = project.color.as_ref().map(|color| format!("--brand: {color}"));
    let classes = if brand.is_some() { format!("branded {layout}") } else { layout.to_owned() };
    view! {
        <html lang="en" data-theme=site.theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=site.style/>
                {head::elements(site, project, head)}
                <script src=site.script defer></script>
            </head>
            <body class=classes style=brand>
                <div class="changelog">
                    <a class="skip-link" href="#updates">"Skip to the updates"</a>
                    {masthead}
                    <main id="updates">{main}</main>
                    {foot(site, project, here)}
                </div>
            </body>
        </html>
    }
}

/// A page that says one thing and belongs to no project, or to one that says nothing else now.
pub(super) fn bare<M: IntoView>(
    site: &Site,
    project: Option<&Project>,
    title: String,
    main: M,
) -> impl IntoView + use<M> {
    let brand = project.and_then(|project| project.color.as_ref()).map(|color| format!("--brand: {color}"));
    let class = brand.is_some().then_some("branded");
    view! {
        <html lang="en" data-theme=site.theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex, nofollow"/>
                <title>{title}</title>
                <link rel="stylesheet" href=site.style/>
                <link rel="icon" type="image/svg+xml" href=site.favicon/>
            </head>
            <body class=class style=brand>{main}</body>
        </html>
    }
}

/// What the masthead offers on a page.
pub(super) struct Masthead {
    /// Whether the project's name is the page's heading.
    pub is_heading: bool,
    pub search: String,
    /// Pairs that a search keeps, such as the tags the list is narrowed to.
    pub keeps: Vec<(&'static str, String)>,
    /// Below which path the feeds are, when there are any.
    pub feeds: Option<String>,
}

impl Masthead {
    /// For pages that are not the list.
    pub fn plain(project: &Project) -> Self {
        Self {
            is_heading: false,
            search: String::new(),
            keeps: Vec::new(),
            feeds: project.enable_rss.then(|| list_path(project)),
        }
    }

    /// Name, description and tools above every page of a project.
    pub fn view(self, project: &Project) -> impl IntoView + use<> {
        let home = list_path(project);
        let logo =
            project.logo_url.clone().map(|url| view! { <img class="changelog-logo" src=url alt="" height="40"/> });
        let name = view! { <a href=home.clone()>{logo}<span>{project.name.clone()}</span></a> };
        let lead = project.description.clone().unwrap_or_else(|| "What changed, newest first".to_owned());
        let hidden = |(name, value)| view! { <input type="hidden" name=name value=value/> };
        view! {
            <header class="changelog-head">
                <div class="changelog-title">
                    {if self.is_heading {
                        view! { <h1 class="changelog-name" dir="auto">{name}</h1> }.into_any()
                    } else {
                        view! { <p class="changelog-name" dir="auto">{name}</p> }.into_any()
                    }}
                    <p class="changelog-lead" dir="auto">{lead}</p>
                </div>
                <nav class="changelog-nav" aria-label="Changelog">
                    <form class="changelog-search" role="search" method="get" action=home>
                        <label for="search">
                            <span class="sr-only">"Search updates"</span>
                            <Icon glyph=Glyph::Search/>
                        </label>
                        <input
                            id="search"
                            type="search"
                            name="q"
                            maxlength="200"
                            placeholder="Search"
                            dir="auto"
                            enterkeyhint="search"
                            value=self.search
                        />
                        {self.keeps.into_iter().map(hidden).collect_view()}
                    </form>
                    <a href=archive_path(project, None, None)>"Archive"</a>
                    {self.feeds.map(feed_menu)}
                </nav>
            </header>
        }
    }
}

fn feed_menu(path: String) -> impl IntoView {
    let link = |file: &str, name: &'static str, word: &'static str| {
        view! { <li><a href=format!("{path}/{file}")><b>{name}</b><span>{word}</span></a></li> }
    };
    view! {
        <details class="pop" name="pop">
            <summary>"Feeds"</summary>
            <ul class="pop-panel feed-list">
                {link("rss.xml", "RSS", "for most feed readers")}
                {link("atom.xml", "Atom", "the same, by a stricter standard")}
                {link("feed.json", "JSON Feed", "for programs")}
            </ul>
        </details>
    }
}

/// The way from the list to a page below it; the page itself is the heading that follows.
pub(super) fn crumb_line(crumbs: &[Crumb]) -> impl IntoView + use<> {
    let steps = crumbs.len().saturating_sub(1);
    let step = |crumb: &Crumb| view! { <li><a href=crumb.href.clone()><bdi>{crumb.name.clone()}</bdi></a></li> };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>{crumbs.iter().take(steps).map(step).collect_view()}</ol>
        </nav>
    }
}

fn foot(site: &Site, project: &Project, here: String) -> impl IntoView + use<> {
    let zone = Dates::of(project).zone();
    view! {
        <footer class="changelog-foot">
            <ThemeSwitch action="/theme" current=site.theme>
                <input type="hidden" name="from" value=here.clone()/>
            </ThemeSwitch>
            <p>"Dates in the time zone " <bdi>{zone}</bdi></p>
            <a class="to-top" href="#">"Back to top"</a>
        </footer>
    }
}
