//! `leasehold plan recall SNAPSHOT`: the cheapest lawful recall for a gang.

use std::path::PathBuf;

use leasehold_planner::plan::{Effort, plan_recall};
use leasehold_types::Units;

use super::words;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Plan the cheapest lawful recall for the gang that a snapshot asks for.
///
/// The exit code is 1 where there is no plan: the rules that bind are named.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The snapshot (docs/planner.md); `-` reads standard input
    #[arg(value_name = "SNAPSHOT")]
    file: PathBuf,
    /// Ask for so many units instead of the snapshot's own number
    #[arg(long, value_name = "N")]
    units: Option<u64>,
    /// Search until the gap to the bound is proven to be at most 0.1 %
    #[arg(long)]
    exact: bool,
    /// Show also what cannot be had and why, and the next best plan
    #[arg(long)]
    explain: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let (fleet, snapshot) = super::open(terminal, &self.file)?;
        let name = || crate::input::name_of(&self.file);
        let Some(mut demand) = snapshot.demand.clone() else {
            let message = "it has no `demand`; add one, as docs/planner.md says".to_owned();
            return Err(CommandError::Snapshot { name: name(), message });
        };
        demand.units = self.units.map_or(demand.units, Units);
        let effort = if self.exact { Effort::EXACT } else { Effort::Fast };
        let plan = plan_recall(&fleet, &snapshot, &demand, effort);
        match self.format {
            Format::Json => print_json(terminal, &plan)?,
            Format::Text => {
                terminal.print(&words::plan(&plan, snapshot.currency))?;
                if self.explain {
                    terminal.print(&words::reasons(&plan, snapshot.currency))?;
                } else if plan.starts_at.is_none() {
                    terminal.print(&words::binding(&plan))?;
                }
            }
        }
        Ok(if plan.starts_at.is_some() { Exit::Done } else { Exit::No })
    }
}
