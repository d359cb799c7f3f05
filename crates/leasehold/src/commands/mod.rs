//! One file a command: its arguments, its work, its words.

mod completions;
mod fleet;
mod format;

use clap::Subcommand;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub(crate) use format::Format;

/// What the program can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at a fleet file
    #[command(subcommand)]
    Fleet(fleet::Command),
    /// Print completions for a shell
    Completions(completions::Args),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Fleet(command) => command.run(terminal),
            Command::Completions(args) => args.run(terminal),
        }
    }
}
