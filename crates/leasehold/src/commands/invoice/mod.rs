//! `leasehold invoice …`: invoices and credit notes one by one.

mod answer;
mod document;
mod explain;
mod list;
mod show;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub(crate) use answer::DocumentEntry;
pub(crate) use document::Document;
pub(crate) use list::in_words as list_in_words;

/// What can be asked of invoices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::Args),
    Show(show::Args),
    Explain(explain::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::List(args) => args.run(terminal),
            Command::Show(args) => args.run(terminal),
            Command::Explain(args) => args.run(terminal),
        }
    }
}
