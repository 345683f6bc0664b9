//! Sizes and depths that would exhaust a stack or somebody's patience.

use markdown::{excerpt, plain_text, render};

use crate::html;

#[test]
fn towers_of_markup_are_flattened() {
    let towers = [(">", 100_000), ("[", 100_000), ("*", 100_000)];
    let others = ["> ", "- ", "1. ", "- 1. > ", "**", "_", "~~", "![", "<", "`", "(", "\\", "&", ":::a\n"];
    for (unit, count) in towers.into_iter().chain(others.map(|unit| (unit, 10_000))) {
        let source = format!("{}x", unit.repeat(count));
        let html = html(&source);
        assert!(deepest(&html) < 200, "{unit:?} nests {} deep", deepest(&html));
        assert!(html.contains('x'), "{unit:?} lost the text");
        excerpt(&source);
        plain_text(&source);
    }
}

#[test]
fn balanced_towers_are_flattened_too() {
    for (open, close) in
        [("*", "*"), ("**a", "b**"), ("[", "](/x)"), ("![", "](/x)"), ("::::a\n", "\n::::\n"), ("*a **b ", "** *")]
    {
        let count = 10_000;
        let html = html(&format!("{}x{}", open.repeat(count), close.repeat(count)));
        assert!(deepest(&html) < 200, "{open:?} nests {} deep", deepest(&html));
    }
}

#[test]
fn output_grows_with_input() {
    let pieces = [
        "a ",
        "*a* ",
        "**a",
        "a*b_",
        "[a](b) ",
        "[a] ",
        "[^a] ",
        "[^a]: b\n",
        "![a](",
        "# a\n",
        "> a\n",
        "- a\n",
        "- [ ] a\n",
        "|a|b|\n|-|-|\n",
        "|a",
        "https://a.example/",
        "www.a_",
        "<a>",
        "<!-- ",
        "&amp;",
        "`a` ",
        "``` \n",
        ":::a\n:::\n",
        ":::a\n",
        "::::\n:::b\n",
        "a\n===\n",
        "\0",
        "\u{A0}",
        "\\",
        "<",
        "[a]: b\n",
        "~~a",
        "{",
        "***",
        "_*",
        "[button:a](b){lg} ",
        "[button:",
        "[embed:github](a/b)\n",
        "[embed:",
        "[embed:a](b){",
        "![a](b \"c\")\n",
        "![a](b \"*c\"){width=1}\n",
        "-# a\n",
        "-# *a\n",
        "- -# a\n",
        "```js\na\n```\n",
        "{a=b}",
    ];
    for piece in pieces {
        let once = render(&piece.repeat(2_000), &Default::default()).len();
        let twice = render(&piece.repeat(4_000), &Default::default()).len();
        assert!(twice <= once * 5 / 2 + 100, "{piece:?}: {once} bytes became {twice}");
        assert!(once < piece.len() * 2_000 * 200 + 1_000, "{piece:?} became {once} bytes");
    }
}

#[test]
fn a_wide_table_header_cannot_multiply_short_rows() {
    let source = format!("{}\n{}\n{}", "|a".repeat(2_000), "|-".repeat(2_000), "|b\n".repeat(2_000));
    assert!(render(&source, &Default::default()).len() < 6_000_000);
}

#[test]
fn one_long_definition_cannot_be_multiplied_by_short_references() {
    let source = format!("[a]: /{}\n\n{}", "x".repeat(50_000), "[a] ".repeat(10_000));
    assert!(render(&source, &Default::default()).len() < 5_000_000);
}

fn deepest(html: &str) -> usize {
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
