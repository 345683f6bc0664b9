use super::*;

fn lines(text: &str) -> String {
    text.replace(' ', "\n")
}

/// Both changes together, with both texts where they clash, and how often they do.
fn merge(base: &str, mine: &str, theirs: &str) -> (String, usize) {
    let pieces = merge_pieces(base, mine, theirs);
    let clashes = pieces.iter().filter(|piece| matches!(piece, Piece::Clash { .. })).count();
    (settle(&pieces, &[]), clashes)
}

fn merged(base: &str, mine: &str, theirs: &str) -> (String, usize) {
    let (text, clashes) = merge(&lines(base), &lines(mine), &lines(theirs));
    (text.replace('\n', " "), clashes)
}

#[test]
fn changes_in_different_places_come_together() {
    for (base, mine, theirs, expected) in [
        ("a b c", "a b c", "a b c", "a b c"),
        ("a b c", "x b c", "a b y", "x b y"),
        ("a b c", "a c", "a b c d", "a c d"),
        ("a b c", "a x b c", "a b c", "a x b c"),
        ("a b c", "a x c", "a x c", "a x c"),
        ("a b c", "a b c", "", ""),
    ] {
        assert_eq!(merged(base, mine, theirs), (expected.to_owned(), 0), "{base:?} {mine:?} {theirs:?}");
    }
}

#[test]
fn where_both_changed_the_same_lines_somebody_chooses() {
    let pieces = merge_pieces("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc");
    for (pick, expected) in [
        (&[][..], "a\nmine\ntheirs\nc"),
        (&[Pick::Mine], "a\nmine\nc"),
        (&[Pick::Theirs], "a\ntheirs\nc"),
        (&[Pick::Both], "a\nmine\ntheirs\nc"),
    ] {
        assert_eq!(settle(&pieces, pick), expected, "{pick:?}");
    }
    let pieces = merge_pieces("", "one", "two");
    assert_eq!(settle(&pieces, &[Pick::Theirs]), "two");
}

/// Numbers that look like chance and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// A text of few different lines, so that many are alike.
    fn text(&mut self) -> Vec<String> {
        let count = self.below(12);
        (0..count).map(|_| ["", "a", "b", "- c", "## d", "e"][self.below(6)].to_owned()).collect()
    }

    /// The text with up to three lines changed, added or removed within a part of it.
    fn changed(&mut self, text: &[String], part: std::ops::Range<usize>) -> Vec<String> {
        let mut part: Vec<String> = text[part].to_vec();
        for _ in 0..=self.below(3) {
            let (at, name) = (self.below(part.len() + 1), format!("new {}", self.below(1000)));
            match self.below(3) {
                0 => part.insert(at, name),
                1 if at < part.len() => part[at] = name,
                _ if at < part.len() => drop(part.remove(at)),
                _ => part.push(name),
            }
        }
        part
    }
}

#[test]
fn whatever_the_texts_a_side_that_changed_nothing_adds_nothing() {
    let mut numbers = Numbers(7);
    for round in 0..2_000 {
        let base = numbers.text();
        let other = numbers.changed(&base, 0..base.len()).join("\n");
        let base = base.join("\n");
        assert_eq!(merge(&base, &base, &other), (other.clone(), 0), "{round} {base:?}");
        assert_eq!(merge(&base, &other, &base), (other.clone(), 0), "{round} {base:?}");
        assert_eq!(merge(&base, &other, &other), (other, 0), "{round} {base:?}");
    }
}

#[test]
fn whatever_the_texts_changes_with_a_kept_line_between_them_both_survive() {
    let mut numbers = Numbers(11);
    for round in 0..2_000 {
        let (first, second) = (numbers.text(), numbers.text());
        // No other line is like it, so that both changes keep it.
        let between = "between".to_owned();
        let mine = numbers.changed(&first, 0..first.len());
        let theirs = numbers.changed(&second, 0..second.len());
        let text = |a: &[String], b: &[String]| {
            a.iter().chain([&between]).chain(b).map(String::as_str).collect::<Vec<_>>().join("\n")
        };
        let (merged, clashes) = merge(&text(&first, &second), &text(&mine, &second), &text(&first, &theirs));
        assert_eq!((merged, clashes), (text(&mine, &theirs), 0), "{round} {first:?} {second:?}");
    }
}

