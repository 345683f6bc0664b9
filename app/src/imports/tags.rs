//! What the tags of the file are called here.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::tags;
use model::{ImportId, ProjectId};
use ui::{Notice, Tone};

use super::{counted, rename_import_tag};

/// So many tags can be renamed here; the ones with most rows come first.
const SHOWN: usize = 40;

#[component]
pub(super) fn Tags(
    project: ProjectId,
    job: ImportId,
    tags: Vec<(String, i64, Vec<String>)>,
    names: BTreeMap<String, String>,
) -> impl IntoView {
    let total = tags.len();
    let offered = tags.iter().filter(|(_, _, offered)| !offered.is_empty()).count();
    let trouble = RwSignal::new(None::<String>);
    let rows = tags.into_iter().take(SHOWN).map(|(name, rows, offered)| {
        let key = tags::key(&name);
        let now = names.get(&key).cloned().unwrap_or_else(|| name.clone());
        view! { <TagLine project=project.clone() job=job.clone() name rows offered now trouble/> }
    });
    let rows = rows.collect_view();
    (total > 0).then(|| view! {
        <details class="import-more needs-script">
            <summary>
                {format!("Tags of the file: {total}")}
                {(offered > 0).then(|| view! {
                    <span class="soft small">{format!(" · {} another usual name", counted(offered as i64, "has", "have"))}</span>
                })}
            </summary>
            <div class="stack">
                {move || trouble.get().map(|text| view! { <Notice tone=Tone::Bad title=text>""</Notice> })}
                <ul class="import-tags">{rows}</ul>
                {(total > SHOWN).then(|| view! {
                    <p class="soft small">{format!("{} more are kept as they are.", total - SHOWN)}</p>
                })}
            </div>
        </details>
    })
}

#[component]
fn TagLine(
    project: ProjectId,
    job: ImportId,
    name: String,
    rows: i64,
    offered: Vec<String>,
    now: String,
    trouble: RwSignal<Option<String>>,
) -> impl IntoView {
    let id = format!("tag-{}", tags::key(&name).replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    // A name that somebody else chose before is offered as well.
    let mut choices = vec![(name.clone(), format!("Keep “{name}”"))];
    choices.extend(offered.into_iter().map(|other| (other.clone(), format!("Call it “{other}”"))));
    if !now.is_empty() && !choices.iter().any(|(value, _)| *value == now) {
        choices.push((now.clone(), format!("Call it “{now}”")));
    }
    choices.push((String::new(), "Leave it out".to_owned()));
    let tag = name.clone();
    let changed = move |event: web_sys::Event| {
        let chosen = event_target_value(&event);
        let (project, job, tag) = (project.clone(), job.clone(), tag.clone());
        spawn_local(async move {
            let done = rename_import_tag(project, job, tag, chosen).await;
            trouble.set(done.err().map(|error| error.to_string()));
        });
    };
    view! {
        <li>
            <label for=id.clone() dir="auto">
                {name}
                <span class="soft small">{format!(" · {}", counted(rows, "row", "rows"))}</span>
            </label>
            <select class="input select" id=id on:change=changed>
                {choices
                    .into_iter()
                    .map(|(value, label)| {
                        let selected = value == now;
                        view! { <option value=value selected=selected>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </li>
    }
}
