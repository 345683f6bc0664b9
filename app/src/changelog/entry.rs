//! One entry on a page of its own.

use leptos::prelude::*;
use model::entries::Entry;
use model::projects::Project;

use super::document::{Document, Foot, Head, Masthead};
use super::list::EntryMargin;
use super::{Site, entry_path, list_path, to_text};

#[derive(Debug, Clone)]
pub struct EntryPageData {
    pub project: Project,
    pub entry: Entry,
}

/// The whole document.
pub fn entry_page(site: Site, data: EntryPageData) -> String {
    to_text(move || {
        let EntryPageData { project, entry } = data;
        let path = entry_path(&project, &entry.slug);
        let head = Head {
            title: format!("{} · {} Changelog", entry.title, project.name),
            description: (!entry.excerpt.is_empty()).then(|| entry.excerpt.clone()),
            canonical: Some(format!("{}{path}", site.base_url)),
            index: project.allow_indexing,
            feed: project.enable_rss.then(|| format!("{}{}/rss.xml", site.base_url, list_path(&project))),
        };
        let options = markdown::Options { heading_offset: 1, ..markdown::Options::default() };
        let body = markdown::to_safe_html(&entry.content, &options);
        let color = project.color.clone();
        let home = list_path(&project);
        let (here, theme) = (site.here.clone(), site.theme);
        view! {
            <Document site head color>
                <div class="changelog">
                    <Masthead project=project.clone() heading=false/>
                    <main>
                        <article class="entry entry-alone" id=entry.id.to_string()>
                            <EntryMargin project entry=entry.clone()/>
                            <div class="entry-main">
                                <h1 class="entry-title" dir="auto">{entry.title}</h1>
                                <div class="entry-body prose" dir="auto" inner_html=body></div>
                            </div>
                        </article>
                        <nav class="pager" aria-label="Pages">
                            <a class="pager-newer" href=home>"All entries"</a>
                        </nav>
                    </main>
                    <Foot here theme/>
                </div>
            </Document>
        }
    })
}
