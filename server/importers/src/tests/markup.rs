//! HTML becomes Markdown that says the same.

use url::Url;

use crate::markup::{named_feed, to_line, to_markdown};

fn check(html: &str, expected: &str) {
    let base = Url::parse("https://example.com/blog/post").unwrap();
    assert_eq!(to_markdown(html, Some(&base)), expected, "{html}");
}

#[test]
fn paragraphs_words_and_links() {
    check(
        "<p>One <b>bold</b>, <em>light</em> and <code>a*b</code>.</p><p>Two</p>",
        "One **bold**, *light* and `a*b`.\n\nTwo",
    );
    check(
        "<a href='/docs?a=1&amp;b=2'>the <strong>docs</strong></a>",
        "[the **docs**](https://example.com/docs?a=1&b=2)",
    );
    check("plain &amp; simple &nbsp; text", "plain & simple text");
    check("One<br>two<br/><br/>three", "One\\\ntwo\n\nthree");
    check("a<b> spaced </b>b", "a **spaced** b");
    check("<del>old</del> <kbd>``x``</kbd>", "~~old~~ ``` ``x`` ```");
}

#[test]
fn headings_begin_at_level_two() {
    check("<h1>Top</h1><p>x</p><h2>Below</h2>", "## Top\n\nx\n\n### Below");
    check("<h3>Only</h3><ul><li>x</li></ul>", "## Only\n\n- x");
}

#[test]
fn lists_within_lists_tasks_and_quotes() {
    check("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "- a\n  - b\n  - c\n- d");
    check("<ol start=3><li><p>a</p><p>more</p></li><li>b</li></ol>", "3. a\n\n   more\n4. b");
    check(
        "<ul><li><input type=checkbox checked> done</li><li><input type=checkbox> open</li></ul>",
        "- [x] done\n- [ ] open",
    );
    check("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc");
    check("<p>x</p><ul><li>a</li></ul><p>y</p>", "x\n\n- a\n\ny");
    check("<li>alone", "- alone");
}

#[test]
fn code_and_tables_stay_what_they_are() {
    check(
        "<pre><code class=\"language-rust\">fn main() {\n    a &lt; b;\n}\n</code></pre>",
        "```rust\nfn main() {\n    a < b;\n}\n```",
    );
    check("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````");
    check("<ul><li>a<pre>x\n\ny</pre></li></ul>", "- a\n\n  ```\n  x\n\n  y\n  ```");
    check(
        "<table><tr><th>A<th>B|C</tr><tr><td>1<td><code>x|y</code></tr></table>",
        "| A | B\\|C |\n| --- | --- |\n| 1 | `x\\|y` |",
    );
    check("<table><tr><td>for its <b>looks</b></td></tr></table>", "for its **looks**");
}

#[test]
fn pictures_need_an_address_and_a_size() {
    check("<img src='/a b.png' alt='A [shot]'>", "![A \\[shot\\]](https://example.com/a%20b.png)");
    check("<p>x<img src='https://count.example/p' width=1 height=1></p>", "x");
    check("<img src='data:image/png;base64,AAAA'>", "");
    assert_eq!(to_markdown("<img src='/a.png'><a href='/x'>x</a>", None), "x");
}

#[test]
fn nothing_that_runs_gets_through() {
    check("<script>alert(1)</script><style>p{}</style><p onclick=x>a</p><svg><script>y</script></svg>", "a");
    check("<a href='javascript:alert(1)'>a</a> <a href='https://u:p@example.com'>b</a>", "a b");
    check("<iframe src='https://www.youtube.com/embed/x'><p>no</iframe>y", "<https://www.youtube.com/embed/x>y");
    check("&lt;script&gt;alert(1)&lt;/script&gt;", "\\<script>alert(1)\\</script>");
}

#[test]
fn text_that_looks_like_markdown_stays_text() {
    check(
        "<p># no heading</p><p>- no item</p><p>1. none</p><p>&gt; no quote</p><p>---</p>",
        "\\# no heading\n\n\\- no item\n\n1\\. none\n\n\\> no quote\n\n\\---",
    );
    check(
        "<p>*a* _b_ snake_case [x](y) `c` ~d~ &amp;amp; ::: e</p>",
        "\\*a\\* \\_b\\_ snake_case \\[x\\](y) \\`c\\` \\~d\\~ \\&amp; ::: e",
    );
}

#[test]
fn deep_and_broken_html_ends_and_stays_small() {
    let deep = "<blockquote><ul><li>".repeat(20_000) + "end";
    let markdown = to_markdown(&deep, None);
    assert!(markdown.ends_with("end") && markdown.len() < 200, "{} bytes", markdown.len());
    let marks = "<b><i><a href='https://x.example'>".repeat(20_000);
    assert!(to_markdown(&marks, None).is_empty());
    let headings = "<h1>x</h1>".repeat(100_000);
    assert_eq!(to_markdown(&headings, None).len(), "## x\n\n".len() * 100_000 - 2);
    check("</li></ul></table><p>a</blockquote>b<b>c", "a\n\nb**c**");
    check("<table><tr><td>a<table><tr><td>b</table>c<td>d", "| a bc | d |\n| --- | --- |");
}

#[test]
fn a_page_names_its_feed() {
    let page = "<html><head><title>x <link></title><link rel=icon href=i><LINK REL='alternate nofollow' type='application/atom+xml' href='/feed.atom'><link rel=alternate type=application/rss+xml href=b>";
    assert_eq!(named_feed(page).as_deref(), Some("/feed.atom"));
    assert_eq!(named_feed("<p>nothing"), None);
    assert_eq!(to_line("A &amp;<br> <b>B</b>"), "A & B");
}
