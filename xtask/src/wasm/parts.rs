//! Takes one WebAssembly module apart: what starts the page, and parts that are fetched when they are first called.
//!
//! The marks are `#[wasm_split(name)]` in the sources. What several parts share and the main module does not need
//! becomes a part of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::Options;

use super::{Needs, Part};

/// The module that the main module imports its loaders from; a name that stands nowhere else.
const LINK: &str = "./tidings-parts.js";
/// The glue as the loaders import it.
const GLUE: &str = "./tidings-glue.js";

pub struct Taken {
    /// Still to be processed by wasm-bindgen.
    pub main: Vec<u8>,
    pub link: Link,
}

/// The loaders in JavaScript, as an ES module of their own.
pub struct Link {
    script: String,
    pub needs: Needs,
}

/// Leaves the parts as files in `folder`.
pub fn take_apart(input: &[u8], folder: &Path) -> Result<Taken> {
    let main_path = folder.join("main");
    let mut options = Options::new(input);
    options.output_dir = folder;
    options.main_out_path = &main_path;
    options.main_module = GLUE;
    options.link_name = LINK;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot split: {error:#}"))?;
    let main = fs::read(&main_path)?;
    let link_path = folder.join(LINK);
    let script = fs::read_to_string(&link_path)?;
    fs::remove_file(main_path)?;
    fs::remove_file(link_path)?;
    Ok(Taken { main, link: Link { script, needs: split.prefetch_map.into_iter().collect() } })
}

pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|item| Ok(item?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

pub fn read(folder: &Path) -> Result<Vec<Part>> {
    let read = |path: PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str()).context("a part without a name")?.to_owned();
        Ok(Part { name, module: fs::read(path)? })
    };
    files(folder)?.into_iter().map(read).collect()
}

impl Link {
    /// Puts the loaders into the glue. As two files they would import each other, so that neither could be named by its
    /// content; and it saves a request.
    pub fn join_into(self, glue: &str) -> Result<String> {
        let mut names = Vec::new();
        let mut body = String::new();
        for line in self.script.lines() {
            if line.starts_with("import ") {
                // What it imports is the glue's own `initSync`.
                continue;
            }
            let line = match line.strip_prefix("export const ") {
                Some(rest) => {
                    let name = rest.split_once(' ').map_or(rest, |(name, _)| name);
                    names.push(name.to_owned());
                    format!("const {rest}")
                }
                None => line.to_owned(),
            };
            body.push_str(&line);
            body.push('\n');
        }
        let ending = format!(" from \"{LINK}\"");
        let ending_quoted = format!(" from '{LINK}'");
        let mut joined = String::new();
        let mut found = false;
        for line in glue.lines() {
            let bare = line.trim_end_matches(';');
            let import = bare.strip_suffix(&ending).or_else(|| bare.strip_suffix(&ending_quoted));
            match import.and_then(|import| import.strip_prefix("import * as ")) {
                Some(name) => {
                    found = true;
                    let names = names.join(", ");
                    joined.push_str(&format!("const {name} = (() => {{\n{body}return {{ {names} }};\n}})();\n"));
                }
                None => {
                    joined.push_str(line);
                    joined.push('\n');
                }
            }
        }
        if !found {
            bail!("the glue does not import the loaders of parts: wasm-bindgen writes it in another way");
        }
        Ok(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_become_a_value_inside_the_glue() {
        let link = Link {
            script: "import { initSync } from \"./tidings-glue.js\";\nfunction load() { return initSync(); }\n\
                     export const __load_editor = load;\nexport const __load_rest = load;\n"
                .to_owned(),
            needs: Needs::new(),
        };
        let glue = format!("import * as import1 from \"{LINK}\"\nfunction initSync() {{}}\nexport {{ initSync }};\n");
        let joined = link.join_into(&glue).unwrap();
        assert!(!joined.contains("import "), "{joined}");
        assert!(joined.contains("const import1 = (() => {"), "{joined}");
        assert!(joined.contains("return { __load_editor, __load_rest };"), "{joined}");
    }

    #[test]
    fn glue_without_loaders_is_refused() {
        let link = Link { script: String::new(), needs: Needs::new() };
        assert!(link.join_into("export {};\n").is_err());
    }
}
