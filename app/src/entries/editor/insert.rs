//! What is inserted by a small form: link, alert, button, embed, table, image. Each shows live what it will be.

mod written;

use leptos::prelude::*;
use ui::{Button, Checkbox, Choice, Dialog, DialogActions, Field, Glyph, Select, TextArea, Variant};

use super::Desk;
use super::text;
use written::{Filled, MOST_COLUMNS, MOST_ROWS, PROVIDERS, Part, markdown, wrong};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Link,
    Alert,
    Button,
    Embed,
    Table,
    Image,
}

impl Form {
    /// What the menu "Insert" has; links are among the tools.
    pub const BLOCKS: [Form; 5] = [Form::Alert, Form::Button, Form::Embed, Form::Table, Form::Image];

    pub fn label(self) -> &'static str {
        match self {
            Form::Link => "Link",
            Form::Alert => "Alert",
            Form::Button => "Button",
            Form::Embed => "Embed",
            Form::Table => "Table",
            Form::Image => "Image",
        }
    }

    pub fn glyph(self) -> Glyph {
        match self {
            Form::Link => Glyph::Link,
            Form::Alert => Glyph::Alert,
            Form::Button => Glyph::Widget,
            Form::Embed => Glyph::Play,
            Form::Table => Glyph::Table,
            Form::Image => Glyph::Image,
        }
    }

    /// Whether it stands within a line of text.
    fn is_inline(self) -> bool {
        matches!(self, Form::Link | Form::Button)
    }

    /// What a form begins with when words are selected: they are its text, or its address where they are one.
    fn with(self, words: &str) -> Filled {
        let words = words.trim();
        let (mut label, mut address, mut text) = (String::new(), String::new(), String::new());
        if text::is_address(words) {
            words.clone_into(&mut address);
        } else {
            match self {
                Form::Alert => words.clone_into(&mut text),
                Form::Link | Form::Button | Form::Image if !words.contains('\n') => words.clone_into(&mut label),
                _ => {}
            }
        }
        Filled { label, address, text, columns: "3".to_owned(), rows: "2".to_owned(), ..Filled::default() }
    }
}

