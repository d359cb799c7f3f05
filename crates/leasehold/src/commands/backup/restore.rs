//! `leasehold backup restore FILE --database URL`

use std::path::PathBuf;

use leasehold_store::journal::Address;
use leasehold_store::journal::backup::{Until, restore};
use leasehold_types::Instant;

use super::{Answer, address, open};
use crate::commands::format::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Restore a backup into an empty database, up to a point in time.
///
/// All of the backup is checked, and the database has it whole or not at all. Tables that follow from
/// the journal are made by the server as it starts.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The backup (docs/backup.md)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The database: sqlite:PATH, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", value_parser = address)]
    database: Address,
    /// Only entries through this number
    #[arg(long, value_name = "N", conflicts_with = "at")]
    through: Option<u64>,
    /// Only entries at or before this instant, like 2026-05-03T05:00:00Z
    #[arg(long, value_name = "INSTANT")]
    at: Option<Instant>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let until = match (self.through, self.at) {
            (Some(seq), _) => Until::Seq(seq),
            (None, Some(at)) => Until::At(at),
            (None, None) => Until::End,
        };
        let summary = restore(&mut open(&self.file)?, &self.database, until)?;
        let name = self.database.to_string();
        let answer = Answer { place: &name, summary: &summary };
        answer.print(terminal, self.format, "restored")?;
        Ok(Exit::Done)
    }
}
