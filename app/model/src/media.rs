//! Pictures and files of a project.

use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::error::Result;
use crate::ids::{EntryId, MediaId, ProjectId, UserId};
use crate::time::Timestamp;

/// The longest description of a picture, in characters.
pub const MAX_ALT: usize = 500;
/// The longest name of a file, in characters.
pub const MAX_NAME: usize = 200;
/// The longest side of a picture, in pixels.
pub const LONGEST_SIDE: u32 = 30_000;
/// Widths in which a still picture is kept beside its widest form, if it is wider.
pub const WIDTHS: [u32; 2] = [1200, 600];
/// Characters of a file's hash in its address.
pub const HASH: usize = 32;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    Png,
    Jpeg,
    Webp,
    Gif,
    Svg,
    Pdf,
    Zip,
    Text,
    Csv,
    Mp4,
    Webm,
}

impl MediaKind {
    pub const ALL: [MediaKind; 11] = [
        MediaKind::Png,
        MediaKind::Jpeg,
        MediaKind::Webp,
        MediaKind::Gif,
        MediaKind::Svg,
        MediaKind::Pdf,
        MediaKind::Zip,
        MediaKind::Text,
        MediaKind::Csv,
        MediaKind::Mp4,
        MediaKind::Webm,
    ];
    /// For explanations.
    pub const NAMES: &'static str = "PNG, JPEG, WebP, GIF, SVG, PDF, ZIP, text, CSV, MP4, WebM";
    /// What a field for files offers.
    pub const ACCEPT: &'static str =
        "image/png,image/jpeg,image/webp,image/gif,image/svg+xml,.pdf,.zip,.txt,.md,.log,.csv,.mp4,.webm";
    /// As [`MediaKind::ACCEPT`], for pictures alone.
    pub const ACCEPT_PICTURES: &'static str = "image/png,image/jpeg,image/webp,image/gif,image/svg+xml";

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            MediaKind::Png => "png",
            MediaKind::Jpeg => "jpeg",
            MediaKind::Webp => "webp",
            MediaKind::Gif => "gif",
            MediaKind::Svg => "svg",
            MediaKind::Pdf => "pdf",
            MediaKind::Zip => "zip",
            MediaKind::Text => "text",
            MediaKind::Csv => "csv",
            MediaKind::Mp4 => "mp4",
            MediaKind::Webm => "webm",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    pub fn media_type(self) -> &'static str {
        match self {
            MediaKind::Png => "image/png",
            MediaKind::Jpeg => "image/jpeg",
            MediaKind::Webp => "image/webp",
            MediaKind::Gif => "image/gif",
            MediaKind::Svg => "image/svg+xml",
            MediaKind::Pdf => "application/pdf",
            MediaKind::Zip => "application/zip",
            MediaKind::Text => "text/plain; charset=utf-8",
            MediaKind::Csv => "text/csv; charset=utf-8",
            MediaKind::Mp4 => "video/mp4",
            MediaKind::Webm => "video/webm",
        }
    }

    /// The ending of its address.
    pub fn ending(self) -> &'static str {
        match self {
            MediaKind::Jpeg => "jpg",
            MediaKind::Text => "txt",
            other => other.as_str(),
        }
    }

    pub fn is_picture(self) -> bool {
        matches!(self, MediaKind::Png | MediaKind::Jpeg | MediaKind::Webp | MediaKind::Gif | MediaKind::Svg)
    }

    /// Whether narrower forms are kept. Animations and drawings have none.
    pub fn has_widths(self) -> bool {
        matches!(self, MediaKind::Png | MediaKind::Jpeg)
    }
}

impl TryFrom<String> for MediaKind {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("“{text}” is no kind of file"))
    }
}

