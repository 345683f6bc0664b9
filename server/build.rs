//! Turns the site folder that `cargo xtask build` fills into a table of embedded files.
//!
//! Without `TIDINGS_SITE` the table is empty: the server still compiles and answers, it only has no files for browsers.
//! That is enough for `cargo check` and `cargo test`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// One entry of the site's `manifest.json`.
#[derive(Deserialize)]
struct Listed {
    file: String,
    brotli_bytes: Option<u64>,
    content_type: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TIDINGS_SITE");
    println!("cargo::rerun-if-env-changed=TIDINGS_DEV_RELOAD");
    println!("cargo::rustc-check-cfg=cfg(dev_reload)");
    if env::var_os("TIDINGS_DEV_RELOAD").is_some() {
        println!("cargo::rustc-cfg=dev_reload");
    }
    let table = match env::var_os("TIDINGS_SITE") {
        Some(site) => table(Path::new(&site))?,
        None => item(0, ""),
    };
    let output = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("assets.rs");
    fs::write(output, table)?;
    Ok(())
}

fn item(count: usize, assets: &str) -> String {
    format!("static ASSETS: [Asset; {count}] = [\n{assets}];\n")
}

/// The item `static ASSETS: [Asset; 2] = [..];`, in the order of the logical names.
fn table(site: &Path) -> Result<String, Box<dyn Error>> {
    let manifest = site.join("manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let text = fs::read(&manifest).map_err(|error| {
        format!(
            "TIDINGS_SITE names {}, which has no manifest.json ({error}); cargo xtask build makes it",
            site.display()
        )
    })?;
    let manifest: BTreeMap<String, Listed> = serde_json::from_slice(&text)?;

    let (count, mut table) = (manifest.len(), String::new());
    for (logical, Listed { file, brotli_bytes, content_type }) in manifest {
        let include = |ending: &str| format!("Some(include_bytes!({:?}))", site.join(format!("{file}{ending}")));
        // Few ask for the plain form, and it unpacks from the other: the binary need not carry it as well.
        let (identity, brotli) = match brotli_bytes {
            Some(_) => ("None".to_owned(), include(".br")),
            None => (include(""), "None".to_owned()),
        };
        writeln!(
            table,
            "Asset {{ logical: {logical:?}, file: {file:?}, url: {:?}, content_type: {content_type:?}, \
             identity: {identity}, brotli: {brotli}, unpacked: OnceLock::new(), gzip: OnceLock::new() }},",
            format!("/assets/{file}"),
        )?;
    }
    Ok(item(count, &table))
}
