use super::to_markdown;

fn check(cases: &[(&str, &str)]) {
    for (html, markdown) in cases {
        assert_eq!(to_markdown(html).as_deref().unwrap_or("plain"), *markdown, "{html}");
    }
}

#[test]
fn plain_text_stays_plain() {
    check(&[
        ("", "plain"),
        ("just text", "plain"),
        ("<meta charset='utf-8'><span>one</span> <span style=\"color: red\">two</span>", "plain"),
        ("<p>one</p><p>two</p>", "plain"),
        // Code editors colour their text and mark nothing.
        (
            "<div style=\"font-family: monospace; white-space: pre\"><div><span style=\"color:#569cd6\">let</span> x = 1;</div></div>",
            "plain",
        ),
        ("<b></b>", "plain"),
    ]);
}

#[test]
fn marks_stand_at_words_and_are_not_doubled() {
    check(&[
        ("a <b>bold</b> word", "a **bold** word"),
        ("a<strong> bold </strong>word", "a **bold** word"),
        ("<b><i>both</i></b>", "***both***"),
        ("<b>a <i>b</i></b> c", "**a *b*** c"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b>a</b> <b>b</b>", "**a b**"),
        ("<strong><span style=\"font-weight:700\">once</span></strong>", "**once**"),
        ("<em>i</em>, <del>gone</del>, <code>a*b</code>", "*i*, ~~gone~~, `a*b`"),
        ("<code>a`b</code>", "`` a`b ``"),
        ("<kbd>Ctrl</kbd>", "`Ctrl`"),
        ("<span style=\"text-decoration: line-through\">x</span>", "~~x~~"),
        ("<b>5 * 3</b> and snake_case and _edge", "**5 \\* 3** and snake_case and \\_edge"),
    ]);
}

#[test]
fn links_keep_their_target_and_lose_their_redirects() {
    check(&[
        ("see <a href=\"https://example.com/a\">the <b>docs</b></a>", "see [the **docs**](https://example.com/a)"),
        ("<a href='https://example.com'>https://example.com</a>", "https://example.com"),
        ("<a href=\"mailto:a@example.com\">a@example.com</a>", "a@example.com"),
        (
            "<a href=\"https://www.google.com/url?q=https://example.com/x?a%3D1&amp;sa=D&amp;ust=1\">x</a>",
            "[x](https://example.com/x?a=1)",
        ),
        ("<a href=\"https://example.com/a_(b)\">x</a>", "[x](<https://example.com/a_(b)>)"),
        ("<a href=\"javascript:alert(1)\">x</a> <b>y</b>", "x **y**"),
        ("<a href=\"/relative\">x</a> <i>y</i>", "x *y*"),
        ("<a name=\"top\"></a><b>y</b>", "**y**"),
    ]);
}

#[test]
fn blocks_become_blocks() {
    check(&[
        ("<h1>One</h1><p>Text</p><h3>Three</h3>", "# One\n\nText\n\n### Three"),
        ("<h2><b>Bold head</b></h2>", "## Bold head"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<p>a<br>b</p><hr><p><i>c</i></p>", "a\\\nb\n\n---\n\n*c*"),
        ("<p>a<br><br>b <b>c</b></p>", "a\n\nb **c**"),
        (
            "<pre><code class=\"language-rust\">fn main() {\n    x &lt; 1\n}\n</code></pre>",
            "```rust\nfn main() {\n    x < 1\n}\n```",
        ),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<div class=\"highlight-source-shell\"><pre>ls</pre></div>", "```shell\nls\n```"),
        ("<p># not a heading</p><p>1. not a list <b>x</b></p>", "\\# not a heading\n\n1\\. not a list **x**"),
    ]);
}

#[test]
fn lists_of_every_kind() {
    check(&[
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol start=\"3\"><li>a<li>b</ol>", "3. a\n4. b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>", "1. a\n   - b"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
        (
            "<ul><li><input type=\"checkbox\" checked> done</li><li><input type=\"checkbox\"> open</li></ul>",
            "- [x] done\n- [ ] open",
        ),
        ("<ul><li role=\"checkbox\" aria-checked=\"true\"><p>done</p></li></ul>", "- [x] done"),
        ("<ul><li>a<pre>x</pre></li></ul>", "- a\n\n  ```\n  x\n  ```"),
    ]);
}

#[test]
fn tables_keep_their_columns() {
    check(&[
        (
            "<table><thead><tr><th>Key</th><th>Value</th></tr></thead><tbody><tr><td>a</td><td><b>1</b></td></tr></tbody></table>",
            "| Key | Value |\n| --- | --- |\n| a | **1** |",
        ),
        ("<table><tr><td>a|b<td><tr><td colspan=2>wide</table>", "| a\\|b |  |\n| --- | --- |\n| wide |  |"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "| a b | c |\n| --- | --- |"),
        ("<table><tr><td><h2>Only layout</h2></td></tr></table>", "## Only layout"),
    ]);
}

#[test]
fn pictures_come_along_when_they_have_an_address() {
    check(&[
        ("<img src=\"https://example.com/a.png\" alt=\"A [b]\">", "![A b](https://example.com/a.png)"),
        ("<p>x</p><img src=\"data:image/png;base64,AAAA\"><i>y</i>", "x\n\n*y*"),
        ("<img src=\"file:///C:/a.png\"><b>y</b>", "**y**"),
    ]);
}

#[test]
fn google_docs_lose_their_wrapper() {
    check(&[(
        "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\">\
         <h2 dir=\"ltr\"><span style=\"font-weight:400;font-style:normal\">Faster</span></h2>\
         <p dir=\"ltr\"><span style=\"font-weight:400\">It is </span><span style=\"font-weight:700\">much</span>\
         <span style=\"font-weight:400;font-style:italic\"> faster</span></p>\
         <ul><li dir=\"ltr\" aria-level=\"1\"><p role=\"presentation\"><span>one</span></p></li>\
         <ul><li aria-level=\"2\"><p role=\"presentation\"><span>two</span></p></li></ul></ul><br></b>",
        "## Faster\n\nIt is **much** *faster*\n\n- one\n  - two",
    )]);
}

#[test]
fn word_lists_and_comments_are_understood() {
    check(&[(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style>p {}</style><!--[if gte mso 9]><xml></xml><![endif]--></head>\
         <body><!--StartFragment--><p class=MsoNormal><b>Notes<o:p></o:p></b></p>\
         <p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>\
         <span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span><![endif]>First</p>\
         <p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o&nbsp;</span>Inner</p>\
         <p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span><span style='mso-list:Ignore'>2.<span>&nbsp; </span></span></span>Second</p>\
         <p class=MsoNormal>After</p><!--EndFragment--></body></html>",
        "**Notes**\n\n- First\n   - Inner\n2. Second\n\nAfter",
    )]);
}

#[test]
fn notion_and_pages_are_understood() {
    check(&[
        (
            "<meta charset='utf-8'><!-- notionvc: 1 --><h3>Plan</h3><ul class=\"to-do-list\"><li><div class=\"checkbox checkbox-on\"></div> \
             <span>ship</span></li></ul><p><mark>new</mark> <code>flag</code></p>",
            "### Plan\n\n- ship\n\nnew `flag`",
        ),
        (
            "<article><header><h1>Title</h1></header><script>alert(1)</script><style>a{}</style><p>Text with <a href=\"https://e.com\">link</a></p></article>",
            "# Title\n\nText with [link](https://e.com)",
        ),
        ("<details><summary>More</summary><p><b>inside</b></p></details>", "More\n\n**inside**"),
    ]);
}

#[test]
fn broken_html_is_read_as_far_as_it_goes() {
    check(&[
        ("<b>open", "**open**"),
        ("</p></b>1 < 2 && <i>x</i>", "1 < 2 && *x*"),
        ("<p <b>x</b>", "plain"),
        ("<a href=", "plain"),
        ("&bogus; &#x41; &#0; <b>&amp;</b>", "&bogus; A &#0; **&**"),
        ("<!-- open <b>x</b>", "plain"),
        ("<style>unclosed <b>x</b>", "plain"),
    ]);
    // No input makes the reader deep or slow.
    let nested = "<div><b>".repeat(20_000) + "x";
    assert_eq!(to_markdown(&nested).as_deref(), Some("**x**"));
}
