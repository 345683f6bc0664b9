//! What changed between two versions: what should be read before an upgrade stands on top.

use leptos::prelude::*;
use model::entries::Entry;
use model::notes::{self, Note};
use model::versions;
use services::public::PublicQuery;

use super::list::ListPageData;
use super::{entry_path, list_path};

/// An entry that should be read before an upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeNote {
    pub kinds: Vec<Note>,
    pub slug: String,
    pub title: String,
    pub version: Option<String>,
}

impl UpgradeNote {
    /// Those among entries, what breaks first.
    pub fn of(entries: &[Entry]) -> Vec<Self> {
        let mut found: Vec<Self> = entries
            .iter()
            .map(|entry| Self {
                kinds: notes::of(entry),
                slug: entry.slug.clone(),
                title: entry.title.clone(),
                version: entry.version.clone(),
            })
            .filter(|note| !note.kinds.is_empty())
            .collect();
        // Entries of one kind keep their order.
        found.sort_by_key(|note| note.kinds.first().copied());
        found
    }
}

/// "What changed since v2.3.0, up to v2.4.0".
pub(super) fn heading(query: &PublicQuery) -> Option<String> {
    match (&query.since, &query.until) {
        (Some(since), Some(until)) => {
            Some(format!("What changed since {}, up to {}", versions::label(since), versions::label(until)))
        }
        (Some(since), None) => Some(format!("What changed since {}", versions::label(since))),
        (None, Some(until)) => Some(format!("What changed up to {}", versions::label(until))),
        (None, None) => None,
    }
}

/// The head of the page, and the notes.
pub(super) fn top(data: &ListPageData) -> Option<impl IntoView + use<>> {
    let heading = heading(&data.query).filter(|_| data.is_all())?;
    let count = data.found.map(super::filter::updates);
    let notes = data.notes.iter().map(|note| {
        let kinds = note.kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ");
        let version = note.version.as_deref().map(versions::label);
        view! {
            <li>
                <strong>{kinds}</strong> ": "
                <a href=entry_path(&data.project, &note.slug) dir="auto">{note.title.clone()}</a>
                {version.map(|version| view! { " " <span class="entry-version">{version}</span> })}
            </li>
        }
    });
    let notes = notes.collect::<Vec<_>>();
    Some(view! {
        <section class="since" aria-labelledby="since">
            <h2 id="since" dir="auto">{heading}</h2>
            <p>
                {count.map(|count| (count, " · "))}
                <a href=list_path(&data.project)>"Show all updates"</a>
            </p>
            {(!notes.is_empty()).then(|| view! {
                <div class="since-notes">
                    <h3>"Before you upgrade"</h3>
                    <ul>{notes}</ul>
                </div>
            })}
        </section>
    })
}

/// Asks for the reader's own version.
pub(super) fn form(data: &ListPageData) -> Option<impl IntoView + use<>> {
    let has_versions = data.is_all() && data.entries.iter().any(|listed| listed.entry.version.is_some());
    let since = data.query.since.clone().unwrap_or_default();
    let until = data.query.until.clone().unwrap_or_default();
    has_versions.then(|| {
        view! {
            <details class="pop" name="pop">
                <summary>"Since my version"</summary>
                <form class="pop-panel since-form" method="get" action=list_path(&data.project)>
                    <label for="since-version">"Your version, or a date"</label>
                    <input
                        id="since-version" name="since" value=since required maxlength="64" autocomplete="off"
                    />
                    <label for="until-version">"Up to (all, if empty)"</label>
                    <input id="until-version" name="until" value=until maxlength="64" autocomplete="off"/>
                    <button type="submit" class="plain-button">"Show what changed"</button>
                </form>
            </details>
        }
    })
}
