//! `leasehold gateway replicas`: how the replicas of a gateway stand.

use leasehold_gateway::admin::Replicas;

use super::admin::Which;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// List the replicas of a gateway and how they stand
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let found: Replicas = serde_json::from_str(&self.which.call("/replicas", None)?)?;
        match self.format {
            Format::Json => print_json(terminal, &found)?,
            Format::Text => {
                terminal.print(&format!("table {}\n", found.table))?;
                for one in &found.replicas {
                    let load = format!("{}/{}", one.under_way, one.slots);
                    let (state, model) = (&one.state, &one.model);
                    let line = format!("{:<24} {state:<8} {load:>9}  {model}\n", one.replica);
                    terminal.print(&line)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}
