//! Style sheets: one file per entry point, `@import`s joined, minified, new syntax lowered for older browsers.

use std::{fmt::Display, path::Path};

use anyhow::{Error, Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};

/// The oldest browsers with `oklch()`, cascade layers and container queries: everything since spring 2023. Nesting is
/// newer, so it is lowered.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(111 << 16),
    edge: Some(111 << 16),
    firefox: Some(113 << 16),
    ie: None,
    ios_saf: Some(16 << 16 | 4 << 8),
    opera: None,
    safari: Some(16 << 16 | 4 << 8),
    samsung: None,
};

/// Bundles one style sheet.
///
/// # Errors
/// Names file, line and column of a mistake in the style sheet.
pub fn bundle(path: &Path) -> Result<Vec<u8>> {
    let files = FileProvider::new();
    let targets = Targets::from(BROWSERS);
    let mut sheet =
        Bundler::new(&files, None, ParserOptions::default()).bundle(path).map_err(|error| mistake(path, &error))?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| mistake(path, &error))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| mistake(path, &error))?;
    Ok(printed.code.into_bytes())
}

fn mistake<T: Display>(entry: &Path, error: &lightningcss::error::Error<T>) -> Error {
    match &error.loc {
        // Its lines count from zero, its columns from one.
        Some(place) => anyhow!("{}:{}:{}: {}", place.filename, place.line + 1, place.column, error.kind),
        None => anyhow!("{}: {}", entry.display(), error.kind),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bundled(files: &[(&str, &str)]) -> Result<String> {
        let folder = tempfile::tempdir()?;
        for (name, text) in files {
            fs::write(folder.path().join(name), text)?;
        }
        Ok(String::from_utf8(bundle(&folder.path().join("main.css"))?)?)
    }

    #[test]
    fn imports_are_joined_in_their_layers_and_nesting_is_lowered() {
        let css = bundled(&[
            ("main.css", "@layer reset, kit; @import './kit.css' layer(kit);"),
            ("kit.css", ".button { color: oklch(52% .15 255); &:hover { color: red; } }"),
        ]);
        assert_eq!(css.unwrap(), "@layer reset;@layer kit{.button{color:oklch(52% .15 255)}.button:hover{color:red}}");
    }

    #[test]
    fn a_mistake_is_reported_with_its_file_and_line() {
        let error =
            bundled(&[("main.css", "@import './kit.css';"), ("kit.css", "a {}\n.x { color: ; }}")]).unwrap_err();
        assert!(error.to_string().contains("kit.css:2:"), "{error}");
    }
}