#[test]
fn no_line_of_either_side_is_lost_in_a_merge() {
    // Every way to change four lines by replacing or removing some of them.
    let base = ["a", "b", "c", "d"];
    let variant = |changes: usize, name: &str| -> Vec<String> {
        base.iter()
            .enumerate()
            .filter_map(|(at, line)| match changes / 3_usize.pow(u32::try_from(at).unwrap()) % 3 {
                0 => Some((*line).to_owned()),
                1 => Some(format!("{name}{at}")),
                _ => None,
            })
            .collect()
    };
    for mine in 0..81 {
        for theirs in 0..81 {
            let (mine, theirs) = (variant(mine, "m"), variant(theirs, "t"));
            let (text, _) = merge(&base.join("\n"), &mine.join("\n"), &theirs.join("\n"));
            for line in mine.iter().chain(&theirs).filter(|line| line.len() > 1) {
                assert!(text.lines().any(|kept| kept == line), "{mine:?} {theirs:?} {text:?}");
            }
        }
    }
}

#[test]
fn two_texts_stand_side_by_side_with_equal_runs_folded() {
    let left = "1 2 3 4 5 6 7 8 9".replace(' ', "\n");
    let right = "1 2 3 4 x 6 7 8 9 10".replace(' ', "\n");
    let same = |left, right, text: &str| Row::Same { left, right, text: text.to_owned() };
    let line = |number, text: &str| Some(Line { number, spans: Span::whole(text) });
    assert_eq!(
        rows(&left, &right, 1),
        [
            Row::Skipped(3),
            same(4, 4, "4"),
            Row::Changed { left: line(5, "5"), right: line(5, "x") },
            same(6, 6, "6"),
            Row::Skipped(2),
            same(9, 9, "9"),
            Row::Changed { left: None, right: line(10, "10") },
        ]
    );
    assert_eq!(rows("a", "a", 0), [Row::Skipped(1)]);
    assert_eq!(rows("a", "a", usize::MAX), [same(1, 1, "a")]);
    assert_eq!(rows("", "", 3), []);
}

/// A line with its changed words in brackets.
fn marked(spans: &[Span]) -> String {
    spans.iter().map(|span| if span.changed { format!("[{}]", span.text) } else { span.text.clone() }).collect()
}

#[test]
fn words_that_changed_are_marked_and_lines_with_nothing_in_common_are_not() {
    for (old, new, marked_old, marked_new) in [
        (
            "Fixed a slow search.",
            "Fixed a very slow search!",
            "Fixed a slow search[.]",
            "Fixed a [very ]slow search[!]",
        ),
        ("für alle Fälle", "für alle Felle", "für alle [Fälle]", "für alle [Felle]"),
        ("検索が遅い", "検索が速い", "検索が[遅]い", "検索が[速]い"),
        ("One thing", "Quite another matter", "One thing", "Quite another matter"),
    ] {
        let rows = rows(old, new, 0);
        let [Row::Changed { left: Some(left), right: Some(right) }] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((marked(&left.spans), marked(&right.spans)), (marked_old.to_owned(), marked_new.to_owned()));
    }
}

#[test]
fn very_long_texts_are_still_compared() {
    let long = |name: &str| (0..30_000).map(|n| format!("{name}{n}")).collect::<Vec<_>>().join("\n");
    let (a, b) = (format!("same\n{}", long("a")), format!("same\n{}", long("b")));
    assert_eq!(rows(&a, &b, 1).len(), 30_001);
    assert_eq!(count(&a, &b), (30_000, 30_000));
    assert_eq!(merge("same", &a, "same").1, 0);
    // One line of 200,000 characters, and as many lines of one.
    let line = "ab ".repeat(66_000);
    assert_eq!(rows(&line, &format!("{line}c"), 1).len(), 1);
    let column = "\n".repeat(200_000);
    assert_eq!(count(&column, &column.replace('\n', " \n")), (200_000, 200_000));
}

