//! `leasehold journal …`: what a desk's journal holds and whether it was tampered with.

mod replay;
mod verify;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::InputError;
use crate::terminal::Terminal;

/// What can be asked of a journal.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Verify(verify::Args),
    Replay(replay::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Verify(args) => args.run(terminal),
            Command::Replay(args) => args.run(terminal),
        }
    }
}

/// Opens a journal, which may be large and is read line by line.
fn open(path: &Path) -> Result<BufReader<File>, InputError> {
    let unreadable = |source| InputError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(BufReader::new(file))
}
