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
