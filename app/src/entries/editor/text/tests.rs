use super::*;

/// Text with a selection written as `‹…›`, or a caret as `¦`.
fn read(marked: &str) -> (String, Range<usize>) {
    if let Some(caret) = marked.find('¦') {
        return (marked.replace('¦', ""), caret..caret);
    }
    let start = marked.find('‹').unwrap();
    let end = marked.find('›').unwrap() - '‹'.len_utf8();
    (marked.replace(['‹', '›'], ""), start..end)
}

/// The text after an edit, with its selection written in the same way.
fn show(text: &str, edit: &Edit) -> String {
    let mut new = text.to_owned();
    new.replace_range(edit.range.clone(), &edit.insert);
    if edit.select.is_empty() {
        new.insert(edit.select.start, '¦');
    } else {
        new.insert(edit.select.end, '›');
        new.insert(edit.select.start, '‹');
    }
    new
}

fn check(cases: &[(&str, &str)], run: impl Fn(&str, Range<usize>) -> Option<Edit>) {
    for (given, expected) in cases {
        let (text, selection) = read(given);
        let edit = run(&text, selection);
        let shown = edit.map(|edit| show(&text, &edit));
        assert_eq!(shown.as_deref().unwrap_or("nothing"), *expected, "{given:?}");
    }
}

#[test]
fn a_mark_goes_around_the_words_and_away_again() {
    check(
        &[
            ("a ‹b› c", "a **‹b›** c"),
            ("a **‹b›** c", "a ‹b› c"),
            ("a ‹**b**› c", "a ‹b› c"),
            ("a‹ b ›c", "a **‹b›** c"),
            ("a *‹b›* c", "a ***‹b›*** c"),
            ("a ***‹b›*** c", "a *‹b›* c"),
            ("¦", "**¦**"),
            ("**¦**", "¦"),
            ("wo¦rd", "**wo¦rd**"),
            ("**wo¦rd**", "wo¦rd"),
            ("a ¦ b", "a **¦** b"),
            ("‹one\n\n- two›", "‹**one**\n\n- **two**›"),
            ("‹**one**\n- **two**›", "‹one\n- two›"),
            ("‹größer 🎉›", "**‹größer 🎉›**"),
        ],
        |text, at| Some(toggle_mark(text, at, Mark::Bold)),
    );
}

#[test]
fn italic_is_not_taken_for_half_of_bold() {
    check(
        &[
            ("‹a›", "*‹a›*"),
            ("*‹a›*", "‹a›"),
            ("**‹a›**", "***‹a›***"),
            ("***‹a›***", "**‹a›**"),
            ("‹**a**›", "*‹**a**›*"),
        ],
        |text, at| Some(toggle_mark(text, at, Mark::Italic)),
    );
    check(&[("‹a›", "~~‹a›~~"), ("~~‹a›~~", "‹a›")], |text, at| {
        Some(toggle_mark(text, at, Mark::Strike))
    });
    check(&[("‹a›", "`‹a›`"), ("`‹a›`", "‹a›")], |text, at| Some(toggle_mark(text, at, Mark::Code)));
}

#[test]
fn an_address_pasted_over_words_makes_them_a_link() {
    let paste = |pasted: &'static str| move |text: &str, at: Range<usize>| paste_address(text, at, pasted);
    check(
        &[("the ‹docs›.", "the [docs](https://example.com)¦."), ("¦", "nothing"), ("‹a\nb›", "nothing")],
        paste(" https://example.com\n"),
    );
    check(&[("‹a›", "[a](<https://e.com/x_(y)>)¦")], paste("https://e.com/x_(y)"));
    check(&[("‹https://a.example›", "nothing")], paste("https://e.com"));
    check(&[("‹a›", "nothing")], paste("https://e.com and more"));
    check(&[("‹a›", "nothing")], paste("javascript:alert(1)"));
}

#[test]
fn headings_are_set_changed_and_taken_away() {
    check(
        &[
            ("Ti¦tle", "## Ti¦tle"),
            ("## Ti¦tle", "Ti¦tle"),
            ("# Ti¦tle", "## Ti¦tle"),
            ("¦", "## ¦"),
            ("a\n‹b\n\nc›\nd", "a\n‹## b\n\n## c›\nd"),
            ("#tag¦", "## #tag¦"),
        ],
        |text, at| Some(heading(text, at, 2)),
    );
    check(&[("### a¦", "a¦"), ("a¦", "a¦")], |text, at| Some(heading(text, at, 0)));
}

