//! `leasehold backup …`: the journal of a desk as one file, and a database from such a file.

mod create;
mod restore;
mod verify;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use leasehold_store::journal::Address;
use leasehold_store::journal::backup::Summary;
use serde::Serialize;

use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::InputError;
use crate::terminal::Terminal;

/// What can be done with backups.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    Verify(verify::Args),
    Restore(restore::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Create(args) => args.run(terminal),
            Command::Verify(args) => args.run(terminal),
            Command::Restore(args) => args.run(terminal),
        }
    }
}

/// A database, as the command line names it.
fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|error: leasehold_store::journal::BadAddress| error.to_string())
}

/// Opens a backup, which may be large and is read line by line.
fn open(path: &Path) -> Result<BufReader<File>, InputError> {
    let unreadable = |source| InputError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(BufReader::new(file))
}

/// What a backup holds, for people and for machines.
#[derive(Serialize)]
struct Answer<'a> {
    /// The file or database that is told of.
    place: &'a str,
    #[serde(flatten)]
    summary: &'a Summary,
}

impl Answer<'_> {
    fn print(
        &self,
        terminal: &mut Terminal,
        format: Format,
        done: &str,
    ) -> Result<(), CommandError> {
        match format {
            Format::Json => print_json(terminal, self)?,
            Format::Text => terminal.print(&self.in_words(done))?,
        }
        Ok(())
    }

    fn in_words(&self, done: &str) -> String {
        let Summary { header, made, head, entries, items, answers, snapshot, .. } = self.summary;
        let snapshot = snapshot.map_or_else(|| "none".to_owned(), |seq| format!("at entry {seq}"));
        format!(
            "{}: {done}\n  journal of {}, {}; backup made {made}\n  entries {entries}, the last at \
             {}; items of the outbox {items}; stored answers {answers}; snapshot {snapshot}\n  \
             head {}\n",
            self.place, header.owner, header.site, head.at, head.hash
        )
    }
}
