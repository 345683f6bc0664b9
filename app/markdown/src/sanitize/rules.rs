//! What may be in rendered HTML: elements, where they may stand, their attributes, the values of those.

use crate::embeds::EMBED_ORIGINS;
use crate::{links, media};

pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) content: Content,
    pub(super) attributes: &'static [(&'static str, Values)],
}

/// Which content an element is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Block,
    Inline,
    /// In a list.
    Item,
    /// In a table: head or body, row, cell.
    Group,
    Row,
    Cell,
    Caption,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// No content and no end tag.
    Void,
    Blocks,
    /// Blocks and a caption.
    Figure,
    Inline,
    /// Inline, and nothing but an element at the very beginning, where browsers would swallow a line feed.
    Code,
    Text,
    Items,
    Groups,
    Rows,
    Cells,
}

pub(super) enum Values {
    /// Any value that [`allows`] does not refuse.
    Free,
    Of(&'static [&'static str]),
}

use Values::{Free, Of};

const fn element(
    name: &'static str,
    place: Place,
    content: Content,
    attributes: &'static [(&'static str, Values)],
) -> Element {
    Element { name, place, content, attributes }
}

const HEADING: &[(&str, Values)] = &[("id", Free)];
const ALIGNED: &[&str] = &["align-left", "align-center", "align-right"];

/// In order of their names.
pub(super) const ELEMENTS: &[Element] = &[
    element(
        "a",
        Place::Inline,
        Content::Inline,
        &[
            ("aria-disabled", Of(&["true"])),
            ("aria-hidden", Of(&["true"])),
            ("aria-label", Free),
            ("class", Free),
            ("href", Free),
            ("rel", Of(&[links::EXTERNAL_REL, links::NEW_TAB_REL])),
            ("role", Of(&["link"])),
            ("tabindex", Of(&["-1"])),
            ("target", Of(&["_blank"])),
            ("title", Free),
        ],
    ),
    element("blockquote", Place::Block, Content::Blocks, &[]),
    element("br", Place::Inline, Content::Void, &[]),
    element(
        "button",
        Place::Inline,
        Content::Text,
        &[("class", Of(&["md-copy"])), ("hidden", Of(&[""])), ("type", Of(&["button"]))],
    ),
    element("code", Place::Inline, Content::Inline, &[("class", Free)]),
    element("del", Place::Inline, Content::Inline, &[]),
    element(
        "div",
        Place::Block,
        Content::Blocks,
        &[
            ("aria-label", Of(&["Table"])),
            (
                "class",
                Of(&[
                    "table-scroll",
                    "md-code",
                    "md-code-head",
                    "md-embed",
                    "md-embed md-embed-card",
                    "md-embed md-embed-film",
                    "md-embed md-embed-invalid",
                    "alert alert-info",
                    "alert alert-note",
                    "alert alert-tip",
                    "alert alert-success",
                    "alert alert-warning",
                    "alert alert-error",
                    "alert alert-important",
                    "alert alert-caution",
                ]),
            ),
            ("data-embed", Free),
            ("data-height", Free),
            ("role", Of(&["note", "alert", "group"])),
            ("tabindex", Of(&["0"])),
        ],
    ),
    element("em", Place::Inline, Content::Inline, &[]),
    element("figcaption", Place::Caption, Content::Inline, &[]),
    element("figure", Place::Block, Content::Figure, &[("class", Of(&["md-left", "md-right"]))]),
    element("h1", Place::Block, Content::Inline, HEADING),
    element("h2", Place::Block, Content::Inline, HEADING),
    element("h3", Place::Block, Content::Inline, HEADING),
    element("h4", Place::Block, Content::Inline, HEADING),
    element("h5", Place::Block, Content::Inline, HEADING),
    element("h6", Place::Block, Content::Inline, HEADING),
    element("hr", Place::Block, Content::Void, &[]),
    element(
        "img",
        Place::Inline,
        Content::Void,
        &[
            ("alt", Free),
            ("decoding", Of(&["async"])),
            ("height", Free),
            ("loading", Of(&["lazy"])),
            ("sizes", Free),
            ("src", Free),
            ("srcset", Free),
            ("title", Free),
            ("width", Free),
        ],
    ),
    element(
        "input",
        Place::Inline,
        Content::Void,
        &[("aria-label", Of(&["Done"])), ("checked", Of(&[""])), ("disabled", Of(&[""])), ("type", Of(&["checkbox"]))],
    ),
    element("li", Place::Item, Content::Blocks, &[("class", Of(&["task"])), ("id", Free)]),
    element("ol", Place::Block, Content::Items, &[("start", Free)]),
    element("p", Place::Block, Content::Inline, &[("class", Of(&["alert-title", "md-embed-note", "md-subtext"]))]),
    element("pre", Place::Block, Content::Code, &[("tabindex", Of(&["0"]))]),
    element("section", Place::Block, Content::Blocks, &[("class", Of(&["footnotes"]))]),
    element(
        "span",
        Place::Inline,
        Content::Inline,
        &[(
            "class",
            Of(&["md-code-language", "t-a", "t-c", "t-d", "t-f", "t-i", "t-k", "t-m", "t-n", "t-s", "t-t", "t-v"]),
        )],
    ),
    element("strong", Place::Inline, Content::Inline, &[]),
    element("sup", Place::Inline, Content::Inline, &[("class", Of(&["footnote-ref"])), ("id", Free)]),
    element("table", Place::Block, Content::Groups, &[]),
    element("tbody", Place::Group, Content::Rows, &[]),
    element("td", Place::Cell, Content::Inline, &[("class", Of(ALIGNED))]),
    element("th", Place::Cell, Content::Inline, &[("class", Of(ALIGNED)), ("scope", Of(&["col"]))]),
    element("thead", Place::Group, Content::Rows, &[]),
    element("tr", Place::Row, Content::Cells, &[]),
    element("ul", Place::Block, Content::Items, &[]),
];

