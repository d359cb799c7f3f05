//! `leasehold plan recall|offer SNAPSHOT`: what to take back for a gang, and what to offer where.

mod offer;
mod recall;
mod words;

use std::path::{Path, PathBuf};

use leasehold_planner::Fleet;
use leasehold_planner::plan::{Snapshot, check};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{name_of, read_snapshot};
use crate::terminal::Terminal;

/// What can be planned.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Recall(recall::Args),
    Offer(offer::Args),
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match self {
            Command::Recall(args) => args.run(terminal),
            Command::Offer(args) => args.run(terminal),
        }
    }
}

/// A snapshot and its fleet, each sound, and of each other.
fn open(terminal: &Terminal, path: &Path) -> Result<(Fleet, Snapshot), CommandError> {
    let fault = |message: String| CommandError::Snapshot { name: name_of(path), message };
    let text = read_snapshot(path)?;
    let snapshot: Snapshot = serde_json::from_str(&text).map_err(|e| fault(e.to_string()))?;
    let beside = path.parent().unwrap_or(Path::new(""));
    let fleet_path: PathBuf = beside.join(&snapshot.fleet);
    let fleet = super::fleet::open(terminal, &fleet_path)?;
    check(&fleet, &snapshot).map_err(|e| fault(e.to_string()))?;
    Ok((fleet, snapshot))
}
