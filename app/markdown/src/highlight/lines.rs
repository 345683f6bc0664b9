//! Languages that are read line by line.

use super::{Class, Painter, generic, tables};

/// Calls `line` for each line with its start and its end, the line feed left out.
fn each(
    painter: &mut Painter<'_, '_>,
    start: usize,
    end: usize,
    mut line: impl FnMut(&mut Painter<'_, '_>, usize, usize),
) {
    let mut at = start;
    while at < end {
        let line_end = painter.line_end(at, end);
        line(painter, at, line_end);
        at = line_end + 1;
    }
}

pub(super) fn diff(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    each(painter, start, end, |painter, at, end| {
        let line = &painter.code[at..end];
        let head = ["diff ", "index ", "--- ", "+++ ", "@@", "new file", "deleted file", "rename ", "similarity "];
        let class = match line.as_bytes().first() {
            _ if head.iter().any(|start| line.starts_with(start)) => Class::Meta,
            Some(b'+' | b'>') => Class::Inserted,
            Some(b'-' | b'<') => Class::Deleted,
            Some(b'!') => Class::Keyword,
            _ => return,
        };
        painter.paint(at, end, class);
    });
}

/// Commands after a prompt; what they print stays plain.
pub(super) fn console(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    each(painter, start, end, |painter, at, end| {
        let prompt = ["$ ", "# ", "> ", "% ", "PS> "].into_iter().find(|prompt| painter.starts(at, end, prompt));
        if let Some(prompt) = prompt {
            painter.paint(at, at + prompt.trim_end().len(), Class::Meta);
            generic::scan(painter, &tables::BASH, at + prompt.len(), end);
        }
    });
}

pub(super) fn markdown(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    let mut fenced = false;
    each(painter, start, end, |painter, at, end| {
        let text = painter.code[at..end].trim_start();
        let at = end - text.len();
        if text.starts_with("```") || text.starts_with("~~~") {
            fenced = !fenced;
            return painter.paint(at, end, Class::Meta);
        }
        if fenced {
            return painter.paint(at, end, Class::Text);
        }
        let marks = text.bytes().take_while(|&b| b == b'#').count();
        if (1..=6).contains(&marks) && text[marks..].starts_with(' ') {
            return painter.paint(at, end, Class::Keyword);
        }
        if text.starts_with(":::") {
            return painter.paint(at, end, Class::Meta);
        }
        if text.starts_with('>') {
            return painter.paint(at, end, Class::Comment);
        }
        let mut from = at;
        if text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ") {
            painter.paint(at, at + 1, Class::Keyword);
            from = at + 2;
        }
        inline(painter, from, end);
    });
}

/// Code spans and addresses in brackets.
fn inline(painter: &mut Painter<'_, '_>, start: usize, end: usize) {
    let mut at = start;
    while at < end {
        at = painter.until(at, end, |byte| matches!(byte, b'`' | b'('));
        let close = match painter.byte(at, end) {
            b'`' => b'`',
            b'(' if at > start && painter.bytes()[at - 1] == b']' => b')',
            _ => {
                at += 1;
                continue;
            }
        };
        let after = (painter.until(at + 1, end, |byte| byte == close) + 1).min(end);
        painter.paint(at, after, if close == b'`' { Class::Text } else { Class::Function });
        at = after;
    }
}
