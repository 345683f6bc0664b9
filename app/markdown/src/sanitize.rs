//! The second wall: an allow-list over parsed HTML, independent of how that HTML came to be.
//!
//! It knows exactly the elements, attributes and values that [`crate::render`] writes. What is not listed goes; script
//! and style go with their content. Since it parses as browsers do, whatever leaves here also nests as it looks.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::links;
use crate::{Options, render};

/// Renders Markdown as HTML and passes it through the allow-list. This is what the server sends, everywhere.
pub fn to_safe_html(source: &str, options: &Options<'_>) -> String {
    sanitize(&render(source, options))
}

fn sanitize(html: &str) -> String {
    static WALL: LazyLock<Builder<'static>> = LazyLock::new(wall);
    WALL.clean(&with_breaks(html)).to_string()
}

/// Puts empty comments into long runs of text. The wall drops them again; in between they keep text nodes short, since
/// the serialiser looks ahead through the whole node at every character it escapes.
fn with_breaks(html: &str) -> Cow<'_, str> {
    const LONGEST: usize = 2048;
    const BREAK: &str = "<!---->";
    let mut out = String::new();
    let mut copied = 0;
    // Where the run of text began; none inside a tag.
    let mut run = Some(0);
    let mut in_reference = false;
    for (at, byte) in html.bytes().enumerate() {
        match (byte, run) {
            (b'<', _) => run = None,
            (b'>', _) => run = Some(at + 1),
            (_, Some(start)) if at - start >= LONGEST && !in_reference && html.is_char_boundary(at) => {
                out.push_str(&html[copied..at]);
                out.push_str(BREAK);
                copied = at;
                run = Some(at);
            }
            _ => {}
        }
        in_reference = byte == b'&' || (in_reference && byte != b';');
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[copied..]);
    Cow::Owned(out)
}

fn wall() -> Builder<'static> {
    let elements = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "input",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "strong",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    // Attributes with free values, which `check` looks at again.
    let free = [
        ("a", &["href", "title", "aria-label"][..]),
        ("img", &["src", "alt", "title"]),
        ("h1", &["id"]),
        ("h2", &["id"]),
        ("h3", &["id"]),
        ("h4", &["id"]),
        ("h5", &["id"]),
        ("h6", &["id"]),
        ("li", &["id"]),
        ("sup", &["id"]),
        ("ol", &["start"]),
        ("code", &["class"]),
    ];
    // Attributes with listed values.
    let listed = [
        ("a", "rel", &[links::EXTERNAL_REL][..]),
        ("a", "class", &["footnote-back"]),
        ("img", "loading", &["lazy"]),
        ("img", "decoding", &["async"]),
        ("input", "type", &["checkbox"]),
        ("input", "disabled", &[""]),
        ("input", "checked", &[""]),
        ("input", "aria-label", &["Done"]),
        ("li", "class", &["task"]),
        ("p", "class", &["alert-title"]),
        ("pre", "tabindex", &["0"]),
        ("section", "class", &["footnotes"]),
        ("sup", "class", &["footnote-ref"]),
        ("th", "scope", &["col"]),
        ("th", "class", &["align-left", "align-center", "align-right"]),
        ("td", "class", &["align-left", "align-center", "align-right"]),
        ("div", "role", &["note", "alert", "group"]),
        ("div", "aria-label", &["Table"]),
        ("div", "tabindex", &["0"]),
        (
            "div",
            "class",
            &[
                "table-scroll",
                "alert alert-info",
                "alert alert-note",
                "alert alert-tip",
                "alert alert-success",
                "alert alert-warning",
                "alert alert-error",
                "alert alert-important",
                "alert alert-caution",
            ],
        ),
    ];
    let mut values: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for (element, attribute, allowed) in listed {
        values.entry(element).or_default().insert(attribute, allowed.iter().copied().collect());
    }
    let mut wall = Builder::empty();
    wall.tags(elements.into_iter().collect())
        .generic_attributes(HashSet::new())
        .tag_attributes(free.into_iter().map(|(element, names)| (element, names.iter().copied().collect())).collect())
        .tag_attribute_values(values)
        .url_schemes(["http", "https", "mailto", "tel", "data"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        // The emitter decides per address whether it is external.
        .link_rel(None)
        .attribute_filter(check);
    wall
}

/// The rules that a list cannot state. Returns `None` to drop the attribute.
fn check<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let keep = match (element, attribute) {
        ("a", "href") => !has_scheme(value, "data"),
        ("img", "src") => {
            !has_scheme(value, "mailto")
                && !has_scheme(value, "tel")
                && (!has_scheme(value, "data") || links::is_data_image(value))
        }
        // A hyphen keeps the name apart from every property that a script could look up by it.
        (_, "id") => value.contains('-') && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')),
        ("ol", "start") => value.bytes().all(|b| b.is_ascii_digit()),
        ("code", "class") => {
            value.strip_prefix("language-").is_some_and(|name| !name.contains(|c: char| c.is_ascii_whitespace()))
        }
        _ => true,
    };
    keep.then_some(Cow::Borrowed(value))
}

fn has_scheme(address: &str, scheme: &str) -> bool {
    let start = address.trim_start().as_bytes();
    start.len() > scheme.len()
        && start[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
        && start[scheme.len()] == b':'
}

#[cfg(test)]
mod tests;
