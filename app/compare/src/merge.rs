//! Two changes of one text, put together.

use crate::{MAX_LINES, matches};

/// A run of lines of two changes that are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// What neither changed, or only one did, or both in the same way.
    Settled(Vec<String>),
    /// Both changed these lines, each in its own way.
    Clash { mine: Vec<String>, theirs: Vec<String> },
}

/// What becomes of a clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    Mine,
    Theirs,
    /// One after the other.
    Both,
}

/// Two changes of `base`, piece by piece.
pub fn merge_pieces(base: &str, mine: &str, theirs: &str) -> Vec<Piece> {
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
    let mut pieces: Vec<Piece> = Vec::new();
    let settle = |pieces: &mut Vec<Piece>, lines: &[&str]| {
        let lines = lines.iter().map(|line| (*line).to_owned());
        match pieces.last_mut() {
            Some(Piece::Settled(before)) => before.extend(lines),
            _ if lines.len() == 0 => {}
            _ => pieces.push(Piece::Settled(lines.collect())),
        }
    };
    let (mut i, mut j, mut k) = (0, 0, 0);
    for (at, x, y) in fixed {
        let (was, my, their) = (&base[i..at], &mine[j..x], &theirs[k..y]);
        if my == their || their == was {
            settle(&mut pieces, my);
        } else if my == was {
            settle(&mut pieces, their);
        } else {
            let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
            pieces.push(Piece::Clash { mine: owned(my), theirs: owned(their) });
        }
        settle(&mut pieces, mine.get(x..=x).unwrap_or_default());
        (i, j, k) = (at + 1, x + 1, y + 1);
    }
    pieces
}

/// The text of pieces. `pick` says what becomes of each clash, by its number; clashes without a word keep both.
pub fn settle(pieces: &[Piece], pick: &[Pick]) -> String {
    let mut picks = pick.iter().copied();
    let mut lines: Vec<&str> = Vec::new();
    for piece in pieces {
        let (first, second): (&[String], &[String]) = match piece {
            Piece::Settled(lines) => (lines, &[]),
            Piece::Clash { mine, theirs } => match picks.next().unwrap_or(Pick::Both) {
                Pick::Mine => (mine, &[]),
                Pick::Theirs => (&[], theirs),
                Pick::Both => (mine, theirs),
            },
        };
        lines.extend(first.iter().chain(second).map(String::as_str));
    }
    lines.join("\n")
}

/// One value that two people may have changed: whose counts when only one did; `mine` when both did.
pub fn merge_value<T: PartialEq + Clone>(base: &T, mine: &T, theirs: &T) -> T {
    if mine == base { theirs.clone() } else { mine.clone() }
}
