//! `leasehold fleet check FILE`: whether a fleet file is sound, and what it adds up to.

use std::path::{Path, PathBuf};

use leasehold_planner::{Fleet, FleetFaults};
use serde::Serialize;

use super::Format;
use super::format::{count, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{name_of, read_text};
use crate::terminal::{Look, Terminal, faults};

/// What can be asked of a fleet file.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
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
        let name = name_of(&self.file);
        let text = read_text(&self.file, "a fleet")?;
        let answer = Fleet::parse(&text);
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&name, &answer))?,
            Format::Text => {
                let shown = match &answer {
                    Ok(fleet) => in_words(&name, fleet),
                    Err(found) => {
                        let shown = show(terminal.results(), &name, &text, found);
                        format!("{shown}{name}: {}\n", count(found.0.len(), "error"))
                    }
                };
                terminal.print(&shown)?;
            }
        }
        Ok(if answer.is_ok() { Exit::Done } else { Exit::No })
    }
}

/// Reads a fleet file that must be sound.
///
/// # Errors
/// [`CommandError::Input`], or [`CommandError::Faults`] with all faults of the file.
pub(super) fn open(terminal: &Terminal, path: &Path) -> Result<Fleet, CommandError> {
    let name = name_of(path);
    let text = read_text(path, "a fleet")?;
    Fleet::parse(&text).map_err(|found| CommandError::Faults {
        shown: show(terminal.remarks(), &name, &text, &found),
        name,
        what: "fleet",
        check: "leasehold fleet check",
        errors: found.0.len(),
    })
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

fn show(look: Look, name: &str, text: &str, found: &FleetFaults) -> String {
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
    faults::show(look, name, text, &views)
}
