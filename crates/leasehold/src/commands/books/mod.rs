//! `leasehold books …`: what the books of leases say at a date, and in the formats of others.
//!
//! Every command over the books is given the same things: term sheets as signed, what happened to
//! them, and a day (`history`). It runs the books from the beginning; nothing is kept between two
//! calls. But for `ingest` and `close`: they keep the books in a directory (docs/books.md).

mod close;
mod directory;
mod disclose;
mod events;
mod export;
mod history;
mod ingest;
mod statement;
mod trial_balance;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub(crate) use export::formats;
pub(crate) use history::{History, Run, Told};
pub(crate) use statement::sides;

/// What can be asked of the books.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Ingest(ingest::Args),
    Close(close::Args),
    TrialBalance(trial_balance::Args),
    Statement(statement::Args),
    Disclose(disclose::Args),
    Export(export::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Ingest(args) => args.run(terminal),
            Command::Close(args) => args.run(terminal),
            Command::TrialBalance(args) => args.run(terminal),
            Command::Statement(args) => args.run(terminal),
            Command::Disclose(args) => args.run(terminal),
            Command::Export(args) => args.run(terminal),
        }
    }
}
