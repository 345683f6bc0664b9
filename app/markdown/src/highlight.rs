//! Colours for code: short classes around comments, strings, keywords and the like.
//!
//! No grammar, no regular expressions: a scanner that knows how each language writes its comments and strings and which
//! words it reserves. That is wrong now and then and never slow. Every step forward consumes what it looked at, so the
//! work is proportional to the text whatever the text is, nothing has to be loaded, and nothing stays in memory.
//!
//! Classes: `t-k` keyword, `t-s` string, `t-c` comment, `t-n` number, `t-f` function, `t-t` type, `t-v` variable or
//! constant, `t-a` attribute or key, `t-m` instruction to a tool, `t-i` inserted, `t-d` deleted.

use crate::escape;

mod css;
mod generic;
mod lines;
mod markup;
mod syntax;
mod tables;

use syntax::Syntax;

/// Largest block in bytes; larger ones are listings that nobody reads for their colours.
const MAX_BLOCK: usize = 32 * 1024;

/// Longest line in bytes; longer ones are minified or generated.
const MAX_LINE: usize = 2000;

/// Appends code with colours. Returns false, and appends nothing, if the language has none or the block is too large.
pub(crate) fn push(out: &mut String, language: &str, code: &str) -> bool {
    let Some(scanner) = scanner(language) else {
        return false;
    };
    if code.len() > MAX_BLOCK || code.split('\n').any(|line| line.len() > MAX_LINE) {
        return false;
    }
    let mut painter = Painter { out, code, painted: 0, work: 0 };
    scanner.scan(&mut painter, 0, code.len());
    painter.finish();
    true
}

/// Scans a range of the code and paints what it recognises.
#[derive(Clone, Copy)]
enum Scanner {
    General(&'static Syntax),
    Own(fn(&mut Painter<'_, '_>, usize, usize)),
}

impl Scanner {
    fn scan(self, painter: &mut Painter<'_, '_>, start: usize, end: usize) {
        match self {
            Self::General(syntax) => generic::scan(painter, syntax, start, end),
            Self::Own(scan) => scan(painter, start, end),
        }
    }
}

fn scanner(language: &str) -> Option<Scanner> {
    Some(Scanner::Own(match language {
        "css" | "scss" | "less" => css::scan,
        "diff" => lines::diff,
        "console" => lines::console,
        "markdown" => lines::markdown,
        "html" | "xml" | "vue" | "svelte" | "handlebars" => markup::scan,
        other => return tables::find(other),
    }))
}

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Keyword,
    Text,
    Comment,
    Number,
    Function,
    Type,
    Variable,
    Attribute,
    Meta,
    Inserted,
    Deleted,
}

impl Class {
    fn open(self) -> &'static str {
        match self {
            Self::Keyword => "<span class=\"t-k\">",
            Self::Text => "<span class=\"t-s\">",
            Self::Comment => "<span class=\"t-c\">",
            Self::Number => "<span class=\"t-n\">",
            Self::Function => "<span class=\"t-f\">",
            Self::Type => "<span class=\"t-t\">",
            Self::Variable => "<span class=\"t-v\">",
            Self::Attribute => "<span class=\"t-a\">",
            Self::Meta => "<span class=\"t-m\">",
            Self::Inserted => "<span class=\"t-i\">",
            Self::Deleted => "<span class=\"t-d\">",
        }
    }
}

/// Writes code from left to right; what is not painted stays plain.
struct Painter<'o, 'c> {
    out: &'o mut String,
    code: &'c str,
    /// Everything before is written.
    painted: usize,
    /// Bytes that scanners looked at, for the tests that bound it.
    work: usize,
}

impl Painter<'_, '_> {
    /// Paints `start..end`. Ranges must not overlap and must come in order; an empty one is nothing.
    fn paint(&mut self, start: usize, end: usize, class: Class) {
        if start < self.painted || end <= start {
            return;
        }
        escape::push_text(self.out, &self.code[self.painted..start]);
        self.out.push_str(class.open());
        escape::push_text(self.out, &self.code[start..end]);
        self.out.push_str("</span>");
        self.painted = end;
    }

    fn finish(self) {
        escape::push_text(self.out, &self.code[self.painted..]);
    }

    fn bytes(&self) -> &[u8] {
        self.code.as_bytes()
    }

    /// The byte at `at`, or zero from `end` on.
    fn byte(&self, at: usize, end: usize) -> u8 {
        if at < end { self.bytes()[at] } else { 0 }
    }

    fn starts(&self, at: usize, end: usize, with: &str) -> bool {
        self.bytes()[at..end].starts_with(with.as_bytes())
    }

    /// Where the line at `at` ends: before its line feed, or at `end`.
    fn line_end(&mut self, at: usize, end: usize) -> usize {
        self.until(at, end, |byte| byte == b'\n')
    }

    /// The first place from `at` on with a byte that `stop` asks for, or `end`.
    fn until(&mut self, at: usize, end: usize, stop: impl Fn(u8) -> bool) -> usize {
        let found = self.bytes()[at..end].iter().position(|&byte| stop(byte)).map_or(end, |skipped| at + skipped);
        self.work += found - at + 1;
        found
    }

    /// Where the next `text` ends, or `end` if there is none.
    fn after(&mut self, mut at: usize, end: usize, text: &str) -> usize {
        let first = text.as_bytes()[0];
        while at < end {
            at = self.until(at, end, |byte| byte == first);
            if self.starts(at, end, text) {
                return at + text.len();
            }
            at += usize::from(at < end);
        }
        end
    }

    /// Where a word ends that begins at `at`: letters, digits, `_`, and the bytes that `more` allows.
    fn word_end(&mut self, at: usize, end: usize, more: impl Fn(u8) -> bool) -> usize {
        self.until(at, end, |byte| !is_word(byte) && !more(byte))
    }
}

/// True for bytes of identifiers. All bytes beyond ASCII count: letters of other scripts are made of them.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_word_start(byte: u8) -> bool {
    is_word(byte) && !byte.is_ascii_digit()
}

#[cfg(test)]
mod tests;
