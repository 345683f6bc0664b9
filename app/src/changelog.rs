//! The public pages of a project: complete without any script, rendered to text by the server.
//!
//! Every page is a pure function of the site and its data, so that what it gives may be kept until the project changes:
//! no clock, and no reader but for the theme.

mod archive;
mod dates;
mod document;
mod entry;
mod filter;
mod head;
mod json_ld;
mod list;
mod listed;
mod message;
mod since;

use leptos::prelude::*;
use model::projects::Project;
use ui::Theme;

use crate::params::encode;

pub use archive::{ArchivePageData, archive_page};
pub use entry::{EntryPageData, entry_page};
pub use head::Indexing;
pub use list::{ListPageData, Scope, list_page};
pub use listed::Listed;
pub use message::{Message, maintenance_page, message_page};
pub use since::UpgradeNote;

/// What every public page needs to know.
#[derive(Debug, Clone)]
pub struct Site {
    /// The address people use, without a trailing slash.
    pub base_url: String,
    /// Address of the readers' style sheet.
    pub style: &'static str,
    /// Address of the readers' script.
    pub script: &'static str,
    pub favicon: &'static str,
    /// The theme the reader chose.
    pub theme: Theme,
}

impl Site {
    /// The absolute address of a path of this site; what is absolute already stays.
    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') { format!("{}{address}", self.base_url) } else { address.to_owned() }
    }
}

/// The public path of a project's changelog.
pub fn list_path(project: &Project) -> String {
    format!("/changelog/{}", project.slug)
}

/// The public path of one entry.
pub fn entry_path(project: &Project, entry_slug: &str) -> String {
    format!("/changelog/{}/{entry_slug}", project.slug)
}

/// The public path of a tag within a project: its name in lower case.
pub fn tag_path(project: &Project, name: &str) -> String {
    format!("/changelog/{}/tags/{}", project.slug, encode(&model::tags::key(name)))
}

/// The public path of the archive, of one of its years, or of a month (1 to 12).
pub fn archive_path(project: &Project, year: Option<i32>, month: Option<u32>) -> String {
    let mut path = format!("/changelog/{}/archive", project.slug);
    if let Some(year) = year {
        path.push_str(&format!("/{year:04}"));
        if let Some(month) = month {
            path.push_str(&format!("/{month:02}"));
        }
    }
    path
}

/// The address of a project's own style rules, if it has any. It changes with the project.
pub fn theme_path(project: &Project) -> Option<String> {
    project.custom_css.as_ref()?;
    Some(format!("/changelog/{}/theme.css?v={}", project.slug, project.revision))
}

/// Renders a view that waits for nothing.
pub(crate) fn to_text<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    let mut page = String::with_capacity(html.len() + 16);
    page.push_str("<!DOCTYPE html>");
    // Marks for a browser that takes a page over. None does that here, and in a title they would be read as text. All
    // text is escaped, so nothing else looks like one.
    for part in html.split("<!>") {
        page.push_str(part);
    }
    page
}
