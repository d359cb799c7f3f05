//! The owner's part of a pool, as its queue sees it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use leasehold_desk::{CommandKind, Recall, Stage};
use leasehold_planner::{NodeSet, Startable, place_job, startable};
use leasehold_types::{Instant, JobId, Seconds, Units};

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
        if self.watch.job() != Some(job) {
            return Vec::new();
        }
        let recalls = self.watch.recalls().filter_map(|id| self.core.desk.recall(id));
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

    fn start(&mut self, job: &Waiting) -> bool {
        if self.fault.is_some() {
            return false;
        }
        let id = JobId(u64::from(job.job));
        let also = match self.watch.job() {
            Some(held_for) if held_for == job.job => self.core.desk.set_aside(id),
            _ => NodeSet::EMPTY,
        };
        if also.is_empty() && !self.now.fits(Units(job.units)) {
            return false;
        }
        let placed = place_job(self.core.desk.occupancy(), self.pool, Units(job.units), &also);
        let Some(slots) = placed else { return false };
        let with_recalled = !also.is_disjoint(&slots.whole);
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
