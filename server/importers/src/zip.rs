//! Archives of Markdown files with front matter, one file for each release: what Tidings exports, and what site
//! generators keep. Nothing is written to disk and nothing is executed: members are read one by one, within limits that
//! do not trust what the archive says about itself.

use std::cmp::Reverse;
use std::io::{Cursor, Read};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use model::time::to_wire;
use serde::{Deserialize, Serialize};
use serde_json::json;

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use crate::decode::{DecodeError, decode};
use crate::formats::Format;
use crate::front_matter::FrontMatter;
use crate::keep;
use crate::notes::{NoteKind, Notes, quote};
use crate::plain;
use crate::{FoundOut, MAX_RELEASES, MAX_TITLE_CHARS, MAX_VERSION_CHARS, Parsed, Release};

/// The largest archive that is read, in bytes (10 MiB).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most bytes its members may unpack to (50 MiB).
pub const MAX_UNPACKED: u64 = 50 * 1024 * 1024;
/// The most members: as many releases as an import may have, and pictures or folders beside them.
pub const MAX_MEMBERS: usize = 2 * MAX_RELEASES;

/// Why an archive is refused as a whole. Nothing of it is imported then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ZipRefused {
    #[error("The archive has {bytes} bytes; at most {limit} bytes can be imported at once.")]
    TooLarge { bytes: usize, limit: usize },
    #[error("The files of the archive unpack to more than {limit} bytes. Split it and import the parts.")]
    UnpacksTooLarge { limit: u64 },
    #[error("The archive holds {found} files; at most {limit} can be imported at once. Split it and import the parts.")]
    TooManyFiles { found: usize, limit: usize },
    #[error("The file is no zip archive, or it is damaged: {reason}. Create the archive again.")]
    Damaged { reason: String },
    #[error("The archive holds {name}, which leads out of the archive. Create the archive again with plain names.")]
    UnsafeName { name: String },
    #[error("{name} cannot be unpacked: {reason}. Use deflate or no compression, and no password.")]
    Unsupported { name: String, reason: String },
    #[error("{name} is not text: {error}")]
    NotText { name: String, error: DecodeError },
    #[error("The archive holds no Markdown file. Each entry is a file that ends in .md.")]
    NoEntries,
}