pub(super) fn find(name: &str) -> Option<&'static Element> {
    ELEMENTS.binary_search_by(|element| element.name.cmp(name)).ok().map(|index| &ELEMENTS[index])
}

/// True if a free value may stand: the rules that a list cannot state. Lists are checked elsewhere.
pub(super) fn allows(element: &str, attribute: &str, value: &str) -> bool {
    match (element, attribute) {
        ("a", "href") => !has_scheme(value, "data"),
        ("a", "class") => matches!(value, "footnote-back" | "md-anchor" | "md-zoom") || is_button(value),
        ("img", "src") => {
            !has_scheme(value, "mailto")
                && !has_scheme(value, "tel")
                && (!has_scheme(value, "data") || links::is_data_image(value))
        }
        ("img", "srcset") => media::is_srcset(value),
        ("img", "sizes") => media::is_sizes(value),
        ("img", "width" | "height") => is_number(value, 4),
        ("div", "data-embed") => is_frame(value),
        ("div", "data-height") => is_number(value, 4),
        // A hyphen keeps the name apart from every property that a script could look up by it.
        (_, "id") => value.contains('-') && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')),
        ("ol", "start") => is_number(value, 20),
        ("code", "class") => {
            value.strip_prefix("language-").is_some_and(|name| !name.contains(|c: char| c.is_ascii_whitespace()))
        }
        _ => true,
    }
}

fn is_button(class: &str) -> bool {
    const STYLES: [&str; 7] = ["default", "primary", "secondary", "success", "danger", "outline", "ghost"];
    let mut words = class.split(' ');
    let mut next = |start: &str| words.next().and_then(|word| word.strip_prefix(start));
    next("md-button") == Some("")
        && next("md-button-").is_some_and(|style| STYLES.contains(&style))
        && next("md-button-").is_some_and(|size| matches!(size, "sm" | "md" | "lg"))
        && words.next().is_none()
}

/// True for an address at one of the known players, of the characters that our templates are made of.
fn is_frame(address: &str) -> bool {
    let path = EMBED_ORIGINS.iter().find_map(|origin| address.strip_prefix(origin));
    path.is_some_and(|path| {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'?' | b'&' | b'=');
        path.starts_with('/') && path.bytes().all(is_plain)
    })
}

fn is_number(text: &str, digits: usize) -> bool {
    (1..=digits).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn has_scheme(address: &str, scheme: &str) -> bool {
    let start = address.trim_start().as_bytes();
    start.len() > scheme.len()
        && start[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
        && start[scheme.len()] == b':'
}
