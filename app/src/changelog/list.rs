//! The list of entries, each with its whole text.

use leptos::prelude::*;
use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::time::{long_date, to_wire};
use model::versions;
use ui::TagWord;

use crate::params::with_query;

use super::document::{Document, Foot, Head, Masthead};
use super::{Site, entry_path, list_path, to_text};

/// One page of a project's changelog.
#[derive(Debug, Clone)]
pub struct ListPageData {
    pub project: Project,
    pub entries: Vec<Entry>,
    /// The cursor of the next older page.
    pub older: Option<String>,
    /// Whether this is a later page than the first.
    pub continued: bool,
    pub search: String,
    /// Names of the tags the list is narrowed to.
    pub tags: Vec<String>,
}

impl ListPageData {
    fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || !self.tags.is_empty()
    }

    /// The address of a page of this list.
    fn href(&self, cursor: Option<&str>) -> String {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.as_str()));
        }
        pairs.extend(self.tags.iter().map(|tag| ("tag", tag.as_str())));
        pairs.extend(cursor.map(|cursor| ("after", cursor)));
        with_query(&list_path(&self.project), &pairs)
    }
}

/// The whole document.
pub fn list_page(site: Site, data: ListPageData) -> String {
    to_text(move || {
        let path = list_path(&data.project);
        let head = Head {
            title: format!("{} Changelog", data.project.name),
            description: data
                .project
                .description
                .clone()
                .or_else(|| Some(format!("What changed in {}, newest first.", data.project.name))),
            canonical: Some(format!("{}{path}", site.base_url)),
            // Later and narrowed pages only repeat what the first page and the entries say.
            index: data.project.allow_indexing && !data.continued && !data.is_narrowed(),
            feed: data.project.enable_rss.then(|| format!("{}{path}/rss.xml", site.base_url)),
        };
        let color = data.project.color.clone();
        let (here, theme) = (site.here.clone(), site.theme);
        let older = data.older.as_deref().map(|cursor| data.href(Some(cursor)));
        let newest = data.continued.then(|| data.href(None));
        view! {
            <Document site head color>
                <div class="changelog">
                    <Masthead project=data.project.clone() heading=true search=Some(data.search.clone())/>
                    <main>
                        {note(&data)}
                        {if data.entries.is_empty() {
                            view! { <Empty narrowed=data.is_narrowed() home=path/> }.into_any()
                        } else {
                            data.entries
                                .into_iter()
                                .map(|entry| view! { <ListedEntry project=data.project.clone() entry/> })
                                .collect_view()
                                .into_any()
                        }}
                        {(older.is_some() || newest.is_some()).then(|| view! {
                            <nav class="pager" aria-label="Pages">
                                {newest.map(|href| view! { <a class="pager-newer" href=href>"Newest"</a> })}
                                {older.map(|href| view! { <a class="pager-older" href=href rel="next">"Older"</a> })}
                            </nav>
                        })}
                    </main>
                    <Foot here theme/>
                </div>
            </Document>
        }
    })
}

/// What the list is narrowed to, and the way back.
fn note(data: &ListPageData) -> Option<impl IntoView + use<>> {
    if !data.is_narrowed() {
        return None;
    }
    let mut parts = Vec::new();
    if !data.search.is_empty() {
        parts.push(format!("Entries with “{}”", data.search));
    }
    if !data.tags.is_empty() {
        let tags = data.tags.join(", ");
        parts.push(if parts.is_empty() { format!("Entries tagged {tags}") } else { format!("tagged {tags}") });
    }
    Some(view! {
        <p class="changelog-note">
            <span dir="auto">{parts.join(", ")}</span>
            " · "
            <a href=list_path(&data.project)>"Show all"</a>
        </p>
    })
}

#[component]
fn Empty(narrowed: bool, home: String) -> impl IntoView {
    if narrowed {
        view! {
            <div class="message">
                <h2>"Nothing found"</h2>
                <p>"No entry matches. Try fewer or other words."</p>
                <p class="message-links"><a href=home>"Show all entries"</a></p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="message">
                <h2>"Nothing published yet"</h2>
                <p>"The first entry will appear here."</p>
            </div>
        }
        .into_any()
    }
}

#[component]
fn ListedEntry(project: Project, entry: Entry) -> impl IntoView {
    let href = entry_path(&project, &entry.slug);
    let options = markdown::Options { heading_offset: 2, id_prefix: entry.id.as_str(), absolute_base: None };
    let body = markdown::to_safe_html(&entry.content, &options);
    view! {
        <article class="entry" id=entry.id.to_string()>
            <EntryMargin project=project entry=entry.clone()/>
            <div class="entry-main">
                <h2 class="entry-title" dir="auto"><a href=href>{entry.title}</a></h2>
                <div class="entry-body prose" dir="auto" inner_html=body></div>
            </div>
        </article>
    }
}

/// Version, date and tags beside or above an entry.
#[component]
pub(super) fn EntryMargin(project: Project, entry: Entry) -> impl IntoView {
    let date = entry.published_at.unwrap_or(entry.created_at);
    let home = list_path(&project);
    let tag = move |tag: Tag| {
        let href = with_query(&home, &[("tag", &tag.name)]);
        view! { <TagWord name=tag.name color=tag.color href=Some(href)/> }
    };
    view! {
        <div class="entry-margin">
            {entry.version.map(|version| view! { <span class="entry-version">{versions::label(&version)}</span> })}
            <time class="entry-date" datetime=to_wire(date)>{long_date(date)}</time>
            {(!entry.tags.is_empty()).then(|| view! {
                <div class="entry-tags">{entry.tags.into_iter().map(tag).collect_view()}</div>
            })}
        </div>
    }
}