/// Whether bytes begin as a zip archive does.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Reads an archive of Markdown files. The newest release comes first, drafts before all others.
///
/// # Errors
/// Says why nothing can be read, and what is allowed.
pub fn read(bytes: &[u8]) -> Result<Parsed, ZipRefused> {
    if bytes.len() > MAX_BYTES {
        return Err(ZipRefused::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
    }
    // Each member has a record with this signature. Counted before the archive is opened, because opening it reads all.
    let found = bytes.windows(4).filter(|window| *window == b"PK\x01\x02").count();
    if found > MAX_MEMBERS {
        return Err(ZipRefused::TooManyFiles { found, limit: MAX_MEMBERS });
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut notes = Notes::default();
    let mut budget = MAX_UNPACKED;
    let mut releases = Vec::new();
    for index in 0..archive.len() {
        let Some((name, text)) = member(&mut archive, index, &mut budget)? else { continue };
        releases.push((release(&name, &text, releases.len(), &mut notes), name));
        if releases.len() > MAX_RELEASES {
            return Err(ZipRefused::TooManyFiles { found: releases.len(), limit: MAX_RELEASES });
        }
    }
    if releases.is_empty() {
        return Err(ZipRefused::NoEntries);
    }
    releases.sort_by_cached_key(|(release, name)| {
        let noon = release.date.and_then(|date| date.and_hms_opt(12, 0, 0)).map(|noon| noon.and_utc());
        let published = release.published_at.or(noon);
        (Reverse(release.draft), Reverse(published), Reverse(release.created_at), name.clone())
    });
    let releases = releases.into_iter().map(|(release, _)| release).collect();
    Ok(Parsed {
        format: Format::Archive,
        confidence: 100,
        signs: vec!["a zip archive".to_owned()],
        found: FoundOut::default(),
        title: None,
        preamble: None,
        releases,
        notes: notes.finish(),
    })
}

/// The text that an archive stands for: a list of its entries, with what was noted while it was read. The JSON importer
/// reads it, so that archives go the way of every other file.
///
/// # Errors
/// As [`read`].
pub fn to_json(bytes: &[u8]) -> Result<String, ZipRefused> {
    let parsed = read(bytes)?;
    let entry = |release: Release| {
        json!({
            "title": release.title,
            "version": release.version,
            "content": release.content,
            "tags": release.tags,
            "status": if release.draft { "draft" } else { "published" },
            "publishedAt": release.published_at.map_or_else(|| json!(release.date), |moment| json!(to_wire(moment))),
            "createdAt": release.created_at.map(to_wire),
            "slug": release.slug,
            "externalId": release.external_id,
        })
    };
    let entries: Vec<_> = parsed.releases.into_iter().map(entry).collect();
    Ok(json!({ "format": "tidings", ARCHIVE: parsed.notes, "entries": entries }).to_string())
}

/// The member that tells an archive from an export, and holds its notes.
pub(crate) const ARCHIVE: &str = "archive";

fn damaged(error: &ZipError) -> ZipRefused {
    let reason = error.to_string();
    ZipRefused::Damaged { reason: reason.trim_end_matches('.').to_owned() }
}

/// Name and text of a member, if it is a Markdown file with an entry.
fn member(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    budget: &mut u64,
) -> Result<Option<(String, String)>, ZipRefused> {
    let raw = archive.name_for_index(index).and_then(Result::ok).unwrap_or_default().into_owned();
    let name = quote(&raw);
    if leads_out(&raw) {
        return Err(ZipRefused::UnsafeName { name });
    }
    if !is_entry(&raw) {
        return Ok(None);
    }
    let unsupported = |reason: String| ZipRefused::Unsupported {
        name: name.clone(),
        reason: reason.trim_end_matches('.').to_owned(),
    };
    let file = archive.by_index(index).map_err(|error| unsupported(error.to_string()))?;
    if !file.is_file() {
        return Ok(None);
    }
    let mut unpacked = Vec::new();
    // One byte more than allowed is enough to know that it is too much.
    file.take(*budget + 1).read_to_end(&mut unpacked).map_err(|error| unsupported(error.to_string()))?;
    *budget = budget.checked_sub(unpacked.len() as u64).ok_or(ZipRefused::UnpacksTooLarge { limit: MAX_UNPACKED })?;
    let text = decode(&unpacked).map_err(|error| ZipRefused::NotText { name: name.clone(), error })?;
    Ok(Some((raw, text)))
}

/// Whether a name would leave the folder that the archive is unpacked to.
fn leads_out(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with(['/', '\\']) || drive || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}

/// Markdown, except for what explains the archive and what computers leave behind.
fn is_entry(name: &str) -> bool {
    let lower = name.to_lowercase();
    let hidden = lower.split('/').any(|part| part.starts_with('.') || part == "__macosx");
    let file = lower.rsplit('/').next().unwrap_or_default();
    (lower.ends_with(".md") || lower.ends_with(".markdown")) && !hidden && file != "readme.md"
}

/// One release from a file; `place` counts from 0.
fn release(name: &str, text: &str, place: usize, notes: &mut Notes) -> Release {
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    let (matter, body) = match FrontMatter::split(&text) {
        Some((matter, body)) => (matter, body),
        None => {
            let message =
                format!("{} has no front matter, so its title is its first heading or its name.", quote(name));
            notes.add(place, NoteKind::Preamble, message);
            (FrontMatter::default(), text.as_str())
        }
    };
    let one_line = |title: &str| {
        if title.contains(char::is_control) { plain::squeeze(title).into_owned() } else { title.to_owned() }
    };
    let stated = matter.text(&["title", "name"]).map(one_line);
    let (title, body) = match stated {
        Some(title) => (title, body),
        None => match body.split_once('\n').unwrap_or((body, "")) {
            (first, rest) if first.starts_with("# ") => (first.trim_start_matches("# ").trim().to_owned(), rest),
            _ => (name.rsplit('/').next().unwrap_or(name).trim_end_matches(".md").to_owned(), body),
        },
    };
    let written = matter.text(&["date", "publishedAt", "published"]);
    let published_at = written.and_then(moment);
    let date = published_at.map(|at| at.date_naive()).or_else(|| written.and_then(day));
    if let Some(written) = written.filter(|_| published_at.is_none() && date.is_none()) {
        let message = format!("{}: {} is not a date, so the release has none.", quote(name), quote(written));
        notes.add(place, NoteKind::UnreadableDate, message);
    }
    let draft = match matter.text(&["status", "state"]) {
        Some(status) => !status.eq_ignore_ascii_case("published"),
        None => matter.text(&["draft"]).is_some_and(|draft| draft.eq_ignore_ascii_case("true")),
    };
    let version = matter.text(&["version"]).filter(|version| version.chars().count() <= MAX_VERSION_CHARS);
    // The line end that closes every file is no part of the text.
    let mut content = body.strip_suffix('\n').unwrap_or(body).to_owned();
    let mut title = if title.is_empty() { version.unwrap_or("Untitled").to_owned() } else { title };
    if let Some(cut) = plain::shortened(&title, MAX_TITLE_CHARS) {
        let message = format!(
            "{}: the title is cut at {MAX_TITLE_CHARS} characters; the text starts with all of it.",
            quote(name)
        );
        notes.add(place, NoteKind::LongTitle, message);
        content = format!("{title}\n\n{content}");
        title = cut;
    }
    let tags = matter.list(&["tags", "categories"]);
    Release {
        title,
        version: version.map(str::to_owned),
        date: date.filter(|_| !draft || published_at.is_none()),
        tags: if tags.is_empty() && matter == FrontMatter::default() { keep::section_tags(&content) } else { tags },
        content,
        line: place + 1,
        unreleased: draft,
        draft,
        published_at: published_at.filter(|_| !draft),
        created_at: matter.text(&["created", "createdAt"]).and_then(moment),
        slug: matter.text(&["slug"]).map(str::to_owned),
        external_id: matter.text(&["externalId", "external_id"]).map(str::to_owned),
        ..Release::default()
    }
}

/// A date with a time of day; without a zone it is UTC.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z"))
        .map(|time| time.to_utc());
    let local = || {
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .map(|time| time.and_utc())
    };
    zoned.ok().or_else(local)
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}
