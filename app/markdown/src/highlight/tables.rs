//! The languages of the general scanner.

use super::Scanner;
use super::syntax::Syntax;

mod braces;
mod hashes;
mod others;

pub(super) use braces::*;
pub(super) use hashes::*;
pub(super) use others::*;

/// The syntax of a language.
pub(super) fn find(language: &str) -> Option<Scanner> {
    let syntax: &'static Syntax = match language {
        "assembly" => &ASSEMBLY,
        "bash" => &BASH,
        "c" => &C,
        "clojure" => &CLOJURE,
        "cmake" => &CMAKE,
        "cpp" => &CPP,
        "crystal" => &CRYSTAL,
        "csharp" => &CSHARP,
        "dart" => &DART,
        "dockerfile" => &DOCKERFILE,
        "elixir" => &ELIXIR,
        "elm" => &ELM,
        "erlang" => &ERLANG,
        "fsharp" => &FSHARP,
        "go" => &GO,
        "graphql" => &GRAPHQL,
        "groovy" => &GROOVY,
        "haskell" => &HASKELL,
        "hcl" => &HCL,
        "ini" => &INI,
        "java" => &JAVA,
        "javascript" => &JAVASCRIPT,
        "json" => &JSON,
        "jsx" => &JAVASCRIPT,
        "julia" => &JULIA,
        "kotlin" => &KOTLIN,
        "latex" => &LATEX,
        "lisp" => &LISP,
        "lua" => &LUA,
        "makefile" => &MAKEFILE,
        "matlab" => &MATLAB,
        "nginx" => &NGINX,
        "nim" => &NIM,
        "nix" => &NIX,
        "objective-c" => &OBJECTIVE_C,
        "ocaml" => &OCAML,
        "pascal" => &PASCAL,
        "perl" => &PERL,
        "php" => &PHP,
        "powershell" => &POWERSHELL,
        "protobuf" => &PROTOBUF,
        "python" => &PYTHON,
        "r" => &R,
        "ruby" => &RUBY,
        "rust" => &RUST,
        "scala" => &SCALA,
        "solidity" => &SOLIDITY,
        "sql" => &SQL,
        "swift" => &SWIFT,
        "toml" => &TOML,
        "tsx" => &TYPESCRIPT,
        "typescript" => &TYPESCRIPT,
        "vim" => &VIM,
        "visual-basic" => &VISUAL_BASIC,
        "yaml" => &YAML,
        "zig" => &ZIG,
        _ => return None,
    };
    Some(Scanner::General(syntax))
}

/// A list of words from one line, so that the tables stay readable.
macro_rules! words {
    ($text:literal) => {{
        const COUNT: usize = $crate::highlight::tables::count($text);
        const WORDS: [&str; COUNT] = $crate::highlight::tables::split($text);
        &WORDS
    }};
}
use words;

/// The number of words in a text with one blank between two.
const fn count(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut words) = (0, 1);
    while at < bytes.len() {
        if bytes[at] == b' ' {
            words += 1;
        }
        at += 1;
    }
    words
}

const fn split<const COUNT: usize>(text: &'static str) -> [&'static str; COUNT] {
    let bytes = text.as_bytes();
    let mut words = [""; COUNT];
    let (mut at, mut start, mut word) = (0, 0, 0);
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b' ' {
            words[word] = text.split_at(start).1.split_at(at - start).0;
            word += 1;
            start = at + 1;
        }
        at += 1;
    }
    words
}
