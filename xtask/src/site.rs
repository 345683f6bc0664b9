//! The site folder: every file a browser may fetch, named by its content, compressed ahead of time, listed in
//! `manifest.json`. The server's build script embeds the folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::{
    hash::Hash,
    say, scripts, styles,
    wasm::{self, Mode},
    workspace::Workspace,
};

const MANIFEST: &str = "manifest.json";

/// Style sheets by logical name. Each is an entry point; what it imports is joined into it.
const STYLES: [(&str, &str); 3] =
    [("app.css", "style/main.css"), ("public.css", "style/public.css"), ("api-docs.css", "style/api-docs.css")];
/// The scripts of rendered text, which become one file `reader.js`.
const READER_SCRIPTS: &str = "frontend/reader";
/// The widget's own scripts: `loader.js` there is `widget-loader.js` here.
const WIDGET_SCRIPTS: &str = "frontend/widget/loader";

/// What the server knows of one file, by its logical name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Name in the site folder, with the content's hash.
    pub file: String,
    pub bytes: u64,
    /// Size of the compressed sibling `<file>.br`; absent where compression gains nothing.
    pub brotli_bytes: Option<u64>,
    pub content_type: String,
}

impl Listed {
    /// What a current browser downloads.
    pub fn transfer_bytes(&self) -> u64 {
        self.brotli_bytes.unwrap_or(self.bytes)
    }
}

pub type Manifest = BTreeMap<String, Listed>;

struct Source {
    logical: String,
    content: Vec<u8>,
}

/// The folder that one kind of build fills; the two do not disturb each other.
pub fn folder(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.target.join(match mode {
        Mode::Release => "site",
        Mode::Dev => "site-dev",
    })
}

pub fn manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot understand {}", path.display()))
}

/// Builds everything for the browser and brings the site folder up to date.
pub fn build(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    wasm::ensure_target(workspace)?;
    let mut sources = Vec::new();
    for krate in &wasm::CRATES {
        sources.extend(browser_crate(krate.output, wasm::build(workspace, krate, mode)?)?);
    }
    sources.extend(style_sheets(&workspace.root)?);
    sources.extend(widget_scripts(&workspace.root, mode)?);
    sources.push(reader_script(&workspace.root, mode)?);
    let public = files_below(&workspace.root.join("public"))?;
    sources.extend(public.into_iter().map(|(logical, content)| Source { logical, content }));
    let folder = folder(workspace, mode);
    write(&folder, sources, mode)?;
    Ok(folder)
}

/// The glue, the module, its parts, and for the server a list of which part needs which files.
fn browser_crate(name: &str, built: wasm::Built) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut glue = built.glue;
    let mut files = BTreeMap::new();
    for part in built.parts {
        let address = part.address();
        let source = Source { logical: format!("{name}-{}.wasm", part.name.replace('_', "-")), content: part.module };
        let file = hashed_name(&source.logical, &source.content);
        if !glue.contains(&address) {
            bail!("the glue of {name} never loads its part {}", part.name);
        }
        // Glue and parts lie in the same folder.
        glue = glue.replace(&address, &format!("./{file}"));
        files.insert(part.name, file);
        sources.push(source);
    }
    if !files.is_empty() {
        let of = |part: &String| files.get(part).cloned().with_context(|| format!("there is no part {part}"));
        let needs = built
            .needs
            .iter()
            .map(|(name, parts)| Ok((name, parts.iter().map(of).collect::<Result<Vec<_>>>()?)))
            .collect::<Result<BTreeMap<_, _>>>()?;
        sources.push(Source { logical: format!("{name}-parts.json"), content: serde_json::to_vec(&needs)? });
    }
    sources.push(Source { logical: format!("{name}.js"), content: glue.into_bytes() });
    sources.push(Source { logical: format!("{name}.wasm"), content: built.module });
    Ok(sources)
}

fn style_sheets(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for (logical, path) in STYLES {
        let full = root.join(path);
        if full.exists() {
            sources.push(Source { logical: logical.to_owned(), content: styles::bundle(&full)? });
        } else {
            say(format!("Note: {path} does not exist, so the site has no {logical}"));
        }
    }
    Ok(sources)
}

