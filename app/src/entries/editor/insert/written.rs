//! What a form of the editor writes into the text, and what is wrong with it before.

use super::Form;

/// What was filled in. Each form uses some of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// Type of alert, style of button, provider of embed, alignment of image.
    pub kind: String,
    /// Title, label, text of a link, alternative text.
    pub label: String,
    pub address: String,
    /// Text of an alert, caption of an image.
    pub text: String,
    pub columns: String,
    pub rows: String,
    /// An image that says nothing, so that nobody needs to hear of it.
    pub is_decorative: bool,
}

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Label,
    Address,
    Text,
    Columns,
    Rows,
}

/// Providers whose embeds are shown in the page, or as a card of their own.
pub(super) const PROVIDERS: [(&str, &str); 8] = [
    ("youtube", "YouTube"),
    ("vimeo", "Vimeo"),
    ("codepen", "CodePen"),
    ("codesandbox", "CodeSandbox"),
    ("figma", "Figma"),
    ("spotify", "Spotify"),
    ("twitter", "X (Twitter)"),
    ("github", "GitHub"),
];

pub(super) const MOST_COLUMNS: usize = 12;
pub(super) const MOST_ROWS: usize = 50;

/// One line of a label: what would end it early is left out.
fn plain(label: &str) -> String {
    label.replace(['[', ']', '\n', '"'], " ").trim().to_owned()
}

/// An address within parentheses.
fn target(address: &str) -> String {
    address.trim().replace('(', "%28").replace(')', "%29").replace(' ', "%20")
}

fn count(text: &str, most: usize) -> Option<usize> {
    text.trim().parse::<usize>().ok().filter(|n| (1..=most).contains(n))
}

