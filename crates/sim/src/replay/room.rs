//! The owner's part of a pool, as its queue sees it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use leasehold_desk::{CommandKind, Recall, Stage};
use leasehold_planner::{NodeSet, Slots, Startable, place_job, startable};
use leasehold_types::{Instant, JobId, NodeId, Seconds, Units};

use super::ReplayError;
use super::core::Core;
use super::queue::{Room, Waiting};
use super::recalls::Watch;

/// Units that a lease will need at an instant; jobs must leave them free by then.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// When.
    pub at: Instant,
    /// How many.
    pub units: u64,
}

/// A job that runs.
#[derive(Debug, Clone, Copy)]
pub struct Running {
    /// When it will really end.
    pub end: Instant,
    /// When the scheduler believes that it will.
    pub estimated: Instant,
    /// Since when.
    pub since: Instant,
    /// In which pool.
    pub pool: u16,
}

/// The owner's jobs on their way.
#[derive(Debug, Default)]
pub struct Jobs {
    /// Those that run.
    pub running: BTreeMap<u32, Running>,
    /// Their ends, the next first; an entry that `running` does not confirm is void.
    pub ends: BinaryHeap<Reverse<(Instant, u32)>>,
    /// What is left of jobs that were interrupted.
    pub left: BTreeMap<u32, Seconds>,
    /// Seconds that each job waited; `u32::MAX` where it has not started.
    pub waits: Vec<u32>,
    /// Jobs that started with recalled units.
    pub on_recalled: u64,
}

/// A pool as its queue sees it.
pub struct PoolRoom<'r, 'a> {
    pub core: &'r mut Core<'a>,
    pub jobs: &'r mut Jobs,
    pub pool: usize,
    pub claims: &'r [Claim],
    /// Units of running jobs that end after each claim.
    pub held: &'r mut Vec<u64>,
    /// Recalls in force for the head of the queue.
    pub watch: &'r Watch,
    pub fault: Option<ReplayError>,
    now: Startable,
}

impl<'r, 'a> PoolRoom<'r, 'a> {
    /// The pool as it is now.
    pub fn new(
        core: &'r mut Core<'a>,
        jobs: &'r mut Jobs,
        pool: usize,
        claims: &'r [Claim],
        held: &'r mut Vec<u64>,
        watch: &'r Watch,
    ) -> Self {
        let now = startable(core.desk.occupancy(), pool);
        PoolRoom { core, jobs, pool, claims, held, watch, fault: None, now }
    }

    fn look(&mut self) {
        self.now = startable(self.core.desk.occupancy(), self.pool);
    }

    /// Nodes that were recalled for a job and released.
    fn set_aside(&self, job: u32) -> NodeSet {
        if self.watch.is_for(job) {
            self.core.desk.set_aside(JobId(u64::from(job)))
        } else {
            NodeSet::EMPTY
        }
    }

    /// The job on recalled nodes alone, where those that are up suffice.
    fn on_recalled(&self, job: &Waiting, also: &NodeSet) -> Option<Slots> {
        let size = u64::from(self.now.accelerators_per_node);
        let (whole, rest) = (job.units / size, job.units % size);
        let occupancy = self.core.desk.occupancy();
        let up = |node: &NodeId| {
            occupancy.holding(*node).is_some_and(|held| !held.down && held.used == 0)
        };
        let needed = usize::try_from(whole + u64::from(rest > 0)).ok()?;
        let mut nodes: Vec<NodeId> = also.iter().filter(up).take(needed).collect();
        if nodes.len() < needed || needed == 0 {
            return None;
        }
        let part = if rest > 0 { nodes.pop() } else { None };
        let rest = u8::try_from(rest).ok()?;
        Some(Slots {
            whole: nodes.into_iter().collect(),
            part: part.into_iter().map(|node| (node, rest)).collect(),
        })
    }

    fn length(&self, job: u32) -> Seconds {
        let whole = self.core.loaded.jobs.jobs[job as usize].duration;
        self.jobs.left.get(&job).copied().unwrap_or(whole)
    }

    fn started(&mut self, job: &Waiting, with_recalled: bool) {
        let now = self.core.now;
        let length = self.length(job.job);
        let end = now.saturating_add(length);
        let estimated = now.saturating_add(job.estimate);
        let pool = self.pool as u16;
        self.jobs.running.insert(job.job, Running { end, estimated, since: now, pool });
        self.jobs.ends.push(Reverse((end, job.job)));
        let wait = &mut self.jobs.waits[job.job as usize];
        if *wait == u32::MAX {
            *wait = u32::try_from(now.since(job.since).0).unwrap_or(u32::MAX - 1);
        }
        self.jobs.on_recalled += u64::from(with_recalled);
        for (claim, held) in self.claims.iter().zip(self.held.iter_mut()) {
            *held += if estimated > claim.at { job.units } else { 0 };
        }
        self.look();
    }
}

impl Room for PoolRoom<'_, '_> {
    fn free(&self) -> u64 {
        let whole = u64::from(self.now.whole_nodes) * u64::from(self.now.accelerators_per_node);
        whole + self.now.shared_units.0
    }

    fn promised(&self, job: u32) -> Vec<(Instant, u64)> {
        let recalls = self.watch.recalls_for(job).filter_map(|id| self.core.desk.recall(id));
        let mut promised: Vec<(Instant, u64)> = recalls
            .filter_map(|recall| Some((release_of(recall, self.core.now)?, recall.units.0)))
            .collect();
        promised.sort_unstable();
        promised
    }

    fn allowed(&self, units: u64, end: Instant) -> bool {
        if !self.core.pending[self.pool].is_empty() {
            return false;
        }
        let count = self.core.desk.occupancy().pool_count(self.pool);
        let own = count.job.0 + count.idle.0;
        let near = self.claims.iter().zip(self.held.iter());
        near.filter(|(claim, _)| claim.at > self.core.now && claim.at < end)
            .all(|(claim, held)| held + units + claim.units <= own)
    }

    fn prepared(&self, job: &Waiting) -> bool {
        self.watch.is_for(job.job) && self.on_recalled(job, &self.set_aside(job.job)).is_some()
    }

    fn start(&mut self, job: &Waiting) -> bool {
        if self.fault.is_some() {
            return false;
        }
        let id = JobId(u64::from(job.job));
        let also = self.set_aside(job.job);
        let fits = self.now.fits(Units(job.units));
        let placed = match self.on_recalled(job, &also) {
            Some(slots) => Some(slots),
            None if fits || !also.is_empty() => {
                place_job(self.core.desk.occupancy(), self.pool, Units(job.units), &also)
            }
            None => None,
        };
        let Some(slots) = placed else { return false };
        let with_recalled = !also.is_disjoint(&slots.nodes());
        match self.core.act_on_job(self.pool, CommandKind::JobStart { job: id, slots }) {
            Ok(()) => {
                self.started(job, with_recalled);
                true
            }
            Err(fault) => {
                self.fault = Some(fault);
                false
            }
        }
    }
}

/// When a recall's units are there for its job.
fn release_of(recall: &Recall, now: Instant) -> Option<Instant> {
    match &recall.stage {
        Stage::Released { .. } => Some(now),
        Stage::Noticed(notice) | Stage::Draining(notice) | Stage::Overdue(notice) => {
            Some(notice.release_due.max(now))
        }
        _ => None,
    }
}
