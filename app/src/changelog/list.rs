//! Lists of entries, each with its whole text: the changelog itself, a tag's page, a year and a month of the archive.

use std::sync::Arc;

use leptos::prelude::*;
use model::Cursor;
use model::projects::Project;
use model::tags::{self, Tag};
use model::time::to_wire;
use serde_json::{Value, json};
use services::public::{Figures, Month, Previous, PublicQuery};

use crate::params::encode;

use super::dates::{Dates, month_name};
use super::document::{Masthead, crumb_line, document};
use super::filter::{bar, updates};
use super::head::{Head, Indexing, Picture};
use super::json_ld::{self, Crumb};
use super::since::{self, UpgradeNote};
use super::{Listed, Site, archive_path, entry_path, list_path, listed, tag_path, to_text};

/// What a list is a list of.
#[derive(Debug, Clone)]
pub enum Scope {
    /// Everything, or what a search and tags leave of it.
    All,
    Tag {
        tag: Tag,
        entries: i64,
    },
    /// A year, or one of its months, with the months of that year.
    Period {
        year: i32,
        month: Option<u32>,
        entries: i64,
        months: Vec<Month>,
    },
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListPageData {
    pub project: Project,
    pub scope: Scope,
    /// What was asked for; only [`Scope::All`] is narrowed by it.
    pub query: PublicQuery,
    pub entries: Vec<Listed>,
    pub next: Option<Cursor>,
    pub previous: Option<Previous>,
    /// How many entries a narrowed list has, on its first page.
    pub found: Option<i64>,
    /// Of a list between two versions: what should be read before an upgrade.
    pub notes: Vec<UpgradeNote>,
    pub figures: Arc<Figures>,
}

impl ListPageData {
    pub(super) fn is_all(&self) -> bool {
        matches!(self.scope, Scope::All)
    }

    pub(super) fn is_narrowed(&self) -> bool {
        self.is_all() && (!self.query.search.is_empty() || !self.query.tags.is_empty() || self.query.is_between())
    }

    /// How many entries the list has when nothing narrows it.
    pub(super) fn scope_count(&self) -> i64 {
        match &self.scope {
            Scope::All => self.figures.entries,
            Scope::Tag { entries, .. } | Scope::Period { entries, .. } => *entries,
        }
    }

    /// The order of one entry is the same both ways.
    pub(super) fn is_worth_turning(&self) -> bool {
        self.query.oldest_first || self.entries.len() > 1
    }

    /// Keys of the tags that the list is narrowed to.
    pub(super) fn chosen_keys(&self) -> Vec<String> {
        self.query.tags.iter().map(|tag| tags::key(tag)).collect()
    }

    /// Those tags by the names they are written with.
    pub(super) fn tag_names(&self) -> Vec<String> {
        let written = |asked: &String| {
            let found = self.figures.tag(asked).map(|found| found.into_inner().0.name.clone());
            found.unwrap_or_else(|| asked.clone())
        };
        self.query.tags.iter().map(written).collect()
    }

    fn path(&self) -> String {
        match &self.scope {
            Scope::All => list_path(&self.project),
            Scope::Tag { tag, .. } => tag_path(&self.project, &tag.name),
            Scope::Period { year, month, .. } => archive_path(&self.project, Some(*year), *month),
        }
    }

    /// The address of a page of this list.
    fn href(&self, oldest_first: bool, cursor: Option<&str>) -> String {
        let mut href = self.path();
        let mut mark = '?';
        let mut add = |name: &str, value: &str| {
            href.push(mark);
            href.push_str(name);
            href.push('=');
            href.push_str(&encode(value));
            mark = '&';
        };
        if !self.query.search.is_empty() {
            add("q", &self.query.search);
        }
        for tag in &self.query.tags {
            add("tag", tag);
        }
        for (name, version) in [("since", &self.query.since), ("until", &self.query.until)] {
            if let Some(version) = version {
                add(name, version);
            }
        }
        if oldest_first {
            add("sort", "oldest");
        }
        if let Some(cursor) = cursor {
            add("after", cursor);
        }
        href
    }

    /// The address of this page.
    pub fn here(&self) -> String {
        self.href(self.query.oldest_first, self.query.cursor.as_deref())
    }

    /// The same list from its other end.
    pub(super) fn turned(&self) -> String {
        self.href(!self.query.oldest_first, None)
    }

