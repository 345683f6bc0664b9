//! Sign-ins as their owner sees them: on which device, from where, since when.

use serde::{Deserialize, Serialize};

use crate::ids::SessionId;
use crate::time::Timestamp;

/// One sign-in that still works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub session: SessionId,
    /// What the person recognises it by: "Firefox on Windows".
    pub name: String,
    pub kind: DeviceKind,
    /// The address it was last used from.
    pub ip: Option<String>,
    pub since: Timestamp,
    pub last_used_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// What a sign-in is used by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Browser,
    CommandLine,
}

impl DeviceKind {
    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            DeviceKind::Browser => "Browser",
            DeviceKind::CommandLine => "Command line",
        }
    }
}

/// Words in a user agent and the browser they belong to. The first that is found counts: browsers name those they
/// descend from as well.
const BROWSERS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("Safari/", "Safari"),
];

/// As above, for systems. Phones name the systems of desktops as well, so they come first.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// The longest name of a program that is shown, in characters.
const MAX_PROGRAM: usize = 40;

/// A user agent in plain words: "Firefox on Windows". A program that is no browser keeps its name.
pub fn describe(user_agent: Option<&str>) -> String {
    let Some(agent) = user_agent.map(str::trim).filter(|agent| !agent.is_empty()) else {
        return "Unknown device".to_owned();
    };
    let found =
        |table: &[(&str, &'static str)]| table.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    // Without this first word it is a program that names itself.
    let browser = agent.starts_with("Mozilla/").then(|| found(&BROWSERS)).flatten();
    let browser = browser.or_else(|| agent.starts_with("Opera/").then_some("Opera"));
    match (browser, found(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) if agent.starts_with("Mozilla/") => format!("Browser on {system}"),
        (None, _) => program(agent),
    }
}

/// The name before the version: `curl/8.9.1` is `curl`.
fn program(agent: &str) -> String {
    let name = agent.split(['/', '(']).next().unwrap_or_default().trim();
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_PROGRAM).collect();
    if name.is_empty() || name == "Mozilla" { "Unknown device".to_owned() } else { name }
}
