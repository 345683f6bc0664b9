//! Buttons, embeds, small print, figures and code blocks.

use markdown::Options;

use crate::{check, fenced, html, html_with};

const REL: &str = "rel=\"noopener noreferrer nofollow\"";
const CARD: &str = "<div class=\"md-embed md-embed-card\">\n<p><a href=\"https://github.com/ada/engine\" \
                    target=\"_blank\" rel=\"noopener noreferrer nofollow\">ada/engine</a></p>\n\
                    <p class=\"md-embed-note\">github.com</p>\n</div>\n";

#[test]
fn a_button_is_a_link_that_opens_a_tab_of_its_own() {
    check(
        "a [button:Get **it**](https://example.com){outline,lg} b",
        &format!(
            "<p>a <a class=\"md-button md-button-outline md-button-lg\" href=\"https://example.com\" target=\"_blank\" \
             {REL}>Get <strong>it</strong></a> b</p>\n"
        ),
    );
    check(
        "[button: a](/b)",
        "<p><a class=\"md-button md-button-primary md-button-md\" href=\"/b\" target=\"_blank\" \
         rel=\"noopener noreferrer\">a</a></p>\n",
    );
    check("[button:a](/b){self}", "<p><a class=\"md-button md-button-primary md-button-md\" href=\"/b\">a</a></p>\n");
    check(
        "[button:a](https://b.example){SELF, Ghost}",
        &format!("<p><a class=\"md-button md-button-ghost md-button-md\" href=\"https://b.example\" {REL}>a</a></p>\n"),
    );
    for address in ["#b", "mailto:b@c.example", "tel:1"] {
        assert!(!html(&format!("[button:a]({address})")).contains("target="), "{address}");
    }
}

#[test]
fn a_disabled_button_and_one_that_leads_nowhere_have_no_address() {
    let disabled =
        "<p><a class=\"md-button md-button-primary md-button-md\" role=\"link\" aria-disabled=\"true\">a</a></p>\n";
    check("[button:a](/b){disabled}", disabled);
    check("[button:a](javascript:alert)", disabled);
    check("[button:a]()", disabled);
}

#[test]
fn a_button_always_has_a_label() {
    assert!(html("[button:](https://a.example)").contains(">https://a.example</a>"));
    assert!(html("[button:]()").contains(">Button</a>"));
}

#[test]
fn options_are_taken_only_where_they_are_options() {
    assert!(html("[button:a](/b) {primary}").contains("</a> {primary}"));
    assert!(html("[button:a](/b){*c*}").contains("</a>{<em>c</em>}"));
    assert!(html("[a](/b){primary}").contains("</a>{primary}"));
    assert!(html("[button:a][b]{primary}\n\n[b]: /c").contains("button:a</a>{primary}"));
    assert!(html("![a](b.png){.wide} c").contains(">{.wide} c"));
    assert!(
        html("| [button:a](/b){sm} |\n|-|")
            .contains("md-button-sm\" href=\"/b\" target=\"_blank\" rel=\"noopener noreferrer\">a</a></th>")
    );
}

#[test]
fn an_embed_loads_nothing_and_leads_to_the_page() {
    check(
        "[embed:youtube](https://youtu.be/dQw4w9WgXcQ){autoplay:0}",
        &format!(
            "<div class=\"md-embed md-embed-film\" data-embed=\"https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0\">\n\
             <p><a href=\"https://www.youtube.com/watch?v=dQw4w9WgXcQ\" target=\"_blank\" {REL}>YouTube video</a></p>\n\
             <p class=\"md-embed-note\">Loads from www.youtube-nocookie.com when you choose it</p>\n</div>\n"
        ),
    );
    let pen = html("[embed:codepen](https://codepen.io/ada/pen/PNaGbb){height:300,theme:light}");
    assert!(pen.contains("default-tab=result&amp;theme-id=light\" data-height=\"300\">"), "{pen}");
    check(
        "[embed:youtube](https://evil.example/<b>)",
        "<div class=\"md-embed md-embed-invalid\">\n<p>Invalid embed</p>\n<p class=\"md-embed-note\">\
         https://evil.example/&lt;b&gt;</p>\n</div>\n",
    );
}

#[test]
fn an_embed_ends_the_paragraph_it_stands_in() {
    const SOURCE: &str = "[embed:github](ada/engine)";
    check(SOURCE, CARD);
    check(&format!("a\n{SOURCE}  \nb"), &format!("<p>a</p>\n{CARD}<p>b</p>\n"));
    check(&format!("a  \n{SOURCE}\n{SOURCE}{{x:y}}\n"), &format!("<p>a</p>\n{CARD}{CARD}"));
    check(&format!("> {SOURCE}\n> *b*"), &format!("<blockquote>\n{CARD}<p><em>b</em></p>\n</blockquote>\n"));
    check(
        &format!("- a\n  {SOURCE}\n  `b`\n- {SOURCE}\n"),
        &format!("<ul>\n<li>a\n{CARD}<code>b</code></li>\n<li>\n{CARD}</li>\n</ul>\n"),
    );
    check(&format!(":::tip\n{SOURCE}\n:::"), &html(&format!(":::tip\n\n{SOURCE}\n\n:::")));
}

#[test]
fn an_embed_within_a_line_a_heading_a_table_or_emphasis_is_a_link() {
    for source in ["a @", "@ a", "# @", "| @ |\n|-|", "*a\n@*", "- [ ] @"] {
        let html = html(&source.replace('@', "[embed:generic](https://a.example)"));
        assert!(html.contains(&format!("<a href=\"https://a.example\" {REL}>embed:generic</a>")), "{source:?}: {html}");
        assert!(!html.contains("class=\"md-embed"), "{source:?}: {html}");
    }
}

