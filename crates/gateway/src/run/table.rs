//! The admission table's file, looked at again and again: what changes is taken up within a second.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use super::Say;
use crate::admission::{TABLE_BYTES_MAX, Table, Terms};
use crate::serve::Gateway;

/// How often the file is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Looks until it is dropped.
pub(super) struct Watched {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// Takes up the table in `path`, now and whenever the file changes. A thread of its own, for a
/// table of millions of keys is not read at once.
pub(super) fn watch(gateway: Arc<Gateway>, path: PathBuf, say: Say) -> Watched {
    let mut file = TableFile { path, seen: None, told: None };
    file.look(&gateway, &say);
    let over = Arc::new(AtomicBool::new(false));
    let until = over.clone();
    let look = move || {
        while !until.load(Relaxed) {
            thread::park_timeout(LOOK_EVERY);
            file.look(&gateway, &say);
        }
    };
    Watched { over, thread: thread::Builder::new().name("table".to_owned()).spawn(look).ok() }
}

struct TableFile {
    path: PathBuf,
    /// The file that was taken up or found to be no newer table.
    seen: Option<Stamp>,
    /// What was said last of a file that could not be used.
    told: Option<String>,
}

/// By what a changed file is known.
type Stamp = (u64, Option<SystemTime>, u64);

fn stamp(about: &Metadata) -> Stamp {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(about);
    #[cfg(not(unix))]
    let inode = 0;
    (about.len(), about.modified().ok(), inode)
}

impl TableFile {
    fn look(&mut self, gateway: &Gateway, say: &Say) {
        let fault = match fs::metadata(&self.path) {
            Err(error) => Some(format!("it cannot be read: {error}")),
            Ok(about) if self.seen == Some(stamp(&about)) => None,
            Ok(about) => {
                let taken = take_up(&self.path, &about, gateway);
                // One that cannot be used is looked at again: it may be half written.
                if let Ok(news) = &taken {
                    self.seen = Some(stamp(&about));
                    say(news);
                }
                taken.err()
            }
        };
        if fault != self.told {
            if let Some(fault) = &fault {
                let version = gateway.version();
                say(&format!("`{}`: {fault}; table {version} stays in use", self.path.display()));
            }
            self.told = fault;
        }
    }
}

/// Reads the table in `path` and says what is in it.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(path: &Path) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let terms = read(path, &about)?;
    let counts = [terms.leases.len(), terms.keys.len(), terms.models.len()];
    let replicas: usize = terms.models.iter().map(|model| model.replicas.len()).sum();
    let version = terms.version;
    Table::new(terms).map_err(|bad| bad.to_string())?;
    let [leases, keys, models] = counts;
    Ok(format!(
        "version {version}; leases {leases}, keys {keys}, models {models}, replicas {replicas}"
    ))
}

/// Takes up the table of a file; gives the news, or what is wrong with it.
fn take_up(path: &Path, about: &Metadata, gateway: &Gateway) -> Result<String, String> {
    let terms = read(path, about)?;
    let version = terms.version;
    match gateway.push(terms) {
        Ok(true) => Ok(format!("table {version} is taken up")),
        Ok(false) => Ok(format!(
            "`{}` has version {version}, and table {} is in use: a newer table needs a higher one",
            path.display(),
            gateway.version()
        )),
        Err(bad) => Err(bad.to_string()),
    }
}

fn read(path: &Path, about: &Metadata) -> Result<Terms, String> {
    if about.len() > TABLE_BYTES_MAX {
        return Err(format!("it has more than {TABLE_BYTES_MAX} bytes"));
    }
    let bytes = fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    parse(path, &bytes)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Terms, String> {
    if path.extension().is_some_and(|extension| extension == "toml") {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        toml::from_str(text).map_err(|error| error.to_string())
    } else {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}
