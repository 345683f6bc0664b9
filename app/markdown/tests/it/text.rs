//! Excerpts and words for search.

use markdown::{EXCERPT_CHARACTERS, excerpt, plain_text};

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(excerpt(source), expected, "{source:?}");
}

#[test]
fn an_excerpt_is_one_line_of_plain_text() {
    check(
        "## Fixed\n\n- **Search** is *fast*, see [the docs](https://example.com) & `cargo`\n",
        "Fixed Search is fast, see the docs & cargo",
    );
    check("a  \nb\n\n---\n\n> c\n\n1. d", "a b c d");
    check("foo**bar**baz", "foobarbaz");
    check("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2");
    check("- [x] done\n- [ ] open", "done open");
    check("AT&amp;T &lt;b&gt;", "AT&T <b>");
    check("", "");
}

#[test]
fn code_pictures_footnotes_and_html_are_left_out() {
    check("a\n\n```rust\nlet x = \"**b**\";\n```\n\nc", "a c");
    check("```\nnever closed\n# a", "");
    check("    indented\n\na", "a");
    check("a ![b](c.png \"d\"){width=640} e[^f]\n\n[^f]: g", "a e");
    check("<!-- generated -->\n\n<details>\n<summary>a</summary>\n\nb <b>c</b>\n\n</details>", "a b c");
    check("<p\n\na", "a");
}

#[test]
fn alert_lines_go_button_labels_stay_and_embeds_go() {
    check(":::warning Mind **this**\na\n:::\nb", "a b");
    check(":::warning\n- a\n:::", "a");
    check(":::warning\na", "a");
    check("[button:Download](https://example.com){primary,lg} now", "Download now");
    check("a\n\n[embed:youtube](https://example.com/x){autoplay:1}\n\nb", "a b");
    check("-# small\n\n[a](b) {c}", "small a {c}");
    check("[button:a](b){c_d}", "a{c_d}");
    check("[button:a](b){lg}{c}", "a{c}");
    check("![a](b.png \"c\"){.wide}", "{.wide}");
}

#[test]
fn a_long_text_is_cut_at_a_space_near_the_end() {
    let words = excerpt(&"word ".repeat(100));
    assert_eq!(words, format!("{}...", "word ".repeat(59).trim_end()));
    let exact = "a".repeat(EXCERPT_CHARACTERS);
    check(&exact, &exact);
    check(&format!("{exact}a"), &format!("{}...", "a".repeat(297)));
    // A space too early is no place to cut.
    check(&format!("{} {}", "a".repeat(100), "b".repeat(300)), &format!("{} {}...", "a".repeat(100), "b".repeat(196)));
}

#[test]
fn characters_are_counted_and_never_split() {
    for unit in ["ü", "日", "🎉", "e\u{301}", "👩\u{200D}🚀", "👍\u{1F3FD}"] {
        let source = unit.repeat(400);
        let cut = excerpt(&source);
        let kept = cut.strip_suffix("...").unwrap();
        assert!(cut.chars().count() <= EXCERPT_CHARACTERS);
        assert!(kept.chars().count() > 280, "{unit}");
        assert_eq!(kept.replace(unit, ""), "", "{unit} was split");
    }
    let attachments = "\u{301}".repeat(1000);
    assert!(excerpt(&attachments).chars().count() <= EXCERPT_CHARACTERS);
}

#[test]
fn search_finds_what_readers_see() {
    let text = plain_text(
        "# A\n\n:::tip Title\n`b` ![c](d.png) <i>e</i> <!-- f -->\n:::\n\n```\ng\n```\n\n[h](https://i.example)[^j]\n\n[^j]: k",
    );
    assert_eq!(text, "A tip Title b c <i>e</i> g h k");
    let text = plain_text("![a](b.png \"c **d** [e](/f)\"){width=3}\n-# g\n[button:h](/i){lg}\n[embed:github](j/k)\nl");
    assert_eq!(text, "a c d e g h l");
}
