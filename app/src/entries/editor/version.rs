//! The version of an entry: free text with suggestions, and a word at once when another entry has it.

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::ProjectId;
use model::versions::{self, UsedVersion, VersionHelp};
use ui::{Pick, PickKey, Picks, keep_in_step, pick_id, pick_key};

use super::saving::Saver;
use crate::entries::{get_version_help, version_owner};
use crate::params::project_path;

const LIST: &str = "version-list";

/// How long nobody types before the server is asked whether a version is free.
const PAUSE: Duration = Duration::from_millis(300);

/// What is offered: suggestions that contain what is typed, or all while nothing is.
fn offered(help: &VersionHelp, typed: &str) -> Vec<(Pick, String)> {
    let typed = versions::key(typed);
    let line = |group: &str, version: &str, label: &str| {
        let pick =
            Pick { group: group.to_owned(), label: version.to_owned(), note: label.to_owned(), ..Pick::default() };
        (pick, version.to_owned())
    };
    let next = help.next.iter().map(|offer| line("Next", &offer.version, &offer.label));
    let dates = help.dates.iter().map(|offer| line("Date", &offer.version, &offer.label));
    next.chain(dates).filter(|(_, version)| versions::key(version).contains(&typed)).collect()
}

#[component]
pub(super) fn VersionField(saver: Saver, project: ProjectId, error: Signal<Option<String>>) -> impl IntoView {
    let draft = saver.draft;
    let node = NodeRef::<html::Input>::new();
    keep_in_step(node, Some(draft.version));
    let help = RwSignal::new(None::<VersionHelp>);
    let asked = StoredValue::new(false);
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    // Until somebody types, everything is offered whatever stands there.
    let filter = RwSignal::new(String::new());
    let project = StoredValue::new(project);

    let load = move || {
        if asked.get_value() {
            return;
        }
        asked.set_value(true);
        spawn_local(async move {
            let answer = get_version_help(project.get_value()).await;
            match answer {
                Ok(found) => {
                    // The page may be gone by now.
                    let _ = help.try_set(Some(found));
                }
                // Suggestions are a convenience: the next focus asks again.
                Err(_) => {
                    let _ = asked.try_set_value(false);
                }
            }
        });
    };
    let owner = saver.version_taken;
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let check = move || {
        let version = draft.version.try_get_untracked().unwrap_or_default();
        let entry = untrack(move || draft.id());
        if version.trim().is_empty() {
            owner.set(None);
            return;
        }
        spawn_local(async move {
            let answer = version_owner(project.get_value(), version.clone(), entry).await;
            // An answer to what stood there before does not count.
            if draft.version.try_get_untracked().as_ref() == Some(&version)
                && let Ok(found) = answer
            {
                let _ = owner.try_set(found.map(|UsedVersion { entry, title, .. }| (entry, title)));
            }
        });
    };
    Effect::new(move |earlier: Option<()>| {
        draft.version.track();
        if earlier.is_none() {
            return;
        }
        stop();
        owner.set(None);
        timer.set_value(set_timeout_with_handle(check, PAUSE).ok());
    });

    let found = Memo::new(move |_| help.read().as_ref().map(|help| offered(help, &filter.read())).unwrap_or_default());
    let picks = Signal::derive(move || found.read().iter().map(|(pick, _)| pick.clone()).collect::<Vec<_>>());
    let recent = move || help.read().as_ref().map(|help| help.recent.clone()).unwrap_or_default();
    let is_open = move || open.get() && (!picks.read().is_empty() || !recent().is_empty());
    let choose = move |at: usize| {
        if let Some((_, version)) = found.get_untracked().get(at) {
            draft.version.set(version.clone());
        }
        filter.set(String::new());
        open.set(false);
        active.set(None);
    };
    let show = move || {
        load();
        filter.set(String::new());
        open.set(true);
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        let count = if open.get_untracked() { picks.read_untracked().len() } else { 0 };
        match (pick_key(&event.key(), active.get_untracked(), count), event.key().as_str()) {
            (PickKey::Close, _) if open.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
            }
            (PickKey::Move(at), _) => {
                event.prevent_default();
                active.set(Some(at));
            }
            (PickKey::Choose, _) => {
                event.prevent_default();
                if let Some(at) = active.get_untracked() {
                    choose(at);
                }
            }
            (_, "ArrowDown") => show(),
            // Enter takes what is typed, and does not send the form.
            (_, "Enter") => {
                event.prevent_default();
                open.set(false);
            }
            _ => {}
        }
    };
    let told = Signal::derive(move || {
        let is_taken = owner.read().is_some();
        error.get().filter(|_| !is_taken)
    });
    view! {
        <div class="field version-field">
            <label class="field-label" for="field-version">"Version"</label>
            <input
                node_ref=node
                class="input mono"
                id="field-version"
                type="text"
                name="version"
                value=draft.version.get_untracked()
                maxlength=versions::MAX_LENGTH
                placeholder="None"
                spellcheck="false"
                dir="ltr"
                autocomplete="off"
                role="combobox"
                aria-autocomplete="list"
                aria-controls=LIST
                aria-expanded=move || if is_open() { "true" } else { "false" }
                aria-activedescendant=move || active.get().filter(|_| open.get()).map(|at| pick_id(LIST, at))
                aria-invalid=move || (owner.read().is_some() || error.read().is_some()).then_some("true")
                aria-describedby="field-version-error"
                on:focus=move |_| load()
                on:click=move |_| show()
                on:blur=move |_| {
                    open.set(false);
                    active.set(None);
                }
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    filter.set(typed.clone());
                    draft.version.set(typed);
                    active.set(None);
                    load();
                    open.set(true);
                }
                on:keydown=pressed
            />
            <div class="popover version-popover" hidden=move || !is_open() on:mousedown=move |event| event.prevent_default()>
                <Picks id=LIST label="Suggestions" picks active on_pick=choose/>
                {move || {
                    let recent = recent();
                    (!recent.is_empty()).then(|| view! {
                        <p class="picks-group">"Used before"</p>
                        <ul class="version-recent">
                            {recent
                                .into_iter()
                                .take(6)
                                .map(|used| view! {
                                    <li>
                                        <span class="mono">{versions::label(&used.version)}</span>
                                        <span class="pick-note" dir="auto">{used.title}</span>
                                    </li>
                                })
                                .collect_view()}
                        </ul>
                    })
                }}
            </div>
            <div id="field-version-error" class="version-notes">
                {move || owner.get().map(|(entry, title)| {
                    let href = project_path(&project.get_value(), &format!("/changelog/{entry}"));
                    view! {
                        <p class="field-error">
                            "This version is already used by the entry "
                            <a href=href target="_blank" rel="noopener" dir="auto">"“"{title}"”"</a>
                        </p>
                    }
                })}
                {move || told.get().map(|text| view! { <p class="field-error">{text}</p> })}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::versions::Suggestion;

    #[test]
    fn suggestions_are_narrowed_by_what_is_typed_whatever_its_spelling() {
        let offer = |version: &str| Suggestion { version: version.to_owned(), label: String::new() };
        let help = VersionHelp {
            next: vec![offer("v1.2.4"), offer("v2.0.0")],
            dates: vec![offer("v2026.03.07")],
            recent: Vec::new(),
        };
        let versions = |typed| offered(&help, typed).into_iter().map(|(_, version)| version).collect::<Vec<_>>();
        assert_eq!(versions(""), ["v1.2.4", "v2.0.0", "v2026.03.07"]);
        assert_eq!(versions("V2"), ["v1.2.4", "v2.0.0", "v2026.03.07"]);
        assert_eq!(versions("2.0"), ["v2.0.0"]);
        assert_eq!(versions("2026"), ["v2026.03.07"]);
    }
}
