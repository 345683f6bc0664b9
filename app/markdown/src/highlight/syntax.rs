//! How a language writes comments, strings and names.

/// The parts that the general scanner has to know.
pub(super) struct Syntax {
    /// Reserved words, in byte order. Lower case where [`Syntax::caseless`] is set.
    pub(super) keywords: &'static [&'static str],
    /// Built-in types, in byte order.
    pub(super) types: &'static [&'static str],
    /// Literals and built-in values, in byte order.
    pub(super) values: &'static [&'static str],
    /// What begins a comment that ends with the line.
    pub(super) comments: &'static [&'static str],
    /// What begins and ends other comments.
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    pub(super) strings: &'static [Quote],
    /// Keywords whatever their case.
    pub(super) caseless: bool,
    /// Names with a capital are types, or constants if they have no small letter.
    pub(super) capitals: bool,
    /// A name before a bracket is a function.
    pub(super) calls: bool,
    /// `$name` and `${name}` are variables.
    pub(super) dollar: bool,
    /// What `@name` is.
    pub(super) at: Sign,
    /// What `:name` is.
    pub(super) colon: Sign,
    /// What `#name` at the start of a line is.
    pub(super) hash: Sign,
    /// `name!` is a function, and `'a` may be a name instead of a character.
    pub(super) rust: bool,
    /// `/…/` may be a regular expression.
    pub(super) regex: bool,
    /// `\name` is a command.
    pub(super) backslash: bool,
    /// Bytes that names may have beside letters, digits and `_`.
    pub(super) word: &'static [u8],
    /// What a line begins with.
    pub(super) line: LineStart,
    /// A name after these words is what they define.
    pub(super) defines: &'static [&'static str],
}

/// Whether a sign before a name means something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Nothing,
    Attribute,
    Variable,
    Meta,
}

/// What stands first in a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineStart {
    Anything,
    /// A command.
    Command,
    /// `key: value`
    Colon,
    /// `key = value`, `[section]`
    Equals,
}

pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// A backslash takes the next character with it.
    pub(super) escapes: bool,
    /// It may hold line feeds; else it ends with the line at the latest.
    pub(super) lines: bool,
}

const fn quote(open: &'static str, close: &'static str, escapes: bool, lines: bool) -> Quote {
    Quote { open, close, escapes, lines }
}

pub(super) const DOUBLE: Quote = quote("\"", "\"", true, false);
pub(super) const DOUBLE_LINES: Quote = quote("\"", "\"", true, true);
pub(super) const DOUBLE_RAW: Quote = quote("\"", "\"", false, false);
pub(super) const SINGLE: Quote = quote("'", "'", true, false);
pub(super) const SINGLE_LINES: Quote = quote("'", "'", true, true);
pub(super) const SINGLE_RAW: Quote = quote("'", "'", false, true);
pub(super) const BACKTICK: Quote = quote("`", "`", true, true);
pub(super) const BACKTICK_RAW: Quote = quote("`", "`", false, true);
pub(super) const TRIPLE: Quote = quote("\"\"\"", "\"\"\"", true, true);
pub(super) const TRIPLE_SINGLE: Quote = quote("'''", "'''", true, true);
pub(super) const BRACKETS: Quote = quote("[[", "]]", false, true);
pub(super) const NIX_LINES: Quote = quote("''", "''", false, true);
pub(super) const VERBATIM: Quote = quote("@\"", "\"", false, true);

/// A language with nothing in it, to start from.
pub(super) const BLANK: Syntax = Syntax {
    keywords: &[],
    types: &[],
    values: &[],
    comments: &[],
    block_comments: &[],
    strings: &[DOUBLE, SINGLE],
    caseless: false,
    capitals: false,
    calls: true,
    dollar: false,
    at: Sign::Nothing,
    colon: Sign::Nothing,
    hash: Sign::Nothing,
    rust: false,
    regex: false,
    backslash: false,
    word: &[],
    line: LineStart::Anything,
    defines: &["class", "def", "enum", "fn", "func", "function", "interface", "struct", "trait", "type"],
};

/// Languages in the manner of C.
pub(super) const BRACES: Syntax = Syntax {
    comments: &["//"],
    block_comments: &[("/*", "*/")],
    values: &["false", "nil", "null", "this", "true"],
    capitals: true,
    ..BLANK
};

/// Languages with comments after `#`.
pub(super) const HASHES: Syntax = Syntax { comments: &["#"], values: &["false", "nil", "null", "true"], ..BLANK };
