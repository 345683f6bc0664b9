//! The public pages of a project: complete without any script, rendered to text by the server.

mod document;
mod entry;
mod list;
mod message;

use leptos::prelude::*;
use model::projects::Project;
use ui::Theme;

pub use entry::{EntryPageData, entry_page};
pub use list::{ListPageData, list_page};
pub use message::{maintenance_page, message_page};

/// What every public page needs to know.
#[derive(Debug, Clone)]
pub struct Site {
    /// The address people use, without a trailing slash.
    pub base_url: String,
    /// Address of the readers' style sheet.
    pub style: &'static str,
    pub favicon: &'static str,
    /// The theme the reader chose.
    pub theme: Theme,
    /// Path and query of this page, for forms that come back to it.
    pub here: String,
}

/// The public path of a project's changelog.
pub fn list_path(project: &Project) -> String {
    format!("/changelog/{}", project.slug)
}

/// The public path of one entry.
pub fn entry_path(project: &Project, entry_slug: &str) -> String {
    format!("/changelog/{}/{entry_slug}", project.slug)
}

/// Renders a view that waits for nothing.
fn to_text<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    format!("<!DOCTYPE html>{html}")
}
