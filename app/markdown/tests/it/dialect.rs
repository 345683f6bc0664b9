//! CommonMark and GitHub's additions.

use crate::{check, fenced, heading, html};

const REL: &str = "rel=\"noopener noreferrer nofollow\"";

#[test]
fn paragraphs_emphasis_and_breaks() {
    check("", "");
    check("a\nb\n\nc", "<p>a\nb</p>\n<p>c</p>\n");
    check("a  \nb\\\nc", "<p>a<br>\nb<br>\nc</p>\n");
    check("**a** *b* _c_ ~~d~~ `e`", "<p><strong>a</strong> <em>b</em> <em>c</em> <del>d</del> <code>e</code></p>\n");
    check("snake_case_name and 2*3*4", "<p>snake_case_name and 2<em>3</em>4</p>\n");
    check("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n");
    check("a \\*b\\* &copy; &amp;lt;", "<p>a *b* © &amp;lt;</p>\n");
}

#[test]
fn lists_tight_loose_nested_and_numbered() {
    check("- a\n- b\n  - c\n", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n");
    check("- a\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n");
    check("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n");
    check("7) a", "<ol start=\"7\">\n<li>a</li>\n</ol>\n");
    check("> a\n> > b", "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n");
}

#[test]
fn tasks_are_named_checkboxes_that_cannot_be_changed() {
    check(
        "- [x] a\n- [ ] b\n- c",
        "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"Done\"> a</li>\n\
         <li class=\"task\"><input type=\"checkbox\" disabled=\"\" aria-label=\"Done\"> b</li>\n<li>c</li>\n</ul>\n",
    );
    check(
        "- [ ] a\n\n- b",
        "<ul>\n<li class=\"task\">\n<p><input type=\"checkbox\" disabled=\"\" aria-label=\"Done\"> a</p>\n</li>\n\
         <li>\n<p>b</p>\n</li>\n</ul>\n",
    );
}

#[test]
fn a_task_may_be_a_heading_or_hold_other_tasks() {
    const BOX: &str = "<input type=\"checkbox\" disabled=\"\" aria-label=\"Done\">";
    check(
        "- [ ] a\n  ---",
        &format!("<ul>\n<li class=\"task\">\n{}</li>\n</ul>\n", heading(2, "a", &format!("{BOX} a"))),
    );
    check(
        "- [ ] a\n  - [ ] b\n  - c",
        &format!(
            "<ul>\n<li class=\"task\">{BOX} a\n<ul>\n<li class=\"task\">{BOX} b</li>\n<li>c</li>\n</ul>\n</li>\n</ul>\n"
        ),
    );
}

#[test]
fn tables_scroll_align_by_class_and_keep_empty_cells_in_place() {
    check(
        "| a | b | c |\n|:--|:-:|--:|\n| **1** |  | x\\|y |\n| 2 |",
        "<div class=\"table-scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">\n<table>\n<thead>\n<tr>\
         <th scope=\"col\" class=\"align-left\">a</th><th scope=\"col\" class=\"align-center\">b</th>\
         <th scope=\"col\" class=\"align-right\">c</th></tr>\n</thead>\n<tbody>\n<tr>\
         <td class=\"align-left\"><strong>1</strong></td><td class=\"align-center\"></td>\
         <td class=\"align-right\">x|y</td></tr>\n<tr><td class=\"align-left\">2</td><td class=\"align-center\"></td>\
         <td class=\"align-right\"></td></tr>\n</tbody>\n</table>\n</div>\n",
    );
}

#[test]
fn an_empty_header_is_no_header_and_a_table_may_have_no_rows() {
    let html = html("|   | b |\n|---|---|\n");
    assert!(html.contains("<tr><td></td><th scope=\"col\">b</th></tr>\n</thead>\n</table>"), "{html}");
}

#[test]
fn code_keeps_its_text_and_names_its_language() {
    check(
        "```rust,ignore\nlet a = \"<b>\" && 1;\n\n:::note\n```",
        &fenced("Rust", " class=\"language-rust\"", "let a = \"&lt;b&gt;\" &amp;&amp; 1;\n\n:::note\n"),
    );
    check("    a *b*\n", "<pre tabindex=\"0\"><code>a *b*\n</code></pre>\n");
    check("~~~c++\n~~~", &fenced("C++", " class=\"language-cpp\"", ""));
    check("```\n\n\na\n```", &fenced("", "", "\n\na\n"));
    check("~~~ Brainwaves\na\n~~~", &fenced("Brainwaves", " class=\"language-Brainwaves\"", "a\n"));
}

#[test]
fn links_to_other_sites_are_marked_and_others_are_not() {
    check(
        "[a](https://example.com \"t\")",
        &format!("<p><a href=\"https://example.com\" title=\"t\" {REL}>a</a></p>\n"),
    );
    check(
        "[a](/b) [c](#d) [e](mailto:f@example.com)",
        "<p><a href=\"/b\">a</a> <a href=\"#d\">c</a> <a href=\"mailto:f@example.com\">e</a></p>\n",
    );
    check("<a@example.com>", "<p><a href=\"mailto:a@example.com\">a@example.com</a></p>\n");
    check(
        "[a][b]\n\n[b]: <https://example.com/x y> 'q'",
        &format!("<p><a href=\"https://example.com/x%20y\" title=\"q\" {REL}>a</a></p>\n"),
    );
    check("[**a** `b`](/c)", "<p><a href=\"/c\"><strong>a</strong> <code>b</code></a></p>\n");
    check("[a]()", "<p>a</p>\n");
}

#[test]
fn bare_addresses_become_links_outside_code_and_links() {
    check(
        "See https://example.com/a_b_c.",
        &format!("<p>See <a href=\"https://example.com/a_b_c\" {REL}>https://example.com/a_b_c</a>.</p>\n"),
    );
    check("www.example.com", &format!("<p><a href=\"http://www.example.com\" {REL}>www.example.com</a></p>\n"));
    check(
        "**https://example.com?a&b**",
        &format!(
            "<p><strong><a href=\"https://example.com?a&amp;b\" {REL}>https://example.com?a&amp;b</a></strong></p>\n"
        ),
    );
    check("`https://example.com`", "<p><code>https://example.com</code></p>\n");
    check("[https://example.com](/x)", "<p><a href=\"/x\">https://example.com</a></p>\n");
    check("package@1.2.3", "<p>package@1.2.3</p>\n");
}

#[test]
fn pictures_load_late_and_keep_their_description() {
    check(
        "a ![a *b* `c` [d](/e)](/f.png \"t\")",
        "<p>a <img src=\"/f.png\" alt=\"a b c d\" title=\"t\" loading=\"lazy\" decoding=\"async\"></p>\n",
    );
    check(
        "[![a](b.png)](https://example.com)",
        &format!(
            "<p><a href=\"https://example.com\" {REL}><img src=\"b.png\" alt=\"a\" loading=\"lazy\" decoding=\"async\"></a></p>\n"
        ),
    );
    check("![a](file:///b.png)", "<p>a</p>\n");
}

#[test]
fn footnotes_are_numbered_by_first_mention_and_link_both_ways() {
    check(
        "a[^x] b[^y] c[^X]\n\n[^y]: two\n[^x]: one\n",
        "<p>a<sup class=\"footnote-ref\" id=\"md--ref-1-1\"><a href=\"#md--fn-1\" aria-label=\"Footnote 1\">1</a></sup> \
         b<sup class=\"footnote-ref\" id=\"md--ref-2-1\"><a href=\"#md--fn-2\" aria-label=\"Footnote 2\">2</a></sup> \
         c<sup class=\"footnote-ref\" id=\"md--ref-1-2\"><a href=\"#md--fn-1\" aria-label=\"Footnote 1\">1</a></sup></p>\n\
         <section class=\"footnotes\">\n<ol>\n<li id=\"md--fn-1\">\n<p>one \
         <a class=\"footnote-back\" href=\"#md--ref-1-1\" aria-label=\"Back to mention 1 of footnote 1\">↩\u{FE0E}</a> \
         <a class=\"footnote-back\" href=\"#md--ref-1-2\" aria-label=\"Back to mention 2 of footnote 1\">↩\u{FE0E}<sup>2</sup></a></p>\n</li>\n\
         <li id=\"md--fn-2\">\n<p>two <a class=\"footnote-back\" href=\"#md--ref-2-1\" aria-label=\"Back to mention 1 of footnote 2\">↩\u{FE0E}</a></p>\n</li>\n\
         </ol>\n</section>\n",
    );
}

#[test]
fn footnotes_without_mention_or_definition_lose_no_text() {
    check("a[^x]", "<p>a[^x]</p>\n");
    let html = html("a\n\n[^x]: kept\n[^x]: kept too\n\n    ```\n    code\n    ```\n");
    assert!(html.contains("<p>kept</p>"), "{html}");
    assert!(html.contains("<p>kept too</p>\n<div class=\"md-code\">"), "{html}");
}

#[test]
fn a_footnote_mentioned_inside_a_link_or_picture_does_not_nest_links() {
    for source in ["[a[^x]](/b)", "[*a[^x]*](/b)", "![c[^x]](d.png)", "[a[^x]][b]\n\n[b]: /c", "[![a[^x]](b.png)](/c)"]
    {
        let html = html(&format!("{source}\n\n[^x]: one\n"));
        assert!(html.contains("<p>one"), "{html}");
    }
}

#[test]
fn raw_html_is_text_and_comments_are_left_out() {
    check("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
    check("<div>\n*a*\n</div>\n\nb", "<p>&lt;div&gt;\n*a*\n&lt;/div&gt;</p>\n<p>b</p>\n");
    check("<!-- generated\nby a tool -->\n\na <!-- b --> c", "<p>a  c</p>\n");
    check("<!-- a --> b", "<p>b</p>\n");
    check("<!-- never ends\n\na", "<p>&lt;!-- never ends\n\na</p>\n");
}

#[test]
fn control_characters_and_line_ends_are_made_harmless() {
    check("a\r\nb\rc", "<p>a\nb\nc</p>\n");
    check("a\0b\u{1}c\u{7f}d\u{85}e&#1;f&#0;g\u{FFFE}", "<p>a\u{FFFD}bcdef\u{FFFD}g</p>\n");
    check("\u{FEFF}# a", &heading(1, "a", "a"));
    check("a\u{A0}b \u{202E}c", "<p>a&nbsp;b \u{202E}c</p>\n");
}

#[test]
fn pictures_of_this_server_get_their_size_and_widths_to_choose_from() {
    const HASH: &str = "0123456789abcdef0123456789abcdef";
    let sizes = "sizes=\"(min-width: 720px) 660px, 100vw\"";
    for (file, options, expected) in [
        (
            "-2400x1600.jpg",
            "",
            format!(
                "srcset=\"/media/cabc/{HASH}-2400x1600.w600.jpg 600w, /media/cabc/{HASH}-2400x1600.w1200.jpg 1200w, \
                 /media/cabc/{HASH}-2400x1600.jpg 2400w\" {sizes} width=\"2400\" height=\"1600\""
            ),
        ),
        (
            "-800x600.png",
            "{width=400}",
            format!(
                "srcset=\"/media/cabc/{HASH}-800x600.w600.png 600w, /media/cabc/{HASH}-800x600.png 800w\" {sizes} \
                 width=\"400\" height=\"300\""
            ),
        ),
        ("-320x200.png", "", "alt=\"a\" width=\"320\" height=\"200\"".to_owned()),
        ("-800x600.gif", "", "alt=\"a\" width=\"800\" height=\"600\"".to_owned()),
    ] {
        let text = format!("![a](/media/cabc/{HASH}{file}){options}");
        let html = markdown::to_safe_html(&text, &markdown::Options::default());
        assert!(html.contains(&expected), "{text}\n{html}");
        assert!(markdown::is_canonical(&html), "{html}");
        assert_eq!(markdown::sanitize(&html), html);
        let absolute = markdown::Options { absolute_base: Some("https://a.example/x"), ..markdown::Options::default() };
        let feed = markdown::to_safe_html(&text, &absolute);
        assert_eq!(feed.matches("https://a.example/media/").count(), html.matches("/media/").count(), "{feed}");
    }
    let other = format!("![a](https://other.example/media/cabc/{HASH}-2400x1600.jpg)");
    assert!(!markdown::to_html(&other).contains("srcset"));
}

#[test]
fn a_srcset_that_is_not_ours_is_taken_away() {
    for value in [
        "javascript:alert(1) 1w",
        "https://other.example/pixel.png 1w",
        "//other.example/media/x.png 1w",
        "/media/x.png",
        "/media/x.png 1x",
        "/media/x.png 600w,/media/y.png 1200w",
        "data:image/png;base64,/media/AAAA 1w",
    ] {
        let html = format!("<p><img src=\"/a.png\" srcset=\"{value}\" alt=\"\"></p>");
        assert!(!markdown::is_canonical(&html), "{value}");
        assert_eq!(markdown::sanitize(&html), "<p><img src=\"/a.png\" alt=\"\"></p>", "{value}");
    }
}
