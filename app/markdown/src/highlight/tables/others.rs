//! Languages with other comments.

use super::words;
use crate::highlight::syntax::{
    BLANK, BRACKETS, DOUBLE, DOUBLE_LINES, DOUBLE_RAW, LineStart, SINGLE, SINGLE_RAW, Sign, Syntax, TRIPLE, VERBATIM,
};

pub(in crate::highlight) const JSON: Syntax = Syntax {
    values: words!("false null true"),
    comments: &["//"],
    block_comments: &[("/*", "*/")],
    strings: &[DOUBLE, SINGLE],
    line: LineStart::Colon,
    calls: false,
    ..BLANK
};

pub(in crate::highlight) const SQL: Syntax = Syntax {
    keywords: words!(
        "add all alter analyze and any as asc begin between by cascade case check collate column commit \
         constraint create cross database default delete desc distinct do drop else end except exists explain \
         fetch filter first for foreign from full function grant group having if in index inner insert \
         intersect into is join key last lateral left like limit materialized natural not nothing of offset \
         on only or order outer over partition primary procedure recursive references replace returning right \
         rollback row rows select set table temporary then to transaction trigger truncate union unique \
         update using values view when where window with"
    ),
    types: words!(
        "bigint bigserial blob boolean bytea char character date datetime decimal double float int integer \
         interval json jsonb numeric real serial smallint text time timestamp timestamptz uuid varchar"
    ),
    values: words!("current_date current_timestamp false null true"),
    caseless: true,
    comments: &["--"],
    block_comments: &[("/*", "*/")],
    strings: &[SINGLE_RAW, DOUBLE_RAW],
    ..BLANK
};

pub(in crate::highlight) const LUA: Syntax = Syntax {
    keywords: words!(
        "and break do else elseif end for function goto if in local not or repeat return then until while"
    ),
    values: words!("false nil self true"),
    comments: &["--"],
    block_comments: &[("--[[", "]]")],
    strings: &[DOUBLE, SINGLE, BRACKETS],
    ..BLANK
};

pub(in crate::highlight) const HASKELL: Syntax = Syntax {
    keywords: words!(
        "as case class data default deriving do else family forall foreign hiding if import in infix infixl \
         infixr instance let module newtype of qualified then type where"
    ),
    comments: &["--"],
    block_comments: &[("{-", "-}")],
    capitals: true,
    calls: false,
    rust: false,
    strings: &[DOUBLE],
    word: b"'",
    ..BLANK
};

pub(in crate::highlight) const ELM: Syntax = Syntax {
    keywords: words!("alias as case else exposing if import in let module of port then type where"),
    comments: &["--"],
    block_comments: &[("{-", "-}")],
    capitals: true,
    calls: false,
    strings: &[TRIPLE, DOUBLE],
    word: b"'",
    ..BLANK
};

pub(in crate::highlight) const OCAML: Syntax = Syntax {
    keywords: words!(
        "and as assert begin class constraint do done downto else end exception external for fun function \
         functor if in include inherit initializer lazy let match method module mutable new nonrec object of \
         open or private rec sig struct then to try type val virtual when while with"
    ),
    values: words!("false true"),
    block_comments: &[("(*", "*)")],
    capitals: true,
    calls: false,
    strings: &[DOUBLE_LINES],
    word: b"'",
    defines: &["let", "type", "module", "rec"],
    ..BLANK
};

pub(in crate::highlight) const FSHARP: Syntax = Syntax {
    keywords: words!(
        "abstract and as assert async base begin class default delegate do done downcast downto elif else end \
         exception extern finally for fun function global if in inherit inline interface internal lazy let \
         match member module mutable namespace new not null of open or override private public rec return \
         select static struct then to try type upcast use val void when while with yield"
    ),
    types: words!("bool byte char decimal float int int64 list obj option seq string unit"),
    values: words!("false null true"),
    comments: &["//"],
    block_comments: &[("(*", "*)")],
    capitals: true,
    calls: false,
    strings: &[TRIPLE, VERBATIM, DOUBLE_LINES],
    word: b"'",
    defines: &["let", "member", "module", "rec", "type"],
    ..BLANK
};

