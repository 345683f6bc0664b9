//! The person's browser, and what their machine is called.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use crate::config::client::Environment;

/// Opens an address; false where that surely did not work.
pub fn open(environment: &Environment, address: &str) -> bool {
    let (command, first): (OsString, &[&str]) = match &environment.browser {
        Some(browser) => (browser.clone(), &[]),
        None if !environment.has_screen => return false,
        None if cfg!(target_os = "macos") => ("open".into(), &[]),
        // `start` takes the first quoted text for a title, and `&` for the end of the command.
        None if cfg!(windows) => ("rundll32".into(), &["url.dll,FileProtocolHandler"]),
        None => ("xdg-open".into(), &[]),
    };
    let mut command = Command::new(command);
    command.args(first).arg(OsStr::new(address));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

/// The name under which the person knows this machine.
pub fn machine(environment: &Environment) -> String {
    let named = environment.machine.clone();
    let kept =
        || std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = named.or_else(|| kept().ok()).unwrap_or_default();
    match name.trim() {
        "" => "this computer".to_owned(),
        name => name.to_owned(),
    }
}
