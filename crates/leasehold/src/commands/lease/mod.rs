//! `leasehold lease …`: what a term sheet says and whether it is sound.

mod bill;
mod check;
mod diff;
mod explain;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// What can be asked of term sheets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Explain(explain::Args),
    Diff(diff::Args),
    Bill(bill::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Check(args) => args.run(terminal),
            Command::Explain(args) => args.run(terminal),
            Command::Diff(args) => args.run(terminal),
            Command::Bill(args) => args.run(terminal),
        }
    }
}
