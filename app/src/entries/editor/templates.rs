//! Starting from a template: offered over an empty entry, and by the slash menu anywhere in a text.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entry_templates::{Start, TemplateName};
use model::{EntryTemplateId, ProjectId};
use ui::{Button, Dialog, Toasts, use_toasts};

use super::Desk;
use super::draft::{Draft, Snapshot};
use super::text;
use crate::entry_templates::start_from_template;
use crate::params::project_path;

/// What a new entry begins with: what the address brings along counts more than a template.
pub(super) fn began(prefill: Snapshot, start: Option<Start>) -> Snapshot {
    match start {
        Some(Start { title, content, tags }) if prefill.is_blank() => {
            let tags = if prefill.tags.is_empty() { tags } else { prefill.tags };
            Snapshot { title, content, tags, version: prefill.version }
        }
        _ => prefill,
    }
}

/// The tags of both, each once.
fn together(tags: Vec<String>, more: Vec<String>) -> Vec<String> {
    more.into_iter().fold(tags, |mut tags, tag| {
        if tags.iter().all(|other| model::tags::key(other) != model::tags::key(&tag)) {
            tags.push(tag);
        }
        tags
    })
}

/// The project and its templates.
#[derive(Clone, Copy)]
pub(super) struct Templates {
    project: StoredValue<ProjectId>,
    names: StoredValue<Vec<TemplateName>>,
    toasts: Toasts,
}

impl Templates {
    pub fn new(project: ProjectId, names: Vec<TemplateName>) -> Self {
        Self { project: StoredValue::new(project), names: StoredValue::new(names), toasts: use_toasts() }
    }

    /// Fills an empty entry from a template, or puts the template's text where the caret is; title and tags that are
    /// there stay.
    fn take(self, desk: Desk, draft: Draft, template: EntryTemplateId) {
        let toasts = self.toasts;
        let project = self.project.get_value();
        spawn_local(async move {
            let start = match start_from_template(project, template).await {
                Ok(start) => start,
                Err(error) => return toasts.say(error.to_string()),
            };
            // The page may be gone by now.
            let Some(now) = draft.now() else { return };
            if now.title.trim().is_empty() {
                draft.title.set(start.title);
            }
            draft.tags.set(together(now.tags, start.tags));
            if let Some((content, at)) = desk.area.read() {
                let text = start.content.trim_end();
                let edit = if content.trim().is_empty() {
                    text::Edit::replace(0..content.len(), text)
                } else {
                    text::insert_block(&content, at, text)
                };
                desk.area.apply(&edit);
            }
        });
    }
}

/// The templates over an entry in which nothing stands yet.
#[component]
pub(super) fn TemplateOffer(desk: Desk, draft: Draft, templates: Templates) -> impl IntoView {
    let blank = Memo::new(move |_| draft.stored.read().is_none() && draft.snapshot().is_blank());
    let has_some = templates.names.with_value(|names| !names.is_empty());
    let new = templates.project.with_value(|project| project_path(project, "/changelog/new"));
    view! {
        <Show when=move || has_some && blank.get()>
            <p class="cluster editor-templates">
                <span class="soft">"Start from"</span>
                {templates
                    .names
                    .get_value()
                    .into_iter()
                    .map(|template| {
                        let href = crate::params::with_query(&new, &[("template", template.id.as_str())]);
                        let id = template.id;
                        view! {
                            // Without scripts the address does it.
                            <a
                                href=href
                                rel="external"
                                dir="auto"
                                on:click=move |event| {
                                    event.prevent_default();
                                    event.stop_propagation();
                                    templates.take(desk, draft, id.clone());
                                }
                            >
                                {template.name}
                            </a>
                        }
                    })
                    .collect_view()}
            </p>
        </Show>
    }
}

/// The list that the slash menu opens.
#[component]
pub(super) fn TemplateDialog(desk: Desk, draft: Draft, templates: Templates) -> impl IntoView {
    let names = templates.names.get_value();
    let settings = templates.project.with_value(|project| project_path(project, "/settings/templates"));
    view! {
        <Dialog id="editor-templates" open=desk.choosing title="Insert a template">
            <div class="stack">
                {if names.is_empty() {
                    view! { <p>"This project has no templates yet."</p> }.into_any()
                } else {
                    view! {
                        <ul class="template-list">
                            {names
                                .into_iter()
                                .map(|template| {
                                    let id = template.id;
                                    let take = move |_| {
                                        desk.choosing.set(false);
                                        let id = id.clone();
                                        templates.take(desk, draft, id);
                                    };
                                    view! { <li><Button kind="button" on_click=take>{template.name}</Button></li> }
                                })
                                .collect_view()}
                        </ul>
                    }
                    .into_any()
                }}
                <p class="field-hint"><a href=settings>"Templates are kept in the settings of the project."</a></p>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_brings_counts_more_than_the_template() {
        let texts = |title: &str, content: &str, tags: &[&str]| {
            (title.to_owned(), content.to_owned(), tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>())
        };
        let prefill = |title: &str, tags: &[&str]| {
            let (title, content, tags) = texts(title, "", tags);
            Snapshot { title, content, tags, version: String::new() }
        };
        let (title, content, tags) = texts("Release", "## New", &["Fix"]);
        let start = Start { title, content, tags };
        for (given, expected) in [
            (prefill("", &[]), texts("Release", "## New", &["Fix"])),
            (prefill("", &["UI"]), texts("Release", "## New", &["UI"])),
            (prefill("Mine", &[]), texts("Mine", "", &[])),
        ] {
            let Snapshot { title, content, tags, .. } = began(given, Some(start.clone()));
            assert_eq!((title, content, tags), expected);
        }
        assert_eq!(began(prefill("Mine", &[]), None), prefill("Mine", &[]));
    }

    #[test]
    fn tags_come_together_once() {
        let list = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        assert_eq!(together(list(&["Fix"]), list(&["fix", "UI"])), list(&["Fix", "UI"]));
    }
}