/// A picture or file of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
#[serde(rename_all = "camelCase")]
pub struct Medium {
    pub id: MediaId,
    pub project_id: ProjectId,
    /// The last part of its address. Changes with its content alone.
    pub file: String,
    /// What it was called when it was uploaded.
    pub name: String,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: MediaKind,
    /// Of its widest form.
    pub bytes: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// What it shows, for who does not see it.
    pub alt: String,
    /// It shows nothing that has to be said.
    pub is_decorative: bool,
    pub created_by_id: Option<UserId>,
    /// Who uploaded it, as they are called now, or were when they left.
    pub created_by_name: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Medium {
    /// Where it is, for readers too.
    pub fn path(&self) -> String {
        format!("/media/{}/{}", self.project_id, self.file)
    }

    /// The narrower form that is wide enough, or the widest.
    pub fn path_at(&self, least: u32) -> String {
        let wide = self.width.unwrap_or_default();
        let widths = WIDTHS.into_iter().rev().filter(|width| self.kind.has_widths() && wide > i64::from(*width));
        match (widths.into_iter().find(|width| *width >= least), self.file.rsplit_once('.')) {
            (Some(width), Some((stem, ending))) => format!("/media/{}/{stem}.w{width}.{ending}", self.project_id),
            _ => self.path(),
        }
    }

    /// The part of its address that its content makes.
    pub fn hash(&self) -> &str {
        self.file.get(..HASH).unwrap_or(&self.file)
    }

    /// Whether somebody has still to say what it shows.
    pub fn lacks_alt(&self) -> bool {
        self.kind.is_picture() && self.alt.is_empty() && !self.is_decorative
    }

    /// What stands in a text for it.
    pub fn markdown(&self) -> String {
        let plain = |text: &str| text.replace(['[', ']', '\n', '\r', '\\'], " ").trim().to_owned();
        if self.kind.is_picture() {
            format!("![{}]({})", plain(&self.alt), self.path())
        } else {
            format!("[{}]({})", plain(&self.name), self.path())
        }
    }
}

/// What a picture shows, as somebody says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAlt {
    pub alt: String,
    pub is_decorative: bool,
}

impl NewAlt {
    /// # Errors
    /// `Invalid` for `alt`.
    pub fn check(self) -> Result<Self> {
        let alt = self.alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut form = Checker::new();
        if alt.chars().count() > MAX_ALT {
            form.fail("alt", format!("Use at most {MAX_ALT} characters."));
        } else if alt.contains('\0') {
            form.fail("alt", "This text has a character that cannot be kept.");
        } else if !alt.is_empty() && self.is_decorative {
            form.fail("alt", "A decorative picture has no description. Leave it empty, or do not call it decorative.");
        }
        form.finish()?;
        Ok(Self { alt, is_decorative: self.is_decorative })
    }
}

/// The name of a file, of one line and without folders.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let plain: String = plain.trim().chars().take(MAX_NAME).collect();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

/// An entry whose text has a picture or file in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaUse {
    pub entry_id: EntryId,
    pub title: String,
    pub is_trashed: bool,
}

/// The hashes of what of a project stands in a text, each once.
pub fn hashes_in<'a>(project: &ProjectId, text: &'a str) -> Vec<&'a str> {
    let place = format!("/media/{project}/");
    let mut found: Vec<&str> = text
        .match_indices(&place)
        .filter_map(|(at, _)| text.get(at + place.len()..at + place.len() + HASH))
        .filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The file that an address names, and the width if it names a narrower form.
pub fn split_width(file: &str) -> (String, Option<u32>) {
    let parts = || {
        let (rest, ending) = file.rsplit_once('.')?;
        let (stem, width) = rest.rsplit_once(".w")?;
        let width = width.parse::<u32>().ok().filter(|width| WIDTHS.contains(width))?;
        Some((format!("{stem}.{ending}"), Some(width)))
    };
    parts().unwrap_or_else(|| (file.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_file_and_perhaps_a_width() {
        for (file, expected) in [
            ("ab-800x600.jpg", ("ab-800x600.jpg", None)),
            ("ab-800x600.w600.jpg", ("ab-800x600.jpg", Some(600))),
            ("ab-800x600.w601.jpg", ("ab-800x600.w601.jpg", None)),
            ("ab.pdf", ("ab.pdf", None)),
            ("ab", ("ab", None)),
        ] {
            assert_eq!(split_width(file), (expected.0.to_owned(), expected.1), "{file}");
        }
    }

    #[test]
    fn names_lose_folders_and_lines() {
        for (name, expected) in [
            ("a.png", "a.png"),
            ("C:\\x\\b c.png", "b c.png"),
            ("../../etc/passwd", "passwd"),
            ("a\nb", "ab"),
            ("/", "file"),
        ] {
            assert_eq!(clean_name(name), expected, "{name:?}");
        }
    }

    #[test]
    fn what_stands_in_a_text_is_found_once_and_within_its_project() {
        let (one, other): (ProjectId, ProjectId) = ("cone".parse().unwrap(), "cother".parse().unwrap());
        let hash = "0123456789abcdef0123456789abcdef";
        let text = format!("![a](/media/cone/{hash}-8x6.png) and /media/cone/{hash}.w600.png, /media/cone/short");
        assert_eq!(hashes_in(&one, &text), [hash]);
        assert!(hashes_in(&other, &text).is_empty());
    }
}
