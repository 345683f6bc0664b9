//! Years and months at a glance.

use std::sync::Arc;

use leptos::prelude::*;
use model::projects::Project;
use serde_json::json;
use services::public::Year;

use super::dates::month_name;
use super::document::{Masthead, crumb_line, document};
use super::filter::updates;
use super::head::{Head, Indexing, Picture};
use super::json_ld::{self, Crumb};
use super::{Site, archive_path, list_path, to_text};

#[derive(Debug, Clone)]
pub struct ArchivePageData {
    pub project: Project,
    /// The newest first.
    pub years: Arc<Vec<Year>>,
}

/// The whole document.
pub fn archive_page(site: &Site, data: ArchivePageData) -> String {
    let ArchivePageData { project, years } = data;
    to_text(move || {
        let here = archive_path(&project, None, None);
        let crumbs = [
            Crumb { name: "All updates".to_owned(), href: list_path(&project) },
            Crumb { name: "Archive".to_owned(), href: here.clone() },
        ];
        let title = format!("Archive · {} Changelog", project.name);
        let description = format!("All updates of {} by month.", project.name);
        let page = json!({
            "@type": "CollectionPage", "name": title, "description": description,
            "url": format!("{}{here}", site.base_url),
        });
        let head = Head {
            title,
            description,
            canonical: here.clone(),
            indexing: Indexing::of_archive(&project),
            feeds: Head::project_feeds(&project),
            previous: None,
            next: None,
            picture: Picture::of(site, &project, &list_path(&project), format!("{} Changelog", project.name)),
            article: None,
            json_ld: json_ld::graph(vec![page, json_ld::breadcrumbs(&site.base_url, &crumbs)]),
        };
        let main = view! {
            <header class="page-head">
                {crumb_line(&crumbs)}
                <h1>"Archive"</h1>
            </header>
            {if years.is_empty() {
                view! {
                    <div class="message">
                        <h2>"Nothing published yet"</h2>
                        <p>"Every update will be listed here by its month."</p>
                    </div>
                }
                    .into_any()
            } else {
                years.iter().map(|year| one_year(&project, year)).collect_view().into_any()
            }}
        };
        let masthead = Masthead::plain(&project).view(&project);
        document(site, &project, head, here, masthead, main)
    })
}

fn one_year(project: &Project, year: &Year) -> impl IntoView + use<> {
    let months: Vec<_> = year
        .months
        .iter()
        .map(|month| {
            let href = archive_path(project, Some(year.year), Some(month.month));
            view! {
                <li>
                    <a href=href>{month_name(month.month)}</a>
                    " "
                    <span class="count">{updates(month.entries)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="year">
            <div class="year-head">
                <h2><a href=archive_path(project, Some(year.year), None)>{year.year}</a></h2>
                <p class="count">{updates(year.entries)}</p>
            </div>
            <ul class="year-months">{months}</ul>
        </section>
    }
}
