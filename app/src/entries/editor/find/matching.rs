//! Where words stand in a text, and the edits that put others in their place: pure functions.

use std::ops::Range;

use super::super::text::Edit;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub words: String,
    pub match_case: bool,
    pub whole_word: bool,
}

/// Where the words stand, from the first to the last; none overlaps another.
pub(super) fn matches(text: &str, query: &Query) -> Vec<Range<usize>> {
    let wanted: Vec<char> = folded(&query.words, query.match_case).collect();
    let Some(&first) = wanted.first() else { return Vec::new() };
    let mut found = Vec::new();
    let mut from = 0;
    for (at, character) in text.char_indices() {
        if at < from || folded_char(character, query.match_case).next() != Some(first) {
            continue;
        }
        if let Some(length) = length_at(&text[at..], &wanted, query.match_case) {
            let range = at..at + length;
            if !query.whole_word || is_whole(text, &range) {
                from = range.end;
                found.push(range);
            }
        }
    }
    found
}

fn folded(text: &str, match_case: bool) -> impl Iterator<Item = char> {
    text.chars().flat_map(move |character| folded_char(character, match_case))
}

/// A character as it is compared: itself, or its small letters, which may be more than one.
fn folded_char(character: char, match_case: bool) -> impl Iterator<Item = char> {
    let itself = match_case.then_some(character);
    let small = (!match_case).then(|| character.to_lowercase()).into_iter().flatten();
    itself.into_iter().chain(small)
}

/// How many bytes at the start of `text` are the words; a character counts as a whole.
fn length_at(text: &str, wanted: &[char], match_case: bool) -> Option<usize> {
    let mut rest = wanted;
    for (at, character) in text.char_indices() {
        if rest.is_empty() {
            return Some(at);
        }
        for small in folded_char(character, match_case) {
            let (&next, others) = rest.split_first()?;
            if small != next {
                return None;
            }
            rest = others;
        }
    }
    rest.is_empty().then_some(text.len())
}

fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !is_word(text[..range.start].chars().next_back()) && !is_word(text[range.end..].chars().next())
}

/// The number of the match to go to from `at`: the first that begins there or behind, around the end of the text.
pub(super) fn next(found: &[Range<usize>], at: usize) -> Option<usize> {
    let number = found.iter().position(|range| range.start >= at).unwrap_or(0);
    (!found.is_empty()).then_some(number)
}

/// The number of the last match that begins before `at`, around the start of the text.
pub(super) fn previous(found: &[Range<usize>], at: usize) -> Option<usize> {
    let number = found.iter().rposition(|range| range.start < at);
    number.or_else(|| found.len().checked_sub(1))
}

/// Every match replaced, as one edit, so that one step takes all of it back.
pub(super) fn replace_all(text: &str, found: &[Range<usize>], with: &str) -> Option<Edit> {
    let (first, last) = (found.first()?, found.last()?);
    let range = first.start..last.end;
    let mut insert = String::with_capacity(range.len());
    let mut from = range.start;
    for one in found {
        insert.push_str(&text[from..one.start]);
        insert.push_str(with);
        from = one.end;
    }
    Some(Edit::replace(range, insert))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(words: &str, match_case: bool, whole_word: bool) -> Query {
        Query { words: words.to_owned(), match_case, whole_word }
    }

    #[test]
    fn words_are_found_by_case_and_as_whole_words() {
        for (text, words, match_case, whole_word, expected) in [
            ("Sail, sail and sailor", "sail", false, false, &["Sail", "sail", "sail"][..]),
            ("Sail, sail and sailor", "sail", true, false, &["sail", "sail"]),
            ("Sail, sail and sailor", "sail", false, true, &["Sail", "sail"]),
            ("aaaa", "aa", false, false, &["aa", "aa"]),
            ("ÄRGER ärger", "ärger", false, false, &["ÄRGER", "ärger"]),
            ("İstanbul", "i\u{307}stanbul", false, false, &["İstanbul"]),
            ("İstanbul", "i", false, false, &[]),
            ("a_b a b", "b", false, true, &["b"]),
            ("line\nnext", "e\nn", false, false, &["e\nn"]),
            ("anything", "", false, false, &[]),
            ("", "x", false, false, &[]),
            ("😀 face 😀", "😀", true, true, &["😀", "😀"]),
        ] {
            let found = matches(text, &query(words, match_case, whole_word));
            let parts: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(parts, expected, "{text} {words}");
        }
    }

    #[test]
    fn going_on_goes_around_the_ends() {
        let found = [2..3, 5..6, 9..10];
        for (at, after, before) in [(0, 0, 2), (2, 0, 2), (3, 1, 0), (6, 2, 1), (10, 0, 2)] {
            assert_eq!((next(&found, at), previous(&found, at)), (Some(after), Some(before)), "{at}");
        }
        assert_eq!((next(&[], 0), previous(&[], 0)), (None, None));
    }

    #[test]
    fn replacing_all_is_one_edit_that_touches_nothing_else() {
        let text = "a cat, a Cat and a dog";
        let found = matches(text, &query("cat", false, false));
        let edit = replace_all(text, &found, "**cow**").unwrap();
        let mut new = text.to_owned();
        new.replace_range(edit.range.clone(), &edit.insert);
        assert_eq!(new, "a **cow**, a **cow** and a dog");
        assert_eq!(replace_all(text, &[], "x"), None);
    }
}
