//! `leasehold journal replay FILE --fleet FLEET`: the state that a journal amounts to.

use std::path::PathBuf;
use std::sync::Arc;

use leasehold_contract::LeaseStatus;
use leasehold_desk::journal::{Replayed, replay};
use leasehold_desk::{JobStage, LeaseRecord, State};
use leasehold_planner::PoolCount;
use leasehold_types::Instant;
use serde::Serialize;

use super::open;
use crate::commands::fleet;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::name_of;
use crate::terminal::{Look, Terminal};

/// Say what state a journal amounts to.
///
/// The chain is checked, too. Two replays of one journal give the same state, to the byte.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The journal (docs/journal.md)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The fleet file by which it was written
    #[arg(long, value_name = "FLEET")]
    fleet: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let fleet = Arc::new(fleet::open(terminal, &self.fleet)?);
        let name = name_of(&self.file);
        let replayed = replay(open(&self.file)?, fleet)
            .map_err(|source| CommandError::Journal { name: name.clone(), source })?;
        let answer = Answer::of(&name, &replayed);
        match self.format {
            Format::Json => print_json(terminal, &answer)?,
            Format::Text => {
                let words = answer.in_words(terminal.results());
                terminal.print(&words)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The result, for people and for machines.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    events: u64,
    /// The instant of the last event.
    at: Option<Instant>,
    head: String,
    /// Equal exactly where two states are.
    state_digest: String,
    leases: Vec<LeaseEntry>,
    pools: Vec<PoolEntry>,
    jobs_waiting: usize,
    jobs_running: usize,
    recalls: usize,
    recalls_in_force: usize,
}

#[derive(Serialize)]
struct LeaseEntry {
    lease: String,
    version: u32,
    status: LeaseStatus,
    /// Nodes that it has, granted or recalled.
    nodes: u64,
    notices: usize,
}

#[derive(Serialize)]
struct PoolEntry {
    pool: String,
    #[serde(flatten)]
    count: PoolCount,
}

impl<'a> Answer<'a> {
    fn of(file: &'a str, replayed: &Replayed) -> Self {
        let state = &replayed.state;
        let waiting = |(_, job): &(_, &leasehold_desk::Job)| job.stage == JobStage::Waiting;
        Answer {
            file,
            events: replayed.summary.events,
            at: replayed.summary.last_at,
            head: replayed.summary.head.to_string(),
            state_digest: state.digest().to_string(),
            leases: state.leases().iter().map(|record| LeaseEntry::of(record, state)).collect(),
            pools: pools(state),
            jobs_waiting: state.jobs().filter(waiting).count(),
            jobs_running: state.jobs().filter(|job| !waiting(job)).count(),
            recalls: state.recalls().count(),
            recalls_in_force: state.recalls_in_force().count(),
        }
    }

    fn in_words(&self, look: Look) -> String {
        let at = self.at.map_or_else(|| "no event".to_owned(), |at| format!("as of {at}"));
        let mut words = format!("{}: {} events, {at}\n", look.bold(self.file), self.events);
        for lease in &self.leases {
            words += &format!(
                "  lease {}, version {}: {}, {} nodes, {} notices\n",
                lease.lease,
                lease.version,
                status_in_words(&lease.status),
                lease.nodes,
                lease.notices
            );
        }
        for pool in &self.pools {
            let c = &pool.count;
            words += &format!(
                "  pool {}: {} owned = {} down + {} jobs + {} leased + {} recalled + {} idle\n",
                pool.pool, c.owned, c.down, c.job, c.leased, c.recalled, c.idle
            );
        }
        words += &format!(
            "  jobs: {} running, {} waiting\n  recalls: {}, {} of them in force\n",
            self.jobs_running, self.jobs_waiting, self.recalls, self.recalls_in_force
        );
        words += &format!("  head  {}\n  state {}\n", self.head, self.state_digest);
        words
    }
}

impl LeaseEntry {
    fn of(record: &LeaseRecord, state: &State) -> Self {
        let (lease, at) = (record.lease(), state.now());
        LeaseEntry {
            lease: record.id.to_string(),
            version: lease.version,
            status: LeaseStatus::at(lease, Some(record.signed), &record.notices, at),
            nodes: record.tranches.iter().map(leasehold_desk::TrancheRecord::node_count).sum(),
            notices: record.notices.notices().len(),
        }
    }
}

fn pools(state: &State) -> Vec<PoolEntry> {
    let entry = |(index, pool): (usize, &leasehold_planner::Pool)| PoolEntry {
        pool: pool.id.to_string(),
        count: state.occupancy().pool_count(index),
    };
    state.fleet().pools().iter().enumerate().map(entry).collect()
}

fn status_in_words(status: &LeaseStatus) -> String {
    match status {
        LeaseStatus::Draft => "not signed".to_owned(),
        LeaseStatus::Signed => "signed".to_owned(),
        LeaseStatus::Running => "running".to_owned(),
        LeaseStatus::UnderNotice { by, ends } => format!("ends on {ends} by notice of the {by}"),
        LeaseStatus::Ended { on } => format!("ended on {on}"),
    }
}
