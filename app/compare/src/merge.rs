//! Two changes of one text, put together.

use crate::{MAX_LINES, matches};

/// Two changes of `base` in one text, and in how many places both changed the same lines. There, both stand one after
/// the other between marks.
pub fn merge(base: &str, mine: &str, theirs: &str) -> (String, usize) {
    let split = |text| -> Vec<&str> { str::split(text, '\n').collect() };
    let (base, mine, theirs) = (split(base), split(mine), split(theirs));
    let in_mine = matches(&base, &mine, MAX_LINES);
    let in_theirs = matches(&base, &theirs, MAX_LINES);
    // Lines of the base that both kept: between two of them, at most one change of each stands.
    let mut fixed: Vec<(usize, usize, usize)> = Vec::new();
    let mut other = in_theirs.iter().peekable();
    for &(at, x) in &in_mine {
        while other.next_if(|(theirs_at, _)| *theirs_at < at).is_some() {}
        if let Some((_, y)) = other.next_if(|(theirs_at, _)| *theirs_at == at) {
            fixed.push((at, x, *y));
        }
    }
    fixed.push((base.len(), mine.len(), theirs.len()));
    let mut merged: Vec<&str> = Vec::new();
    let mut clashes = 0;
    let (mut i, mut j, mut k) = (0, 0, 0);
    for (at, x, y) in fixed {
        let (was, my, their) = (&base[i..at], &mine[j..x], &theirs[k..y]);
        if my == their || their == was {
            merged.extend(my);
        } else if my == was {
            merged.extend(their);
        } else {
            clashes += 1;
            merged.push("<<<<<<< Yours");
            merged.extend(my);
            merged.push("=======");
            merged.extend(their);
            merged.push(">>>>>>> Theirs");
        }
        merged.extend(mine.get(x));
        (i, j, k) = (at + 1, x + 1, y + 1);
    }
    (merged.join("\n"), clashes)
}

/// One value that two people may have changed: whose counts when only one did; `mine` when both did.
pub fn merge_value<T: PartialEq + Clone>(base: &T, mine: &T, theirs: &T) -> T {
    if mine == base { theirs.clone() } else { mine.clone() }
}
