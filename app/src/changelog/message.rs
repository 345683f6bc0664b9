//! Public pages that are one message.

use leptos::prelude::*;
use model::projects::Project;

use super::document::bare;
use super::{Site, list_path, to_text};

/// What a page says that says one thing.
pub struct Message<'a> {
    /// The HTTP status.
    pub code: u16,
    pub title: &'a str,
    pub text: &'a str,
    /// The public project whose list readers are sent to, if the address led into one.
    pub project: Option<&'a Project>,
}

/// A page that says one thing, such as that there is nothing here.
pub fn message_page(site: &Site, message: Message<'_>) -> String {
    let Message { code, title, text, project } = message;
    to_text(move || {
        let back = project.map(|project| {
            let words = format!("All updates of {}", project.name);
            view! { <p class="message-links"><a href=list_path(project)><bdi>{words}</bdi></a></p> }
        });
        let main = view! {
            <main class="message">
                <p class="message-code">{code}</p>
                <h1>{title.to_owned()}</h1>
                <p>{text.to_owned()}</p>
                {back}
            </main>
        };
        bare(site, project, title.to_owned(), main)
    })
}

/// What readers see while a project is under maintenance.
pub fn maintenance_page(site: &Site, project: &Project) -> String {
    let text = project
        .maintenance_message
        .clone()
        .unwrap_or_else(|| "This changelog is being worked on and will be back soon.".to_owned());
    to_text(move || {
        let main = view! {
            <main class="message">
                <h1 dir="auto">{project.name.clone()}</h1>
                <p dir="auto">{text}</p>
            </main>
        };
        bare(site, Some(project), project.name.clone(), main)
    })
}
