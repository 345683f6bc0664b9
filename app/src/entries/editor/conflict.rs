//! Somebody else saved while this text was written. Both texts are shown with what differs; nothing is overwritten
//! unseen.

use compare::{Line, Pick, Piece, Row};
use leptos::prelude::*;
use model::Error;
use model::entries::Entry;
use ui::{Button, Notice, Tone, Variant};

use super::draft::{Draft, Snapshot};
use super::saving::{Saver, Trouble};
use crate::difference::SideBySide;

/// Equal lines shown around each difference.
const CONTEXT: usize = 2;

/// Both changes of `base` together: title, version and tags, and the text piece by piece.
fn merged(base: &Snapshot, mine: &Snapshot, theirs: &Snapshot) -> (Snapshot, Vec<Piece>) {
    let text = Snapshot {
        title: compare::merge_value(&base.title, &mine.title, &theirs.title),
        version: compare::merge_value(&base.version, &mine.version, &theirs.version),
        tags: compare::merge_value(&base.tags, &mine.tags, &theirs.tags),
        content: String::new(),
    };
    (text, compare::merge_pieces(&base.content, &mine.content, &theirs.content))
}

/// The clashes of a merge: what each side has there, in order.
fn clashes(pieces: &[Piece]) -> Vec<(Vec<String>, Vec<String>)> {
    let clash = |piece: &Piece| match piece {
        Piece::Clash { mine, theirs } => Some((mine.clone(), theirs.clone())),
        Piece::Settled(_) => None,
    };
    pieces.iter().filter_map(clash).collect()
}

#[component]
pub(super) fn Conflict(saver: Saver) -> impl IntoView {
    let draft = saver.draft;
    let theirs = Memo::new(move |_| {
        saver.trouble.with(|trouble| match trouble {
            Some(Trouble::Refused(Error::EditedElsewhere { current })) => Some(Entry::clone(current)),
            _ => None,
        })
    });
    move || theirs.get().map(|theirs| view! { <Collision saver draft theirs/> })
}

#[component]
fn Collision(saver: Saver, draft: Draft, theirs: Entry) -> impl IntoView {
    let settle = move || saver.trouble.set(None);
    let mine = untrack(move || draft.snapshot());
    let base = draft.stored.get_untracked().map(|entry| Snapshot::of(&entry)).unwrap_or_default();
    let their_text = Snapshot::of(&theirs);
    let (together, pieces) = merged(&base, &mine, &their_text);
    let clashes = clashes(&pieces);
    let picks = RwSignal::new(vec![Pick::Both; clashes.len()]);
    let advice = match clashes.len() {
        0 => "The two changes do not touch the same lines and can be merged.".to_owned(),
        1 => "Both changed the same lines in one place. Choose below what becomes of it when the texts are merged."
            .to_owned(),
        n => format!(
            "Both changed the same lines in {n} places. Choose below what becomes of each when the texts are merged."
        ),
    };
    let (to_keep, to_take, to_merge) = (theirs.clone(), theirs.clone(), theirs);
    view! {
        <Notice tone=Tone::Warn title="Somebody else saved this entry">
            <p>"Your text is below and still unsaved. "{advice}</p>
            <Compare left=mine right=their_text left_name="Yours" right_name="Theirs"/>
            {clashes
                .into_iter()
                .enumerate()
                .map(|(number, (mine, theirs))| view! { <Clash number mine theirs picks/> })
                .collect_view()}
            <div class="cluster">
                <Button
                    kind="button"
                    variant=Variant::Primary
                    on_click=move |_| {
                        settle();
                        draft.rebase(to_merge.clone());
                        let content = picks.with_untracked(|picks| compare::settle(&pieces, picks));
                        draft.put(Snapshot { content, ..together.clone() });
                    }
                >
                    "Merge"
                </Button>
                <Button
                    kind="button"
                    variant=Variant::Quiet
                    on_click=move |_| {
                        // The next save replaces what was just shown, and only that.
                        settle();
                        draft.rebase(to_keep.clone());
                    }
                >
                    "Keep mine"
                </Button>
                <Button
                    kind="button"
                    variant=Variant::Quiet
                    on_click=move |_| {
                        settle();
                        draft.take(to_take.clone());
                    }
                >
                    "Take theirs"
                </Button>
            </div>
        </Notice>
    }
}

/// One place where both changed the same lines.
#[component]
fn Clash(number: usize, mine: Vec<String>, theirs: Vec<String>, picks: RwSignal<Vec<Pick>>) -> impl IntoView {
    let choice = move |pick: Pick, label: &'static str, lines: Option<Vec<String>>| {
        let lines = lines.map(|lines| if lines.is_empty() { "(removed)".to_owned() } else { lines.join("\n") });
        view! {
            <label class="clash-choice">
                <input
                    type="radio"
                    // Belongs to no form that is sent.
                    form=""
                    name=format!("clash-{number}")
                    checked=pick == Pick::Both
                    on:change=move |_| picks.update(|picks| {
                        if let Some(place) = picks.get_mut(number) {
                            *place = pick;
                        }
                    })
                />
                <span>{label}</span>
                {lines.map(|lines| view! { <pre class="clash-lines" dir="auto">{lines}</pre> })}
            </label>
        }
    };
    view! {
        <fieldset class="clash">
            <legend>{format!("Place {}", number + 1)}</legend>
            {choice(Pick::Mine, "Yours", Some(mine))}
            {choice(Pick::Theirs, "Theirs", Some(theirs))}
            {choice(Pick::Both, "Both, yours first", None)}
        </fieldset>
    }
}

/// Two states of an entry side by side: fields that differ, and the text line by line.
#[component]
pub(crate) fn Compare(
    left: Snapshot,
    right: Snapshot,
    left_name: &'static str,
    right_name: &'static str,
) -> impl IntoView {
    let mut rows: Vec<Row> = Vec::new();
    let field = |name: &str, a: &str, b: &str| {
        let line = |value: &str| {
            let value = if value.is_empty() { "none" } else { value };
            Some(Line::aside(&format!("{name}: {value}")))
        };
        (a != b).then(|| Row::Changed { left: line(a), right: line(b) })
    };
    rows.extend(field("Title", &left.title, &right.title));
    rows.extend(field("Version", &left.version, &right.version));
    rows.extend(field("Tags", &left.tags.join(", "), &right.tags.join(", ")));
    rows.extend(compare::rows(&left.content, &right.content, CONTEXT));
    view! { <SideBySide rows left=left_name right=right_name/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_and_a_text_changed_by_two_people_come_together() {
        let text = |title: &str, content: &str| Snapshot {
            title: title.to_owned(),
            content: content.to_owned(),
            ..Snapshot::default()
        };
        let whole = |base, mine, theirs| {
            let (text, pieces) = merged(&base, &mine, &theirs);
            (Snapshot { content: compare::settle(&pieces, &[]), ..text }, clashes(&pieces).len())
        };
        assert_eq!(
            whole(text("Old", "a\nb\nc"), text("New", "a\nb\nc"), text("Old", "a\nb\nd")),
            (text("New", "a\nb\nd"), 0)
        );
        assert_eq!(whole(text("Old", "a"), text("Mine", "b"), text("Theirs", "c")), (text("Mine", "b\nc"), 1));
    }
}
