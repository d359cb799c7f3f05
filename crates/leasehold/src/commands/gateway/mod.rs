//! `leasehold gateway …`: serve tenants from leased capacity.

mod admin;
mod check;
mod drain;
mod engine;
mod key;
mod records;
mod replicas;
mod run;
mod top;

use std::path::{Path, PathBuf};

use leasehold_gateway::config::Config;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{name_of, read_text};
use crate::terminal::Terminal;

/// Run a gateway, or speak to one that runs
///
/// With `--config` alone it runs a gateway: it serves the APIs of OpenAI and Anthropic from engines,
/// within what each lease may use, and keeps a record of each request. docs/gateway.md describes
/// the configuration and the admission table.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// The configuration of the gateway to run (docs/gateway.md)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else can be asked of a gateway.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(check::Args),
    Drain(drain::Args),
    Return(drain::ReturnArgs),
    Replicas(replicas::Args),
    Top(top::Args),
    Records(records::Args),
    Key(key::Args),
    Engine(engine::Args),
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match (self.command, self.config) {
            (Some(Command::Check(args)), _) => args.run(terminal),
            (Some(Command::Drain(args)), _) => args.run(terminal),
            (Some(Command::Return(args)), _) => args.run(terminal),
            (Some(Command::Replicas(args)), _) => args.run(terminal),
            (Some(Command::Top(args)), _) => args.run(terminal),
            (Some(Command::Records(args)), _) => args.run(terminal),
            (Some(Command::Key(args)), _) => args.run(terminal),
            (Some(Command::Engine(args)), _) => args.run(terminal),
            (None, Some(config)) => run::run(&config, terminal),
            // clap shows the help instead.
            (None, None) => Ok(Exit::Usage),
        }
    }
}

/// Reads the configuration of a gateway.
fn read_config(path: &Path) -> Result<Config, CommandError> {
    let text = read_text(path, "the configuration of a gateway")?;
    let directory = path.parent().unwrap_or(Path::new(""));
    Config::read(&text, directory).map_err(|fault| CommandError::GatewayConfig {
        name: name_of(path),
        message: fault.to_string().trim_end().to_owned(),
    })
}