/// Texts from a few lines, always the same ones, so that many lines are alike and some are empty.
fn texts() -> impl Iterator<Item = (u64, String, String)> {
    (0..2_000_u64).map(|seed| {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let lines = ["", "a", "b", "a b", "ä", "# Fixed", "- one word", "- two words"];
        let old: Vec<&str> = (0..next(12)).map(|_| lines[next(8) as usize]).collect();
        let mut new = old.clone();
        for _ in 0..next(5) {
            let at = next(new.len() as u64 + 1) as usize;
            match next(3) {
                0 => new.insert(at, lines[next(8) as usize]),
                1 if at < new.len() => drop(new.remove(at)),
                _ if at < new.len() => new[at] = lines[next(8) as usize],
                _ => {}
            }
        }
        let end = ["", "\n"];
        let text = |lines: Vec<&str>, end: &str| format!("{}{end}", lines.join("\n"));
        let (end_old, end_new) = (end[next(2) as usize], end[next(2) as usize]);
        (seed, text(old, end_old), text(new, end_new))
    })
}

#[test]
fn what_differs_applied_to_a_text_gives_the_other_one() {
    for (seed, old, new) in texts() {
        let parts = parts(&old, &new);
        let put = |without: Kind| -> String {
            parts.iter().filter(|part| part.kind != without).map(|part| part.text).collect()
        };
        assert_eq!((put(Kind::Added), put(Kind::Removed)), (old.clone(), new.clone()), "{seed}: {parts:?}");
        let kinds: Vec<Kind> = parts.iter().map(|part| part.kind).collect();
        assert!(kinds.windows(2).all(|pair| pair[0] != pair[1]), "{seed}: {kinds:?}");
    }
}

#[test]
fn rows_hold_every_line_of_both_texts_in_order() {
    for (seed, old, new) in texts() {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let mut changed = (0, 0);
        for row in rows(&old, &new, usize::MAX) {
            match row {
                Row::Same { left: a, right: b, text } => {
                    left.push((a, text.clone()));
                    right.push((b, text));
                }
                Row::Changed { left: a, right: b } => {
                    changed = (changed.0 + b.iter().count(), changed.1 + a.iter().count());
                    left.extend(a.map(|line| (line.number, line.text())));
                    right.extend(b.map(|line| (line.number, line.text())));
                }
                Row::Skipped(_) => panic!("{seed}: nothing is left out"),
            }
        }
        let numbered = |text: &str| (1..).zip(text.lines().map(str::to_owned)).collect::<Vec<(usize, String)>>();
        assert_eq!((left, right), (numbered(&old), numbered(&new)), "{seed}");
        assert_eq!(changed, count(&old, &new), "{seed}");
    }
}

#[test]
fn a_line_keeps_its_owner_as_long_as_it_stays() {
    let carried = carry(&["a", "b", "c"], &[1, 2, 1], &["a", "x", "c", "d"], &3);
    assert_eq!(carried, [1, 3, 1, 3]);
}

#[test]
fn owners_carried_through_many_texts_add_up_to_the_last_one() {
    for start in 0..100 {
        // Each text follows the one before as if somebody had written it over; its owner is its place.
        let all: Vec<String> = texts().skip(start * 20).take(20).flat_map(|(_, old, new)| [old, new]).collect();
        let (mut last, mut before, mut owners) = ("", Vec::<&str>::new(), Vec::<usize>::new());
        for (place, text) in all.iter().enumerate() {
            let lines: Vec<&str> = text.lines().collect();
            owners = carry(&before, &owners, &lines, &place);
            assert_eq!(owners.len(), lines.len(), "{start}: each line of the text has one owner");
            for (line, owner) in lines.iter().zip(&owners) {
                assert!(all[*owner].lines().any(|one| one == *line), "{start}: {owner} never had {line:?}");
            }
            let new = owners.iter().filter(|owner| **owner == place).count();
            assert_eq!(new, count(last, text).0, "{start}: what a text added is its own");
            (last, before) = (text.as_str(), lines);
        }
    }
}

#[test]
fn a_value_that_one_side_changed_is_taken_from_that_side() {
    assert_eq!(merge_value(&1, &1, &2), 2);
    assert_eq!(merge_value(&1, &2, &1), 2);
    assert_eq!(merge_value(&1, &2, &3), 2);
}
