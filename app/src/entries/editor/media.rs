//! Pictures and files in a text: dropped, pasted or picked. While one is on its way a line of its own stands for it, and
//! the writing goes on; when it has arrived the line becomes the picture, or goes with a sentence that says why.

use std::ops::Range;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::media::{MAX_ALT, Medium};
use model::{Error, ProjectId, Result};
use ui::{Button, Checkbox, Field, Glyph, Icon, IconButton, Notice, Tone, Variant};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, File, FileList};

use super::Desk;
use super::text::{self, Edit};
use crate::media::{describe_medium, send};

/// What is on its way, and what has still to be said about what has arrived.
#[derive(Clone, Copy)]
pub(super) struct Pictures {
    project: StoredValue<ProjectId>,
    /// Whether the dialog is open.
    pub choosing: RwSignal<bool>,
    /// Pictures in the text of which nobody has said what they show.
    silent: RwSignal<Vec<Medium>>,
    /// Why files did not arrive, one sentence each.
    failed: RwSignal<Vec<String>>,
    /// How many have been sent, so that no two lines are alike.
    count: RwSignal<u32>,
    under_way: RwSignal<u32>,
}

impl Pictures {
    pub fn new(project: &ProjectId) -> Self {
        Self {
            project: StoredValue::new(project.clone()),
            choosing: RwSignal::new(false),
            silent: RwSignal::new(Vec::new()),
            failed: RwSignal::new(Vec::new()),
            count: RwSignal::new(0),
            under_way: RwSignal::new(0),
        }
    }

    pub fn project(self) -> ProjectId {
        self.project.get_value()
    }
}

/// The line that stands for a file on its way.
fn placeholder(name: &str, number: u32) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '[' | ']' | '\\')).take(80).collect();
    format!("![Uploading {name}\u{2026}](#upload-{number})")
}

/// Puts something in the place of a line that stands for a file; `None` when the line is gone. What is selected stays
/// selected, wherever it is.
fn replaced(content: &str, selected: Range<usize>, line: &str, with: &str) -> Option<Edit> {
    let start = content.find(line)?;
    let mut end = start + line.len();
    if with.is_empty() {
        // The empty lines that made it a block of its own go with it.
        end += content[end..].len() - content[end..].trim_start_matches('\n').len();
    }
    let moved = |at: usize| {
        if at <= start {
            at
        } else if at >= end {
            at - (end - start) + with.len()
        } else {
            start + with.len()
        }
    };
    Some(Edit { range: start..end, insert: with.to_owned(), select: moved(selected.start)..moved(selected.end) })
}

/// Gives a picture of a text its description, where it has none; `None` when it does not stand there so.
fn described(content: &str, selected: Range<usize>, medium: &Medium) -> Option<Edit> {
    let silent = Medium { alt: String::new(), ..medium.clone() }.markdown();
    replaced(content, selected, &silent, &medium.markdown())
}

impl Desk {
    /// Puts Markdown where the caret is, as a block.
    pub(super) fn place(self, markdown: &str) {
        if let Some((content, at)) = self.area.read() {
            self.area.apply(&text::insert_block(&content, at, markdown));
        }
    }

    /// Carries an edit out that nobody waits for: the focus stays where it is.
    fn apply_aside(self, edit: &Edit) {
        let focused = document().active_element();
        self.area.apply(edit);
        if let Some(focused) = focused
            && document().active_element().as_ref() != Some(&focused)
            && let Ok(focused) = focused.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = focused.focus();
        }
    }

    /// Sends files and puts them into the text.
    pub(super) fn take(self, files: Vec<File>, alt: &str, is_decorative: bool) {
        let pictures = self.pictures;
        for file in files {
            pictures.count.update(|count| *count += 1);
            let name = file.name();
            let line = placeholder(&name, pictures.count.get_untracked());
            self.place(&line);
            pictures.under_way.update(|count| *count += 1);
            let (project, alt) = (pictures.project(), alt.to_owned());
            spawn_local(async move {
                let outcome = send(&project, &file, &alt, is_decorative).await;
                let _ = pictures.under_way.try_update(|count| *count = count.saturating_sub(1));
                self.arrived(&line, &name, outcome);
            });
        }
    }

    fn arrived(self, line: &str, name: &str, outcome: Result<Medium>) {
        // The page may be gone by now.
        let Some((content, selected)) = self.area.read() else { return };
        let made = outcome.as_ref().map(Medium::markdown).unwrap_or_default();
        if let Some(edit) = replaced(&content, selected, line, &made) {
            self.apply_aside(&edit);
        }
        match outcome {
            Ok(medium) if medium.lacks_alt() => {
                let _ = self.pictures.silent.try_update(|silent| {
                    silent.retain(|one| one.id != medium.id);
                    silent.push(medium);
                });
            }
            Ok(_) => {}
            Err(error) => {
                let why = error.for_field("file").unwrap_or_else(|| reason(&error));
                let _ =
                    self.pictures.failed.try_update(|failed| failed.push(format!("{name} was not uploaded. {why}")));
            }
        }
    }
}

fn reason(error: &Error) -> String {
    match error {
        Error::Network => "The server could not be reached. Try again.".to_owned(),
        other => other.to_string(),
    }
}

fn files_of(list: Option<FileList>) -> Vec<File> {
    let list = list.into_iter();
    list.flat_map(|list| (0..list.length()).filter_map(move |at| list.get(at))).collect()
}

