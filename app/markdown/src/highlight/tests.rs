use super::*;
use crate::languages::LANGUAGES;

/// Code with `‹k:let›` around what is painted.
fn marked(language: &str, code: &str) -> String {
    let mut out = String::new();
    assert!(push(&mut out, language, code), "{language}");
    let pairs =
        [("<span class=\"t-", "‹"), ("\">", ":"), ("</span>", "›"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    pairs.into_iter().fold(out, |text, (from, to)| text.replace(from, to))
}

#[track_caller]
fn check(language: &str, code: &str, expected: &str) {
    assert_eq!(marked(language, code), expected, "{language}");
}

#[test]
fn comments_strings_numbers_and_reserved_words_are_told_apart() {
    check(
        "rust",
        "pub fn main<'a>(x: &'a str) -> Result<(), Error> {\n    let c = '\\n'; // why\n    println!(\"{x}\", r#\"a\"b\"#, 1.5e-3);\n}",
        "‹k:pub› ‹k:fn› ‹f:main›<‹v:'a›>(x: &‹v:'a› ‹t:str›) -> ‹t:Result›<(), ‹t:Error›> {\n    ‹k:let› c = ‹s:'\\n'›; ‹c:// why›\n    ‹f:println!›(‹s:\"{x}\"›, ‹s:r#\"a\"b\"#›, ‹n:1.5e-3›);\n}",
    );
    check(
        "typescript",
        "const r = await fetch(`/api/${id}`);\nif (!/^\\d+$/i.test(id)) throw new Error('no');\nreturn a / b / c;",
        "‹k:const› r = ‹k:await› ‹f:fetch›(‹s:`/api/${id}`›);\n‹k:if› (!‹s:/^\\d+$/i›.‹f:test›(id)) ‹k:throw› ‹k:new› ‹t:Error›(‹s:'no'›);\n‹k:return› a / b / c;",
    );
    check(
        "python",
        "@cache\ndef f(x: int = 3) -> None:\n    \"\"\"doc\n    \"\"\"\n    return self.items  # ok",
        "‹a:@cache›\n‹k:def› ‹f:f›(x: ‹t:int› = ‹n:3›) -> ‹v:None›:\n    ‹s:\"\"\"doc\n    \"\"\"›\n    ‹k:return› ‹v:self›.items  ‹c:# ok›",
    );
    check(
        "bash",
        "curl -fsSL https://a.example/a#b | sh # go\nif [ $# -gt 0 ]; then export A=\"$HOME/x\"; fi",
        "curl -fsSL https://a.example/a#b | sh ‹c:# go›\n‹k:if› [ ‹v:$#› -gt ‹n:0› ]; ‹k:then› ‹k:export› A=‹s:\"$HOME/x\"›; ‹k:fi›",
    );
    check("go", "func (s *Server) Run() error {", "‹k:func› (s *Server) ‹f:Run›() ‹t:error› {");
    check("sql", "SELECT id FROM users -- c", "‹k:SELECT› id ‹k:FROM› users ‹c:-- c›");
    check("c", "#include <a.h>\nint main(void)", "‹m:#include› <a.h>\n‹t:int› ‹f:main›(‹t:void›)");
    check("clojure", "(defn f [x] :a) ; c", "(‹k:defn› ‹f:f› [x] ‹v::a›) ‹c:; c›");
}

#[test]
fn files_of_settings_show_their_keys() {
    check(
        "yaml",
        "on:\n  push:\n    - uses: actions/checkout@v4\n    - run: echo \"a: b\"\n      n: 3 # c",
        "‹a:on›:\n  ‹a:push›:\n    - ‹a:uses›: actions/checkout@v4\n    - ‹a:run›: echo ‹s:\"a: b\"›\n      ‹a:n›: ‹n:3› ‹c:# c›",
    );
    check("json", "{\"a\": [1, true], \"b\": \"c\"}", "{‹a:\"a\"›: [‹n:1›, ‹v:true›], ‹a:\"b\"›: ‹s:\"c\"›}");
    check("toml", "[package]\nname = \"x\" # c", "‹t:[package]›\n‹a:name› = ‹s:\"x\"› ‹c:# c›");
    check("dockerfile", "FROM rust:1 AS build\nENV A=$B", "‹k:FROM› rust:‹n:1› ‹k:AS› build\n‹k:ENV› A=‹v:$B›");
}

#[test]
fn markup_holds_other_languages() {
    check(
        "html",
        "<a href=\"x\" hidden>b &amp; c</a><!-- d --><script>let x = 1;</script><style>a { color: red }</style>",
        "<‹k:a› ‹a:href›=‹s:\"x\"› ‹a:hidden›>b ‹v:&amp;› c</‹k:a›>‹c:<!-- d -->›<‹k:script›>‹k:let› x = ‹n:1›;</‹k:script›><‹k:style›>‹k:a› { ‹a:color›: red }</‹k:style›>",
    );
    check("diff", "@@ -1 +1 @@\n-x\n+y\n z", "‹m:@@ -1 +1 @@›\n‹d:-x›\n‹i:+y›\n z");
    check("console", "$ git push --force\nDone", "‹m:$› git push --force\nDone");
    check("scss", "$a: 1px;\n.b { margin: $a // c\n}", "‹v:$a›: ‹n:1px›;\n‹t:.b› { ‹a:margin›: ‹v:$a› ‹c:// c›\n}");
}

#[test]
fn about_sixty_languages_have_colours() {
    let without: Vec<_> = LANGUAGES.iter().map(|language| language.id).filter(|id| scanner(id).is_none()).collect();
    assert_eq!(without, ["text"]);
    assert!(LANGUAGES.len() >= 60);
}

#[test]
fn lists_of_words_are_sorted() {
    for language in LANGUAGES {
        if let Some(Scanner::General(syntax)) = scanner(language.id) {
            for words in [syntax.keywords, syntax.types, syntax.values] {
                assert!(words.is_sorted_by(|a, b| a < b), "{}: {words:?}", language.id);
                assert!(!syntax.caseless || words.iter().all(|word| *word == word.to_ascii_lowercase()));
            }
        }
    }
}

const PIECES: &[&str] = &[
    "\"", "'", "`", "\\", "/", "/*", "*/", "//", "#", "--", "-", "<!--", "-->", "<", ">", "</", "<a ", "<script>",
    "</script", "{", "}", "{{", "(", ")", "[", "]", ":", ";", "=", "$", "${", "@", "&", "&#", "%", "!", "r#\"", "'a",
    "\n", "\n- ", "\n  k: ", " ", "\t", "a", "if", "Ab", "9", "1e-", "0x", "é", "日", "🎉", "\u{A0}", "\u{301}", ".",
    "^", "~~~\n", "```\n", "$ ", "\n+", "\u{2028}",
];

/// The text is never changed, whatever is found in it.
#[test]
fn colours_leave_the_text_alone() {
    let mut seed = 7_u64;
    let mut next = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    for language in LANGUAGES.iter().filter(|language| scanner(language.id).is_some()) {
        for _ in 0..40 {
            let length = 1 + next(40);
            let code: String = (0..length).map(|_| PIECES[next(PIECES.len())]).collect();
            let mut out = String::new();
            push(&mut out, language.id, &code);
            let mut plain = out.replace("</span>", "");
            while let Some(at) = plain.find("<span class=\"t-") {
                plain.replace_range(at..at + "<span class=\"t-x\">".len(), "");
            }
            let mut expected = String::new();
            escape::push_text(&mut expected, &code);
            assert_eq!(plain, expected, "{}: {code:?}", language.id);
        }
    }
}

/// Counted in bytes looked at, so that the machine's speed plays no part.
#[test]
fn work_grows_with_the_text_in_every_language() {
    for language in LANGUAGES {
        let Some(scanner) = scanner(language.id) else {
            continue;
        };
        for first in PIECES {
            for second in ["", "a", "\n", "\""] {
                let piece = format!("{first}{second}");
                let code = piece.repeat(2000 / piece.len());
                let mut out = String::new();
                let mut painter = Painter { out: &mut out, code: &code, painted: 0, work: 0 };
                scanner.scan(&mut painter, 0, code.len());
                let work = painter.work;
                assert!(work <= code.len() * 150, "{}: {piece:?} costs {work} for {} bytes", language.id, code.len());
                assert!(out.len() <= code.len() * 40, "{}: {piece:?} becomes {} bytes", language.id, out.len());
            }
        }
    }
}

#[test]
fn listings_and_long_lines_stay_plain() {
    let mut out = String::new();
    assert!(!push(&mut out, "rust", &"let a = 1;\n".repeat(3000)));
    assert!(!push(&mut out, "rust", &"let a = 1; ".repeat(200)));
    assert!(!push(&mut out, "text", "a"));
    assert_eq!(out, "");
}
