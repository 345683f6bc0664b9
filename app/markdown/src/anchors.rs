//! Names that addresses can jump to.

use std::collections::HashMap;

pub(crate) const DEFAULT_PREFIX: &str = "md-";

/// Longest heading slug in characters, before a number makes it unique.
const SLUG_CHARACTERS: usize = 64;

/// The ids of one rendered text.
///
/// Headings own `<prefix><slug>`. Footnotes own `<prefix>-fn-<n>` and `<prefix>-ref-<n>`, which no heading can take
/// because a slug never starts with a hyphen.
pub(crate) struct Anchors {
    prefix: String,
    /// For every name given away: the number to try next when the name comes again.
    taken: HashMap<String, usize>,
}

impl Anchors {
    pub(crate) fn new(prefix: &str) -> Self {
        let usable = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
            && prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let mut prefix = if usable { prefix } else { DEFAULT_PREFIX }.to_owned();
        if !prefix.ends_with('-') {
            prefix.push('-');
        }
        Self { prefix, taken: HashMap::new() }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A new, unique id for a heading with this text.
    pub(crate) fn heading(&mut self, text: &str) -> String {
        let slug = slug(text);
        let mut name = slug.clone();
        while self.taken.contains_key(&name) {
            let next = self.taken.entry(slug.clone()).or_insert(1);
            name = format!("{slug}-{next}");
            *next += 1;
        }
        let id = format!("{}{name}", self.prefix);
        self.taken.insert(name, 1);
        id
    }
}

/// Lower-case letters and digits of any script, joined by single hyphens; `section` when nothing is left.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            gap = !matches!(c, '\'' | '’') || gap;
            continue;
        }
        if gap && !slug.is_empty() {
            slug.push('-');
            length += 1;
        }
        gap = false;
        slug.push(c);
        length += 1;
        if length >= SLUG_CHARACTERS {
            break;
        }
    }
    if slug.is_empty() {
        slug.push_str("section");
    }
    slug
}

/// Heading levels without gaps below the page's own headings.
pub(crate) struct Outline {
    offset: u8,
    /// Levels as written of the headings that enclose the current place, outermost first.
    enclosing: Vec<u8>,
}

impl Outline {
    pub(crate) fn new(offset: u8) -> Self {
        Self { offset, enclosing: Vec::new() }
    }

    /// The level, 1 to 6, at which a heading written with level `written` appears.
    pub(crate) fn place(&mut self, written: u8) -> u8 {
        if self.offset == 0 {
            return written;
        }
        while self.enclosing.last().is_some_and(|&level| level >= written) {
            self.enclosing.pop();
        }
        self.enclosing.push(written);
        let depth = u8::try_from(self.enclosing.len()).unwrap_or(6);
        self.offset.saturating_add(depth).min(6)
    }
}
