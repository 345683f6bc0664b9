//! Somebody else saved while this text was written. Both texts are shown with what differs; nothing is overwritten
//! unseen.

use compare::{Line, Row};
use leptos::prelude::*;
use model::Error;
use model::entries::Entry;
use ui::{Button, Notice, Tone, Variant};

use super::draft::Snapshot;
use super::saving::{Saver, Trouble};
use crate::difference::SideBySide;

/// Equal lines shown around each difference.
const CONTEXT: usize = 2;

/// Both changes of `base` together, and in how many places both changed the same lines.
fn merged(base: &Snapshot, mine: &Snapshot, theirs: &Snapshot) -> (Snapshot, usize) {
    let (content, clashes) = compare::merge(&base.content, &mine.content, &theirs.content);
    let text = Snapshot {
        title: compare::merge_value(&base.title, &mine.title, &theirs.title),
        version: compare::merge_value(&base.version, &mine.version, &theirs.version),
        tags: compare::merge_value(&base.tags, &mine.tags, &theirs.tags),
        content,
    };
    (text, clashes)
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
    let settle = move || saver.trouble.set(None);
    move || {
        theirs.get().map(|theirs| {
            let mine = untrack(move || draft.snapshot());
            let base = draft.stored.get_untracked().map(|entry| Snapshot::of(&entry)).unwrap_or_default();
            let their_text = Snapshot::of(&theirs);
            let (together, clashes) = merged(&base, &mine, &their_text);
            let advice = match clashes {
                0 => "The two changes do not touch the same lines and can be put together.".to_owned(),
                1 => {
                    "Both changed the same lines in one place. Put together, both stand there between marks.".to_owned()
                }
                n => {
                    format!("Both changed the same lines in {n} places. Put together, both stand there between marks.")
                }
            };
            let (to_keep, to_take, to_merge) = (theirs.clone(), theirs.clone(), theirs.clone());
            view! {
                <Notice tone=Tone::Warn title="Somebody else saved this entry">
                    <p>"Your text is below and still unsaved. "{advice}</p>
                    <Compare left=mine right=their_text left_name="Yours" right_name="Theirs"/>
                    <div class="cluster">
                        <Button
                            kind="button"
                            variant=Variant::Primary
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
                        <Button
                            kind="button"
                            variant=Variant::Quiet
                            on_click=move |_| {
                                settle();
                                draft.rebase(to_merge.clone());
                                draft.put(together.clone());
                            }
                        >
                            "Put together"
                        </Button>
                    </div>
                </Notice>
            }
        })
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
        let (together, clashes) = merged(&text("Old", "a\nb\nc"), &text("New", "a\nb\nc"), &text("Old", "a\nb\nd"));
        assert_eq!((together, clashes), (text("New", "a\nb\nd"), 0));
        let (together, clashes) = merged(&text("Old", "a"), &text("Mine", "b"), &text("Theirs", "c"));
        assert_eq!((together.title.as_str(), clashes), ("Mine", 1));
    }
}
