//! Minified JavaScript: shorter names, no comments, no spaces.

use anyhow::{Result, bail};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

#[derive(Clone, Copy)]
pub enum Kind {
    /// With `import` and `export`.
    Module,
    /// Loaded by a plain `<script src>`.
    Script,
}

/// Minifies a script; its behaviour and its exported names stay.
///
/// # Errors
/// Names the first syntax error.
pub fn minify(name: &str, source: &str, kind: Kind) -> Result<String> {
    let allocator = Allocator::default();
    let source_type = match kind {
        Kind::Module => SourceType::mjs(),
        Kind::Script => SourceType::script(),
    };
    let parsed = Parser::new(&allocator, source, source_type).parse();
    if let Some(error) = parsed.diagnostics.first() {
        bail!("{name}: {error}");
    }
    let mut program = parsed.program;
    let names = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program).scoping;
    let printed = Codegen::new().with_options(CodegenOptions::minify()).with_scoping(names).build(&program);
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_local_names_go_and_exports_stay() {
        let source = "// why\nfunction greet(somebody) { return `hello ${somebody}`; }\nexport { greet as default };\n";
        let small = minify("a.js", source, Kind::Module).unwrap();
        assert!(!small.contains("why") && !small.contains("somebody"), "{small}");
        assert!(small.contains("default") && small.contains("hello "), "{small}");
    }

    #[test]
    fn a_syntax_error_names_the_file() {
        let error = minify("loader.js", "let = = 1", Kind::Script).unwrap_err();
        assert!(error.to_string().starts_with("loader.js: "), "{error}");
    }
}