    /// Whether this page only shows in another choice or order what others show.
    fn is_repetition(&self) -> bool {
        self.is_narrowed() || self.query.oldest_first
    }

    pub fn indexing(&self) -> Indexing {
        Indexing::of(&self.project, self.is_repetition())
    }

    fn heading(&self) -> Option<String> {
        match &self.scope {
            Scope::All => None,
            Scope::Tag { tag, .. } => Some(tag.name.clone()),
            Scope::Period { year, month: None, .. } => Some(year.to_string()),
            Scope::Period { year, month: Some(month), .. } => Some(format!("{} {year}", month_name(*month))),
        }
    }

    fn title(&self) -> String {
        let whole = format!("{} Changelog", self.project.name);
        let mut parts = Vec::new();
        if !self.query.search.is_empty() {
            parts.push(format!("“{}”", self.query.search));
        }
        if !self.query.tags.is_empty() {
            parts.push(self.tag_names().join(" or "));
        }
        parts.extend(since::heading(&self.query).filter(|_| self.is_all()));
        parts.extend(self.heading());
        if self.query.cursor.is_some() {
            parts.push("More updates".to_owned());
        }
        parts.push(whole);
        parts.join(" · ")
    }

    fn description(&self) -> String {
        let project = &self.project;
        match &self.scope {
            Scope::All => project
                .description
                .clone()
                .unwrap_or_else(|| format!("What changed in {}, newest first.", project.name)),
            Scope::Tag { tag, .. } => {
                tag.description.clone().unwrap_or_else(|| format!("Updates of {} tagged {}.", project.name, tag.name))
            }
            Scope::Period { .. } => {
                format!("What changed in {} in {}.", project.name, self.heading().unwrap_or_default())
            }
        }
    }

    /// From the changelog to this page.
    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb { name: "All updates".to_owned(), href: list_path(&self.project) }];
        if let Scope::Period { year, month, .. } = &self.scope {
            crumbs.push(Crumb { name: "Archive".to_owned(), href: archive_path(&self.project, None, None) });
            if month.is_some() {
                crumbs.push(Crumb { name: year.to_string(), href: archive_path(&self.project, Some(*year), None) });
            }
        }
        if let Some(heading) = self.heading() {
            crumbs.push(Crumb { name: heading, href: self.path() });
        }
        crumbs
    }

    /// `Blog` for the changelog itself, `CollectionPage` for a part of it, with the entries of this page.
    fn json_ld(&self, site: &Site) -> Value {
        let base = &site.base_url;
        let posts: Vec<Value> = self
            .entries
            .iter()
            .map(|Listed { entry, .. }| {
                let published = entry.published_at.unwrap_or(entry.created_at);
                json!({
                    "@type": "BlogPosting",
                    "headline": entry.title,
                    "url": format!("{base}{}", entry_path(&self.project, &entry.slug)),
                    "datePublished": to_wire(published),
                })
            })
            .collect();
        let url = format!("{base}{}", self.path());
        let (name, about) = (self.title(), self.description());
        if self.is_all() {
            let blog = json!({ "@type": "Blog", "name": name, "description": about, "url": url, "blogPost": posts });
            return json_ld::graph(vec![blog]);
        }
        let page = json!({
            "@type": "CollectionPage", "name": name, "description": about, "url": url, "hasPart": posts,
        });
        json_ld::graph(vec![page, json_ld::breadcrumbs(base, &self.crumbs())])
    }

    fn head(&self, site: &Site, older: Option<&String>, newer: Option<&String>) -> Head {
        let project = &self.project;
        let feeds = match &self.scope {
            Scope::Tag { tag, .. } if project.enable_rss => {
                Some((self.path(), format!("{}, {}", project.name, tag.name)))
            }
            _ => Head::project_feeds(project),
        };
        Head {
            title: self.title(),
            description: self.description(),
            canonical: if self.is_repetition() { self.path() } else { self.here() },
            indexing: self.indexing(),
            feeds,
            previous: newer.cloned(),
            next: older.cloned(),
            picture: Picture::of(site, project, &list_path(project), format!("{} Changelog", project.name)),
            article: None,
            json_ld: self.json_ld(site),
        }
    }

    fn masthead(&self) -> Masthead {
        let keeps = if self.is_all() {
            let tags = self.query.tags.iter().map(|tag| ("tag", tag.clone()));
            let order = self.query.oldest_first.then(|| ("sort", "oldest".to_owned()));
            let since = self.query.since.clone().map(|version| ("since", version));
            let until = self.query.until.clone().map(|version| ("until", version));
            tags.chain(order).chain(since).chain(until).collect()
        } else {
            Vec::new()
        };
        let feeds = match &self.scope {
            Scope::Tag { .. } => self.path(),
            _ => list_path(&self.project),
        };
        Masthead {
            is_heading: self.is_all(),
            search: self.query.search.clone(),
            keeps,
            feeds: self.project.enable_rss.then_some(feeds),
        }
    }
}

