//! What a writer types and what a reader gets. Every text in these tests also proves that both walls agree on it.

mod alerts;
mod constructs;
mod depth;
mod dialect;
mod extremes;
mod foreign;
mod hostile;
mod placement;
mod property;
mod reference;
mod text;

use markdown::Options;

/// Renders, and fails unless the result nests, carries nothing dangerous, and is what the server would send.
fn html(source: &str) -> String {
    html_with(source, &Options::default())
}

fn html_with(source: &str, options: &Options<'_>) -> String {
    let html = markdown::render(source, options);
    assert_is_clean(source, &html);
    let safe = markdown::to_safe_html(source, options);
    assert_eq!(without_colours(&safe), html, "the server sends other HTML for {source:?}");
    assert_eq!(markdown::sanitize(&safe), safe, "the sanitiser changes the HTML of {source:?}");
    assert!(markdown::is_canonical(&safe) || has_foreign_host(&safe), "not canonical: {source:?}: {safe}");
    html
}

/// Hosts of other scripts are left to the sanitiser's parser, which has the tables to check them.
fn has_foreign_host(html: &str) -> bool {
    html.split("=\"http").skip(1).filter_map(|rest| rest.split('"').next()).any(|address| !address.is_ascii())
}

/// The HTML as the browser's preview has it.
fn without_colours(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (index, part) in html.split("<span class=\"t-").enumerate() {
        let part = if index == 0 { part } else { part.split_once("\">").expect("a class of one letter").1 };
        // Colours do not nest, so the first end tag is theirs.
        out.push_str(&part.replacen("</span>", "", usize::from(index > 0)));
    }
    out
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(html(source), expected, "{source:?}");
}

/// A heading with its link to itself.
fn heading(level: u8, id: &str, content: &str) -> String {
    format!(
        "<h{level} id=\"md-{id}\">{content}<a class=\"md-anchor\" href=\"#md-{id}\" aria-hidden=\"true\" \
         tabindex=\"-1\"></a></h{level}>\n"
    )
}

/// A block of code between fences: the name shown, the attributes of the code, the code.
fn fenced(name: &str, attributes: &str, code: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!("<span class=\"md-code-language\">{name}</span>") };
    format!(
        "<div class=\"md-code\">\n<div class=\"md-code-head\">{name}<button type=\"button\" class=\"md-copy\" \
         hidden=\"\">Copy</button></div>\n<pre tabindex=\"0\"><code{attributes}>{code}</code></pre>\n</div>\n"
    )
}

/// Reads HTML strictly: known elements, quoted known attributes, matching end tags, no stray characters.
fn assert_is_clean(source: &str, html: &str) {
    const ATTRIBUTES: &[&str] = &[
        "alt",
        "aria-disabled",
        "aria-hidden",
        "aria-label",
        "checked",
        "class",
        "data-embed",
        "data-height",
        "decoding",
        "disabled",
        "height",
        "hidden",
        "href",
        "id",
        "loading",
        "rel",
        "role",
        "scope",
        "src",
        "start",
        "tabindex",
        "target",
        "title",
        "type",
        "width",
    ];
    const ELEMENTS: &[&str] = &[
        "a",
        "blockquote",
        "br",
        "button",
        "code",
        "del",
        "div",
        "em",
        "figcaption",
        "figure",
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
        "span",
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
                "data-embed" => assert!(
                    markdown::EMBED_ORIGINS.iter().any(|origin| value.starts_with(&format!("{origin}/"))),
                    "frame {value} in {source:?}"
                ),
                "target" => assert!(rest.contains("noopener noreferrer"), "open window in {source:?}: {html}"),
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
