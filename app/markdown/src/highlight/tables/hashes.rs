//! Languages with comments after `#`, and files of settings.

use super::words;
use crate::highlight::syntax::{
    BACKTICK, DOUBLE, DOUBLE_LINES, HASHES, LineStart, NIX_LINES, SINGLE, SINGLE_LINES, SINGLE_RAW, Sign, Syntax,
    TRIPLE, TRIPLE_SINGLE,
};

pub(in crate::highlight) const GRAPHQL: Syntax = Syntax {
    keywords: words!(
        "directive enum extend fragment implements input interface mutation on query repeatable scalar schema \
         subscription type union"
    ),
    types: words!("Boolean Float ID Int String"),
    strings: &[TRIPLE, DOUBLE],
    at: Sign::Attribute,
    dollar: true,
    capitals: true,
    ..HASHES
};

pub(in crate::highlight) const HCL: Syntax = Syntax {
    keywords: words!(
        "check data dynamic for for_each if import in locals module moved output provider removed resource \
         terraform variable"
    ),
    types: words!("any bool list map number object set string tuple"),
    comments: &["#", "//"],
    block_comments: &[("/*", "*/")],
    strings: &[DOUBLE],
    line: LineStart::Equals,
    ..HASHES
};

pub(in crate::highlight) const PYTHON: Syntax = Syntax {
    keywords: words!(
        "and as assert async await break case class continue def del elif else except finally for from global \
         if import in is lambda match nonlocal not or pass raise return try type while with yield"
    ),
    types: words!("bool bytes dict float frozenset int list object set str tuple"),
    values: words!("False None True cls self"),
    at: Sign::Attribute,
    strings: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
    capitals: true,
    ..HASHES
};

pub(in crate::highlight) const RUBY: Syntax = Syntax {
    keywords: words!(
        "BEGIN END alias and attr_accessor attr_reader begin break case class def defined do else elsif end \
         ensure for if in include loop module next not or private protected public raise redo require \
         require_relative rescue retry return super then undef unless until when while yield"
    ),
    values: words!("false nil self true"),
    at: Sign::Variable,
    colon: Sign::Variable,
    strings: &[DOUBLE_LINES, SINGLE_LINES, BACKTICK],
    capitals: true,
    word: b"?!",
    regex: true,
    defines: &["class", "def", "module"],
    ..HASHES
};

pub(in crate::highlight) const CRYSTAL: Syntax = Syntax {
    keywords: words!(
        "abstract alias annotation as begin break case class def do else elsif end ensure enum extend for fun \
         if in include instance_sizeof is_a? lib macro module next of out pointerof private protected require \
         rescue return select sizeof struct super then type typeof uninitialized union unless until verbatim \
         when while with yield"
    ),
    values: words!("false nil self true"),
    at: Sign::Variable,
    colon: Sign::Variable,
    capitals: true,
    word: b"?!",
    defines: &["class", "def", "module", "struct"],
    strings: &[DOUBLE_LINES, SINGLE],
    ..HASHES
};

pub(in crate::highlight) const BASH: Syntax = Syntax {
    keywords: words!(
        "alias break case cd continue declare do done echo elif else esac eval exec exit export fi for \
         function if in local printf read readonly return select set shift source sudo test then time trap \
         unset until while"
    ),
    values: words!("false true"),
    dollar: true,
    strings: &[DOUBLE_LINES, SINGLE_RAW, BACKTICK],
    word: b"-",
    ..HASHES
};

pub(in crate::highlight) const POWERSHELL: Syntax = Syntax {
    keywords: words!(
        "begin break catch class continue data do dynamicparam else elseif end enum exit filter finally for \
         foreach from function if in param process return switch throw trap try until using while"
    ),
    caseless: true,
    block_comments: &[("<#", "#>")],
    dollar: true,
    strings: &[DOUBLE_LINES, SINGLE_RAW],
    word: b"-",
    calls: false,
    ..HASHES
};

pub(in crate::highlight) const PERL: Syntax = Syntax {
    keywords: words!(
        "and bless cmp continue die do each else elsif eq for foreach ge given gt if last le local lt my ne \
         next no not or our package print redo require return say sub unless until use warn when while xor"
    ),
    dollar: true,
    at: Sign::Variable,
    strings: &[DOUBLE_LINES, SINGLE_LINES],
    defines: &["sub", "package"],
    ..HASHES
};

