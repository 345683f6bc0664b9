//! Copies of unsaved text in the browser, one for each entry and person, for the case that the page, the session or the
//! network ends. Only the newest few are kept.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use super::draft::Snapshot;

const PREFIX: &str = "tidings.text.";
/// Behind the key of a copy that is still to be offered while new text is written.
const KEPT: &str = ".kept";
/// How many copies are kept; the oldest go first.
const MAX_COPIES: usize = 20;

/// A copy of what was in the editor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Copy {
    /// Milliseconds since 1970.
    pub at: f64,
    pub text: Snapshot,
}

/// The name of the copy of an entry, or of the one being started in a project.
pub(super) fn key(person: &str, project: &str, entry: Option<&str>) -> String {
    format!("{PREFIX}{person}.{project}.{}", entry.unwrap_or("new"))
}

fn storage() -> Option<Storage> {
    // Refused where people switched it off; the editor works without.
    window().local_storage().ok().flatten()
}

fn get(storage: &Storage, key: &str) -> Option<Copy> {
    serde_json::from_str(&storage.get_item(key).ok()??).ok()
}

/// Keeps a copy. When the browser's space is full, older copies make room.
pub(super) fn keep(key: &str, text: Snapshot) {
    let Some(storage) = storage() else { return };
    let Ok(json) = serde_json::to_string(&Copy { at: js_sys::Date::now(), text }) else { return };
    bound(&storage, key, MAX_COPIES - 1);
    while storage.set_item(key, &json).is_err() {
        if !bound(&storage, key, 0) {
            return;
        }
    }
}

/// Removes the oldest copies other than `key` beyond `most`, at least one when `most` is 0; false when there was none.
fn bound(storage: &Storage, key: &str, most: usize) -> bool {
    let count = storage.length().unwrap_or(0);
    let names = (0..count).filter_map(|at| storage.key(at).ok().flatten());
    let mut copies: Vec<(f64, String)> = names
        .filter(|name| name.starts_with(PREFIX) && name != key)
        .map(|name| (get(storage, &name).map_or(0.0, |copy| copy.at), name))
        .collect();
    if copies.len() <= most {
        return false;
    }
    copies.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let surplus = if most == 0 { 1 } else { copies.len() - most };
    for (_, name) in copies.into_iter().take(surplus) {
        // Fails only where nothing can be stored either.
        let _ = storage.remove_item(&name);
    }
    true
}

/// Removes the copy, because the server has the text or nobody wants it.
pub(super) fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// A copy that differs from what was loaded. It is set aside, so that new text does not replace it before somebody
/// decided; [`settle`] ends that.
pub(super) fn offer(key: &str, loaded: &Snapshot) -> Option<Copy> {
    let storage = storage()?;
    let kept = format!("{key}{KEPT}");
    let differs = |copy: &Copy| copy.text != *loaded && !copy.text.is_blank();
    if let Some(copy) = get(&storage, key).filter(differs) {
        let json = serde_json::to_string(&copy).ok()?;
        // When there is no room for two, the one stays where it is.
        if storage.set_item(&kept, &json).is_ok() {
            let _ = storage.remove_item(key);
        }
        return Some(copy);
    }
    let _ = storage.remove_item(key);
    let copy = get(&storage, &kept).filter(differs);
    if copy.is_none() {
        let _ = storage.remove_item(&kept);
    }
    copy
}

/// Forgets the copy that [`offer`] gave.
pub(super) fn settle(key: &str) {
    remove(&format!("{key}{KEPT}"));
}

/// A remembered choice of the editor, such as the view.
pub(super) fn choice(name: &str) -> Option<String> {
    storage()?.get_item(&format!("tidings.editor.{name}")).ok().flatten()
}

pub(super) fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Only a convenience.
        let _ = storage.set_item(&format!("tidings.editor.{name}"), value);
    }
}

/// `14:05` for a moment of today, else `2 Nov, 14:05`, as the clock of this computer shows it.
pub(super) fn time_of(millis: f64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = js_sys::Date::new(&millis.into());
    let today = js_sys::Date::new_0();
    let time = format!("{:02}:{:02}", at.get_hours(), at.get_minutes());
    let day = |date: &js_sys::Date| (date.get_full_year(), date.get_month(), date.get_date());
    if day(&at) == day(&today) {
        return time;
    }
    let month = usize::try_from(at.get_month()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{} {month}, {time}", at.get_date())
}
