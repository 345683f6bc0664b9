use super::*;

fn lines(text: &str) -> String {
    text.replace(' ', "\n")
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
fn where_both_changed_the_same_lines_both_are_kept() {
    let (text, clashes) = merge("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc");
    assert_eq!(clashes, 1);
    assert_eq!(text, "a\n<<<<<<< Yours\nmine\n=======\ntheirs\n>>>>>>> Theirs\nc");
    let (text, clashes) = merge("", "one", "two");
    assert_eq!(clashes, 1);
    assert!(text.contains("one") && text.contains("two"));
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
    let same = |line: &str| Row::Same(line.to_owned());
    let some = |line: &str| Some(line.to_owned());
    assert_eq!(
        side_by_side(&left, &right, 1),
        [
            Row::Skipped(3),
            same("4"),
            Row::Changed(some("5"), some("x")),
            same("6"),
            Row::Skipped(2),
            same("9"),
            Row::Changed(None, some("10")),
        ]
    );
    assert_eq!(side_by_side("a", "a", 0), [Row::Skipped(1)]);
    assert_eq!(side_by_side("", "", 3), []);
}

#[test]
fn very_long_texts_are_still_compared() {
    let long = |name: &str| (0..30_000).map(|n| format!("{name}{n}")).collect::<Vec<_>>().join("\n");
    let (a, b) = (format!("same\n{}", long("a")), format!("same\n{}", long("b")));
    let rows = side_by_side(&a, &b, 1);
    assert_eq!(rows.len(), 30_001);
    assert_eq!(merge("same", &a, "same").1, 0);
}

#[test]
fn a_value_that_one_side_changed_is_taken_from_that_side() {
    assert_eq!(merge_value(&1, &1, &2), 2);
    assert_eq!(merge_value(&1, &2, &1), 2);
    assert_eq!(merge_value(&1, &2, &3), 2);
}
