//! Bytes of a file into text.

use serde::{Deserialize, Serialize};

/// Why bytes are not text. `offset` counts bytes from 0, `line` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum DecodeError {
    #[error(
        "The file is not UTF-8: byte 0x{byte:02X} at offset {offset} (line {line}) is not part of a character. Save it as UTF-8 and try again."
    )]
    NotUtf8 { offset: usize, line: usize, byte: u8 },
    #[error(
        "The file starts like UTF-16, but offset {offset} (line {line}) is not a character. Save it as UTF-8 and try again."
    )]
    NotUtf16 { offset: usize, line: usize },
    #[error(
        "The file is not text: there is a zero byte at offset {offset} (line {line}). Save it as UTF-8 and try again."
    )]
    ZeroByte { offset: usize, line: usize },
}

/// Decodes UTF-8, with or without a byte order mark, and UTF-16 with one. The mark is not part of the text.
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
        _ => utf8(bytes, 0),
    }
}

/// `skipped`: bytes of the mark, so that offsets count from the start of the file.
fn utf8(bytes: &[u8], skipped: usize) -> Result<String, DecodeError> {
    let line = |at: usize| 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        DecodeError::NotUtf8 { offset: skipped + at, line: line(at), byte: bytes.get(at).copied().unwrap_or(0) }
    })?;
    match bytes.iter().position(|&byte| byte == 0) {
        Some(at) => Err(DecodeError::ZeroByte { offset: skipped + at, line: line(at) }),
        None => Ok(text.to_owned()),
    }
}

/// `bytes` follow a mark of two bytes.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let (mut offset, mut line) = (2, 1);
    for character in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        match character {
            Ok('\0') => return Err(DecodeError::ZeroByte { offset, line }),
            Ok(character) => {
                line += usize::from(character == '\n');
                offset += 2 * character.len_utf16();
                text.push(character);
            }
            Err(_) => return Err(DecodeError::NotUtf16 { offset, line }),
        }
    }
    if odd.is_empty() { Ok(text) } else { Err(DecodeError::NotUtf16 { offset, line }) }
}

/// As [`decode`], for bytes that say what they are written in: beside them (`charset`), or in the first line of XML.
/// Beside UTF-8 and UTF-16 that may be one of the western tables of one byte for a character.
pub fn decode_named(bytes: &[u8], charset: Option<&str>) -> Result<String, DecodeError> {
    let decoded = decode(bytes);
    let named = charset.map(str::to_owned).or_else(|| declared(bytes)).unwrap_or_default().to_ascii_lowercase();
    let is_western =
        matches!(named.as_str(), "iso-8859-1" | "latin1" | "us-ascii" | "windows-1252" | "cp1252" | "iso-8859-15");
    match decoded {
        Err(DecodeError::NotUtf8 { .. }) if is_western => {
            Ok(bytes.iter().map(|&byte| western(byte, named == "iso-8859-15")).collect())
        }
        other => other,
    }
}

/// What the declaration of an XML document names: `<?xml version="1.0" encoding="ISO-8859-1"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let start: String = bytes.iter().take(200).map(|&byte| char::from(byte)).collect();
    let declaration = start.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let mark = value.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    value.get(1..)?.split(mark).next().map(str::to_owned)
}

/// As browsers read it: what the standard leaves for control characters is Windows' table.
fn western(byte: u8, with_euro: bool) -> char {
    const WINDOWS: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
        '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0xa4 if with_euro => '€',
        0x80..=0x9f => WINDOWS.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        0 => '\u{fffd}',
        _ => char::from(byte),
    }
}
