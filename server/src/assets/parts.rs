//! Which files the parts of the dashboard need.

use std::{collections::HashMap, sync::LazyLock};

use leptos::{WasmSplitManifest, prelude::ArcStoredValue};

/// For Leptos, which puts a preload link into the head of a page for each file that the page will need.
pub fn parts() -> &'static WasmSplitManifest {
    static PARTS: LazyLock<WasmSplitManifest> = LazyLock::new(|| {
        let list = super::find("dashboard-parts.json").map_or(&[][..], |asset| asset.bytes());
        // Without the site there is no list, and nothing to load ahead.
        let mut parts: HashMap<String, Vec<String>> = serde_json::from_slice(list).unwrap_or_default();
        for file in parts.values_mut().flatten() {
            // Leptos writes the ending itself.
            file.truncate(file.len() - ".wasm".len());
        }
        let glue = super::find("dashboard.js").map_or("", |asset| asset.file).to_owned();
        WasmSplitManifest(ArcStoredValue::new(("/assets".to_owned(), parts, glue)))
    });
    &PARTS
}