/// Whether a text begins as an address of the web.
fn is_web(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// What is wrong with the address of a form; `local` ones name a place on this site or in this page.
fn wrong_address(address: &str, local: bool) -> Option<String> {
    let address = address.trim();
    let is_local = address.starts_with('/') || address.starts_with('#');
    let is_mail = ["mailto:", "tel:"].iter().any(|scheme| address.len() > scheme.len() && address.starts_with(scheme));
    if address.is_empty() {
        Some("The address is missing.".to_owned())
    } else if is_web(address) || (local && (is_local || is_mail)) {
        None
    } else if local {
        Some("Begin the address with https://, http://, mailto:, tel:, / or #.".to_owned())
    } else {
        Some("Begin the address with https:// or http://.".to_owned())
    }
}

/// What is wrong with a form, by field; nothing when it can be written.
pub(super) fn wrong(form: Form, filled: &Filled) -> Vec<(Part, String)> {
    let mut wrong = Vec::new();
    let mut note = |part, message: Option<String>| wrong.extend(message.map(|message| (part, message)));
    let missing = |is_there: bool, message: &str| (!is_there).then(|| message.to_owned());
    let has_label = !plain(&filled.label).is_empty();
    match form {
        Form::Link => note(Part::Address, wrong_address(&filled.address, true)),
        Form::Alert => note(Part::Text, missing(!filled.text.trim().is_empty(), "The text is missing.")),
        Form::Button => {
            note(Part::Label, missing(has_label, "The label is missing."));
            note(Part::Address, wrong_address(&filled.address, true));
        }
        Form::Embed => {
            let problem = wrong_address(&filled.address, false);
            let is_well_formed = problem.is_none();
            note(Part::Address, problem);
            let chosen = PROVIDERS.iter().find(|(id, _)| *id == filled.kind);
            if let Some((id, name)) =
                chosen.filter(|(id, _)| is_well_formed && provider_of(filled.address.trim()) != *id)
            {
                note(Part::Address, Some(format!("This is no address of {name} ({}).", host_of_provider(id))));
            }
        }
        Form::Image => {
            let is_local = filled.address.trim().starts_with('/');
            note(Part::Address, wrong_address(&filled.address, false).filter(|_| !is_local));
            let message = "Say what the image shows, or mark it as decoration.";
            note(Part::Label, missing(has_label || filled.is_decorative, message));
        }
        Form::Table => {
            let number =
                |text: &str, most| count(text, most).is_none().then(|| format!("Give a number from 1 to {most}."));
            note(Part::Columns, number(&filled.columns, MOST_COLUMNS));
            note(Part::Rows, number(&filled.rows, MOST_ROWS));
        }
    }
    wrong
}

/// The Markdown of a form; `None` while something is wrong with it.
pub(super) fn markdown(form: Form, filled: &Filled) -> Option<String> {
    if !wrong(form, filled).is_empty() {
        return None;
    }
    let address = target(&filled.address);
    let (label, text) = (plain(&filled.label), filled.text.trim());
    let kind = |usual: &'static str| if filled.kind.is_empty() { usual.to_owned() } else { filled.kind.clone() };
    Some(match form {
        Form::Link => {
            // Words keep their marks; only brackets would end them.
            let words = filled.label.replace(['[', ']', '\n'], " ").trim().to_owned();
            let words = if words.is_empty() { filled.address.trim().to_owned() } else { words };
            format!("[{words}]({address})")
        }
        Form::Alert => {
            let title = if label.is_empty() { String::new() } else { format!(" {label}") };
            format!(":::{}{title}\n{text}\n:::", kind("info"))
        }
        Form::Button => format!("[button:{label}]({address}){{{}}}", kind("primary")),
        Form::Embed => format!("[embed:{}]({address})", kind(provider_of(&address))),
        Form::Image => {
            let label = if filled.is_decorative { String::new() } else { label };
            let caption = plain(text);
            let caption = if caption.is_empty() { String::new() } else { format!(" \"{caption}\"") };
            let align = match filled.kind.as_str() {
                "" | "center" => String::new(),
                align => format!("{{align={align}}}"),
            };
            format!("![{label}]({address}{caption}){align}")
        }
        Form::Table => {
            let (columns, rows) = (count(&filled.columns, MOST_COLUMNS)?, count(&filled.rows, MOST_ROWS)?);
            let head: Vec<String> = (1..=columns).map(|n| format!("Column {n}")).collect();
            let empty = format!("|{}", "   |".repeat(columns));
            let lines = [format!("| {} |", head.join(" | ")), format!("|{}", " --- |".repeat(columns))];
            lines.into_iter().chain(std::iter::repeat_n(empty, rows)).collect::<Vec<_>>().join("\n")
        }
    })
}

/// The provider that an address belongs to; `generic` shows a card with the link.
pub(super) fn provider_of(address: &str) -> &'static str {
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

/// Where addresses of a provider lead.
fn host_of_provider(provider: &str) -> &'static str {
    match provider {
        "youtube" => "youtube.com or youtu.be",
        "vimeo" => "vimeo.com",
        "codepen" => "codepen.io",
        "codesandbox" => "codesandbox.io",
        "figma" => "figma.com",
        "spotify" => "open.spotify.com",
        "twitter" => "x.com or twitter.com",
        _ => "github.com",
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
            is_decorative: false,
        }
    }

    #[test]
    fn forms_write_the_dialect() {
        for (form, given, expected) in [
            (Form::Link, filled("", "the **guide**", "/guide", ""), "[the **guide**](/guide)"),
            (Form::Link, filled("", "", "https://e.com/a(b)", ""), "[https://e.com/a(b)](https://e.com/a%28b%29)"),
            (Form::Link, filled("", "a [b]\nc", "mailto:a@e.com", ""), "[a  b  c](mailto:a@e.com)"),
            (Form::Alert, filled("tip", "Read [this]", "", "Be *kind*."), ":::tip Read  this\nBe *kind*.\n:::"),
            (
                Form::Button,
                filled("", "Get it", "https://e.com/a b", ""),
                "[button:Get it](https://e.com/a%20b){primary}",
            ),
            (Form::Embed, filled("", "", "https://youtu.be/x", ""), "[embed:youtube](https://youtu.be/x)"),
            (Form::Embed, filled("vimeo", "", "https://vimeo.com/1", ""), "[embed:vimeo](https://vimeo.com/1)"),
            (
                Form::Embed,
                filled("", "", "https://youtube.com.evil.example/x", ""),
                "[embed:generic](https://youtube.com.evil.example/x)",
            ),
            (
                Form::Image,
                filled("left", "A cat", "https://e.com/(a).png", "Tom"),
                "![A cat](https://e.com/%28a%29.png \"Tom\"){align=left}",
            ),
            (Form::Image, Filled { is_decorative: true, ..filled("", "forgotten", "/a.png", "") }, "![](/a.png)"),
            (Form::Table, filled("", "", "", ""), "| Column 1 | Column 2 |\n| --- | --- |\n|   |   |"),
        ] {
            assert_eq!(markdown(form, &given).as_deref(), Some(expected), "{form:?} {given:?}");
        }
    }

    #[test]
    fn a_form_names_the_field_that_is_wrong() {
        let table = |columns: &str, rows: &str| Filled {
            columns: columns.to_owned(),
            rows: rows.to_owned(),
            ..Filled::default()
        };
        for (form, given, parts) in [
            (Form::Link, filled("", "Text", " ", ""), &[Part::Address][..]),
            (Form::Link, filled("", "Text", "example.com", ""), &[Part::Address]),
            (Form::Link, filled("", "Text", "javascript:alert(1)", ""), &[Part::Address]),
            (Form::Link, filled("", "", "#part", ""), &[]),
            (Form::Alert, filled("tip", "Only a title", "", " "), &[Part::Text]),
            (Form::Button, filled("", "[]", "https://", ""), &[Part::Label, Part::Address]),
            (Form::Embed, filled("", "", "/local", ""), &[Part::Address]),
            (Form::Embed, filled("youtube", "", "https://vimeo.com/1", ""), &[Part::Address]),
            (Form::Image, filled("", "", "cat.png", ""), &[Part::Address, Part::Label]),
            (Form::Image, filled("", "A cat", "/cat.png", ""), &[]),
            (Form::Table, table("13", "0"), &[Part::Columns, Part::Rows]),
            (Form::Table, table("1", "x"), &[Part::Rows]),
        ] {
            let found: Vec<Part> = wrong(form, &given).into_iter().map(|(part, _)| part).collect();
            assert_eq!(found, parts, "{form:?} {given:?}");
            assert_eq!(markdown(form, &given).is_some(), parts.is_empty(), "{form:?} {given:?}");
        }
    }
}
