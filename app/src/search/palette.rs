//! The palette: one field over everything that can be opened or done.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::{html, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::search::{Everything, MAX_QUERY, MIN_QUERY, words};
use model::{ProjectId, Role, versions};
use ui::{Dialog, Glyph, Pick, PickKey, Picks, SearchField, apply_theme, pick_id, pick_key};

use super::offers::{Deed, Offer, deeds, pages};
use super::{PATH, recent_entries, search_everything};
use crate::account::{RememberTheme, SignOut, get_me};
use crate::failure::failure_of;
use crate::params::{project_path, with_query};

/// How long the typing has to pause.
const PAUSE: Duration = Duration::from_millis(140);
const LIST: &str = "palette-list";
/// How many pages and deeds are shown beside what was found.
const BESIDE: usize = 6;

/// One line of the list, and what choosing it does.
type Line = (Pick, Deed);

#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let active = RwSignal::new(None::<usize>);
    let field = NodeRef::<html::Input>::new();
    let path = use_location().pathname;
    let project = Memo::new(move |_| project_of(&path.get()));
    let me = LocalResource::new(get_me);
    let recent = LocalResource::new(move || {
        // Read again each time it opens.
        let is_open = open.get();
        async move { if is_open { recent_entries().await.unwrap_or_default() } else { Vec::new() } }
    });
    let role = Signal::derive(move || me.get().and_then(Result::ok).map(|me| me.role));

    // Each search ends the one before it, also on its way.
    let search = Action::new(|words: &String| {
        let words = words.clone();
        async move { (words.clone(), search_everything(words, String::new(), 0).await) }
    });
    let running = StoredValue::new(None::<ActionAbortHandle>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if let Some(handle) = running.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    };
    Effect::new(move || {
        let words = typed.read().trim().to_owned();
        stop();
        active.set(None);
        let length = words.chars().count();
        if (MIN_QUERY..=MAX_QUERY).contains(&length) {
            let ask = move || running.set_value(Some(search.dispatch(words.clone())));
            waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        }
    });
    on_cleanup(stop);

    let found = Signal::derive(move || {
        let answer = search.value().get()?;
        // What was found for other words is not shown.
        (answer.0 == typed.read().trim()).then_some(answer.1)
    });
    let lines = Memo::new(move |_| -> Vec<Line> {
        let Some(role) = role.get() else { return Vec::new() };
        let typed = typed.read();
        let words = words(&typed);
        let project = project.get();
        let mut lines = Vec::new();
        if words.is_empty() {
            lines.extend(recent.get().unwrap_or_default().into_iter().map(|entry| {
                let href = project_path(&entry.project_id, &format!("/changelog/{}", entry.id));
                line("Written on last", entry.title, entry.project_name, Some(Glyph::Pencil), Deed::Go(href))
            }));
        }
        if let Some(Ok(all)) = found.get() {
            lines.extend(of_what_was_found(all, &typed));
        }
        lines.extend(offered(role, project.as_ref(), &words));
        lines
    });
    // Enter takes the best match at once.
    Effect::new(move || {
        let is_empty = lines.read().is_empty();
        if active.get_untracked().is_none() && !is_empty && !typed.read().trim().is_empty() {
            active.set(Some(0));
        }
    });

    let navigate = use_navigate();
    let remember = ServerAction::<RememberTheme>::new();
    let leave = ServerAction::<SignOut>::new();
    let choose = Callback::new(move |at: usize| {
        let Some((_, deed)) = lines.read_untracked().get(at).cloned() else { return };
        match deed {
            Deed::Go(href) => navigate(&href, NavigateOptions::default()),
            Deed::Theme(theme) => {
                apply_theme(theme);
                remember.dispatch(RememberTheme { theme: theme.as_str().to_owned() });
            }
            Deed::SignOut => {
                leave.dispatch(SignOut {});
            }
        }
        typed.set(String::new());
        open.set(false);
    });
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match pick_key(&event.key(), active.get_untracked(), lines.read_untracked().len()) {
            PickKey::Move(to) => {
                event.prevent_default();
                active.set(Some(to));
            }
            PickKey::Choose => {
                event.prevent_default();
                if let Some(at) = active.get_untracked() {
                    choose.run(at);
                }
            }
            // By itself, a field for searching would only empty itself.
            PickKey::Close => {
                event.prevent_default();
                open.set(false);
            }
            PickKey::Other => {}
        }
    };
    Effect::new(move || {
        let Some(field) = field.get() else { return };
        for (name, value) in [("role", "combobox"), ("aria-controls", LIST), ("aria-autocomplete", "list")] {
            // The names are valid attribute names, so this cannot fail.
            let _ = field.set_attribute(name, value);
        }
        field.set_max_length(i32::try_from(MAX_QUERY).unwrap_or(i32::MAX));
        let _ = field.set_attribute("aria-expanded", if lines.read().is_empty() { "false" } else { "true" });
        let _ = match active.get() {
            Some(at) => field.set_attribute("aria-activedescendant", &pick_id(LIST, at)),
            None => field.remove_attribute("aria-activedescendant"),
        };
    });
    Effect::new(move || {
        if open.get()
            && let Some(field) = field.get()
        {
            // Fails only for an element that is not in the page.
            let _ = field.focus();
            field.select();
        }
    });
    let told = move || status(&typed.read(), found.get(), lines.read().len(), failure_of(leave).get().is_some());
    view! {
        <Dialog id="palette" open title="Search and go" wide=true>
            <div class="palette" on:keydown=pressed>
                <SearchField
                    label="Search entries, projects and pages"
                    id="palette-field"
                    bind=typed
                    node_ref=field
                />
                <p class="palette-status soft small" role="status">{told}</p>
                <Picks
                    id=LIST
                    label="What can be opened or done"
                    picks=Signal::derive(move || lines.read().iter().map(|(pick, _)| pick.clone()).collect::<Vec<_>>())
                    active
                    on_pick=choose
                />
            </div>
        </Dialog>
    }
}

