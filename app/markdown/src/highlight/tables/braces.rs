//! Languages in the manner of C.

use super::words;
use crate::highlight::syntax::{
    BACKTICK, BACKTICK_RAW, BRACES, DOUBLE, DOUBLE_LINES, SINGLE, SINGLE_LINES, Sign, Syntax, TRIPLE, TRIPLE_SINGLE,
    VERBATIM,
};

pub(in crate::highlight) const C: Syntax = Syntax {
    keywords: words!(
        "_Atomic _Static_assert auto break case const continue default do else enum extern for goto if inline \
         register restrict return sizeof static static_assert struct switch typedef union volatile while"
    ),
    types: words!(
        "bool char double float int int16_t int32_t int64_t int8_t long short signed size_t ssize_t uint16_t \
         uint32_t uint64_t uint8_t unsigned void wchar_t"
    ),
    values: words!("NULL false nullptr true"),
    hash: Sign::Meta,
    capitals: false,
    ..BRACES
};

pub(in crate::highlight) const CPP: Syntax = Syntax {
    keywords: words!(
        "alignas and auto break case catch class co_await co_return co_yield concept const const_cast \
         consteval constexpr constinit continue decltype default delete do dynamic_cast else enum explicit \
         export extern final for friend goto if import inline module mutable namespace new noexcept not \
         operator or override private protected public register reinterpret_cast requires restrict return \
         sizeof static static_cast struct switch template this thread_local throw try typedef typeid typename \
         union using virtual volatile while"
    ),
    types: words!(
        "auto bool char double float int int16_t int32_t int64_t int8_t long short signed size_t ssize_t \
         string uint16_t uint32_t uint64_t uint8_t unsigned void wchar_t"
    ),
    values: words!("NULL false nullptr true"),
    hash: Sign::Meta,
    ..BRACES
};

pub(in crate::highlight) const OBJECTIVE_C: Syntax = Syntax {
    keywords: words!(
        "auto break case const continue default do else enum extern for goto if in inline register restrict \
         return self sizeof static struct super switch typedef union volatile while"
    ),
    types: words!(
        "BOOL bool char double float id instancetype int int16_t int32_t int64_t int8_t long short signed \
         size_t ssize_t uint16_t uint32_t uint64_t uint8_t unsigned void wchar_t"
    ),
    values: words!("NO NULL YES nil"),
    hash: Sign::Meta,
    at: Sign::Attribute,
    ..BRACES
};

pub(in crate::highlight) const CSHARP: Syntax = Syntax {
    keywords: words!(
        "abstract add as async await base break case catch checked class const continue default delegate do \
         else enum event explicit extern finally fixed for foreach from get global goto group if implicit in \
         init interface internal into is join let lock namespace new operator orderby out override params \
         partial private protected public readonly record ref remove required return sealed select set sizeof \
         stackalloc static struct switch throw try typeof unchecked unsafe using value virtual volatile when \
         where while with yield"
    ),
    types: words!(
        "bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint ulong \
         ushort var void"
    ),
    hash: Sign::Meta,
    strings: &[TRIPLE, VERBATIM, DOUBLE, SINGLE],
    ..BRACES
};

pub(in crate::highlight) const JAVA: Syntax = Syntax {
    keywords: words!(
        "abstract assert break case catch class continue default do else enum extends final finally for if \
         implements import instanceof interface native new non-sealed package permits private protected \
         public record return sealed static strictfp super switch synchronized throw throws transient try \
         volatile while yield"
    ),
    types: words!("boolean byte char double float int long short var void"),
    at: Sign::Attribute,
    strings: &[TRIPLE, DOUBLE, SINGLE],
    ..BRACES
};

pub(in crate::highlight) const JAVASCRIPT: Syntax = Syntax {
    keywords: words!(
        "as async await break case catch class const continue debugger default delete do else export extends \
         finally for from function get if import in instanceof let new of return set static super switch \
         throw try typeof using var void while with yield"
    ),
    values: words!("Infinity NaN false null this true undefined"),
    strings: &[DOUBLE, SINGLE, BACKTICK],
    regex: true,
    at: Sign::Attribute,
    word: b"$",
    ..BRACES
};

pub(in crate::highlight) const TYPESCRIPT: Syntax = Syntax {
    keywords: words!(
        "abstract accessor as asserts async await break case catch class const continue debugger declare \
         default delete do else enum export extends finally for from function get if implements import in \
         infer instanceof interface is keyof let namespace new of override private protected public readonly \
         return satisfies set static super switch throw try type typeof unique using var void while with \
         yield"
    ),
    types: words!("any bigint boolean never number object string symbol unknown void"),
    values: words!("Infinity NaN false null this true undefined"),
    strings: &[DOUBLE, SINGLE, BACKTICK],
    regex: true,
    at: Sign::Attribute,
    word: b"$",
    ..BRACES
};

pub(in crate::highlight) const GO: Syntax = Syntax {
    keywords: words!(
        "break case chan const continue default defer else fallthrough for func go goto if import interface \
         map package range return select struct switch type var"
    ),
    types: words!(
        "any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 int8 rune \
         string uint uint16 uint32 uint64 uint8 uintptr"
    ),
    values: words!("false iota nil true"),
    strings: &[DOUBLE, SINGLE, BACKTICK_RAW],
    capitals: false,
    ..BRACES
};

