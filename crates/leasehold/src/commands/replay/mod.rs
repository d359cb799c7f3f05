//! `leasehold replay SCENARIO`: a fleet under lease, replayed under one policy after another.

mod papers;
mod run;
mod watch;

use std::path::PathBuf;

use clap::ValueEnum;
use leasehold_sim::figures::Policy;
use leasehold_sim::scenario::load::{Disk, Overrides};
use leasehold_types::Seed;

use super::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub(super) use run::Run;

/// Replay a scenario: a fleet, its leases, its owner's jobs and its tenants' requests.
///
/// Each policy meets the same demand. The tables go to standard output; with --out the whole
/// report is written, too. Ctrl-C ends the replay early, with a report up to there and exit code
/// 130; a second Ctrl-C ends it at once.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The scenario file (docs/scenario.md)
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// A policy to replay under, instead of those that the scenario names; may be repeated
    #[arg(long = "policy", value_name = "POLICY")]
    policies: Vec<PolicyName>,
    /// What all randomness is drawn from, instead of the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Write the report into this directory: index.html, CSV, JSON
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the desk's journal of each policy there, too; these can be large
    #[arg(long, requires = "out")]
    journal: bool,
    /// Show each policy's own tables after the comparison
    #[arg(long)]
    detail: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A policy by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyName {
    None,
    Static,
    Recallable,
}

impl From<PolicyName> for Policy {
    fn from(name: PolicyName) -> Policy {
        match name {
            PolicyName::None => Policy::None,
            PolicyName::Static => Policy::Static,
            PolicyName::Recallable => Policy::Recallable,
        }
    }
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let policies: Vec<Policy> = self.policies.into_iter().map(Policy::from).collect();
        let run = Run {
            texts: &Disk,
            scenario: &self.scenario,
            overrides: Overrides {
                seed: self.seed.map(Seed),
                policies: (!policies.is_empty()).then_some(policies),
            },
            out: self.out.as_deref(),
            journal: self.journal,
            detail: self.detail,
            format: self.format,
        };
        run.go(terminal)
    }
}
