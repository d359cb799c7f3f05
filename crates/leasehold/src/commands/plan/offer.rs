//! `leasehold plan offer SNAPSHOT`: which idle units to offer, so that they are cheap to recall.

use std::path::PathBuf;

use leasehold_planner::plan::{OfferWish, plan_offer};
use leasehold_types::{PoolId, Units};

use super::words;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Advise which idle units to offer, so that later recalls are cheap.
///
/// The exit code is 1 where fewer units are idle, or can be powered, than are to be offered.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The snapshot (docs/planner.md); `-` reads standard input
    #[arg(value_name = "SNAPSHOT")]
    file: PathBuf,
    /// The pool, as `site/type`
    #[arg(long, value_name = "POOL", value_parser = |text: &str| PoolId::new(text))]
    pool: PoolId,
    /// How many units to offer
    #[arg(long, value_name = "N")]
    units: u64,
    /// How many of them will be firm
    #[arg(long, value_name = "N", default_value_t = 0)]
    firm: u64,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let (fleet, snapshot) = super::open(terminal, &self.file)?;
        let name = || crate::input::name_of(&self.file);
        let wish =
            OfferWish { pool: self.pool.clone(), units: Units(self.units), firm: Units(self.firm) };
        let Some(advice) = plan_offer(&fleet, &snapshot, &wish) else {
            let pools: Vec<&str> = fleet.pools().iter().map(|pool| pool.id.as_str()).collect();
            let message =
                format!("its fleet has no pool `{}`; use {}", wish.pool, pools.join(" or "));
            return Err(CommandError::Snapshot { name: name(), message });
        };
        match self.format {
            Format::Json => print_json(terminal, &advice)?,
            Format::Text => terminal.print(&words::advice(&advice, snapshot.currency))?,
        }
        Ok(if advice.short.is_zero() { Exit::Done } else { Exit::No })
    }
}
