//! What is inserted by a small form: alert, button, embed, table, image. Each shows live what it will be.

use leptos::prelude::*;
use ui::{Button, Choice, Dialog, DialogActions, Field, Glyph, Select, Variant};

use super::Desk;
use super::text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Alert,
    Button,
    Embed,
    Table,
    Image,
}

impl Form {
    pub const ALL: [Form; 5] = [Form::Alert, Form::Button, Form::Embed, Form::Table, Form::Image];

    pub fn label(self) -> &'static str {
        match self {
            Form::Alert => "Alert",
            Form::Button => "Button",
            Form::Embed => "Embed",
            Form::Table => "Table",
            Form::Image => "Image",
        }
    }

    pub fn glyph(self) -> Glyph {
        match self {
            Form::Alert => Glyph::Alert,
            Form::Button => Glyph::Widget,
            Form::Embed => Glyph::Play,
            Form::Table => Glyph::Table,
            Form::Image => Glyph::Image,
        }
    }
}

/// What was filled in. Each form uses some of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Filled {
    /// Type of alert, style of button, provider of embed, alignment of image.
    kind: String,
    /// Title, label, alternative text.
    label: String,
    address: String,
    /// Text of an alert, caption of an image.
    text: String,
    columns: String,
    rows: String,
}

/// One line of a label: what would end it early is left out.
fn plain(label: &str) -> String {
    label.replace(['[', ']', '\n', '"'], " ").trim().to_owned()
}

/// An address within parentheses.
fn target(address: &str) -> String {
    let address = address.trim();
    if address.contains(['(', ')', ' ']) {
        address.replace('(', "%28").replace(')', "%29").replace(' ', "%20")
    } else {
        address.to_owned()
    }
}

/// The Markdown of a form; `None` while something it needs is missing.
fn markdown(form: Form, filled: &Filled) -> Option<String> {
    let address = target(&filled.address);
    let (label, text) = (plain(&filled.label), filled.text.trim());
    match form {
        Form::Alert => {
            let kind = if filled.kind.is_empty() { "info" } else { &filled.kind };
            let title = if label.is_empty() { String::new() } else { format!(" {label}") };
            (!text.is_empty()).then(|| format!(":::{kind}{title}\n{text}\n:::"))
        }
        Form::Button => {
            let style = if filled.kind.is_empty() { "primary" } else { &filled.kind };
            (!label.is_empty() && !address.is_empty()).then(|| format!("[button:{label}]({address}){{{style}}}"))
        }
        Form::Embed => {
            let provider = if filled.kind.is_empty() { provider_of(&address) } else { &filled.kind };
            (!address.is_empty()).then(|| format!("[embed:{provider}]({address})"))
        }
        Form::Image => {
            let caption = plain(text);
            let caption = if caption.is_empty() { String::new() } else { format!(" \"{caption}\"") };
            let align = match filled.kind.as_str() {
                "" | "center" => String::new(),
                align => format!("{{align={align}}}"),
            };
            (!address.is_empty()).then(|| format!("![{label}]({address}{caption}){align}"))
        }
        Form::Table => {
            let count = |text: &str, most: usize| text.trim().parse::<usize>().ok().filter(|n| (1..=most).contains(n));
            let (columns, rows) = (count(&filled.columns, 12)?, count(&filled.rows, 50)?);
            let head: Vec<String> = (1..=columns).map(|n| format!("Column {n}")).collect();
            let empty = format!("|{}", "   |".repeat(columns));
            let lines = [format!("| {} |", head.join(" | ")), format!("|{}", " --- |".repeat(columns))];
            Some(lines.into_iter().chain(std::iter::repeat_n(empty, rows)).collect::<Vec<_>>().join("\n"))
        }
    }
}

/// The provider that an address belongs to; `generic` shows a card with the link.
fn provider_of(address: &str) -> &'static str {
    let host = address.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    match host.strip_prefix("www.").unwrap_or(host) {
        "youtube.com" | "youtu.be" | "m.youtube.com" => "youtube",
        "vimeo.com" | "player.vimeo.com" => "vimeo",
        "codepen.io" => "codepen",
        "codesandbox.io" => "codesandbox",
        "figma.com" => "figma",
        "open.spotify.com" => "spotify",
        "twitter.com" | "x.com" => "twitter",
        "github.com" => "github",
        _ => "generic",
    }
}

