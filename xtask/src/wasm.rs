//! From a browser crate to the files a browser loads: glue (JavaScript), the module (WebAssembly), and the parts of it
//! that are loaded later.

mod parts;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    hash::Hash,
    say, scripts,
    workspace::{Workspace, on_path},
};

const TARGET: &str = "wasm32-unknown-unknown";
/// Part of the cache key; raise it when this file produces something else from the same input.
const RECIPE: &str = "2";

/// What current browsers have and rustc already emits. Named one by one, so that wasm-opt never introduces a newer one.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A crate that runs in the browser.
pub struct BrowserCrate {
    pub package: &'static str,
    /// Name of its assets, without extension.
    pub output: &'static str,
    /// Whether functions of it are marked to be loaded later (`app::parts`).
    has_parts: bool,
}

pub const CRATES: [BrowserCrate; 2] = [
    BrowserCrate { package: "dashboard", output: "dashboard", has_parts: true },
    BrowserCrate { package: "widget", output: "widget-panel", has_parts: false },
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Smallest files.
    Release,
    /// Shortest wait.
    Dev,
}

impl Mode {
    fn profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }
}

pub struct Built {
    /// Names the files of parts as [`Part::address`] does.
    pub glue: String,
    pub module: Vec<u8>,
    pub parts: Vec<Part>,
    /// For each name of a part in the sources the files it needs, by [`Part::name`].
    pub needs: Needs,
}

pub type Needs = BTreeMap<String, Vec<String>>;

/// A module that the glue fetches when somebody calls into it.
pub struct Part {
    pub name: String,
    pub module: Vec<u8>,
}

impl Part {
    /// How the glue names the file until it is replaced by the name with the content's hash.
    pub fn address(&self) -> String {
        format!("./{}.wasm", self.name)
    }
}

