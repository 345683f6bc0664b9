//! Two page loads in a real browser with nothing stored.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{
    tools,
    workspace::{Workspace, on_path},
};

#[derive(Deserialize)]
pub struct Loads {
    /// The public list page.
    pub reader: Load,
    /// The first page of the dashboard, signed in.
    pub home: Load,
    /// Whether the text of the newest entry was in the first answer.
    pub has_text: bool,
}

#[derive(Deserialize)]
pub struct Load {
    pub requests: u32,
    /// Over the wire, heads of answers included.
    pub bytes: u64,
    /// Milliseconds until the first text or image was drawn.
    pub paint: f64,
    errors: Vec<String>,
}

pub fn load(workspace: &Workspace, address: &str, page: &str, word: &str, sign_in: (&str, &str)) -> Result<Loads> {
    tools::node_packages(workspace)?;
    let node = on_path("node").context("node is missing")?;
    let mut command = workspace.command(node);
    command.current_dir(workspace.root.join("end2end"));
    command.arg(workspace.root.join("xtask/src/bench/browser.mjs"));
    command.args([address, page, word, sign_in.0, sign_in.1]);
    if let Some(browser) = tools::chromium(workspace)? {
        command.env("CHROMIUM_PATH", browser);
    }
    let answer = workspace.signals.capture(&mut command)?;
    let line = answer.lines().last().unwrap_or_default();
    let loads: Loads = serde_json::from_str(line).with_context(|| format!("the browser said: {answer}"))?;
    if let Some(error) = loads.reader.errors.iter().chain(&loads.home.errors).next() {
        bail!("a page has an error in its script: {error}");
    }
    Ok(loads)
}