pub(in crate::highlight) const ERLANG: Syntax = Syntax {
    keywords: words!("after and andalso begin case catch else end fun if maybe not of or orelse receive try when xor"),
    values: words!("false true undefined"),
    comments: &["%"],
    capitals: true,
    strings: &[DOUBLE_LINES, SINGLE],
    at: Sign::Nothing,
    ..BLANK
};

pub(in crate::highlight) const CLOJURE: Syntax = Syntax {
    keywords: words!(
        "case cond cond-> def defmacro defmethod defmulti defn defn- defprotocol defrecord do doseq fn for if \
         if-let if-not let letfn loop ns recur require throw try when when-let when-not"
    ),
    values: words!("false nil true"),
    comments: &[";"],
    colon: Sign::Variable,
    strings: &[DOUBLE_LINES],
    calls: false,
    word: b"-?!*+/<>=",
    defines: &["def", "defn", "defn-", "defmacro", "defmethod", "defmulti", "defprotocol", "defrecord"],
    ..BLANK
};

pub(in crate::highlight) const LISP: Syntax = Syntax {
    keywords: words!(
        "and begin case cond define defmacro defparameter defun defvar do dolist else if lambda let let* \
         letrec loop or progn quote require set! setf setq unless when"
    ),
    values: words!("nil t"),
    comments: &[";"],
    block_comments: &[("#|", "|#")],
    colon: Sign::Variable,
    strings: &[DOUBLE_LINES],
    calls: false,
    word: b"-?!*+/<>=",
    defines: &["define", "defmacro", "defun", "defvar"],
    ..BLANK
};

pub(in crate::highlight) const VIM: Syntax = Syntax {
    keywords: words!(
        "augroup autocmd call command else elseif endfor endfunction endif endwhile execute finish for \
         function if let map nmap nnoremap noremap return set setlocal silent syntax unlet vmap vnoremap \
         while"
    ),
    comments: &["\" "],
    strings: &[SINGLE, DOUBLE],
    ..BLANK
};

pub(in crate::highlight) const MATLAB: Syntax = Syntax {
    keywords: words!(
        "break case catch classdef continue else elseif end enumeration events for function global if methods \
         otherwise parfor persistent properties return switch try while"
    ),
    values: words!("NaN false inf pi true"),
    comments: &["%"],
    block_comments: &[("%{", "%}")],
    strings: &[DOUBLE, SINGLE],
    word: b"'",
    ..BLANK
};

pub(in crate::highlight) const LATEX: Syntax =
    Syntax { comments: &["%"], backslash: true, calls: false, strings: &[], ..BLANK };

pub(in crate::highlight) const ASSEMBLY: Syntax = Syntax {
    keywords: words!("extern global section"),
    comments: &[";", "//"],
    line: LineStart::Command,
    calls: false,
    word: b".",
    ..BLANK
};

pub(in crate::highlight) const PASCAL: Syntax = Syntax {
    keywords: words!(
        "and array as begin case class const constructor destructor div do downto else end except finally for \
         function goto if implementation in inherited interface is label mod nil not object of operator or \
         override packed private procedure program property protected public published raise record repeat \
         set shl shr then to try type unit until uses var virtual while with xor"
    ),
    types: words!("boolean byte char double int64 integer real string word"),
    values: words!("false true"),
    caseless: true,
    comments: &["//"],
    block_comments: &[("(*", "*)"), ("{", "}")],
    strings: &[SINGLE_RAW],
    defines: &["function", "procedure"],
    ..BLANK
};

pub(in crate::highlight) const VISUAL_BASIC: Syntax = Syntax {
    keywords: words!(
        "and andalso as async await byref byval call case catch class const continue declare dim do each else \
         elseif end enum event exit finally for friend function get goto handles if implements imports in \
         inherits interface is let lib like loop me mod module mustinherit mybase namespace new next not of \
         on operator option optional or orelse overridable overrides partial private property protected \
         public readonly redim return select set shadows shared static step stop structure sub then throw to \
         try until using when while with withevents xor"
    ),
    types: words!("boolean byte char date decimal double integer long object short single string"),
    values: words!("false nothing true"),
    caseless: true,
    comments: &["'"],
    strings: &[DOUBLE_RAW],
    defines: &["Class", "Function", "Sub"],
    ..BLANK
};
