//! The second wall: an allow-list over HTML, independent of how that HTML came to be.
//!
//! It knows exactly the elements, attributes and values that [`crate::render`] writes ([`rules`]), and it always runs, in
//! one of two ways. [`canonical`] reads the HTML strictly, byte by byte: every element, attribute and value must be on
//! the list, everything quoted, escaped and nested as the HTML standard's own serialiser would leave it, so that no
//! browser can read it differently. HTML that passes is sent as it is. All else is parsed as browsers do and written
//! anew from what is listed; what is not listed goes, script and style with their content.
//!
//! The strict reader is there because parsing costs ten times as much as rendering. It must never accept what the
//! parser would change; tests hold the two against each other.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::{Options, render_with};

mod canonical;
mod rules;

pub use canonical::is_canonical;
use rules::{ELEMENTS, Values};

/// Bytes of code that one text may have in colour; what comes later is shown plain.
const HIGHLIGHT_BYTES: usize = 64 * 1024;

/// Renders Markdown as HTML and passes it through the allow-list. This is what the server sends, everywhere.
///
/// With feature `highlight`, code in known languages is coloured by elements with the classes `t-…`; apart from those
/// the result is that of [`crate::render`].
pub fn to_safe_html(source: &str, options: &Options<'_>) -> String {
    let html = render_with(source, options, HIGHLIGHT_BYTES);
    if is_canonical(&html) { html } else { sanitize(&html) }
}

/// Parses HTML and keeps what is on the allow-list.
pub fn sanitize(html: &str) -> String {
    static WALL: LazyLock<Builder<'static>> = LazyLock::new(wall);
    WALL.clean(&with_breaks(html)).to_string()
}

/// Puts empty comments into long runs of text. The wall drops them again; in between they keep text nodes short, since
/// the serialiser looks ahead through the whole node at every character it escapes.
pub(crate) fn with_breaks(html: &str) -> Cow<'_, str> {
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
    let mut free: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut listed: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for element in ELEMENTS {
        for (attribute, values) in element.attributes {
            match values {
                Values::Free => {
                    free.entry(element.name).or_default().insert(attribute);
                }
                Values::Of(allowed) => {
                    let allowed = allowed.iter().copied().collect();
                    listed.entry(element.name).or_default().insert(attribute, allowed);
                }
            }
        }
    }
    let mut wall = Builder::empty();
    wall.tags(ELEMENTS.iter().map(|element| element.name).collect())
        .generic_attributes(HashSet::new())
        .tag_attributes(free)
        .tag_attribute_values(listed)
        .url_schemes(["http", "https", "mailto", "tel", "data"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        // The emitter decides per address whether it is external.
        .link_rel(None)
        .attribute_filter(|element, attribute, value| {
            rules::allows(element, attribute, value).then_some(Cow::Borrowed(value))
        });
    wall
}

#[cfg(test)]
mod tests;
