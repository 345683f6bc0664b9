//! A text in the person's own editor. It is kept in a file of theirs until the server has it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use services::Random;

use super::interrupt::Interrupt;
use super::{Failure, Result};
use crate::config::client::Environment;
use crate::config::reason;
use crate::credentials::CredentialsError;
use crate::secrets::{create_data_dir, write_new};

/// A file that was edited. Dropping it leaves the file where it is.
pub struct Edited {
    path: PathBuf,
    pub text: String,
}

impl Edited {
    /// The server has it, or nothing was written.
    pub fn discard(self) {
        // A file that stays behind does no harm.
        let _ = fs::remove_file(&self.path);
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What failed, and where the text is.
    pub fn kept(&self, failure: Failure) -> Failure {
        failure.and(&format!("Your text is kept in {}.", self.path.display()))
    }
}

/// Opens the editor on a text and waits until it is closed.
pub fn edit(environment: &Environment, interrupt: &Interrupt, text: &str) -> Result<Edited> {
    let Some(editor) = environment.editor.as_deref() else {
        return Err(Failure::misunderstood(
            "There is no editor to open. Set VISUAL or EDITOR, or give the text in a file.",
        ));
    };
    let folder = environment.folder.as_deref().ok_or(CredentialsError::NoFolder)?.join("drafts");
    create_data_dir(&folder).map_err(|error| Failure::new(error.to_string()))?;
    let path = folder.join(format!("entry-{}.md", Random::System.token(8)));
    let unwritable = |error| Failure::new(format!("{} cannot be written: {}.", path.display(), reason(&error)));
    write_new(&path, text.trim_end()).map_err(unwritable)?;
    let closed = {
        let _open = interrupt.editor();
        command(editor, &path).status()
    };
    let mut edited = Edited { path, text: String::new() };
    let shown = editor.to_string_lossy();
    match closed {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(edited.kept(Failure::new(format!("The editor ({shown}) ended with {status}.")))),
        Err(error) => {
            let failure = format!("The editor ({shown}) cannot be started: {}.", reason(&error));
            edited.discard();
            return Err(Failure::new(failure));
        }
    }
    match fs::read_to_string(&edited.path) {
        Ok(text) => edited.text = text,
        Err(error) => return Err(edited.kept(Failure::new(format!("The text cannot be read: {}.", reason(&error))))),
    }
    Ok(edited)
}

/// The variable holds a command of a shell, perhaps with arguments, such as `code --wait`.
#[cfg(not(windows))]
fn command(editor: &OsStr, path: &Path) -> Command {
    let mut line = editor.to_owned();
    line.push(" \"$@\"");
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).arg("sh").arg(path);
    command
}

#[cfg(windows)]
fn command(editor: &OsStr, path: &Path) -> Command {
    let text = editor.to_string_lossy();
    let mut words = text.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).arg(path);
    command
}