pub(in crate::highlight) const R: Syntax = Syntax {
    keywords: words!("break else for function if in library next repeat require return while"),
    values: words!("FALSE Inf NA NULL NaN TRUE"),
    word: b".",
    ..HASHES
};

pub(in crate::highlight) const JULIA: Syntax = Syntax {
    keywords: words!(
        "abstract baremodule begin break catch const continue do else elseif end export finally for function \
         global if import in let local macro module mutable primitive quote return struct try type using \
         where while"
    ),
    values: words!("Inf NaN false missing nothing true"),
    block_comments: &[("#=", "=#")],
    at: Sign::Attribute,
    capitals: true,
    strings: &[TRIPLE, DOUBLE],
    word: b"!",
    ..HASHES
};

pub(in crate::highlight) const ELIXIR: Syntax = Syntax {
    keywords: words!(
        "after alias and case catch cond def defdelegate defexception defguard defimpl defmacro defmodule \
         defp defprotocol defstruct do else end fn for if import in not or quote raise receive require rescue \
         try unless unquote use when with"
    ),
    values: words!("false nil true"),
    at: Sign::Attribute,
    colon: Sign::Variable,
    capitals: true,
    word: b"?!",
    strings: &[TRIPLE, DOUBLE_LINES, SINGLE],
    defines: &["def", "defmacro", "defmodule", "defp", "defprotocol"],
    ..HASHES
};

pub(in crate::highlight) const NIM: Syntax = Syntax {
    keywords: words!(
        "addr and as asm block break case cast concept const continue converter defer discard distinct div do \
         elif else end enum except export finally for from func if import in include interface is isnot \
         iterator let macro method mixin mod nil not notin object of or out proc ptr raise ref return shl shr \
         static template try tuple type using var when while xor yield"
    ),
    types: words!("bool char float int seq string uint"),
    strings: &[TRIPLE, DOUBLE],
    defines: &["func", "iterator", "macro", "method", "proc", "template", "type"],
    capitals: true,
    ..HASHES
};

pub(in crate::highlight) const YAML: Syntax = Syntax {
    values: words!("False No Null On True Yes false no null off on true yes"),
    line: LineStart::Colon,
    calls: false,
    strings: &[DOUBLE_LINES, SINGLE],
    word: b"-./",
    ..HASHES
};

pub(in crate::highlight) const TOML: Syntax = Syntax {
    values: words!("false inf nan true"),
    line: LineStart::Equals,
    calls: false,
    strings: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE_RAW],
    word: b"-",
    ..HASHES
};

pub(in crate::highlight) const INI: Syntax = Syntax {
    values: words!("false no off on true yes"),
    comments: &["#", ";"],
    line: LineStart::Equals,
    calls: false,
    dollar: true,
    strings: &[DOUBLE],
    word: b"-./",
    ..HASHES
};

pub(in crate::highlight) const DOCKERFILE: Syntax =
    Syntax { keywords: words!("AS as"), line: LineStart::Command, dollar: true, calls: false, word: b"-./", ..HASHES };

pub(in crate::highlight) const NGINX: Syntax =
    Syntax { values: words!("off on"), line: LineStart::Command, dollar: true, calls: false, word: b"-./", ..HASHES };

pub(in crate::highlight) const MAKEFILE: Syntax = Syntax {
    keywords: words!("define else endef endif export ifdef ifeq ifndef ifneq include override unexport"),
    line: LineStart::Colon,
    dollar: true,
    calls: false,
    word: b"-./",
    ..HASHES
};

pub(in crate::highlight) const CMAKE: Syntax = Syntax {
    keywords: words!(
        "else elseif endforeach endfunction endif endmacro endwhile foreach function if macro return while"
    ),
    values: words!("false off on true"),
    caseless: true,
    dollar: true,
    ..HASHES
};

pub(in crate::highlight) const NIX: Syntax = Syntax {
    keywords: words!("assert else if import in inherit let or rec then with"),
    block_comments: &[("/*", "*/")],
    strings: &[NIX_LINES, DOUBLE_LINES],
    word: b"-'",
    ..HASHES
};
