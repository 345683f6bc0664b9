//! Far more than anybody writes: lines of ten mebibytes, and every kind of bracket nested a hundred thousand deep. Work
//! that grew faster than the text would not end here.

use markdown::{Options, excerpt, plain_text, render, to_safe_html};

use crate::assert_is_clean;

const TEN_MEBIBYTES: usize = 10 << 20;
const DEEP: usize = 100_000;

/// Opening and closing parts of what can stand in each other.
const BRACKETS: &[(&str, &str)] = &[
    ("> ", ""),
    ("- ", ""),
    ("1. ", ""),
    ("- [ ] ", ""),
    ("> - 1. ", ""),
    ("> [!NOTE]\n> ", ""),
    ("*", "*"),
    ("_", "_"),
    ("**a ", " b**"),
    ("~~a ", " b~~"),
    ("[", "](/x)"),
    ("[", "]"),
    ("![", "](/x)"),
    ("[![", "](/x)](/y)"),
    ("[^", "]"),
    ("[button:", "](/x)"),
    ("[embed:", "](/x)"),
    ("(", ")"),
    ("<", ">"),
    ("<div>", "</div>"),
    ("<div>\n", "\n</div>"),
    ("<b ", ">"),
    ("<svg><math>", "</math></svg>"),
    ("<!--", "-->"),
    ("`", "`"),
    ("``a`", "`b``"),
    ("|", "|"),
    ("| a\n|-\n| ", ""),
    (":::note\n", "\n:::"),
    ("::::tip\n", "\n::::"),
    ("{", "}"),
    ("\"", "\""),
    ("\\", "\\"),
    ("&", ";"),
    ("-# ", ""),
    ("# ", ""),
];

/// Renders by both walls, and fails unless what comes out is on the list.
#[track_caller]
fn inert(what: &str, source: &str) -> String {
    let safe = to_safe_html(source, &Options::default());
    assert_is_clean(what, &safe);
    safe
}

fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for part in html.split('<').skip(1) {
        match part {
            part if part.starts_with('/') => depth -= 1,
            part if ["br>", "hr>", "img ", "input "].iter().any(|void| part.starts_with(void)) => {}
            _ => depth += 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[test]
fn a_line_of_ten_mebibytes_is_a_text_like_any_other() {
    for unit in ["a", "a b ", "*", "[", "<", "`", "&", "|", "é"] {
        let source = unit.repeat(TEN_MEBIBYTES / unit.len());
        let html = render(&source, &Options::default());
        assert_is_clean(unit, &html);
        assert!(html.len() <= source.len() * 8, "{unit:?} became {} bytes", html.len());
    }
}

#[test]
fn brackets_nested_a_hundred_thousand_deep_are_flattened() {
    for (open, close) in BRACKETS {
        for source in [format!("{}x", open.repeat(DEEP)), format!("{}x{}", open.repeat(DEEP), close.repeat(DEEP))] {
            let html = inert(open, &source);
            assert!(depth(&html) < 200, "{open:?} nests {} deep", depth(&html));
        }
    }
}

#[test]
fn twice_the_brackets_give_about_twice_the_html() {
    for (open, close) in BRACKETS {
        let sized = |count: usize| {
            let source = format!("{}x{}", open.repeat(count), close.repeat(count));
            (render(&source, &Options::default()).len(), plain_text(&source).len(), excerpt(&source).len())
        };
        let (once, twice) = (sized(5_000), sized(10_000));
        assert!(twice.0 <= once.0 * 5 / 2 + 4_000, "{open:?}: {once:?} became {twice:?}");
        assert!(twice.1 <= once.1 * 5 / 2 + 1_000, "{open:?}: {once:?} became {twice:?}");
    }
}
