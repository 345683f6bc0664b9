//! One entry within a list, and what stands in its margin.

use std::sync::Arc;

use leptos::prelude::*;
use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::versions;

use super::dates::Dates;
use super::{entry_path, tag_path};

/// An entry with its text as safe HTML.
#[derive(Debug, Clone)]
pub struct Listed {
    pub entry: Entry,
    pub body: Arc<str>,
    /// Whether it comes first whatever its date.
    pub is_pinned: bool,
}

pub(super) fn article(project: &Project, dates: &Dates, listed: Listed) -> impl IntoView + use<> {
    let Listed { entry, body, is_pinned } = listed;
    let href = entry_path(project, &entry.slug);
    let margin = margin(project, dates, &entry);
    view! {
        <article class="entry" id=entry.id.to_string()>
            {margin}
            <div class="entry-main">
                {is_pinned.then(|| view! { <p class="entry-pinned">"Pinned"</p> })}
                <h2 class="entry-title" dir="auto"><a href=href>{entry.title}</a></h2>
                <div class="entry-body prose" dir="auto" inner_html=body></div>
            </div>
        </article>
    }
}

/// Version, date and tags beside or above an entry.
pub(super) fn margin(project: &Project, dates: &Dates, entry: &Entry) -> impl IntoView + use<> {
    let date = entry.published_at.unwrap_or(entry.created_at);
    let version = entry.version.as_deref().filter(|version| !repeats(&entry.title, version, &project.name));
    view! {
        <div class="entry-margin">
            {version.map(|version| view! { <span class="entry-version" dir="auto">{versions::label(version)}</span> })}
            {dates.time(date, "entry-date")}
            {(!entry.tags.is_empty()).then(|| view! {
                <ul class="entry-tags" aria-label="Tags">
                    {entry.tags.iter().map(|tag| view! { <li>{tag_word(project, tag)}</li> }).collect_view()}
                </ul>
            })}
        </div>
    }
}

/// A tag as a word that leads to its page.
pub(super) fn tag_word(project: &Project, tag: &Tag) -> impl IntoView + use<> {
    view! { <a class="tag-word" rel="tag" href=tag_path(project, &tag.name)>{dot(tag)}<bdi>{tag.name.clone()}</bdi></a> }
}

/// The dot of a tag that has a colour. The colour is an attribute of the shape, so it needs no inline style.
pub(super) fn dot(tag: &Tag) -> Option<impl IntoView + use<>> {
    tag.color.clone().map(|color| {
        view! {
            <svg class="color-dot" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
                <circle cx="4" cy="4" r="4" fill=color></circle>
            </svg>
        }
    })
}

/// Whether a title says nothing but the version, as in `Release v18.2.0`, `[18.2.0]` or `Atuin 18.2.0`.
fn repeats(title: &str, version: &str, project: &str) -> bool {
    let mut rest = title.trim().to_lowercase();
    for word in [project.to_lowercase().as_str(), "release", "version"] {
        if let Some(after) = rest.strip_prefix(word).filter(|_| !word.is_empty()) {
            rest = after.trim_start_matches([' ', ':', '-', '–']).to_owned();
        }
    }
    let bare = rest.trim_matches(['[', ']', '(', ')', ' ']);
    versions::key(bare) == versions::key(version)
}

#[cfg(test)]
mod tests {
    use super::repeats;

    #[test]
    fn a_title_that_is_only_the_version_says_it_already() {
        for title in
            ["v18.2.0", "18.2.0", "Release v18.2.0", "release 18.2.0", "Version 18.2.0", "[18.2.0]", "Atuin 18.2.0"]
        {
            assert!(repeats(title, "18.2.0", "Atuin") && repeats(title, "v18.2.0", "Atuin"), "{title}");
        }
        for title in ["Faster search in 18.2.0", "18.2.1", "v18.2.0 – faster search", "Release", ""] {
            assert!(!repeats(title, "18.2.0", "Atuin"), "{title}");
        }
        assert!(repeats("Summer", "summer", ""));
    }
}
