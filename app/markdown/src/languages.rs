//! Names of programming languages: what a fence may say, what it means, and how it is shown.

/// A language with a name of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// What stands in `class="language-…"`; ASCII, lower case.
    pub(crate) id: &'static str,
    /// What readers see.
    pub(crate) name: &'static str,
    /// What else a fence may say.
    aliases: &'static [&'static str],
}

/// The language that a fence names, whatever its case.
pub(crate) fn find(word: &str) -> Option<&'static Language> {
    let same = |known: &&str| known.eq_ignore_ascii_case(word);
    LANGUAGES.iter().find(|language| same(&language.id) || language.aliases.iter().any(same))
}

const fn language(id: &'static str, name: &'static str, aliases: &'static [&'static str]) -> Language {
    Language { id, name, aliases }
}

pub(crate) const LANGUAGES: &[Language] = &[
    language("assembly", "Assembly", &["asm", "nasm"]),
    language("bash", "Shell", &["sh", "shell", "zsh", "ksh", "fish"]),
    language("c", "C", &["h"]),
    language("clojure", "Clojure", &["clj", "cljs", "edn"]),
    language("cmake", "CMake", &[]),
    language("console", "Console", &["shell-session", "shellsession", "terminal"]),
    language("cpp", "C++", &["c++", "cc", "cxx", "hpp", "hh"]),
    language("crystal", "Crystal", &["cr"]),
    language("csharp", "C#", &["cs", "c#"]),
    language("css", "CSS", &[]),
    language("dart", "Dart", &[]),
    language("diff", "Diff", &["patch"]),
    language("dockerfile", "Dockerfile", &["docker", "containerfile"]),
    language("elixir", "Elixir", &["ex", "exs"]),
    language("elm", "Elm", &[]),
    language("erlang", "Erlang", &["erl"]),
    language("fsharp", "F#", &["fs", "f#", "fsx"]),
    language("go", "Go", &["golang"]),
    language("graphql", "GraphQL", &["gql"]),
    language("groovy", "Groovy", &["gradle"]),
    language("handlebars", "Handlebars", &["hbs", "mustache"]),
    language("haskell", "Haskell", &["hs"]),
    language("hcl", "HCL", &["terraform", "tf", "nomad"]),
    language("html", "HTML", &["htm", "xhtml"]),
    language("ini", "INI", &["cfg", "conf", "properties", "env", "dotenv", "editorconfig", "systemd"]),
    language("java", "Java", &[]),
    language("javascript", "JavaScript", &["js", "mjs", "cjs", "node"]),
    language("json", "JSON", &["jsonc", "json5", "ndjson"]),
    language("jsx", "JSX", &[]),
    language("julia", "Julia", &["jl"]),
    language("kotlin", "Kotlin", &["kt", "kts"]),
    language("latex", "LaTeX", &["tex"]),
    language("less", "Less", &[]),
    language("lisp", "Lisp", &["elisp", "emacs-lisp", "scheme", "racket", "common-lisp"]),
    language("lua", "Lua", &["luau"]),
    language("makefile", "Makefile", &["make", "mk", "just", "justfile"]),
    language("markdown", "Markdown", &["md", "mdx"]),
    language("matlab", "MATLAB", &["octave"]),
    language("nginx", "nginx", &[]),
    language("nim", "Nim", &[]),
    language("nix", "Nix", &[]),
    language("objective-c", "Objective-C", &["objc", "objectivec"]),
    language("ocaml", "OCaml", &["ml"]),
    language("pascal", "Pascal", &["delphi"]),
    language("perl", "Perl", &["pl", "pm"]),
    language("php", "PHP", &[]),
    language("powershell", "PowerShell", &["ps", "ps1", "pwsh"]),
    language("protobuf", "Protocol Buffers", &["proto"]),
    language("python", "Python", &["py", "python3"]),
    language("r", "R", &["rscript"]),
    language("ruby", "Ruby", &["rb"]),
    language("rust", "Rust", &["rs"]),
    language("scala", "Scala", &["sc"]),
    language("scss", "SCSS", &["sass"]),
    language("solidity", "Solidity", &["sol"]),
    language("sql", "SQL", &["mysql", "postgres", "postgresql", "plsql", "sqlite"]),
    language("svelte", "Svelte", &[]),
    language("swift", "Swift", &[]),
    language("text", "Text", &["txt", "plaintext", "plain"]),
    language("toml", "TOML", &[]),
    language("tsx", "TSX", &[]),
    language("typescript", "TypeScript", &["ts", "mts", "cts"]),
    language("vim", "Vim script", &["viml", "vimscript"]),
    language("visual-basic", "Visual Basic", &["vb", "vbnet", "vba"]),
    language("vue", "Vue", &[]),
    language("xml", "XML", &["svg", "xsd", "xsl", "xslt", "plist", "rss"]),
    language("yaml", "YAML", &["yml"]),
    language("zig", "Zig", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_aliases_lead_to_one_name() {
        let pairs = "js mjs cjs→javascript, ts→typescript, py→python, sh shell zsh→bash, yml→yaml, cs→csharp, rb→ruby, \
                     kt kts→kotlin, rs→rust, docker→dockerfile, ps ps1→powershell, hbs→handlebars, tex→latex, \
                     gql→graphql, pl→perl, make→makefile, txt plaintext→text, objc→objective-c, fs f#→fsharp, svg→xml";
        for pair in pairs.split(", ") {
            let (aliases, id) = pair.split_once('→').unwrap();
            for alias in aliases.split(' ') {
                assert_eq!(find(alias).map(|language| language.id), Some(id), "{alias}");
            }
        }
        assert_eq!(find("RUST").map(|language| language.name), Some("Rust"));
        assert_eq!(find("brainwaves"), None);
    }

    #[test]
    fn no_word_names_two_languages() {
        let mut seen = std::collections::HashSet::new();
        for language in LANGUAGES {
            for word in [language.id].iter().chain(language.aliases) {
                assert!(seen.insert(*word), "{word}");
                assert_eq!(*word, word.to_ascii_lowercase());
            }
        }
    }
}
