//! Where the HTML stands: heading levels, names, addresses.

use markdown::Options;

use crate::{check, heading, html, html_with};

fn under(heading_offset: u8, source: &str) -> Vec<String> {
    let html = html_with(source, &Options { heading_offset, ..Options::default() });
    html.split("<h").skip(1).map(|part| part[..1].to_owned()).collect()
}

#[test]
fn headings_stay_as_written_without_an_offset() {
    assert_eq!(under(0, "# a\n\n### b\n\n###### c"), ["1", "3", "6"]);
}

#[test]
fn headings_continue_the_page_outline_without_gaps() {
    assert_eq!(under(1, "### Added\n\n### Fixed"), ["2", "2"]);
    assert_eq!(under(1, "# a\n\n### b\n\n### c\n\n## d\n\n# e"), ["2", "3", "3", "3", "2"]);
    assert_eq!(under(2, "### a\n\n## b\n\n### c"), ["3", "3", "4"]);
    assert_eq!(under(4, "# a\n## b\n### c\n#### d"), ["5", "6", "6", "6"]);
    assert_eq!(under(250, "# a"), ["6"]);
}

#[test]
fn headings_have_unique_names_of_their_own() {
    check(
        "# Fixed\n\n# Fixed\n\n# fixed 1\n\n# Fixed",
        &[("fixed", "Fixed"), ("fixed-1", "Fixed"), ("fixed-1-1", "fixed 1"), ("fixed-2", "Fixed")]
            .map(|(id, text)| heading(1, id, text))
            .concat(),
    );
    check("## [1.2.0] – 2026-01-05", &heading(2, "1-2-0-2026-01-05", "[1.2.0] – 2026-01-05"));
    check("# Größe `x_y` *don't*", &heading(1, "größe-x-y-dont", "Größe <code>x_y</code> <em>don't</em>"));
    check("# !!!\n# ", &(heading(1, "section", "!!!") + &heading(1, "section-1", "")));
    check("Title\n=====", &heading(1, "title", "Title"));
    let long = html(&format!("# {}", "word ".repeat(100)));
    assert!(long.find("\">").is_some_and(|end| end < 90), "{long}");
}

#[test]
fn a_footnote_and_a_heading_never_share_a_name() {
    html("a[^1]\n\n# -fn-1\n\n# fn 1\n\n# ref 1 1\n\n[^1]: b");
}

#[test]
fn the_prefix_is_taken_when_it_is_usable() {
    for (prefix, expected) in
        [("entry-7-", "entry-7-"), ("entry7", "entry7-"), ("", "md-"), ("7", "md-"), ("a\"b", "md-"), ("é", "md-")]
    {
        let options = Options { id_prefix: prefix, heading_offset: 2, ..Options::default() };
        let html = markdown::to_safe_html("# a", &options);
        assert_eq!(html, format!("<h3 id=\"{expected}a\">a</h3>\n"));
        assert_eq!(markdown::render("# a", &options), html);
    }
}

#[test]
fn feeds_and_mails_get_absolute_addresses() {
    let options = Options { absolute_base: Some("https://example.com/changelog/acme/v1"), ..Options::default() };
    let html = html_with("[a](v2) [b](#c) ![d](/e.png) f[^g] //h [i](https://j.example)\n\n[^g]: k", &options);
    for expected in [
        "<a href=\"https://example.com/changelog/acme/v2\">a</a>",
        "<a href=\"https://example.com/changelog/acme/v1#c\">b</a>",
        "src=\"https://example.com/e.png\"",
        "href=\"https://example.com/changelog/acme/v1#md--fn-1\"",
        "href=\"https://example.com/changelog/acme/v1#md--ref-1-1\"",
        "href=\"https://j.example\"",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
}

#[test]
fn an_unusable_base_changes_nothing() {
    for base in ["javascript:alert(1)//", "/relative", "https://a\"b", ""] {
        let options = Options { absolute_base: Some(base), ..Options::default() };
        assert_eq!(html_with("[a](b)", &options), "<p><a href=\"b\">a</a></p>\n", "{base}");
    }
}
