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

/// Words that name something else below the address of a project, so that no entry may have them.
const RESERVED: [&str; 2] = ["archive", "tags"];

/// The base of an entry's address. Files such as `rss.xml` need no care: no address made here has a dot.
pub(crate) fn of_entry(title: &str) -> String {
    let slug = make(title, "entry");
    if RESERVED.contains(&slug.as_str()) { format!("{slug}-update") } else { slug }
}

/// Whether an address that somebody chose for an entry is that of a page or a file of every project.
pub(crate) fn is_reserved_for_entries(slug: &str) -> bool {
    RESERVED.contains(&slug) || slug.contains('.')
}

/// `base`, then `base-2`, `base-3` …: the number-th candidate, counted from 1.
pub(crate) fn candidate(base: &str, number: usize) -> String {
    if number <= 1 { base.to_owned() } else { format!("{base}-{number}") }
}

/// Looks for the first candidate that is not taken, or one near it: numbers are tried in growing steps and then narrowed
/// down, so that the ten-thousandth entry of one title takes a few questions and not ten thousand.
pub(crate) struct Search<'a> {
    base: &'a str,
    /// The highest number known to be taken; 0 while none is.
    taken: usize,
    /// The lowest number known to be free.
    free: Option<usize>,
}

impl<'a> Search<'a> {
    pub fn new(base: &'a str) -> Self {
        Self { base, taken: 0, free: None }
    }

    /// The number to ask about next; `None` when the answer is known.
    fn number(&self) -> Option<usize> {
        match self.free {
            None => Some((self.taken * 2).max(1)),
            Some(free) => (free - self.taken > 1).then(|| self.taken + (free - self.taken) / 2),
        }
    }

    /// The candidate to ask about next; `None` when [`Self::found`] has the answer.
    pub fn ask(&self) -> Option<String> {
        self.number().map(|number| candidate(self.base, number))
    }

    /// Notes whether the candidate that was asked about is taken.
    pub fn told(&mut self, is_taken: bool) {
        let Some(number) = self.number() else { return };
        if is_taken { self.taken = number } else { self.free = Some(number) }
    }

    /// The free candidate.
    pub fn found(&self) -> String {
        candidate(self.base, self.free.unwrap_or(self.taken + 1))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_address_is_found_in_few_questions() {
        for used in [0, 1, 2, 3, 7, 8, 100, 10_000] {
            let (mut search, mut questions) = (Search::new("x"), 0);
            while let Some(slug) = search.ask() {
                questions += 1;
                let number = slug.strip_prefix("x-").map_or(1, |number| number.parse().unwrap());
                search.told(number <= used);
            }
            assert_eq!(search.found(), candidate("x", used + 1), "{used} in use");
            assert!(questions <= 30, "{questions} questions for {used}");
        }
    }
}
