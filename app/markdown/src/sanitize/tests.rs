use super::{is_canonical, sanitize};

fn check(html: &str, expected: &str) {
    assert_eq!(sanitize(html), expected, "{html}");
}

#[test]
fn the_wall_stands_on_its_own() {
    check("<script>alert(1)</script>x", "x");
    check("<style>*{}</style>x", "x");
    check("<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>x", "x");
    check("<svg><script>alert(1)</script></svg>x", "x");
    check("<p onclick=\"alert(1)\" style=\"color:red\" class=\"modal\">x</p>", "<p>x</p>");
    check("<img src=\"x\" onerror=\"alert(1)\">", "<img src=\"x\">");
    check("<form action=\"/x\"><button formaction=\"/y\" type=\"submit\">x</button></form>", "<button>x</button>");
    check("<div class=\"alert alert-note modal\" role=\"dialog\">x</div>", "<div>x</div>");
    check("<!-- x -->y", "y");
    check("<input type=\"password\" name=\"p\">", "<input>");
    check("<a href=\"/x\" target=\"_blank\" rel=\"opener\">x</a>", "<a href=\"/x\" target=\"_blank\">x</a>");
}

#[test]
fn addresses_are_checked_again() {
    check("<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>");
    check("<a href=\"java&#9;script:alert(1)\">x</a>", "<a>x</a>");
    check("<a href=\"data:image/png;base64,AAAA\">x</a>", "<a>x</a>");
    check("<img src=\"data:image/svg+xml;base64,AAAA\">", "<img>");
    check("<img src=\"data:text/html,x\">", "<img>");
    check("<img src=\"data:image/png;base64,AAAA\">", "<img src=\"data:image/png;base64,AAAA\">");
    check("<img src=\"mailto:a@example.com\">", "<img>");
}

#[test]
fn an_id_cannot_hide_a_name_that_scripts_use() {
    check("<h1 id=\"location\">x</h1>", "<h1>x</h1>");
    check("<h1 id=\"md-location\">x</h1>", "<h1 id=\"md-location\">x</h1>");
    check("<p id=\"md-x\">x</p>", "<p>x</p>");
}

#[test]
fn a_code_class_is_one_language() {
    check("<code class=\"language-rust\">x</code>", "<code class=\"language-rust\">x</code>");
    check("<code class=\"language-rust modal\">x</code>", "<code>x</code>");
    check("<code class=\"modal\">x</code>", "<code>x</code>");
}

#[test]
fn long_text_passes_unchanged() {
    for unit in ["&amp;", "&nbsp;", "©", "a", "日", "\u{1F389} ", "x &lt;"] {
        for element in ["p", "code"] {
            let html = format!("<{element}>{}</{element}>", unit.repeat(5000));
            assert_eq!(sanitize(&html), html);
        }
        let html = format!("<img src=\"/a\" alt=\"{}\">", unit.repeat(5000).replace(' ', "-"));
        assert_eq!(sanitize(&html), html);
    }
}

#[test]
fn html_that_any_browser_would_read_otherwise_is_not_canonical() {
    for html in [
        "<p>a</p>\n<ul>\n<li>b <a href=\"/x?a&amp;b\">c</a></li>\n</ul>\n",
        "<p>a &amp;lt; \"b\" é 日 \u{AD}\u{FFFD}</p>",
        "<figure><a class=\"md-zoom\" href=\"https://a.example:80/b\"><img src=\"/b.png\" alt=\"\"></a><figcaption>c</figcaption></figure>",
        "",
    ] {
        assert!(is_canonical(html), "{html}");
        assert_eq!(sanitize(html), html);
    }
    for html in [
        "<p>a",
        "a</p>",
        "<p><p>a</p></p>",
        "<p><div>a</div></p>",
        "<em><strong>a</em></strong>",
        "<a href=\"/a\"><em><a href=\"/b\">c</a></em></a>",
        "<a href=\"/a\"><button type=\"button\">b</button></a>",
        "<ul>a</ul>",
        "<ul><p>a</p></ul>",
        "<table><tr><td>a</td></tr></table>",
        "<table>a<tbody></tbody></table>",
        "<li>a</li>",
        "<td>a</td>",
        "<figcaption>a</figcaption>",
        "<pre>\na</pre>",
        "<pre>a</pre>",
        "<p class=md-subtext>a</p>",
        "<p class='md-subtext'>a</p>",
        "<p class=\"md-subtext\" class=\"md-subtext\">a</p>",
        "<p  class=\"md-subtext\">a</p>",
        "<p onclick=\"a\">b</p>",
        "<p style=\"color:red\">b</p>",
        "<P>a</P>",
        "<p >a</p>",
        "<p>a</p >",
        "<br/>",
        "<br></br>",
        "<script>a</script>",
        "<!-- a -->",
        "<!doctype html>",
        "a > b",
        "a & b",
        "a &amp b",
        "a &copy; b",
        "a &#60; b",
        "a\u{A0}b",
        "a\0b",
        "a\rb",
        "a\u{85}b",
        "a\u{FFFE}b",
        "a\u{7F}b",
        "<p title=\"a\">b</p>",
        "<img src=\"/a\" alt=\"<b>\">",
        "<a href=\"javascript:alert(1)\">a</a>",
        "<a href=\"java&#9;script:alert(1)\">a</a>",
        "<a href=\" javascript:alert(1)\">a</a>",
        "<a href=\"/a b\">a</a>",
        "<a href=\"//a.example\">a</a>",
        "<a href=\"https:a.example\">a</a>",
        "<a href=\"https://a@b.example\">a</a>",
        "<a href=\"https://\">a</a>",
        "<a href=\"https://a.example:99999\">a</a>",
        "<a href=\"https://xn--a\">a</a>",
        "<a href=\"http://1.2.3\">a</a>",
        "<a href=\"data:image/png;base64,AAAA\">a</a>",
        "<img src=\"data:image/svg+xml;base64,AAAA\">",
        "<img src=\"mailto:a@b.example\">",
        "<div data-embed=\"https://evil.example/\">a</div>",
        "<div data-embed=\"https://codepen.io.evil.example/\">a</div>",
        "<div data-embed=\"javascript:alert(1)\">a</div>",
        "<iframe src=\"https://codepen.io/a\"></iframe>",
        "<h1 id=\"location\">a</h1>",
        "<a class=\"md-button md-button-evil md-button-md\">a</a>",
        &"<blockquote>".repeat(300),
    ] {
        assert!(!is_canonical(html), "{html}");
    }
}