pub(in crate::highlight) const RUST: Syntax = Syntax {
    keywords: words!(
        "as async await break const continue crate dyn else enum extern fn for if impl in let loop macro \
         match mod move mut pub ref return static struct super trait type union unsafe use where while yield"
    ),
    types: words!("bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize"),
    values: words!("Self false self true"),
    rust: true,
    strings: &[DOUBLE_LINES],
    hash: Sign::Nothing,
    ..BRACES
};

pub(in crate::highlight) const KOTLIN: Syntax = Syntax {
    keywords: words!(
        "abstract actual annotation as break by catch class companion const constructor continue crossinline \
         data do else enum expect external final finally for fun get if import in infix init inline inner \
         interface internal is lateinit noinline object open operator out override package private protected \
         public reified return sealed set super suspend tailrec throw try typealias val var vararg when where \
         while"
    ),
    at: Sign::Attribute,
    strings: &[TRIPLE, DOUBLE, SINGLE],
    defines: &["class", "fun", "interface", "object", "typealias"],
    ..BRACES
};

pub(in crate::highlight) const SWIFT: Syntax = Syntax {
    keywords: words!(
        "actor any as associatedtype async await break case catch class continue convenience default defer \
         deinit didSet do else enum extension fallthrough fileprivate final for func get guard if import in \
         indirect init inout internal is isolated lazy let mutating nonisolated open operator optional \
         override private protocol public repeat required rethrows return set some static struct subscript \
         super switch throw throws try typealias unowned var weak where while willSet"
    ),
    values: words!("Self false nil self true"),
    at: Sign::Attribute,
    hash: Sign::Meta,
    strings: &[TRIPLE, DOUBLE],
    ..BRACES
};

pub(in crate::highlight) const SCALA: Syntax = Syntax {
    keywords: words!(
        "abstract case catch class def derives do else end enum export extends extension final finally for \
         given if implicit import inline lazy match new object opaque open override package private protected \
         return sealed super then throw trait transparent try type using val var while with yield"
    ),
    at: Sign::Attribute,
    strings: &[TRIPLE, DOUBLE, SINGLE],
    ..BRACES
};

pub(in crate::highlight) const DART: Syntax = Syntax {
    keywords: words!(
        "abstract as assert async await base break case catch class const continue covariant default deferred \
         do else enum export extends extension external factory final finally for get hide if implements \
         import in interface is late library mixin new on operator part required rethrow return sealed set \
         show static super switch sync throw try typedef var when while with yield"
    ),
    types: words!("bool double dynamic int num void"),
    at: Sign::Attribute,
    strings: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
    ..BRACES
};

pub(in crate::highlight) const PHP: Syntax = Syntax {
    keywords: words!(
        "abstract and array as break callable case catch class clone const continue declare default do echo \
         else elseif enum exit extends final finally fn for foreach function global goto if implements \
         include include_once instanceof insteadof interface isset list match namespace new or print private \
         protected public readonly require require_once return static switch throw trait try unset use var \
         while xor yield"
    ),
    types: words!("bool float int iterable mixed never object string void"),
    values: words!("false null parent self true"),
    comments: &["//", "#"],
    dollar: true,
    strings: &[DOUBLE_LINES, SINGLE_LINES],
    ..BRACES
};

pub(in crate::highlight) const GROOVY: Syntax = Syntax {
    keywords: words!(
        "abstract as assert break case catch class continue def default do else enum extends final finally \
         for if implements import in instanceof interface new package private protected public return static \
         super switch throw throws trait try void while"
    ),
    types: words!("boolean byte char double float int long short"),
    at: Sign::Attribute,
    strings: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
    ..BRACES
};

pub(in crate::highlight) const ZIG: Syntax = Syntax {
    keywords: words!(
        "align allowzero and anytype asm async await break callconv catch comptime const continue defer else \
         enum errdefer error export extern fn for if inline linksection noalias nosuspend opaque or orelse \
         packed pub resume return struct suspend switch test threadlocal try union unreachable usingnamespace \
         var volatile while"
    ),
    types: words!("anyerror anyopaque bool f16 f32 f64 i16 i32 i64 i8 isize noreturn type u16 u32 u64 u8 usize void"),
    values: words!("false null true undefined"),
    at: Sign::Attribute,
    block_comments: &[],
    ..BRACES
};

pub(in crate::highlight) const SOLIDITY: Syntax = Syntax {
    keywords: words!(
        "abstract anonymous as assembly break calldata catch constant constructor continue contract delete do \
         else emit enum error event external fallback for function if immutable import indexed interface \
         internal is library mapping memory modifier new override payable pragma private public pure receive \
         return returns revert storage struct try type unchecked using view virtual while"
    ),
    types: words!("address bool bytes bytes32 int int256 string uint uint256 uint8"),
    ..BRACES
};

pub(in crate::highlight) const PROTOBUF: Syntax = Syntax {
    keywords: words!(
        "edition enum extend extensions group import map message oneof option optional package public \
         repeated required reserved returns rpc service stream syntax to weak"
    ),
    types: words!(
        "bool bytes double fixed32 fixed64 float int32 int64 sfixed32 sfixed64 sint32 sint64 string uint32 \
         uint64"
    ),
    ..BRACES
};
