//! The widget as it would be with what the form says, drawn by the real script on a neutral page of this server.

use leptos::prelude::*;
use model::ProjectId;
use model::widgets::Variant;
use serde_json::{Map, Value, json};
use ui::{Choice, Select};

use super::controls::Chosen;
use crate::params::encode;

#[component]
pub(super) fn Preview(
    project: ProjectId,
    variant: Variant,
    chosen: Vec<Chosen>,
    custom_css: RwSignal<String>,
) -> impl IntoView {
    let scheme = RwSignal::new("light".to_owned());
    let width = RwSignal::new("wide".to_owned());
    // What stands behind `#` reaches the page without loading it again.
    let source = Signal::derive(move || {
        let mut options = Map::new();
        for one in &chosen {
            if let Some(value) = one.value() {
                options.insert(one.option.name.to_owned(), value);
            }
        }
        options.insert("projectId".to_owned(), project.as_str().into());
        options.insert("variant".to_owned(), variant.as_str().into());
        let css = custom_css.get();
        if !css.trim().is_empty() {
            options.insert("customCSS".to_owned(), css.into());
        }
        let wish = json!({ "theme": scheme.get(), "options": Value::Object(options) });
        format!("/widget-preview#{}", encode(&wish.to_string()))
    });
    view! {
        <section class="widget-preview" aria-label="Preview">
            <div class="row widget-preview-bar">
                <h2>"Preview"</h2>
                <Select
                    label="Page"
                    name="preview-scheme"
                    bind=scheme
                    options=vec![Choice::new("light", "Light page"), Choice::new("dark", "Dark page")]
                    hide_label=true
                />
                <Select
                    label="Width"
                    name="preview-width"
                    bind=width
                    options=vec![Choice::new("wide", "Desktop"), Choice::new("narrow", "Phone")]
                    hide_label=true
                />
            </div>
            <div class="widget-preview-frame needs-script" data-width=move || width.get()>
                <iframe src=move || source.get() sandbox="allow-scripts allow-popups" title="The widget on a page"></iframe>
            </div>
        </section>
    }
}
