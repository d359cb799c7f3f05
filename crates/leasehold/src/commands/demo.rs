//! `leasehold demo`: the main job, with nothing else needed.
//!
//! The scenario, its fleet and its leases are those of `examples/`, inside the binary, so the
//! demonstration runs from any directory. Its demand is generated.

use std::path::{Component, Path, PathBuf};

use leasehold_sim::scenario::ScenarioError;
use leasehold_sim::scenario::load::{Overrides, Texts};

use super::Format;
use super::replay::Run;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// The scenario of the demonstration.
const SCENARIO: &str = "examples/scenarios/lab.toml";

/// The scenario and what it names, by its path in the repository.
const FILES: [(&str, &str); 4] = [
    (SCENARIO, include_str!("../../../../examples/scenarios/lab.toml")),
    ("examples/fleets/hall-512.toml", include_str!("../../../../examples/fleets/hall-512.toml")),
    ("examples/leases/lab-chat.toml", include_str!("../../../../examples/leases/lab-chat.toml")),
    ("examples/leases/lab-batch.toml", include_str!("../../../../examples/leases/lab-batch.toml")),
];

/// Replay half a year of a 512-accelerator lab under two leases, and write a report.
///
/// The same demand is met without leases, with leases of firm units only, and with leases whose
/// units are recalled when a job of the lab waits. Nothing else is needed; the scenario is
/// examples/scenarios/lab.toml of the repository.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write the report into this directory
    #[arg(long, value_name = "DIR", default_value = "report")]
    out: PathBuf,
    /// Show each policy's own tables after the comparison
    #[arg(long)]
    detail: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let run = Run {
            texts: &Embedded,
            scenario: Path::new(SCENARIO),
            overrides: Overrides::default(),
            out: Some(&self.out),
            journal: false,
            detail: self.detail,
            format: self.format,
        };
        run.go(terminal)
    }
}

/// The texts inside the binary.
struct Embedded;

impl Texts for Embedded {
    fn read(&self, path: &Path) -> Result<String, ScenarioError> {
        let wanted = plain(path);
        let found = FILES.iter().find(|(name, _)| Path::new(name) == wanted);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| ScenarioError::Read {
            path: path.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        })
    }
}

/// The path without `..`: `examples/scenarios/../fleets` is `examples/fleets`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = plain.pop(),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_scenario_names_is_inside() {
        let read = leasehold_sim::scenario::load::load_from(
            &Embedded,
            Path::new(SCENARIO),
            Overrides::default(),
            &mut |_| {},
        );
        assert_eq!(read.unwrap().leases.len(), 2);
    }
}
