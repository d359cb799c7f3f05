//! `leasehold fleet check FILE`: whether a fleet file is sound, and what it adds up to.

use std::path::PathBuf;

use leasehold_planner::{Fleet, FleetFaults};
use serde::Serialize;

use super::Format;
use super::format::print_json;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::read_text;
use crate::terminal::{Terminal, faults};

/// What can be asked of a fleet file.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show all faults of a fleet file, or what it adds up to
    Check(CheckArgs),
}

/// Show all faults of a fleet file, or what it adds up to.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The fleet file (docs/fleet.md); `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Command {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let Command::Check(args) = self;
        args.run(terminal)
    }
}

impl CheckArgs {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let name = self.file.display().to_string();
        let text = read_text(&self.file, "a fleet")?;
        let answer = Fleet::parse(&text);
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&name, &answer))?,
            Format::Text => {
                let shown = match &answer {
                    Ok(fleet) => in_words(&name, fleet),
                    Err(found) => faults_in_words(terminal, &name, &text, found),
                };
                terminal.print(&shown)?;
            }
        }
        Ok(if answer.is_ok() { Exit::Done } else { Exit::No })
    }
}

/// The result for machines.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    ok: bool,
    faults: Vec<FaultEntry<'a>>,
    nodes: u32,
    pools: Vec<PoolEntry>,
    assumptions: &'a [String],
}

#[derive(Serialize)]
struct FaultEntry<'a> {
    line: usize,
    column: usize,
    rule: &'a str,
    remedy: &'a str,
}

#[derive(Serialize)]
struct PoolEntry {
    pool: String,
    accelerator: String,
    nodes: usize,
    units: u64,
}

impl<'a> Answer<'a> {
    fn of(file: &'a str, answer: &'a Result<Fleet, FleetFaults>) -> Self {
        let fleet = answer.as_ref().ok();
        let found = answer.as_ref().err().map_or(&[][..], |found| &found.0);
        Answer {
            file,
            ok: fleet.is_some(),
            faults: found
                .iter()
                .map(|fault| FaultEntry {
                    line: fault.line,
                    column: fault.column,
                    rule: &fault.rule,
                    remedy: &fault.remedy,
                })
                .collect(),
            nodes: fleet.map_or(0, Fleet::node_count),
            pools: fleet.map_or_else(Vec::new, pool_entries),
            assumptions: fleet.map_or(&[], Fleet::assumptions),
        }
    }
}

fn pool_entries(fleet: &Fleet) -> Vec<PoolEntry> {
    let entry = |pool: &leasehold_planner::Pool| PoolEntry {
        pool: pool.id.to_string(),
        accelerator: pool.accelerator.clone(),
        nodes: pool.nodes.len(),
        units: pool.units.0,
    };
    fleet.pools().iter().map(entry).collect()
}

fn in_words(name: &str, fleet: &Fleet) -> String {
    let units: u64 = fleet.pools().iter().map(|pool| pool.units.0).sum();
    let mut words = format!(
        "{name}: sound; {} accelerators in {} nodes, {} halls, {} sites\n",
        units,
        fleet.node_count(),
        fleet.halls().len(),
        fleet.sites().len(),
    );
    for pool in fleet.pools() {
        words +=
            &format!("  {}: {} accelerators in {} nodes\n", pool.id, pool.units, pool.nodes.len());
    }
    for assumption in fleet.assumptions() {
        words += &format!("  assumed: {assumption}\n");
    }
    words
}

fn faults_in_words(terminal: &Terminal, name: &str, text: &str, found: &FleetFaults) -> String {
    let views: Vec<faults::Fault<'_>> = found
        .0
        .iter()
        .map(|fault| faults::Fault {
            is_warning: false,
            code: None,
            message: &fault.rule,
            place: faults::Place { span: fault.span.clone(), label: "" },
            also: Vec::new(),
            rule: None,
            remedy: &fault.remedy,
        })
        .collect();
    let count = views.len();
    let noun = if count == 1 { "fault" } else { "faults" };
    format!("{}{name}: {count} {noun}\n", faults::show(terminal, name, text, &views))
}
