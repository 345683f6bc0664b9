//! Options in braces behind a link or picture: `{primary,lg}`, `{height:400,theme:dark}`, `{width=640 align=left}`.
//!
//! Only characters that mean nothing to Markdown may stand in them, so the parser delivers them as they are written and
//! byte for byte, and they can be taken out of its text by position.

/// Most bytes between the braces; the longest useful list is far shorter, and nobody pays for a search that fails.
const MAX_BYTES: usize = 200;

/// Options at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Braces<'t> {
    inside: &'t str,
}

impl<'t> Braces<'t> {
    /// The options that `text` begins with.
    pub(crate) fn at_start(text: &'t str) -> Option<Self> {
        let rest = text.strip_prefix('{')?;
        let end = rest.bytes().take(MAX_BYTES + 1).position(|b| !is_plain(b))?;
        (rest.as_bytes()[end] == b'}').then(|| Self { inside: &rest[..end] })
    }

    /// The same, if every option is a name and a value joined by `=`.
    pub(crate) fn attributes(text: &'t str) -> Option<Self> {
        let braces = Self::at_start(text)?;
        let is_pair =
            |item: &str| item.split_once('=').is_some_and(|(name, value)| !name.is_empty() && !value.is_empty());
        (braces.items().next().is_some() && braces.items().all(is_pair)).then_some(braces)
    }

    /// Bytes from the opening to the closing brace, both included.
    pub(crate) fn len(&self) -> usize {
        self.inside.len() + 2
    }

    /// The options, parted by commas or blanks.
    pub(crate) fn items(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        self.inside.split([',', ' ']).filter(|item| !item.is_empty())
    }

    /// The last value of an option `name`, with the mark between the two. Names are compared without case.
    pub(crate) fn value(&self, name: &str, mark: char) -> Option<&'t str> {
        let pairs = self.inside.split(if mark == ':' { &[','][..] } else { &[',', ' '] });
        let mut matching =
            pairs.filter_map(|pair| pair.split_once(mark)).filter(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        matching.next_back().map(|(_, value)| value.trim())
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b',' | b':' | b'=' | b'-' | b'.' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_end_at_the_first_brace_and_hold_no_markup() {
        assert_eq!(Braces::at_start("{a,b} c}").map(|braces| braces.len()), Some(5));
        assert_eq!(Braces::at_start("{}").map(|braces| braces.len()), Some(2));
        for text in ["", "a", "{", "{a", "{a*b}", "{a_b}", "{a\nb}", "{\"a\"}", "{<b>}", "{é}", "{a{b}"] {
            assert_eq!(Braces::at_start(text), None, "{text:?}");
        }
        assert_eq!(Braces::at_start(&format!("{{{}}}", "a".repeat(201))), None);
    }

    #[test]
    fn values_are_found_by_name() {
        let braces = Braces::at_start("{Height:400, theme: dark,start:1,start:2}").unwrap();
        assert_eq!(braces.value("height", ':'), Some("400"));
        assert_eq!(braces.value("theme", ':'), Some("dark"));
        assert_eq!(braces.value("start", ':'), Some("2"));
        assert_eq!(braces.value("tab", ':'), None);
        let braces = Braces::attributes("{width=640 height=360,align=left}").unwrap();
        assert_eq!((braces.value("width", '='), braces.value("align", '=')), (Some("640"), Some("left")));
        assert_eq!(Braces::attributes("{.wide}"), None);
        assert_eq!(Braces::attributes("{}"), None);
    }
}