fn widget_scripts(root: &Path, mode: Mode) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for (name, content) in files_below(&root.join(WIDGET_SCRIPTS))? {
        // The loader is what a customer's script tag names; it fetches the others as modules.
        let kind = if name == "loader.js" { scripts::Kind::Script } else { scripts::Kind::Module };
        let content = match mode {
            Mode::Release => scripts::minify(&name, std::str::from_utf8(&content)?, kind)?.into_bytes(),
            Mode::Dev => content,
        };
        sources.push(Source { logical: format!("widget-{name}"), content });
    }
    Ok(sources)
}

/// Joins the scripts of rendered text in the order of their names. A function around them keeps their names to
/// themselves.
fn reader_script(root: &Path, mode: Mode) -> Result<Source> {
    let mut files = files_below(&root.join(READER_SCRIPTS))?;
    files.sort();
    let mut joined = String::from("\"use strict\";\n(() => {\n");
    for (_, content) in &files {
        joined.push_str(std::str::from_utf8(content)?);
    }
    joined.push_str("})();\n");
    let content = match mode {
        Mode::Release => scripts::minify("reader.js", &joined, scripts::Kind::Script)?,
        Mode::Dev => joined,
    };
    Ok(Source { logical: "reader.js".to_owned(), content: content.into_bytes() })
}

/// All files below a folder, by their path in it. Hidden ones stay out; a missing folder is an empty one.
fn files_below(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            continue;
        }
        for item in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let path = item?.path();
            if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let Some(name) = path.strip_prefix(folder).ok().and_then(Path::to_str) else {
                bail!("the name of {} is not UTF-8", path.display());
            };
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push((name.to_owned(), content));
        }
    }
    Ok(files)
}

fn write(folder: &Path, sources: Vec<Source>, mode: Mode) -> Result<()> {
    fs::create_dir_all(folder)?;
    let old = manifest(folder).unwrap_or_default();
    let known = old.values().map(|listed| (listed.file.as_str(), listed)).collect::<BTreeMap<_, _>>();

    let mut new = Manifest::new();
    let mut fresh = Vec::new();
    for source in sources {
        let file = hashed_name(&source.logical, &source.content);
        let listed = match known.get(file.as_str()) {
            Some(listed) if complete(folder, listed) => (*listed).clone(),
            _ => {
                fresh.push(source.logical.clone());
                store(folder, &file, &source, mode)?
            }
        };
        if new.insert(source.logical.clone(), listed).is_some() {
            bail!("two files are called {} in the browser; rename the one in public/", source.logical);
        }
    }

    // Last, and only when something changed: the server is rebuilt whenever this file is newer than its last build.
    if new != old {
        write_whole(&folder.join(MANIFEST), &serde_json::to_vec_pretty(&new)?)?;
    }
    remove_others(folder, &new)?;
    report(&new, &fresh);
    Ok(())
}

/// `dashboard.wasm` becomes `dashboard-<hash>.wasm`, `icons/logo.svg` becomes `icons-logo-<hash>.svg`.
fn hashed_name(logical: &str, content: &[u8]) -> String {
    let flat = logical.replace('/', "-");
    let hash = Hash::of([content]).short();
    match flat.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{flat}-{hash}"),
    }
}

fn complete(folder: &Path, listed: &Listed) -> bool {
    let has = |ending: &str, bytes: Option<u64>| {
        let path = folder.join(format!("{}{ending}", listed.file));
        bytes.is_none_or(|bytes| fs::metadata(path).is_ok_and(|meta| meta.len() == bytes))
    };
    has("", Some(listed.bytes)) && has(".br", listed.brotli_bytes)
}

