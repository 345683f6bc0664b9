//! Pictures that this server keeps. Their addresses say how large they are, `/media/PROJECT/HASH-WIDTHxHEIGHT.png`, so a
//! page can leave room for them, and still ones are there in smaller widths, of which a browser takes what it needs.

use std::fmt::Write as _;

/// Widths that are kept beside the widest form, as `.w600` and `.w1200` before the ending.
const WIDTHS: [u32; 2] = [600, 1200];
/// How wide a picture in a text gets.
const SIZES: &str = "(min-width: 720px) 660px, 100vw";
const HASH: usize = 32;
/// More no attribute may say.
const LARGEST: u32 = 9999;

/// What an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub width: u32,
    pub height: u32,
    /// Whether there are smaller forms, if it is wider.
    has_widths: bool,
}

impl Kept {
    /// Reads an address as it stands in a text; `None` for pictures of others.
    pub fn read(address: &str) -> Option<Self> {
        let (project, file) = address.trim().strip_prefix("/media/")?.split_once('/')?;
        let is_id = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let (stem, ending) = file.split_once('.')?;
        let (hash, size) = stem.split_once('-')?;
        let (width, height) = size.split_once('x')?;
        let is_hash = hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let has_widths = match ending {
            "jpg" | "png" => true,
            "gif" | "webp" | "svg" => false,
            _ => return None,
        };
        let side = |text: &str| {
            let plain = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|side| plain && (1..=LARGEST).contains(side))
        };
        (is_id(project) && is_hash).then_some(())?;
        Some(Self { width: side(width)?, height: side(height)?, has_widths })
    }

    /// Width and height to write, where the text says one of them, both or none.
    pub fn sizes(self, width: Option<u16>, height: Option<u16>) -> (u32, u32) {
        let scaled = |side: u16, to: u32, from: u32| {
            let exact = (u64::from(side) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
            u32::try_from(exact).unwrap_or(LARGEST).clamp(1, LARGEST)
        };
        match (width, height) {
            (Some(width), Some(height)) => (width.into(), height.into()),
            (Some(width), None) => (width.into(), scaled(width, self.height, self.width)),
            (None, Some(height)) => (scaled(height, self.width, self.height), height.into()),
            (None, None) => (self.width, self.height),
        }
    }

    /// The attributes that let a browser choose, of a source without anything to escape.
    pub fn push_widths(self, out: &mut String, source: &str) {
        if !self.has_widths || self.width <= WIDTHS[0] || !source.bytes().all(is_plain) {
            return;
        }
        let Some((stem, ending)) = source.rsplit_once('.') else { return };
        out.push_str("\" srcset=\"");
        for width in WIDTHS.into_iter().filter(|width| *width < self.width) {
            let _ = write!(out, "{stem}.w{width}.{ending} {width}w, ");
        }
        let _ = write!(out, "{source} {}w\" sizes=\"{SIZES}", self.width);
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte)
}

/// Whether a `srcset` is one of ours: addresses below `/media/`, of this site or with a host before it, with widths.
#[cfg(feature = "sanitizer")]
pub(crate) fn is_srcset(value: &str) -> bool {
    value.split(", ").all(|one| {
        one.split_once(' ').is_some_and(|(address, width)| {
            let path = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            let path = path.map_or(Some(address), |rest| rest.find('/').map(|at| &rest[at..]));
            let digits = width.strip_suffix('w').unwrap_or_default();
            path.is_some_and(|path| path.contains("/media/") && path.starts_with('/') && !path.starts_with("//"))
                && address.bytes().all(is_plain)
                && (1..=5).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

#[cfg(feature = "sanitizer")]
pub(crate) fn is_sizes(value: &str) -> bool {
    value == SIZES
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_address_of_ours_says_its_size() {
        for (address, expected) in [
            (format!("/media/cabc/{HASH}-800x600.png"), Some((800, 600, true))),
            (format!("/media/cabc/{HASH}-800x600.gif"), Some((800, 600, false))),
            (format!("/media/cabc/{HASH}-800x12000.png"), None),
            (format!("/media/cabc/{HASH}-0x600.png"), None),
            (format!("/media/cabc/{HASH}-800x600.w600.png"), None),
            (format!("/media/cabc/{HASH}.svg"), None),
            (format!("/media/cabc/{HASH}-8x6.pdf"), None),
            (format!("/media/c%61/{HASH}-8x6.png"), None),
            (format!("/media/cabc/x/{HASH}-8x6.png"), None),
            (format!("https://other.example/media/cabc/{HASH}-8x6.png"), None),
            ("/media/cabc/short-8x6.png".to_owned(), None),
        ] {
            let got = Kept::read(&address).map(|kept| (kept.width, kept.height, kept.has_widths));
            assert_eq!(got, expected, "{address}");
        }
    }

    #[test]
    fn one_side_that_a_text_says_gives_the_other() {
        let kept = Kept { width: 1600, height: 900, has_widths: true };
        for (given, expected) in [
            ((None, None), (1600, 900)),
            ((Some(640), None), (640, 360)),
            ((None, Some(90)), (160, 90)),
            ((Some(10), Some(20)), (10, 20)),
        ] {
            assert_eq!(kept.sizes(given.0, given.1), expected);
        }
    }
}
