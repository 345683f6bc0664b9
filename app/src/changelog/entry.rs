//! One entry on a page of its own.

use leptos::prelude::*;
use model::entries::Entry;
use model::projects::Project;
use model::time::{Timestamp, to_wire};
use model::versions;
use serde_json::json;
use services::public::Neighbour;

use super::dates::Dates;
use super::document::{Masthead, crumb_line, document};
use super::head::{Article, Head, Indexing, Picture};
use super::json_ld::{self, Crumb};
use super::listed::margin;
use super::{Listed, Site, entry_path, list_path, to_text};

#[derive(Debug, Clone)]
pub struct EntryPageData {
    pub project: Project,
    pub entry: Listed,
    pub newer: Option<Neighbour>,
    pub older: Option<Neighbour>,
}

impl EntryPageData {
    pub fn indexing(&self) -> Indexing {
        Indexing::of(&self.project, false)
    }
}

/// The whole document.
pub fn entry_page(site: &Site, data: EntryPageData) -> String {
    to_text(move || {
        let EntryPageData { project, entry: Listed { entry, body, .. }, newer, older } = data;
        let dates = Dates::of(&project);
        let path = entry_path(&project, &entry.slug);
        let crumbs = [
            Crumb { name: "All updates".to_owned(), href: list_path(&project) },
            Crumb { name: entry.title.clone(), href: path.clone() },
        ];
        let link = |neighbour: &Neighbour| entry_path(&project, &neighbour.slug);
        let head = head(site, &project, &entry, &crumbs, newer.as_ref().map(link), older.as_ref().map(link));
        let neighbours = (newer.is_some() || older.is_some()).then(|| {
            view! {
                <nav class="neighbours" aria-label="Other updates">
                    {newer.map(|one| neighbour(&project, one, "Newer", "prev"))}
                    {older.map(|one| neighbour(&project, one, "Older", "next"))}
                </nav>
            }
        });
        let margin = margin(&project, &dates, &entry);
        let foot = foot(site, &dates, &entry, &path);
        let main = view! {
            <header class="page-head">{crumb_line(&crumbs)}</header>
            <article class="entry entry-alone" id=entry.id.to_string()>
                {margin}
                <div class="entry-main">
                    <h1 class="entry-title" dir="auto">{entry.title}</h1>
                    <div class="entry-body prose" dir="auto" inner_html=body></div>
                    {foot}
                </div>
            </article>
            {neighbours}
        };
        let masthead = Masthead::plain(&project).view(&project);
        document(site, &project, head, path, masthead, main)
    })
}

/// When the text was changed after readers could see it. Publication itself is no change, nor is an entry written today
/// about something older.
fn changed(dates: &Dates, entry: &Entry) -> Option<Timestamp> {
    let published = entry.published_at?;
    let is_later = entry.updated_at > published
        && !dates.is_same_day(published, entry.updated_at)
        && !dates.is_same_day(entry.created_at, entry.updated_at);
    is_later.then_some(entry.updated_at)
}

fn foot(site: &Site, dates: &Dates, entry: &Entry, path: &str) -> impl IntoView + use<> {
    let changed = changed(dates, entry).map(|at| view! { <p>"Last updated " {dates.time(at, "")}</p> });
    // Hidden until a script can share.
    let share = view! {
        <button type="button" class="plain-button share" hidden data-share=format!("{}{path}", site.base_url)>
            "Share"
        </button>
        <span class="share-said" role="status"></span>
    };
    view! { <footer class="entry-foot">{changed}{share}</footer> }
}

fn neighbour(project: &Project, one: Neighbour, words: &'static str, rel: &'static str) -> impl IntoView + use<> {
    let version = one.version.as_deref().filter(|version| !one.title.contains(*version)).map(versions::label);
    view! {
        <a class=format!("neighbour neighbour-{rel}") href=entry_path(project, &one.slug) rel=rel>
            <span class="neighbour-way">{words}</span>
            <span class="neighbour-title" dir="auto">{one.title}</span>
            {version.map(|version| view! { <span class="entry-version">{version}</span> })}
        </a>
    }
}

fn head(
    site: &Site,
    project: &Project,
    entry: &Entry,
    crumbs: &[Crumb],
    newer: Option<String>,
    older: Option<String>,
) -> Head {
    let path = entry_path(project, &entry.slug);
    let url = format!("{}{path}", site.base_url);
    let published = entry.published_at.unwrap_or(entry.created_at);
    let modified = entry.updated_at.max(published);
    let description =
        if entry.excerpt.is_empty() { format!("{} in {}.", entry.title, project.name) } else { entry.excerpt.clone() };
    let tags: Vec<String> = entry.tags.iter().map(|tag| tag.name.clone()).collect();
    let picture = Picture::of(site, project, &path, entry.title.clone());
    let maker = json!({ "@type": "Organization", "name": project.name });
    let post = json!({
        "@type": "BlogPosting",
        "headline": entry.title,
        "description": description,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": to_wire(published),
        "dateModified": to_wire(modified),
        "image": picture.url,
        "keywords": tags,
        "author": maker,
        "publisher": maker,
        "isPartOf": {
            "@type": "Blog",
            "name": format!("{} Changelog", project.name),
            "url": format!("{}{}", site.base_url, list_path(project)),
        },
    });
    Head {
        title: format!("{} · {} Changelog", entry.title, project.name),
        description,
        canonical: path,
        indexing: Indexing::of(project, false),
        feeds: Head::project_feeds(project),
        previous: newer,
        next: older,
        picture,
        article: Some(Article { published, modified, tags }),
        json_ld: json_ld::graph(vec![post, json_ld::breadcrumbs(&site.base_url, crumbs)]),
    }
}