fn store(folder: &Path, file: &str, source: &Source, mode: Mode) -> Result<Listed> {
    let content = &source.content;
    write_whole(&folder.join(file), content)?;
    let squeezed = match mode {
        Mode::Release => Some(brotli(content)?).filter(|squeezed| squeezed.len() < content.len()),
        Mode::Dev => None,
    };
    if let Some(squeezed) = &squeezed {
        write_whole(&folder.join(format!("{file}.br")), squeezed)?;
    }
    let brotli_bytes = squeezed.map(|squeezed| squeezed.len() as u64);
    let content_type = content_type(&source.logical).to_owned();
    Ok(Listed { file: file.to_owned(), bytes: content.len() as u64, brotli_bytes, content_type })
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { size_hint: content.len(), ..Default::default() };
    let mut squeezed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut squeezed, &params)?;
    Ok(squeezed)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "avif" => "image/avif",
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Under its final name a file is always whole, even when the build is stopped here.
fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, content).with_context(|| format!("cannot write {}", path.display()))?;
    fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
}

fn remove_others(folder: &Path, manifest: &Manifest) -> Result<()> {
    let mut keep = BTreeSet::from([MANIFEST.to_owned()]);
    for Listed { file, .. } in manifest.values() {
        keep.extend([file.clone(), format!("{file}.br"), format!("{file}.gz")]);
    }
    for item in fs::read_dir(folder)? {
        let item = item?;
        if item.file_name().to_str().is_none_or(|name| !keep.contains(name)) {
            fs::remove_file(item.path())?;
        }
    }
    Ok(())
}

fn report(manifest: &Manifest, fresh: &[String]) {
    for logical in fresh {
        if let Some(listed) = manifest.get(logical) {
            say(format!("  {logical}: {} bytes, {} to download", listed.bytes, listed.transfer_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(logical: &str, content: impl Into<Vec<u8>>) -> Source {
        Source { logical: logical.to_owned(), content: content.into() }
    }

    #[test]
    fn a_changed_file_gets_a_new_name_and_the_old_one_disappears() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), vec![source("app.css", "a{}".repeat(100))], Mode::Release).unwrap();
        let before = manifest(folder.path()).unwrap()["app.css"].clone();
        write(folder.path(), vec![source("app.css", "b{}".repeat(100))], Mode::Release).unwrap();
        let after = manifest(folder.path()).unwrap()["app.css"].clone();

        assert_ne!(before.file, after.file);
        let names = fs::read_dir(folder.path()).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap());
        let expected = [MANIFEST.to_owned(), after.file.clone(), format!("{}.br", after.file)];
        assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    }

    #[test]
    fn an_unchanged_site_leaves_the_manifest_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let files = || vec![source("logo.svg", "<svg/>"), source("icons/a.svg", "<svg></svg>")];
        write(folder.path(), files(), Mode::Release).unwrap();
        let before = fs::metadata(folder.path().join(MANIFEST)).unwrap().modified().unwrap();
        write(folder.path(), files(), Mode::Release).unwrap();
        assert_eq!(fs::metadata(folder.path().join(MANIFEST)).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn compressed_siblings_unpack_to_the_original_and_exist_only_where_they_are_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let text = "the same words again and again, ".repeat(50);
        write(folder.path(), vec![source("a.txt", text.as_str()), source("b.txt", "x")], Mode::Release).unwrap();
        let manifest = manifest(folder.path()).unwrap();

        let mut unpacked = Vec::new();
        let squeezed = fs::read(folder.path().join(format!("{}.br", manifest["a.txt"].file))).unwrap();
        brotli::BrotliDecompress(&mut &squeezed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        assert_eq!(manifest["a.txt"].brotli_bytes, Some(squeezed.len() as u64));
        assert_eq!(manifest["b.txt"].brotli_bytes, None);
    }

    #[test]
    fn a_file_cut_short_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let files = || vec![source("a.txt", "a".repeat(500))];
        write(folder.path(), files(), Mode::Release).unwrap();
        let path = folder.path().join(&manifest(folder.path()).unwrap()["a.txt"].file);
        fs::write(&path, "aaa").unwrap();
        write(folder.path(), files(), Mode::Release).unwrap();
        assert_eq!(fs::read(path).unwrap().len(), 500);
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), vec![source("app.css", "a"), source("app.css", "b")], Mode::Release);
        assert!(error.unwrap_err().to_string().contains("app.css"));
    }
}