#[test]
fn small_print_is_a_line_of_its_own() {
    check("-# a *b*", "<p class=\"md-subtext\">a <em>b</em></p>\n");
    check("a\n-# b\n-# c\nd", "<p>a</p>\n<p class=\"md-subtext\">b</p>\n<p class=\"md-subtext\">c</p>\n<p>d</p>\n");
    check("-# *a\nb*\nc", "<p class=\"md-subtext\"><em>a\nb</em></p>\n<p>c</p>\n");
    check("- a\n  -# b", "<ul>\n<li>a\n<p class=\"md-subtext\">b</p>\n</li>\n</ul>\n");
    check("- -# a\n  - b", "<ul>\n<li>\n<p class=\"md-subtext\">a</p>\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n");
    for text in ["a -# b", "-#b", "\\-# a", "*-# a*"] {
        assert!(!html(text).contains("md-subtext"), "{text}");
    }
    assert!(html("-# <b>").contains("&lt;b&gt;"));
}

#[test]
fn a_picture_on_its_own_line_is_a_figure_with_a_caption() {
    check(
        "![a](b.png \"c **d** [e](/f) https://g.example\"){width=640 height=360 align=left}",
        &format!(
            "<figure class=\"md-left\"><a class=\"md-zoom\" href=\"b.png\" target=\"_blank\" {REL}><img src=\"b.png\" \
             alt=\"a\" width=\"640\" height=\"360\" loading=\"lazy\" decoding=\"async\"></a><figcaption>c \
             <strong>d</strong> <a href=\"/f\">e</a> <a href=\"https://g.example\" {REL}>https://g.example</a>\
             </figcaption></figure>\n"
        ),
    );
    let both = html("![a](b.png)\n![c](d.png){align=right}\ne");
    assert!(both.starts_with("<figure><a ") && both.contains("<figure class=\"md-right\">"), "{both}");
    assert!(both.ends_with("</figure>\n<p>e</p>\n"), "{both}");
    // A caption is one line of text, whatever it looks like.
    for caption in ["# a", "1. a", "- a", "> a", "```", "a\nb", "***", ". a", "    a"] {
        let html = html(&format!("![](b.png '{caption}')"));
        assert!(html.contains("<figcaption>") && html.ends_with("</figcaption></figure>\n"), "{caption:?}: {html}");
        assert!(!html.contains("<h1") && !html.contains("<li") && !html.contains("<pre"), "{caption:?}: {html}");
    }
    assert!(html("![](b.png '# a')").contains("<figcaption># a</figcaption>"));
}

#[test]
fn a_picture_without_words_is_named_and_one_in_the_text_needs_no_link() {
    assert!(html("![](b.png)").contains("aria-label=\"Picture\""));
    let data = html("![a](data:image/png;base64,AAAA)");
    assert!(data.starts_with("<figure><img "), "{data}");
}

#[test]
fn sizes_are_kept_on_pictures_within_text() {
    check(
        "a ![b](c.png){width=20}",
        "<p>a <img src=\"c.png\" alt=\"b\" width=\"20\" loading=\"lazy\" decoding=\"async\"></p>\n",
    );
}

#[test]
fn nothing_is_recognised_inside_code() {
    for text in ["[button:a](/b){lg}", "[embed:github](ada/engine)", "-# a", "![a](b.png){width=1}"] {
        check(&format!("`{text}`"), &format!("<p><code>{text}</code></p>\n"));
        check(&format!("```\n{text}\n```"), &fenced("", "", &format!("{text}\n")));
        check(&format!("    {text}"), &format!("<pre tabindex=\"0\"><code>{text}</code></pre>\n"));
    }
}

#[test]
fn code_is_coloured_on_the_server_alone() {
    let source = "```js\nlet a = '<b>';\n```";
    let safe = markdown::to_safe_html(source, &Options::default());
    assert!(safe.contains("<span class=\"t-k\">let</span> a = <span class=\"t-s\">'&lt;b&gt;'</span>;"), "{safe}");
    check(source, &fenced("JavaScript", " class=\"language-javascript\"", "let a = '&lt;b&gt;';\n"));
}

#[test]
fn a_text_full_of_code_is_coloured_up_to_a_limit() {
    let block = format!("```rust\n{}```\n\n", "let a = 1;\n".repeat(2000));
    let safe = markdown::to_safe_html(&block.repeat(8), &Options::default());
    assert_eq!(safe.matches("<pre").count(), 8);
    assert_eq!(safe.matches("<span class=\"t-k\">").count(), 2 * 2000);
}

#[test]
fn feeds_get_neither_colours_nor_buttons_nor_links_of_headings() {
    let options = Options { absolute_base: Some("https://example.com/a"), ..Options::default() };
    let source = "# A\n\n```js\nlet a;\n```\n\n![b](c.png)";
    let html = html_with(source, &options);
    assert_eq!(markdown::to_safe_html(source, &options), html);
    for part in ["<button", "t-k", "md-anchor"] {
        assert!(!html.contains(part), "{part} in {html}");
    }
    assert!(html.contains("href=\"https://example.com/c.png\""), "{html}");
}

#[test]
fn headings_of_entries_in_a_list_have_no_links_to_themselves() {
    let in_list = html_with("# a", &Options { heading_offset: 2, ..Options::default() });
    assert_eq!(in_list, "<h3 id=\"md-a\">a</h3>\n");
}
