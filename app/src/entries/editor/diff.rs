//! Comparing texts by lines, and putting two changes of one text together.

/// The most pairs of lines that are compared one by one; beyond it the differing middle counts as one change.
const MAX_PAIRS: usize = 4_000_000;

/// Lines that match: index in the first text and in the second, rising in both.
fn matches(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (middle_a, middle_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut found: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    if middle_a.len().saturating_mul(middle_b.len()) <= MAX_PAIRS {
        found.extend(common(middle_a, middle_b).into_iter().map(|(x, y)| (head + x, head + y)));
    }
    found.extend((0..tail).rev().map(|at| (a.len() - 1 - at, b.len() - 1 - at)));
    found
}

/// A longest common subsequence.
fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // length[i][j]: how many lines of a[i..] and b[j..] match. Texts have fewer than 65,536 lines that differ here.
    let mut length = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i * width + j] = if a[i] == b[j] {
                length[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            found.push((i, j));
            i += 1;
            j += 1;
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// One row of two texts side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// The line is in both.
    Same(String),
    /// Lines that differ; `None` where one text has nothing.
    Changed(Option<String>, Option<String>),
    /// That many equal lines, left out.
    Skipped(usize),
}

/// Two texts side by side, with `context` equal lines around each change.
pub(super) fn side_by_side(left: &str, right: &str, context: usize) -> Vec<Row> {
    let (a, b): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let mut rows = Vec::new();
    let (mut i, mut j) = (0, 0);
    let gap = |rows: &mut Vec<Row>, a: &[&str], b: &[&str]| {
        for at in 0..a.len().max(b.len()) {
            let line = |side: &[&str]| side.get(at).map(|line| (*line).to_owned());
            rows.push(Row::Changed(line(a), line(b)));
        }
    };
    for (x, y) in matches(&a, &b) {
        gap(&mut rows, &a[i..x], &b[j..y]);
        rows.push(Row::Same(a[x].to_owned()));
        (i, j) = (x + 1, y + 1);
    }
    gap(&mut rows, &a[i..], &b[j..]);
    fold(rows, context)
}

/// Leaves out long runs of equal lines.
fn fold(rows: Vec<Row>, context: usize) -> Vec<Row> {
    let is_same: Vec<bool> = rows.iter().map(|row| matches!(row, Row::Same(_))).collect();
    let near = |at: usize| {
        let from = at.saturating_sub(context);
        let to = (at + context + 1).min(is_same.len());
        is_same[from..to].iter().any(|same| !same)
    };
    let mut folded: Vec<Row> = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if is_same[at] && !near(at) {
            match folded.last_mut() {
                Some(Row::Skipped(count)) => *count += 1,
                _ => folded.push(Row::Skipped(1)),
            }
        } else {
            folded.push(row);
        }
    }
    folded
}

/// Two changes of `base` in one text, and in how many places both changed the same lines. There, both stand one after
/// the other between marks.
pub(super) fn merge(base: &str, mine: &str, theirs: &str) -> (String, usize) {
    let split = |text: &'_ str| -> Vec<String> { text.split('\n').map(str::to_owned).collect() };
    let (base, mine, theirs) = (split(base), split(mine), split(theirs));
    let lines = |text: &'_ [String]| -> Vec<String> { text.to_vec() };
    let (b, m, t): (Vec<&str>, Vec<&str>, Vec<&str>) = (
        base.iter().map(String::as_str).collect(),
        mine.iter().map(String::as_str).collect(),
        theirs.iter().map(String::as_str).collect(),
    );
    let in_mine = matches(&b, &m);
    let in_theirs = matches(&b, &t);
    // Lines of the base that both kept: between two of them, at most one change of each stands.
    let mut fixed: Vec<(usize, usize, usize)> = Vec::new();
    let mut other = in_theirs.iter().peekable();
    for &(at, x) in &in_mine {
        while other.next_if(|(theirs_at, _)| *theirs_at < at).is_some() {}
        if let Some((_, y)) = other.next_if(|(theirs_at, _)| *theirs_at == at) {
            fixed.push((at, x, *y));
        }
    }
    fixed.push((b.len(), m.len(), t.len()));
    let mut merged: Vec<String> = Vec::new();
    let mut clashes = 0;
    let (mut i, mut j, mut k) = (0, 0, 0);
    for (at, x, y) in fixed {
        let (was, my, their) = (&base[i..at], &mine[j..x], &theirs[k..y]);
        if my == their || their == was {
            merged.extend(lines(my));
        } else if my == was {
            merged.extend(lines(their));
        } else {
            clashes += 1;
            merged.push("<<<<<<< Yours".to_owned());
            merged.extend(lines(my));
            merged.push("=======".to_owned());
            merged.extend(lines(their));
            merged.push(">>>>>>> Theirs".to_owned());
        }
        if let Some(line) = mine.get(x) {
            merged.push(line.clone());
        }
        (i, j, k) = (at + 1, x + 1, y + 1);
    }
    (merged.join("\n"), clashes)
}

/// One value that two people may have changed: whose counts when only one did; `mine` when both did.
pub(super) fn merge_value<T: PartialEq + Clone>(base: &T, mine: &T, theirs: &T) -> T {
    if mine == base { theirs.clone() } else { mine.clone() }
}

#[cfg(test)]
mod tests;
