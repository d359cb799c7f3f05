//! Ctrl-C: the first asks for an early end, the second ends at once.
//!
//! A replay that is asked to end finishes a report of what it has. Where there is nothing to
//! finish, the first Ctrl-C ends at once, too.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::exit::Exit;

/// The wish to end early.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    /// Whether somebody heeds the wish.
    heeded: Arc<AtomicBool>,
    /// Whether whoever heeds it says so itself.
    quiet: Arc<AtomicBool>,
    wished: Arc<AtomicBool>,
    /// Unfinished files, not to be left behind when the program ends at once.
    unfinished: Arc<Mutex<Vec<PathBuf>>>,
}

impl Interrupt {
    /// Begins to listen for Ctrl-C and for the system's polite request to end.
    ///
    /// Where the system lets nobody listen, the wish is never there and Ctrl-C ends at once.
    pub(crate) fn listen() -> Self {
        let interrupt = Interrupt::default();
        let heard = interrupt.clone();
        let _ = ctrlc::set_handler(move || heard.hear());
        interrupt
    }

    /// From here on the wish is heeded: something looks at [`Interrupt::wished`] now and then.
    pub(crate) fn heed(&self) {
        self.heeded.store(true, Ordering::SeqCst);
    }

    /// As [`Interrupt::heed`], for a server, which says itself that it stops.
    pub(crate) fn heed_quietly(&self) {
        self.quiet.store(true, Ordering::SeqCst);
        self.heed();
    }

    /// Whether to end early.
    pub(crate) fn wished(&self) -> bool {
        self.wished.load(Ordering::Relaxed)
    }

    /// Removes `path`, an unfinished file, where the program has to end at once.
    pub(crate) fn remove_at_end(&self, path: &Path) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    }

    fn hear(&self) {
        let first = !self.wished.swap(true, Ordering::SeqCst);
        if !(first && self.heeded.load(Ordering::SeqCst)) {
            for path in self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                let _ = fs::remove_file(path);
            }
            process::exit(Exit::Interrupted as i32);
        }
        if self.quiet.load(Ordering::SeqCst) {
            return;
        }
        let _ = writeln!(
            std::io::stderr().lock(),
            "\nstopping: the report will hold up to here; press Ctrl-C again to end at once"
        );
    }
}
