//! What a file is, by its first bytes. What its name says is not believed.

use model::media::MediaKind;

use crate::Refusal;

/// How far text is looked through for where a document begins.
const HEAD: usize = 4096;

pub fn of(bytes: &[u8], name: &str) -> Result<MediaKind, Refusal> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(MediaKind::Png);
    }
    if starts(&[0xff, 0xd8, 0xff]) {
        return Ok(MediaKind::Jpeg);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Ok(MediaKind::Gif);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(MediaKind::Webp);
    }
    if starts(b"%PDF-") {
        return Ok(MediaKind::Pdf);
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Ok(MediaKind::Zip);
    }
    if starts(&[0x1a, 0x45, 0xdf, 0xa3]) {
        return Ok(MediaKind::Webm);
    }
    if at(4, b"ftyp") {
        return match bytes.get(8..12) {
            Some(b"avif" | b"avis") => Err(Refusal::Unsupported("AVIF")),
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1") => {
                Err(Refusal::Unsupported("HEIC"))
            }
            _ => Ok(MediaKind::Mp4),
        };
    }
    if starts(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Err(Refusal::Unsupported("BMP"));
    }
    if starts(b"II*\0") || starts(b"MM\0*") {
        return Err(Refusal::Unsupported("TIFF"));
    }
    text(bytes, name)
}

fn text(bytes: &[u8], name: &str) -> Result<MediaKind, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Unknown)?;
    let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    if !text.chars().all(is_plain) {
        return Err(Refusal::Unknown);
    }
    if is_svg(text) {
        return Ok(MediaKind::Svg);
    }
    let is_csv = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"));
    Ok(if is_csv { MediaKind::Csv } else { MediaKind::Text })
}

/// Whether the first element is `svg`, behind a declaration, comments and a document type.
fn is_svg(text: &str) -> bool {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = text[..end].trim_start_matches('\u{feff}').trim_start();
    loop {
        let skipped = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| &rest[at + 3..])
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|at| &rest[at + 2..])
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            // Rules of its own stand in brackets, and have elements in them.
            let rules = rest.find('[').filter(|at| rest.find('>').is_some_and(|end| *at < end));
            let from = rules.and_then(|at| rest[at..].find(']').map(|end| at + end)).unwrap_or_default();
            rest[from..].find('>').map(|at| &rest[from + at + 1..])
        } else {
            break;
        };
        match skipped {
            Some(after) => rest = after.trim_start(),
            None => return false,
        }
    }
    let Some(name) = rest.strip_prefix('<') else { return false };
    let name: &str = name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    name == "svg" || name.ends_with(":svg")
}
