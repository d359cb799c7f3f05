//! A directory of books: opened, with the term sheets that people put into it.

use std::fs;
use std::path::{Path, PathBuf};

use leasehold_books::book::Policy;
use leasehold_contract::Lease;
use leasehold_store::StoreError;
use leasehold_store::directory::{Directory, Registered};

use crate::commands::{count, sheet};
use crate::error::CommandError;
use crate::input::InputError;
use crate::terminal::Terminal;

/// Term sheets that are registered together.
const SHEETS_A_BATCH: usize = 1_024;

/// Opens the directory of books at `path` and registers the term sheets that are new in it. With
/// `make`, it is made where there is none.
///
/// # Errors
/// [`CommandError`] where it cannot be opened, a term sheet is faulty, or one says otherwise than
/// when it was first read.
pub(super) fn open(
    terminal: &mut Terminal,
    path: &Path,
    make: bool,
) -> Result<Directory, CommandError> {
    let mut books = if make && !Directory::is_one(path) {
        Directory::create(path, Policy::default())?
    } else {
        Directory::open(path)?
    };
    if books.torn_bytes() > 0 {
        terminal.note(&format!(
            "note: {} of an unfinished write were cut off; none of them had been acknowledged",
            count(usize::try_from(books.torn_bytes()).unwrap_or(usize::MAX), "byte")
        ));
    }
    let sheets = sheets_in(&books.sheets())?;
    for part in sheets.chunks(SHEETS_A_BATCH) {
        let leases = part
            .iter()
            .map(|path| sheet::open(terminal, path))
            .collect::<Result<Vec<Lease>, CommandError>>()?;
        for ((lease, path), outcome) in leases.iter().zip(part).zip(books.register(&leases)?) {
            if let Registered::Different(_) = outcome {
                return Err(CommandError::Store(StoreError::Refused(format!(
                    "`{}` says otherwise than when lease `{}` was first read: a signed lease \
                     changes by an amendment, which is an event (docs/events.md); put the sheet \
                     back as it was signed",
                    path.display(),
                    lease.id
                ))));
            }
        }
    }
    Ok(books)
}

/// The term sheets of a directory, by name.
fn sheets_in(dir: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let unreadable = |source| InputError::Unreadable { path: dir.to_owned(), source };
    let mut sheets = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            sheets.push(path);
        }
    }
    sheets.sort();
    Ok(sheets)
}
