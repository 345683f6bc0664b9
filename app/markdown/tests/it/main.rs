//! What a writer types and what a reader gets. Every text in these tests also proves that both walls agree on it.

mod alerts;
mod depth;
mod dialect;
mod hostile;
mod placement;
mod property;
mod text;

use markdown::Options;

/// Renders, and fails unless the result nests, carries nothing dangerous, and is what the server would send.
fn html(source: &str) -> String {
    html_with(source, &Options::default())
}

fn html_with(source: &str, options: &Options<'_>) -> String {
    let html = markdown::render(source, options);
    assert_eq!(markdown::to_safe_html(source, options), html, "the sanitiser changed the HTML of {source:?}");
    assert_is_clean(source, &html);
    html
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(html(source), expected, "{source:?}");
}

/// Reads HTML strictly: known elements, quoted known attributes, matching end tags, no stray characters.
fn assert_is_clean(source: &str, html: &str) {
    const ATTRIBUTES: &[&str] = &[
        "alt",
        "aria-label",
        "checked",
        "class",
        "decoding",
        "disabled",
        "href",
        "id",
        "loading",
        "rel",
        "role",
        "scope",
        "src",
        "start",
        "tabindex",
        "title",
        "type",
    ];
    const ELEMENTS: &[&str] = &[
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
    let mut open = Vec::new();
    let mut ids = std::collections::HashSet::new();
    let mut parts = html.split('<');
    let is_text = |text: &str| !text.contains(['>', '\u{A0}', '\r', '\0']);
    assert!(parts.next().is_some_and(is_text), "text in {source:?}: {html}");
    for part in parts {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("open tag in {source:?}: {html}"));
        assert!(is_text(text), "text in {source:?}: {html}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "nesting in {source:?}: {html}");
            continue;
        }
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(ELEMENTS.contains(&name), "<{tag}> in {source:?}: {html}");
        while !rest.is_empty() {
            let (attribute, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("<{tag}> in {source:?}"));
            let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("<{tag}> in {source:?}"));
            assert!(ATTRIBUTES.contains(&attribute), "{attribute} in {source:?}: {html}");
            match attribute {
                "href" | "src" => assert_is_safe_address(name, value),
                "id" => assert!(value.starts_with("md-") && ids.insert(value), "id {value} in {source:?}: {html}"),
                _ => {}
            }
            rest = after.strip_prefix(' ').unwrap_or(after);
        }
        if !matches!(name, "br" | "hr" | "img" | "input") {
            assert!(name != "a" || !open.contains(&"a"), "nested link in {source:?}: {html}");
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} left open in {source:?}: {html}");
}

fn assert_is_safe_address(element: &str, address: &str) {
    let lower = address.to_ascii_lowercase();
    let scheme = lower.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    let allowed: &[&str] =
        if element == "a" { &["http", "https", "mailto", "tel"] } else { &["http", "https", "data"] };
    assert!(scheme.is_none_or(|scheme| allowed.contains(&scheme)), "{element} with {address}");
    assert!(scheme != Some("data") || lower.starts_with("data:image/"), "{element} with {address}");
    assert!(!lower.starts_with("data:image/svg"), "{element} with {address}");
    assert!(!address.starts_with("//") && !address.contains(char::is_whitespace), "{element} with {address}");
}
