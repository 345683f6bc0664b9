//! The reference for writers says the truth.

use crate::html;

const REFERENCE: &str = include_str!("../../../../docs/markdown.md");

/// The examples between fences, below the heading that each stands under.
fn examples() -> Vec<(&'static str, String)> {
    let mut examples = Vec::new();
    let mut heading = "";
    let mut open: Option<(&str, String)> = None;
    for line in REFERENCE.lines() {
        let fence = line.trim_end_matches(|c: char| c.is_ascii_lowercase());
        match &mut open {
            Some((end, example)) if line == *end => {
                examples.push((heading, std::mem::take(example)));
                open = None;
            }
            Some((_, example)) => {
                example.push_str(line);
                example.push('\n');
            }
            None if fence.starts_with("```") => open = Some((fence, String::new())),
            None => heading = line.strip_prefix("## ").unwrap_or(heading),
        }
    }
    examples
}

#[test]
fn every_example_shows_what_it_is_about() {
    let expected: &[(&str, &[&str])] = &[
        ("Text", &["<strong>bold</strong>", "<em>italic</em>", "<del>struck</del>", "<code>code</code>", "<br>"]),
        ("Headings", &["<h2 id=\"md-added\">", "<h3 id=\"md-for-developers\">", "class=\"md-anchor\""]),
        ("Lists and tasks", &["<ul>", "<ol>", "class=\"task\"", "checked"]),
        (
            "Links",
            &["title=\"shown on hover\"", "<strong>bold</strong>", ">https://example.com</a>", ">so does this</a>"],
        ),
        ("Quotes, rules, footnotes", &["<blockquote>", "<hr>", "class=\"footnotes\""]),
        ("Tables", &["table-scroll", "align-right", "align-center", "<td class=\"align-right\"></td>", "a | b"]),
        ("Code", &["<span class=\"md-code-language\">Rust</span>", "class=\"md-copy\"", "language-rust"]),
        ("Pictures", &["<figure class=\"md-left\">", "md-zoom", "width=\"640\"", "<figcaption>A caption with a <a "]),
        ("Alerts", &["alert-warning", "Before you upgrade", "<strong>backup</strong>"]),
        ("Alerts", &["alert-info", ">Outer<", "alert-tip", ">Inner<"]),
        ("Alerts", &["alert-note", ">Note<"]),
        ("Buttons", &["md-button-success md-button-lg", "target=\"_blank\"", "Download 2.0</a>"]),
        ("Embeds", &["md-embed-film", "youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0&amp;autoplay=1&amp;start=42"]),
        ("Small print", &["<p class=\"md-subtext\">Measured on two cores, see <a "]),
    ];
    let examples = examples();
    assert_eq!(examples.len(), expected.len(), "{examples:#?}");
    for ((heading, example), (about, parts)) in examples.iter().zip(expected) {
        assert_eq!(heading, about);
        let html = html(example);
        for part in *parts {
            assert!(html.contains(part), "{part} is missing in {html}");
        }
    }
}

#[test]
fn every_language_that_it_lists_has_colours() {
    let (_, list) = REFERENCE.split_once("\nassembly, ").expect("the list of languages");
    let list = format!("assembly, {}", list.split_once(".\n").expect("its end").0);
    let aliases = REFERENCE
        .split_once("Usual short names work too (`")
        .expect("the short names")
        .1
        .split_once(" …)")
        .expect("their end")
        .0;
    for language in list.split(", ").chain(aliases.trim_end_matches('`').split("`, `")) {
        let source = format!("```{language}\n# a\nif \"a\" = 1 # b // b -- b % b ; b\n+a\n$ if <b c=\"d\">\n```");
        let html = markdown::to_safe_html(&source, &markdown::Options::default());
        assert!(html.contains("<span class=\"t-"), "{language}: {html}");
    }
}