/// The whole document.
pub fn list_page(site: &Site, mut data: ListPageData) -> String {
    to_text(move || {
        let dates = Dates::of(&data.project);
        let order = data.query.oldest_first;
        let next = data.next.as_ref().map(|cursor| data.href(order, Some(&cursor.to_string())));
        let previous = data.previous.as_ref().map(|previous| match previous {
            Previous::First => data.href(order, None),
            Previous::After(cursor) => data.href(order, Some(&cursor.to_string())),
        });
        let head = data.head(site, next.as_ref(), previous.as_ref());
        let masthead = data.masthead().view(&data.project);
        let top = top(&data);
        let bar = (data.scope_count() > 0).then(|| bar(&data, &dates));
        let entries = std::mem::take(&mut data.entries);
        let is_empty = entries.is_empty();
        let list: Vec<_> = entries.into_iter().map(|entry| listed::article(&data.project, &dates, entry)).collect();
        let main = view! {
            {top}
            {since::top(&data)}
            {bar}
            {is_empty.then(|| empty(&data))}
            <div class="entries">{list}</div>
            {pager(order, previous, next)}
        };
        document(site, &data.project, head, data.here(), masthead, main)
    })
}

/// What a page below the list is about.
fn top(data: &ListPageData) -> Option<impl IntoView + use<>> {
    let heading = data.heading()?;
    let about = match &data.scope {
        Scope::Tag { tag, .. } => tag.description.clone(),
        _ => None,
    };
    let (dot, kind) = match &data.scope {
        Scope::Tag { tag, .. } => (listed::dot(tag), Some("Tagged ")),
        _ => (None, None),
    };
    Some(view! {
        <header class="page-head">
            {crumb_line(&data.crumbs())}
            <h1>{kind.map(|kind| view! { <span class="sr-only">{kind}</span> })} {dot} <bdi>{heading}</bdi></h1>
            {about.map(|about| view! { <p dir="auto">{about}</p> })}
            {months(data)}
        </header>
    })
}

/// The months of the year, the chosen one marked.
fn months(data: &ListPageData) -> Option<impl IntoView + use<>> {
    let Scope::Period { year, month: chosen, months, .. } = &data.scope else { return None };
    let links: Vec<_> = months
        .iter()
        .map(|Month { month, entries }| {
            let current = (Some(*month) == *chosen).then_some("page");
            let href = archive_path(&data.project, Some(*year), Some(*month));
            view! {
                <li>
                    <a href=href aria-current=current title=updates(*entries)>
                        {month_name(*month)} " " <span class="count">{*entries}</span>
                    </a>
                </li>
            }
        })
        .collect();
    Some(view! { <nav aria-label=format!("Months of {year}")><ul class="months">{links}</ul></nav> })
}

fn pager(oldest_first: bool, previous: Option<String>, next: Option<String>) -> Option<impl IntoView> {
    let (before, after) = if oldest_first { ("Older", "Newer") } else { ("Newer", "Older") };
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {previous.map(|href| view! { <a class="pager-before" href=href rel="prev">{before}</a> })}
                {next.map(|href| view! { <a class="pager-after" href=href rel="next">{after}</a> })}
            </nav>
        }
    })
}

fn empty(data: &ListPageData) -> impl IntoView + use<> {
    let (title, text, link) = if data.query.cursor.is_some() {
        (
            "There is nothing further",
            "The list ends before this page.",
            Some(("Show it from its beginning", data.href(data.query.oldest_first, None))),
        )
    } else if data.is_narrowed() {
        (
            "Nothing found",
            "No update matches. Try fewer or other words.",
            Some(("Show all updates", list_path(&data.project))),
        )
    } else {
        ("Nothing published yet", "The first update will appear here.", None)
    };
    view! {
        <div class="message">
            <h2>{title}</h2>
            <p>{text}</p>
            {link.map(|(words, href)| view! { <p class="message-links"><a href=href>{words}</a></p> })}
        </div>
    }
}
