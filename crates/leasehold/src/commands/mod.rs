//! One file a command: its arguments, its work, its words.

mod backup;
mod books;
mod completions;
mod date;
mod demo;
mod fleet;
mod format;
mod gateway;
mod generate;
mod invoice;
mod journal;
mod lease;
mod plan;
mod replay;
mod server;
mod sheet;

use clap::Subcommand;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub(crate) use server::ServerError;

pub(crate) use format::{Format, count, figure, figure_or_blank, span};

/// What the program can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Args),
    Replay(replay::Args),
    /// Check, explain and compare term sheets
    #[command(subcommand)]
    Lease(lease::Command),
    /// What the books of leases say: balances, statements, exports
    #[command(subcommand)]
    Books(books::Command),
    /// List, show and explain invoices and credit notes
    #[command(subcommand)]
    Invoice(invoice::Command),
    /// Verify and replay the journal of a desk
    #[command(subcommand)]
    Journal(journal::Command),
    /// Back up a desk's journal, check a backup, restore one
    #[command(subcommand)]
    Backup(backup::Command),
    /// Check a fleet file
    #[command(subcommand)]
    Fleet(fleet::Command),
    Gateway(gateway::Args),
    /// Plan recalls for a gang, and where to place offers
    #[command(subcommand)]
    Plan(plan::Command),
    Generate(generate::Args),
    Setup(server::SetupArgs),
    Serve(server::ServeArgs),
    /// Show how the server is configured
    #[command(subcommand)]
    Config(server::ConfigCommand),
    Completions(completions::Args),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Demo(args) => args.run(terminal),
            Command::Replay(args) => args.run(terminal),
            Command::Lease(command) => command.run(terminal),
            Command::Books(command) => command.run(terminal),
            Command::Invoice(command) => command.run(terminal),
            Command::Journal(command) => command.run(terminal),
            Command::Backup(command) => command.run(terminal),
            Command::Fleet(command) => command.run(terminal),
            Command::Gateway(args) => args.run(terminal),
            Command::Plan(command) => command.run(terminal),
            Command::Generate(args) => args.run(terminal),
            Command::Setup(args) => args.run(terminal),
            Command::Serve(args) => args.run(terminal),
            Command::Config(command) => command.run(terminal),
            Command::Completions(args) => args.run(terminal),
        }
    }
}
