//! HTML, XML and templates made of them.

use super::{Class, Painter, Scanner, css, is_word_start, tables};

pub(super) fn scan(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    let mut at = start;
    while at < end {
        at = painter.until(at, end, |byte| matches!(byte, b'<' | b'{' | b'&'));
        if at >= end {
            return;
        }
        let next = painter.byte(at + 1, end);
        at = match painter.bytes()[at] {
            b'<' if painter.starts(at, end, "<!--") => block(painter, at, end, "-->", Class::Comment),
            b'<' if next == b'!' || next == b'?' => block(painter, at, end, ">", Class::Meta),
            b'<' if next == b'/' || is_word_start(next) => tag(painter, at, end),
            b'{' if next == b'{' => block(painter, at, end, "}}", Class::Variable),
            b'{' if matches!(next, b'#' | b'/' | b':' | b'@') => block(painter, at, end, "}", Class::Keyword),
            b'&' => reference(painter, at, end),
            _ => at + 1,
        };
    }
}

fn block(painter: &mut Painter<'_, '_>, at: usize, end: usize, close: &str, class: Class) -> usize {
    let after = painter.after(at + 2, end, close);
    painter.paint(at, after, class);
    after
}

/// `&name;` or `&#10;`, of a length that is looked at in vain without harm.
fn reference(painter: &mut Painter<'_, '_>, at: usize, end: usize) -> usize {
    let near = (at + 12).min(end);
    let close = painter.until(at + 1, near, |byte| !byte.is_ascii_alphanumeric() && byte != b'#');
    if painter.byte(close, end) != b';' {
        return at + 1;
    }
    painter.paint(at, close + 1, Class::Variable);
    close + 1
}

fn tag(painter: &mut Painter<'_, '_>, start: usize, end: usize) -> usize {
    let closing = painter.byte(start + 1, end) == b'/';
    let name_at = start + 1 + usize::from(closing);
    let mut at = painter.word_end(name_at, end, |byte| matches!(byte, b'-' | b':' | b'.'));
    painter.paint(name_at, at, Class::Keyword);
    let name = &painter.code[name_at..at];
    let embedded = match name {
        _ if closing => None,
        "script" => Some(("</script", Scanner::General(&tables::TYPESCRIPT))),
        "style" => Some(("</style", Scanner::Own(css::scan))),
        _ => None,
    };
    loop {
        at = painter.until(at, end, |byte| byte == b'>' || !byte.is_ascii_whitespace());
        match painter.byte(at, end) {
            b'>' => break,
            b'"' | b'\'' => {
                let close = painter.bytes()[at];
                let after = (painter.until(at + 1, end, |byte| byte == close) + 1).min(end);
                painter.paint(at, after, Class::Text);
                at = after;
            }
            b'{' => {
                let after = (painter.until(at, end, |byte| byte == b'}') + 1).min(end);
                painter.paint(at, after, Class::Variable);
                at = after;
            }
            byte if is_word_start(byte) || matches!(byte, b'@' | b':' | b'#') => {
                let after = painter.word_end(at + 1, end, |byte| matches!(byte, b'-' | b':' | b'.' | b'@'));
                painter.paint(at, after, Class::Attribute);
                at = after;
            }
            _ if at >= end => return end,
            _ => at += 1,
        }
    }
    at += 1;
    let Some((close, scanner)) = embedded else {
        return at;
    };
    let after = painter.after(at, end, close);
    let content = if painter.code[at..after].ends_with(close) { after - close.len() } else { after };
    scanner.scan(painter, at, content);
    content
}
