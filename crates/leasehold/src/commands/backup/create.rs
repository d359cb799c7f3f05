//! `leasehold backup create --database URL --out FILE`

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use leasehold_store::journal::backup::create;
use leasehold_store::journal::{Address, Journal, JournalError};
use leasehold_types::Clock;

use super::{Answer, address};
use crate::clock::WallClock;
use crate::commands::format::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Write a backup of a desk's journal, while it runs.
///
/// The file is there whole or not at all. It restores into either database.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The database: sqlite:PATH, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", value_parser = address)]
    database: Address,
    /// Where the backup goes; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        if let Address::Sqlite(path) = &self.database
            && !path.exists()
        {
            return Err(CommandError::NoDatabase(self.database.to_string()));
        }
        let journal = Journal::open(&self.database)?;
        // Under another name in the same place first, so that no half of one is ever there.
        let place = match self.out.parent() {
            Some(place) if !place.as_os_str().is_empty() => place,
            _ => Path::new("."),
        };
        let unwritable = JournalError::Unwritable;
        let mut staged = tempfile::NamedTempFile::new_in(place).map_err(unwritable)?;
        let mut out = BufWriter::new(staged.as_file_mut());
        let summary = create(&journal, WallClock.now(), &mut out)?;
        out.flush().map_err(unwritable)?;
        drop(out);
        staged.as_file().sync_all().map_err(unwritable)?;
        staged.persist(&self.out).map_err(|error| unwritable(error.error))?;
        let name = self.out.display().to_string();
        let answer = Answer { place: &name, summary: &summary };
        answer.print(terminal, self.format, "written")?;
        Ok(Exit::Done)
    }
}
