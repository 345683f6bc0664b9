//! Ctrl-C. Usually it ends the process, which leaves nothing half done: files are written whole, and a request is
//! carried out or not. While an editor is open it is the editor's. While several requests belong together, they are
//! finished first, unless it is pressed again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::output;
use crate::cli::failure::exit;

const FREE: u8 = 0;
const EDITOR: u8 = 1;
const CHANGE: u8 = 2;

pub struct Interrupt(Arc<AtomicU8>);

/// What goes on until this is dropped.
pub struct Section<'a>(&'a AtomicU8);

impl Drop for Section<'_> {
    fn drop(&mut self) {
        self.0.store(FREE, Ordering::SeqCst);
    }
}

impl Interrupt {
    pub fn listen() -> Self {
        let state = Arc::new(AtomicU8::new(FREE));
        let seen = Arc::clone(&state);
        tokio::spawn(async move {
            // Where signals cannot be listened to, Ctrl-C does what it does by default.
            while tokio::signal::ctrl_c().await.is_ok() {
                match seen.load(Ordering::SeqCst) {
                    EDITOR => {}
                    CHANGE => {
                        output::note("Finishing what was begun; Ctrl-C once more stops at once.");
                        seen.store(FREE, Ordering::SeqCst);
                    }
                    _ => std::process::exit(exit::INTERRUPTED),
                }
            }
        });
        Self(state)
    }

    pub fn editor(&self) -> Section<'_> {
        self.section(EDITOR)
    }

    pub fn change(&self) -> Section<'_> {
        self.section(CHANGE)
    }

    fn section(&self, kind: u8) -> Section<'_> {
        self.0.store(kind, Ordering::SeqCst);
        Section(&self.0)
    }
}
