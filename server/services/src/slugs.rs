//! Readable addresses.

/// The longest slug made, in characters.
const MAX_LENGTH: usize = 80;

/// Lower-case letters, digits and hyphens made from any text; `fallback` when nothing is left.
pub(crate) fn make(text: &str, fallback: &str) -> String {
    let slug = slug::slugify(text);
    let cut = match slug.char_indices().nth(MAX_LENGTH) {
        None => slug.as_str(),
        // Every character of a slug is one byte; cut at the last whole word.
        Some((end, _)) => slug[..end].rsplit_once('-').map_or(&slug[..end], |(words, _)| words),
    };
    if cut.is_empty() { fallback.to_owned() } else { cut.to_owned() }
}

/// `base`, then `base-2`, `base-3` …: the number-th candidate, counted from 1.
pub(crate) fn candidate(base: &str, number: usize) -> String {
    if number <= 1 { base.to_owned() } else { format!("{base}-{number}") }
}

/// Whether `slug` was made from `base`, with or without a number.
pub(crate) fn belongs_to(slug: &str, base: &str) -> bool {
    slug.strip_prefix(base).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('-')
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    })
}
