//! Public pages that are one message.

use leptos::prelude::*;
use model::projects::Project;

use super::document::{Document, Head};
use super::{Site, to_text};

/// A page that says one thing, such as that there is nothing here.
pub fn message_page(site: Site, code: u16, title: &str, text: &str) -> String {
    let (title, text) = (title.to_owned(), text.to_owned());
    to_text(move || {
        let head = Head { title: title.clone(), description: None, canonical: None, index: false, feed: None };
        view! {
            <Document site head color=None>
                <main class="message">
                    <p class="message-code">{code}</p>
                    <h1>{title}</h1>
                    <p>{text}</p>
                </main>
            </Document>
        }
    })
}

/// What readers see while a project is under maintenance.
pub fn maintenance_page(site: Site, project: &Project) -> String {
    let name = project.name.clone();
    let color = project.color.clone();
    let text = project
        .maintenance_message
        .clone()
        .unwrap_or_else(|| "This changelog is being worked on and will be back soon.".to_owned());
    to_text(move || {
        let head = Head { title: name.clone(), description: None, canonical: None, index: false, feed: None };
        view! {
            <Document site head color>
                <main class="message">
                    <h1 dir="auto">{name}</h1>
                    <p dir="auto">{text}</p>
                </main>
            </Document>
        }
    })
}