/// The project whose pages are being looked at.
fn project_of(path: &str) -> Option<ProjectId> {
    let id = path.strip_prefix("/dashboard/projects/")?.split('/').next()?;
    (id != "new").then(|| id.parse().ok()).flatten()
}

fn line(group: &str, label: String, note: String, glyph: Option<Glyph>, deed: Deed) -> Line {
    (Pick { group: group.to_owned(), label, note, color: None, glyph }, deed)
}

fn offered(role: Role, project: Option<&ProjectId>, words: &[String]) -> Vec<Line> {
    let lines = |group: &'static str, offers: Vec<Offer>| {
        let shown = if words.is_empty() { usize::MAX } else { BESIDE };
        let lines = offers.into_iter().take(shown);
        lines.map(move |offer| line(group, offer.label, String::new(), Some(offer.glyph), offer.deed))
    };
    lines("Do", deeds(role, project, words)).chain(lines("Pages", pages(role, project, words))).collect()
}

fn of_what_was_found(all: Everything, typed: &str) -> Vec<Line> {
    let Everything { entries, total, projects, tags, people, .. } = all;
    let mut lines = Vec::new();
    let shown = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    for entry in entries {
        let href = project_path(&entry.project, &format!("/changelog/{}", entry.id));
        let version = entry.version.as_deref().map(|version| format!("{} \u{b7} ", versions::label(version)));
        let draft = if entry.is_published { "" } else { " \u{b7} not published" };
        let note = format!("{}{}{draft}", version.unwrap_or_default(), entry.project_name);
        lines.push(line("Entries", entry.plain_title(), note, Some(Glyph::Pencil), Deed::Go(href)));
    }
    if total > shown {
        let all = with_query(PATH, &[("q", typed.trim())]);
        lines.push(line("Entries", format!("Show all {total}"), String::new(), Some(Glyph::Search), Deed::Go(all)));
    }
    for project in projects {
        let href = project_path(&project.id, "");
        lines.push(line("Projects", project.name, String::new(), Some(Glyph::Folder), Deed::Go(href)));
    }
    for tag in tags {
        let href = with_query(PATH, &[("tag", &tag.name)]);
        let pick = Pick { group: "Tags".to_owned(), label: tag.name, color: tag.color, ..Pick::default() };
        lines.push((pick, Deed::Go(href)));
    }
    for person in people {
        let href = format!("{}/{}", crate::people::PATH, person.id);
        lines.push(line("People", person.name, person.email, Some(Glyph::Users), Deed::Go(href)));
    }
    lines
}

/// What a screen reader is told, and what stands above the list.
fn status(typed: &str, found: Option<model::Result<Everything>>, lines: usize, stays: bool) -> String {
    let length = typed.trim().chars().count();
    match found {
        _ if stays => "You could not be signed out. Check the connection.".to_owned(),
        _ if length == 0 => String::new(),
        _ if length < MIN_QUERY => "Type one letter more to search entries, too.".to_owned(),
        _ if length > MAX_QUERY => format!("That is too long: at most {MAX_QUERY} characters."),
        None => "Searching\u{2026}".to_owned(),
        Some(Err(error)) => error.to_string(),
        Some(Ok(all)) => match (all.instead.first(), lines) {
            (Some(instead), _) => super::page::instead_of(instead),
            (None, 0) => format!("Nothing has \u{201c}{}\u{201d}.", typed.trim()),
            (None, 1) => "1 result".to_owned(),
            (None, lines) => format!("{lines} results"),
        },
    }
}