/// Files of a field.
pub(super) fn picked(input: &web_sys::HtmlInputElement) -> Vec<File> {
    files_of(input.files())
}

/// Whether what is pasted is a file. Words that come with a picture of themselves are pasted as words.
pub(super) fn pasted(desk: Desk, data: &DataTransfer) -> bool {
    let files = files_of(data.files());
    let has_words = data.get_data("text/plain").is_ok_and(|text| !text.is_empty());
    if files.is_empty() || has_words {
        return false;
    }
    desk.take(files, "", false);
    true
}

/// Files that are held over the text may be dropped; words go where the browser puts them.
pub(super) fn dragged(event: &web_sys::DragEvent) {
    if event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind == "Files")) {
        event.prevent_default();
    }
}

pub(super) fn dropped(desk: Desk, event: &web_sys::DragEvent) {
    let files = files_of(event.data_transfer().and_then(|data| data.files()));
    if !files.is_empty() {
        event.prevent_default();
        desk.take(files, "", false);
    }
}

/// What is on its way, what failed, and what has still to be described. It stands above the text and takes nothing away
/// from the writing.
#[component]
pub(super) fn PictureNotes(desk: Desk) -> impl IntoView {
    let pictures = desk.pictures;
    let moving = move || match pictures.under_way.get() {
        0 => String::new(),
        1 => "Uploading a file\u{2026}".to_owned(),
        more => format!("Uploading {more} files\u{2026}"),
    };
    view! {
        <p class="picture-moving" role="status">{moving}</p>
        <For each=move || pictures.failed.get().into_iter().enumerate() key=|(at, text)| (*at, text.clone()) let:failed>
            <div class="picture-note" role="alert">
                <Notice tone=Tone::Bad title="Not uploaded">
                    <div class="cluster">
                        <span>{failed.1.clone()}</span>
                        <IconButton
                            glyph=Glyph::Close
                            label="Dismiss"
                            on_click=move |_| pictures.failed.update(|all| { all.retain(|text| *text != failed.1); })
                        />
                    </div>
                </Notice>
            </div>
        </For>
        <For each=move || pictures.silent.get() key=|medium| medium.id.clone() let:medium>
            <Describe desk medium/>
        </For>
    }
}

/// Asks what a picture shows.
#[component]
fn Describe(desk: Desk, medium: Medium) -> impl IntoView {
    let pictures = desk.pictures;
    let (alt, is_decorative) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let name = medium.name.clone();
    let thumb = medium.path_at(400);
    let (label, field, tick) = (
        format!("What does {name} show?"),
        format!("picture_alt_{}", medium.id),
        format!("picture_decorative_{}", medium.id),
    );
    let id = StoredValue::new(medium.id);
    let save = move || {
        if busy.get_untracked() {
            return;
        }
        let (said, decorative) = (alt.get_untracked().trim().to_owned(), is_decorative.get_untracked());
        if said.is_empty() && !decorative {
            wrong.set(Some("Say what it shows, or tick that it is decorative.".to_owned()));
            return;
        }
        busy.set(true);
        let id = id.get_value();
        spawn_local(async move {
            let outcome = describe_medium(pictures.project(), id.clone(), said, decorative).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(medium) => {
                    if let Some((content, selected)) = desk.area.read()
                        && let Some(edit) = described(&content, selected, &medium)
                    {
                        desk.apply_aside(&edit);
                    }
                    let _ = pictures.silent.try_update(|silent| silent.retain(|one| one.id != id));
                }
                Err(error) => {
                    let _ = wrong.try_set(Some(error.for_field("alt").unwrap_or_else(|| reason(&error))));
                }
            }
        });
    };
    view! {
        <div
            class="picture-note"
            on:keydown=move |event| {
                // The form around it would save the entry.
                if event.key() == "Enter" && !event.is_composing() {
                    event.prevent_default();
                    save();
                }
            }
        >
            <img class="picture-thumb" src=thumb alt=""/>
            <Field
                label=label
                name=field
                bind=alt
                maxlength=MAX_ALT as u32
                hint="For people who do not see it."
                error=wrong
            />
            <Checkbox label="Decorative" name=tick bind=is_decorative/>
            <Button kind="button" variant=Variant::Quiet busy on_click=move |_| save()>
                <Icon glyph=Glyph::Check/>
                "Describe"
            </Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(content: &str, edit: &Edit) -> (String, Range<usize>) {
        let mut text = content.to_owned();
        text.replace_range(edit.range.clone(), &edit.insert);
        (text, edit.select.clone())
    }

    #[test]
    fn a_line_becomes_what_has_arrived_and_the_caret_stays_with_its_words() {
        let line = placeholder("a[b].png", 3);
        assert_eq!(line, "![Uploading ab.png\u{2026}](#upload-3)");
        let content = format!("Before\n\n{line}\n\nAfter");
        let end = content.len();
        for (at, with, expected, caret) in [
            (2, "![](/x)", "Before\n\n![](/x)\n\nAfter", 2),
            (end, "![](/x)", "Before\n\n![](/x)\n\nAfter", 22),
            (12, "![](/x)", "Before\n\n![](/x)\n\nAfter", 15),
            (end, "", "Before\n\nAfter", 13),
        ] {
            let edit = replaced(&content, at..at, &line, with).unwrap();
            assert_eq!(applied(&content, &edit), (expected.to_owned(), caret..caret), "{at} {with}");
        }
        assert_eq!(replaced("somebody deleted it", 0..0, &line, "x"), None);
    }
}