fn choices(all: &[(&str, &str)]) -> Vec<Choice> {
    all.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

fn providers() -> Vec<Choice> {
    let first = choices(&[("", "As the address says")]);
    let last = choices(&[("generic", "Another: a card with the link")]);
    first.into_iter().chain(choices(&PROVIDERS)).chain(last).collect()
}

/// The dialog with the form that `desk.form` names.
#[component]
pub(super) fn InsertDialog(desk: Desk) -> impl IntoView {
    let open = desk.inserting;
    let title = Signal::derive(move || format!("Insert {}", desk.form.get().label().to_lowercase()));
    // A form that is opened anew begins anew. It is replaced then and not when it closes: a field that vanished while
    // it had the focus would leave the text deaf to keys.
    let times = Memo::new(move |before: Option<&u32>| before.copied().unwrap_or(0) + u32::from(open.get()));
    view! {
        <Dialog id="editor-insert" open title>
            <For each=move || Some(times.get()).filter(|times| *times > 0) key=|times| *times let:_>
                <InsertForm desk form=desk.form.get_untracked()/>
            </For>
        </Dialog>
    }
}

#[component]
fn InsertForm(desk: Desk, form: Form) -> impl IntoView {
    let words = desk.area.read().map(|(content, at)| content[at].to_owned()).unwrap_or_default();
    let start = form.with(&words);
    let (kind, label, address) = (RwSignal::new(start.kind), RwSignal::new(start.label), RwSignal::new(start.address));
    let (words, columns, rows) = (RwSignal::new(start.text), RwSignal::new(start.columns), RwSignal::new(start.rows));
    let is_decorative = RwSignal::new(false);
    let filled = Memo::new(move |_| Filled {
        kind: kind.get(),
        label: label.get(),
        address: address.get(),
        text: words.get(),
        columns: columns.get(),
        rows: rows.get(),
        is_decorative: is_decorative.get(),
    });
    let made = Memo::new(move |_| filled.with(|filled| markdown(form, filled)));
    // Nobody is told what is missing before they are done.
    let is_checked = RwSignal::new(false);
    let error = move |part: Part| {
        Signal::derive(move || {
            let wrong = if is_checked.get() { filled.with(|filled| wrong(form, filled)) } else { Vec::new() };
            wrong.into_iter().find(|(own, _)| *own == part).map(|(_, message)| message)
        })
    };
    let preview =
        move || made.with(|made| made.as_deref().map(|made| markdown::render(made, &markdown::Options::default())));
    let insert = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        is_checked.set(true);
        if let Some(made) = made.get_untracked() {
            let edit = desk.inserted(&made, !form.is_inline());
            desk.inserting.set(false);
            // An open dialog keeps the focus and every edit to itself, so it closes first.
            leptos::task::spawn_local(async move {
                leptos::task::tick().await;
                if let Some(edit) = edit {
                    desk.area.apply(&edit);
                }
            });
        }
    };
    let fields = match form {
        Form::Link => view! {
            <Field label="Text" name="insert_label" bind=label hint="Without one, the address is the text."/>
            <Field label="Address" name="insert_address" bind=address error=error(Part::Address) required=true placeholder="https://"/>
        }
        .into_any(),
        Form::Alert => view! {
            <Select label="Type" name="insert_kind" bind=kind options=choices(&[("info", "Information"), ("tip", "Tip"), ("note", "Note"), ("success", "Success"), ("warning", "Warning"), ("error", "Error")])/>
            <Field label="Title" name="insert_label" bind=label hint="Without one, the type is the title."/>
            <TextArea label="Text" name="insert_text" bind=words error=error(Part::Text) rows=3 required=true/>
        }
        .into_any(),
        Form::Button => view! {
            <Field label="Label" name="insert_label" bind=label error=error(Part::Label) required=true/>
            <Field label="Address" name="insert_address" bind=address error=error(Part::Address) required=true placeholder="https://"/>
            <Select label="Style" name="insert_kind" bind=kind options=choices(&[("primary", "Primary"), ("secondary", "Secondary"), ("outline", "Outline"), ("ghost", "Ghost"), ("success", "Success"), ("danger", "Danger")])/>
        }
        .into_any(),
        Form::Embed => view! {
            <Field label="Address" name="insert_address" bind=address error=error(Part::Address) kind="url" required=true placeholder="https://" hint="YouTube, Vimeo, CodePen, CodeSandbox, Figma and Spotify are shown in the page after a click; others as a card with the link."/>
            <Select label="Provider" name="insert_kind" bind=kind options=providers()/>
        }
        .into_any(),
        Form::Image => view! {
            <Field label="Address" name="insert_address" bind=address error=error(Part::Address) required=true placeholder="https://"/>
            <Show when=move || !is_decorative.get()>
                <Field label="Description" name="insert_label" bind=label error=error(Part::Label) required=true hint="What it shows, for people who do not see it."/>
            </Show>
            <Checkbox label="Decoration: it says nothing that the text does not" name="insert_decorative" bind=is_decorative/>
            <Field label="Caption" name="insert_text" bind=words/>
            <Select label="Alignment" name="insert_kind" bind=kind options=choices(&[("center", "Centre"), ("left", "Left"), ("right", "Right")])/>
        }
        .into_any(),
        Form::Table => view! {
            <Field label="Columns" name="insert_columns" bind=columns error=error(Part::Columns) kind="number" inputmode="numeric" required=true hint=format!("1 to {MOST_COLUMNS}")/>
            <Field label="Rows" name="insert_rows" bind=rows error=error(Part::Rows) kind="number" inputmode="numeric" required=true hint=format!("1 to {MOST_ROWS}, without the heading")/>
        }
        .into_any(),
    };
    view! {
        // Checked here, where the words say what is allowed.
        <form class="stack" novalidate on:submit=insert>
            {fields}
            <div class="insert-preview" role="region" aria-label="Preview of what is inserted">
                {move || match preview() {
                    Some(html) => view! { <div class="prose" inner_html=html></div> }.into_any(),
                    None => view! { <p class="field-hint">"The preview appears here."</p> }.into_any(),
                }}
            </div>
            <DialogActions>
                <Button variant=Variant::Primary>"Insert"</Button>
            </DialogActions>
        </form>
    }
}

impl Desk {
    /// The edit that puts Markdown where the caret is: as a block of its own, or within the line.
    fn inserted(self, made: &str, is_block: bool) -> Option<text::Edit> {
        let (content, at) = self.area.read()?;
        Some(if is_block { text::insert_block(&content, at, made) } else { text::Edit::replace(at, made) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_words_are_the_text_of_what_is_inserted() {
        let of = |form: Form, words: &str| {
            let Filled { label, address, text, .. } = form.with(words);
            (label, address, text)
        };
        let all = |label: &str, address: &str, text: &str| (label.to_owned(), address.to_owned(), text.to_owned());
        for (form, words, expected) in [
            (Form::Link, "the guide ", all("the guide", "", "")),
            (Form::Link, "https://e.com", all("", "https://e.com", "")),
            (Form::Link, "two\nlines", all("", "", "")),
            (Form::Button, "Get it", all("Get it", "", "")),
            (Form::Image, "A cat", all("A cat", "", "")),
            (Form::Embed, "https://youtu.be/x", all("", "https://youtu.be/x", "")),
            (Form::Alert, "Mind\nthe gap", all("", "", "Mind\nthe gap")),
            (Form::Table, "a b", all("", "", "")),
        ] {
            assert_eq!(of(form, words), expected, "{form:?} {words}");
        }
    }
}