#[test]
fn lists_and_quotes_are_toggled_and_changed_into_each_other() {
    let toggle = |kind| move |text: &str, at: Range<usize>| Some(toggle_prefix(text, at, kind));
    check(
        &[
            ("a¦", "- a¦"),
            ("- a¦", "a¦"),
            ("¦", "- ¦"),
            ("‹a\nb\n›c", "‹- a\n- b›\nc"),
            ("‹- a\nb›", "‹- a\n- b›"),
            ("‹1. a\n2. b›", "‹- a\n- b›"),
            ("  - [x] a¦", "  - a¦"),
            ("‹- a\n\n* b›", "‹a\n\nb›"),
        ],
        toggle(Prefix::Bullet),
    );
    check(&[("‹a\n\nb›", "‹1. a\n\n2. b›"), ("‹1. a\n2) b›", "‹a\nb›")], toggle(Prefix::Numbered));
    check(&[("- a¦", "- [ ] a¦"), ("- [x] a¦", "a¦")], toggle(Prefix::Task));
    check(&[("‹a\n\n- b›", "‹> a\n>\n> - b›"), ("‹> a\n> b›", "‹a\nb›")], toggle(Prefix::Quote));
}

#[test]
fn code_gets_a_fence_longer_than_any_in_it() {
    check(
        &[
            ("x¦", "```\n‹x›\n```"),
            ("‹a\nb›", "```\n‹a\nb›\n```"),
            ("‹```rust\na\n```›", "‹a›"),
            ("‹x\n```\ny›", "````\n‹x\n```\ny›\n````"),
        ],
        |text, at| Some(code_block(text, at)),
    );
}

#[test]
fn tab_moves_list_items_and_nothing_else() {
    check(
        &[
            ("- a\n- b¦", "- a\n  - b¦"),
            ("1. a\n2. b¦", "1. a\n   2. b¦"),
            ("‹- a\n- b›", "‹  - a\n  - b›"),
            ("text¦", "nothing"),
            ("‹- a\ntext›", "nothing"),
            ("```\n- a¦\n```", "nothing"),
            ("¦", "nothing"),
        ],
        |text, at| indent(text, at, false),
    );
    check(&[("- a\n  - b¦", "- a\n- b¦"), ("- a¦", "nothing"), ("\t- a¦", "- a¦")], |text, at| {
        indent(text, at, true)
    });
}

#[test]
fn enter_goes_on_with_a_list_and_ends_it_on_an_empty_item() {
    check(
        &[
            ("- a¦", "- a\n- ¦"),
            ("* a¦b", "* a\n* ¦b"),
            ("  - a¦", "  - a\n  - ¦"),
            ("9. a¦", "9. a\n10. ¦"),
            ("2) a¦", "2) a\n3) ¦"),
            ("- [x] a¦", "- [x] a\n- [ ] ¦"),
            ("> a¦", "> a\n> ¦"),
            ("- a\n- ¦", "- a\n\n¦"),
            ("- a\n\n- ¦\nb", "- a\n\n¦\nb"),
            ("- [ ] ¦", "¦"),
            ("> ¦", "¦"),
            ("text¦", "nothing"),
            ("¦- a", "nothing"),
            ("```\n- a¦", "nothing"),
            ("- a ‹b›", "- a \n- ¦"),
        ],
        enter,
    );
}

#[test]
fn a_block_stands_alone_between_blank_lines() {
    check(
        &[
            ("¦", "B\n¦"),
            ("a¦", "a\n\nB\n¦"),
            ("a\n¦", "a\n\nB\n¦"),
            ("a\n\n¦", "a\n\nB\n¦"),
            ("a¦\n\nb", "a\n\nB\n¦\n\nb"),
            ("a ¦b", "a \n\nB\n\n¦b"),
            ("‹x›", "B\n¦"),
        ],
        |text, at| Some(insert_block(text, at, "B")),
    );
}

#[test]
fn a_slash_asks_for_the_menu_at_the_start_of_a_line_only() {
    for (given, expected) in [
        ("/¦", Some((0, ""))),
        ("/hea¦", Some((0, "hea"))),
        ("a\n/co¦", Some((2, "co"))),
        ("  /¦", Some((2, ""))),
        ("/code block¦", Some((0, "code block"))),
        ("and/or¦", None),
        ("/etc/passwd¦", None),
        ("/ ¦", None),
        ("```\n/¦", None),
    ] {
        let (text, at) = read(given);
        assert_eq!(slash_word(&text, at.start), expected, "{given}");
    }
}

#[test]
fn positions_survive_characters_outside_the_basic_plane() {
    let text = "a🎉é";
    for (bytes, units) in [(0, 0), (1, 1), (5, 3), (7, 4)] {
        assert_eq!(to_utf16(text, bytes), units);
        assert_eq!(from_utf16(text, units), bytes);
    }
    assert_eq!(from_utf16(text, 99), text.len());
}

#[test]
fn code_fences_of_both_kinds_open_and_close() {
    for (given, expected) in [
        ("```\na¦", true),
        ("```\na\n```\nb¦", false),
        ("~~~\n```\na¦", true),
        ("````\n```\na¦", true),
        ("`a`\nb¦", false),
    ] {
        let (text, at) = read(given);
        assert_eq!(is_in_code(&text, at.start), expected, "{given}");
    }
}
