use markdown::clean_html;

const BASE: &str = "https://example.com/changelog/acme/c1";

#[track_caller]
fn check(html: &str, expected: &str) {
    assert_eq!(clean_html(html, BASE), expected, "{html}");
}

#[test]
fn text_elements_stay_and_what_could_run_goes() {
    check("<b>New</b> &amp; <i>shiny</i>", "<b>New</b> &amp; <i>shiny</i>");
    check("a<script>alert(1)</script><style>p{}</style>b", "ab");
    check("<p onclick=\"x()\">a<iframe src=\"https://x.example\"></iframe></p>", "<p>a</p>");
    check("<a href=\"javascript:alert(1)\">a</a>", "<a rel=\"noopener noreferrer\">a</a>");
    check("<p>open <b>ends", "<p>open <b>ends</b></p>");
}

#[test]
fn relative_addresses_become_absolute() {
    check("<img src=\"/a.png\">", "<img src=\"https://example.com/a.png\">");
    check(
        "<a href=\"c2\">a</a>",
        "<a href=\"https://example.com/changelog/acme/c2\" rel=\"noopener noreferrer\">a</a>",
    );
    assert_eq!(clean_html("<img src=\"/a.png\">", "nonsense"), "<img>");
}
