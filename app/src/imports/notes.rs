//! What was adapted or not understood, place by place.

use leptos::prelude::*;
use model::imports::{ImportNote, Place};

/// So many notes are shown at once.
const SHOWN: usize = 20;

#[component]
pub(super) fn Notes(place: Place, notes: Vec<ImportNote>) -> impl IntoView {
    let name = match place {
        Place::Line => "Notes by line",
        Place::Row => "Notes by row",
        Place::Entry => "Notes by entry",
    };
    let total = notes.len();
    let mut lines = notes.into_iter().map(move |note| {
        view! {
            <li>
                <span class="import-line-number">{place.at(note.line)}</span>
                <span class="import-line-why" dir="auto">{note.message}</span>
            </li>
        }
    });
    let first = lines.by_ref().take(SHOWN).collect_view();
    let rest = lines.collect_view();
    (total > 0).then(|| {
        view! {
            <section class="stack">
                <h2>{name}</h2>
                <ol class="import-lines">{first}</ol>
                {(total > SHOWN).then(|| view! {
                    <details class="import-more">
                        <summary>{format!("{} more", total - SHOWN)}</summary>
                        <ol class="import-lines">{rest}</ol>
                    </details>
                })}
            </section>
        }
    })
}