/// Adds the compiler's browser target when it is missing.
pub fn ensure_target(workspace: &Workspace) -> Result<()> {
    let sysroot = workspace.signals.capture(workspace.command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    say(format!("Adding the compiler target {TARGET}"));
    if on_path("rustup").is_none() {
        bail!("the compiler lacks the target {TARGET}, and rustup, which could add it, is not on the path");
    }
    workspace.signals.run(workspace.command("rustup").args(["target", "add", TARGET]))
}

/// Compiles one crate and makes its files, or takes them from the last build when the compiler's result is the same.
pub fn build(workspace: &Workspace, krate: &BrowserCrate, mode: Mode) -> Result<Built> {
    say(format!("Building {} (WebAssembly)", krate.package));
    let mut cargo = workspace.cargo(["rustc", "--lib", "--package", krate.package, "--target", TARGET]);
    cargo.args(["--profile", mode.profile()]);
    if krate.has_parts {
        // Taking a module apart needs to know which function names which data. Only this crate's own call of the linker
        // is concerned, so nothing else compiles twice.
        cargo.args(["--", "-Clink-arg=--emit-relocs"]);
    }
    workspace.signals.run(&mut cargo)?;

    let compiled =
        workspace.target.join(TARGET).join(mode.profile()).join(krate.package.replace('-', "_")).with_extension("wasm");
    let input = fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;

    let optimizer = match mode {
        Mode::Release => find_optimizer(workspace),
        Mode::Dev => None,
    };
    let key = Hash::of([&input[..], RECIPE.as_bytes(), fingerprint(optimizer.as_deref()).as_bytes()]).to_string();
    let cache = workspace.target.join("site-work").join(format!("{}-{}", krate.output, mode.profile()));
    let (glue_path, module_path, key_path) = (cache.join("glue.js"), cache.join("module.wasm"), cache.join("key"));
    let (parts_folder, needs_path) = (cache.join("parts"), cache.join("needs.json"));
    let read_built = || -> Result<Built> {
        let needs: Needs = serde_json::from_slice(&fs::read(&needs_path)?)?;
        let glue = fs::read_to_string(&glue_path)?;
        Ok(Built { glue, module: fs::read(&module_path)?, parts: parts::read(&parts_folder)?, needs })
    };
    if fs::read(&key_path).is_ok_and(|old| old == key.as_bytes()) {
        return read_built();
    }

    // A stopped build must not leave a key beside files it does not describe.
    if cache.exists() {
        fs::remove_dir_all(&cache)?;
    }
    fs::create_dir_all(&parts_folder)?;
    let (input, link) = if krate.has_parts {
        let taken = parts::take_apart(&input, &parts_folder)?;
        (taken.main, Some(taken.link))
    } else {
        (input, None)
    };
    let needs = link.as_ref().map(|link| link.needs.clone()).unwrap_or_default();
    let (glue, module) = bind(krate, input, mode, link)?;
    let glue = if mode == Mode::Release {
        scripts::minify(&format!("{}.js", krate.output), &glue, scripts::Kind::Module)?
    } else {
        glue
    };
    fs::write(&glue_path, glue)?;
    fs::write(&module_path, module)?;
    fs::write(&needs_path, serde_json::to_vec(&needs)?)?;
    let is_final = match optimizer {
        Some(optimizer) => {
            let mut files = parts::files(&parts_folder)?;
            files.push(module_path.clone());
            let mut is_final = true;
            for file in files {
                is_final &= optimize(workspace, &optimizer, &file)?;
            }
            is_final
        }
        None => {
            if mode == Mode::Release {
                say(
                    "Note: wasm-opt is not installed, so the WebAssembly stays larger (the npm package binaryen has it)",
                );
            }
            true
        }
    };
    if is_final {
        fs::write(&key_path, key)?;
    }
    read_built()
}

/// Writes the glue as an ES module whose default export takes the module's address:
/// `init({ module_or_path: "/assets/dashboard-<hash>.wasm" })`.
fn bind(krate: &BrowserCrate, input: Vec<u8>, mode: Mode, link: Option<parts::Link>) -> Result<(String, Vec<u8>)> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.input_bytes(krate.output, input).typescript(false).omit_default_module_path(true);
    if link.is_some() {
        // Parts share memory, table and globals with the main module, which exports them under the linker's names.
        bindgen.keep_lld_exports(true).demangle(false);
    }
    if mode == Mode::Release {
        bindgen.remove_producers_section(true).remove_name_section(true).demangle(false);
    }
    let mut output = bindgen.generate_output().with_context(|| format!("wasm-bindgen failed on {}", krate.package))?;
    // Every crate has a list, which is empty unless the crate brings JavaScript.
    let inline = output.snippets().iter().filter(|(_, files)| !files.is_empty()).map(|(name, _)| name);
    let files = inline.chain(output.local_modules().keys()).cloned().collect::<Vec<_>>();
    if !files.is_empty() {
        bail!(
            "{} depends on JavaScript files inside a crate ({}), which would need a bundler; use web-sys instead",
            krate.package,
            files.join(", ")
        );
    }
    let module = output.wasm_mut().emit_wasm();
    let glue = match link {
        Some(link) => link.join_into(output.js())?,
        None => output.js().to_owned(),
    };
    Ok((glue, module))
}

/// wasm-opt, from the npm package `binaryen` of the end-to-end tests or from the search path.
pub fn find_optimizer(workspace: &Workspace) -> Option<PathBuf> {
    let local = workspace.root.join("end2end/node_modules/.bin/wasm-opt");
    if local.is_file() { Some(local) } else { on_path("wasm-opt") }
}

/// Makes the module smaller in place; whether that worked. An old wasm-opt that refuses the module must not keep anybody
/// from building: the result is only larger, and the size limits of the tests notice.
fn optimize(workspace: &Workspace, optimizer: &Path, module: &Path) -> Result<bool> {
    let smaller = module.with_extension("opt.wasm");
    let mut command = workspace.command(optimizer);
    command
        .arg(module)
        .arg("--output")
        .arg(&smaller)
        .args(["-Oz", "--strip-debug", "--strip-producers"])
        .args(FEATURES);
    if !workspace.signals.status(&mut command)?.success() {
        say(format!("Note: {} failed, so the WebAssembly stays larger", optimizer.display()));
        return Ok(false);
    }
    fs::rename(smaller, module)?;
    Ok(true)
}

/// Size and age of the program: enough to notice an upgrade without starting it.
fn fingerprint(program: Option<&Path>) -> String {
    let facts = program.and_then(|path| fs::metadata(path).ok()).map(|meta| {
        let changed = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        format!("{} {}", meta.len(), changed.map_or(0, |age| age.as_secs()))
    });
    facts.unwrap_or_else(|| "none".to_owned())
}
