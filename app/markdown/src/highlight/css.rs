//! CSS and the languages that extend it.

use super::generic::in_word;
use super::{Class, Painter};

pub(super) fn scan(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    let mut at = start;
    let mut depth = 0_usize;
    // In a declaration: behind its colon, or before it.
    let mut value = false;
    while at < end {
        let byte = painter.bytes()[at];
        let next = painter.byte(at + 1, end);
        painter.work += 1;
        let (after, class) = match byte {
            b'/' if next == b'*' => (painter.after(at + 2, end, "*/"), Some(Class::Comment)),
            b'/' if next == b'/' && (at == 0 || painter.bytes()[at - 1] != b':') => {
                (painter.line_end(at, end), Some(Class::Comment))
            }
            b'"' | b'\'' => {
                let close = painter.until(at + 1, end, |b| b == byte || b == b'\n');
                ((close + usize::from(painter.byte(close, end) == byte)).min(end), Some(Class::Text))
            }
            b'{' | b'}' | b';' => {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                value = false;
                (at + 1, None)
            }
            b':' => {
                value = depth > 0;
                (at + 1, None)
            }
            b'@' => (painter.word_end(at + 1, end, |b| b == b'-'), Some(Class::Keyword)),
            b'$' => (painter.word_end(at + 1, end, |b| b == b'-'), Some(Class::Variable)),
            b'!' if next.is_ascii_lowercase() => (painter.word_end(at + 1, end, |b| b == b'-'), Some(Class::Keyword)),
            b'#' if value => (painter.word_end(at + 1, end, |_| false), Some(Class::Number)),
            b'.' | b'#' if in_word(next) && !next.is_ascii_digit() => {
                (painter.word_end(at + 1, end, |b| b == b'-'), Some(Class::Type))
            }
            b'0'..=b'9' => {
                let after = painter.until(at, end, |b| !b.is_ascii_alphanumeric() && b != b'.' && b != b'%');
                (after, Some(Class::Number))
            }
            _ if in_word(byte) => {
                let after = painter.word_end(at, end, |b| b == b'-');
                let class = match painter.byte(after, end) {
                    b'(' => Some(Class::Function),
                    _ if painter.starts(at, end, "--") => Some(Class::Variable),
                    b':' if depth > 0 && !value => Some(Class::Attribute),
                    _ if value || depth > 0 => None,
                    _ => Some(Class::Keyword),
                };
                (after, class)
            }
            _ => (at + 1, None),
        };
        if let Some(class) = class {
            painter.paint(at, after, class);
        }
        at = after.max(at + 1);
    }
}