fn choices(all: &[(&str, &str)]) -> Vec<Choice> {
    all.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

/// The dialog with the form that `desk.form` names.
#[component]
pub(super) fn InsertDialog(desk: Desk) -> impl IntoView {
    let open = desk.inserting;
    let title = Signal::derive(move || format!("Insert {}", desk.form.get().label().to_lowercase()));
    // A form that is opened anew begins empty. It is replaced then and not when it closes: a field that vanished while
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
    let field = |text: &str| RwSignal::new(text.to_owned());
    let (kind, label, address, words) = (field(""), field(""), field(""), field(""));
    let (columns, rows) = (field("3"), field("2"));
    let made = Memo::new(move |_| {
        let filled = Filled {
            kind: kind.get(),
            label: label.get(),
            address: address.get(),
            text: words.get(),
            columns: columns.get(),
            rows: rows.get(),
        };
        markdown(form, &filled)
    });
    let preview =
        move || made.with(|made| made.as_deref().map(|made| markdown::render(made, &markdown::Options::default())));
    let insert = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Some(made) = made.get_untracked() {
            let edit = desk.inserted(&made, form != Form::Button);
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
        Form::Alert => view! {
            <Select label="Type" name="insert_kind" bind=kind options=choices(&[("info", "Information"), ("tip", "Tip"), ("note", "Note"), ("success", "Success"), ("warning", "Warning"), ("error", "Error")])/>
            <Field label="Title" name="insert_label" bind=label hint="Without one, the type is the title."/>
            <ui::TextArea label="Text" name="insert_text" bind=words rows=3 required=true/>
        }
        .into_any(),
        Form::Button => view! {
            <Field label="Label" name="insert_label" bind=label required=true/>
            <Field label="Address" name="insert_address" bind=address kind="url" required=true placeholder="https://"/>
            <Select label="Style" name="insert_kind" bind=kind options=choices(&[("primary", "Primary"), ("secondary", "Secondary"), ("outline", "Outline"), ("ghost", "Ghost"), ("success", "Success"), ("danger", "Danger")])/>
        }
        .into_any(),
        Form::Embed => view! {
            <Field label="Address" name="insert_address" bind=address kind="url" required=true placeholder="https://" hint="YouTube, Vimeo, CodePen, CodeSandbox, Figma and Spotify are shown in the page after a click; others as a card with the link."/>
        }
        .into_any(),
        Form::Image => view! {
            <Field label="Address" name="insert_address" bind=address kind="url" required=true placeholder="https://"/>
            <Field label="Description" name="insert_label" bind=label hint="For people who do not see the image."/>
            <Field label="Caption" name="insert_text" bind=words/>
            <Select label="Alignment" name="insert_kind" bind=kind options=choices(&[("center", "Centre"), ("left", "Left"), ("right", "Right")])/>
        }
        .into_any(),
        Form::Table => view! {
            <Field label="Columns" name="insert_columns" bind=columns kind="number" inputmode="numeric" required=true hint="1 to 12"/>
            <Field label="Rows" name="insert_rows" bind=rows kind="number" inputmode="numeric" required=true hint="1 to 50, without the heading"/>
        }
        .into_any(),
    };
    view! {
        <form class="stack" on:submit=insert>
            {fields}
            <div class="insert-preview" role="region" aria-label="Preview of what is inserted">
                {move || match preview() {
                    Some(html) => view! { <div class="prose" inner_html=html></div> }.into_any(),
                    None => view! { <p class="field-hint">"The preview appears here."</p> }.into_any(),
                }}
            </div>
            <DialogActions>
                <Button variant=Variant::Primary disabled=Signal::derive(move || made.read().is_none())>"Insert"</Button>
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

    fn filled(kind: &str, label: &str, address: &str, text: &str) -> Filled {
        let of = str::to_owned;
        Filled {
            kind: of(kind),
            label: of(label),
            address: of(address),
            text: of(text),
            columns: of("2"),
            rows: of("1"),
        }
    }

    #[test]
    fn forms_write_the_dialect_and_wait_for_what_they_need() {
        for (form, given, expected) in [
            (Form::Alert, filled("tip", "Read [this]", "", "Be *kind*."), Some(":::tip Read  this\nBe *kind*.\n:::")),
            (Form::Alert, filled("tip", "Only a title", "", " "), None),
            (
                Form::Button,
                filled("", "Get it", "https://e.com/a b", ""),
                Some("[button:Get it](https://e.com/a%20b){primary}"),
            ),
            (Form::Button, filled("", "", "https://e.com", ""), None),
            (Form::Embed, filled("", "", "https://youtu.be/x", ""), Some("[embed:youtube](https://youtu.be/x)")),
            (
                Form::Embed,
                filled("", "", "https://youtube.com.evil.example/x", ""),
                Some("[embed:generic](https://youtube.com.evil.example/x)"),
            ),
            (
                Form::Image,
                filled("left", "A cat", "https://e.com/(a).png", "Tom"),
                Some("![A cat](https://e.com/%28a%29.png \"Tom\"){align=left}"),
            ),
            (Form::Image, filled("", "", "https://e.com/a.png", ""), Some("![](https://e.com/a.png)")),
            (Form::Table, filled("", "", "", ""), Some("| Column 1 | Column 2 |\n| --- | --- |\n|   |   |")),
            (Form::Table, Filled::default(), None),
            (Form::Table, Filled { columns: "99".to_owned(), rows: "1".to_owned(), ..Filled::default() }, None),
        ] {
            assert_eq!(markdown(form, &given).as_deref(), expected, "{form:?} {given:?}");
        }
    }
}
