//! `leasehold gateway check FILE`: whether a configuration and its table can be used.

use std::path::PathBuf;

use leasehold_gateway::run;

use super::read_config;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Check the configuration of a gateway, and its admission table where that is there
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration (docs/gateway.md)
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let config = read_config(&self.file)?;
        let (table, good) = match run::check_table(&config.table) {
            Ok(found) => (found, true),
            Err(fault) => (fault, false),
        };
        terminal.print(&format!(
            "{}: usable; {} addresses, state in {}\n{}: {table}\n",
            self.file.display(),
            config.listen.len(),
            config.state.display(),
            config.table.display(),
        ))?;
        Ok(if good { Exit::Done } else { Exit::No })
    }
}
