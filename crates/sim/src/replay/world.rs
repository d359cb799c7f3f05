//! One policy's run: the next thing that happens, again and again, until the span is over.
//!
//! At one instant the order is: windows and steps close; the desk's clock; jobs end; nodes come
//! back and fail; what changed is put to use (deliveries first, then the queues); jobs arrive;
//! waiting heads may call for recalls.

use std::cmp::Reverse;

use leasehold_contract::Lease;
use leasehold_desk::{Actor, CommandKind, EventKind, Outcome};
use leasehold_planner::{place_grant, startable};
use leasehold_types::{Instant, JobId, NodeId, Ratio, Rounding, Seconds, Units};

use super::core::Core;
use super::failures::{Outage, Outages};
use super::queue::{Queue, Started, Waiting};
use super::recalls::Watch;
use super::room::{Claim, Jobs, PoolRoom};
use super::{Observer, ReplayError};

/// The world of one policy.
pub struct World<'a> {
    pub core: Core<'a>,
    pub jobs: Jobs,
    pub queues: Vec<Queue>,
    pub watches: Vec<Watch>,
    pub counts: Counts,
    claims: Vec<Vec<Claim>>,
    held: Vec<Vec<u64>>,
    outages: Outages,
    signings: Vec<(Instant, Lease)>,
    next_job: usize,
    /// From the demand's pools to the fleet's.
    pool_of: Vec<usize>,
}

/// What happened to the owner's jobs, in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub submitted: u64,
    pub ended: u64,
    pub impossible: u64,
    pub interrupted: u64,
    pub backfilled: u64,
    pub demand: u128,
}

impl<'a> World<'a> {
    /// The world before anything happens.
    pub fn new(core: Core<'a>) -> Self {
        let loaded = core.loaded;
        let (pools, start) = (loaded.fleet.pools().len(), loaded.span.start());
        let depth = loaded.scenario.owner.backfill_depth;
        let mut signings: Vec<(Instant, Lease)> = core
            .granted
            .iter()
            .map(|g| (g.lease.start_of(g.lease.signed).max(start), g.lease.clone()))
            .collect();
        signings.sort_by_key(|(at, _)| Reverse(*at));
        let claims = claims_of(&core);
        let outages = Outages::new(
            loaded.scenario.failures,
            loaded.fleet.node_count(),
            start,
            loaded.scenario.seed,
        );
        let pool_of = loaded.jobs.pools.iter().filter_map(|p| loaded.fleet.pool_index(p)).collect();
        World {
            jobs: Jobs { waits: vec![u32::MAX; loaded.jobs.jobs.len()], ..Jobs::default() },
            queues: (0..pools).map(|_| Queue::new(depth)).collect(),
            watches: (0..pools).map(|_| Watch::default()).collect(),
            counts: Counts::default(),
            held: claims.iter().map(|c| vec![0; c.len()]).collect(),
            claims,
            outages,
            signings,
            next_job: 0,
            pool_of,
            core,
        }
    }

    /// Runs until the span is over or the observer stops it.
    pub fn run(
        &mut self,
        place: (usize, usize),
        observer: &mut dyn Observer,
    ) -> Result<(), ReplayError> {
        let end = self.core.loaded.span.end();
        loop {
            let next = self.next_at().unwrap_or(end).min(end);
            self.tell_waiting();
            if self.core.advance(next, place, observer)? || next == end {
                break;
            }
            self.happen()?;
        }
        self.core.close()
    }

    fn next_at(&self) -> Option<Instant> {
        let arrival = self.core.loaded.jobs.jobs.get(self.next_job).map(|job| job.submitted);
        let ending = self.jobs.ends.peek().map(|Reverse((at, _))| *at);
        let signing = self.signings.last().map(|(at, _)| *at);
        let due = self.core.desk.next_due();
        let retry = self.watches.iter().filter_map(Watch::next_look).min();
        let step = self.core.ledger.next_step_end(&self.core);
        [arrival, ending, signing, due, self.outages.next_at(), retry, step]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.max(self.core.now))
    }

    fn tell_waiting(&mut self) {
        for (waiting, queue) in self.core.ledger.waiting.iter_mut().zip(&self.queues) {
            *waiting = queue.waiting();
        }
    }

    /// Everything that happens at this instant.
    fn happen(&mut self) -> Result<(), ReplayError> {
        let now = self.core.now;
        while let Some((_, lease)) = self.signings.pop_if(|(at, _)| *at <= now) {
            let by = Actor::Owner("capacity desk".into());
            self.core.act(by, CommandKind::Sign { lease: lease.into() })?;
        }
        self.core.tick()?;
        self.hear();
        let mut dirty = vec![false; self.queues.len()];
        while let Some(Reverse((_, job))) = self.pop_end(now) {
            dirty[usize::from(self.end_job(job, Outcome::Completed)?)] = true;
        }
        while self.outages.next_at().is_some_and(|at| at <= now) {
            if let Some((_, outage)) = self.outages.pop() {
                self.suffer(outage)?;
            }
        }
        self.settle(&mut dirty)?;
        while let Some(job) = self.arrival(now) {
            let pool = self.submit(job)?;
            if let Some(pool) = pool {
                dirty[pool] = true;
            }
        }
        for (pool, dirty) in dirty.into_iter().enumerate() {
            if dirty || self.watches[pool].next_look().is_some_and(|at| at <= now) {
                self.consider_recall(pool)?;
            }
        }
        Ok(())
    }

    fn pop_end(&mut self, now: Instant) -> Option<Reverse<(Instant, u32)>> {
        while let Some(Reverse((at, job))) = self.jobs.ends.peek().copied().filter(|e| e.0.0 <= now)
        {
            self.jobs.ends.pop();
            if self.jobs.running.get(&job).is_some_and(|running| running.end == at) {
                return Some(Reverse((at, job)));
            }
        }
        None
    }

    /// Ends a running job; returns its pool.
    fn end_job(&mut self, job: u32, outcome: Outcome) -> Result<u16, ReplayError> {
        let now = self.core.now;
        let Some(running) = self.jobs.running.remove(&job) else { return Ok(0) };
        let pool = usize::from(running.pool);
        let id = JobId(u64::from(job));
        if self.watches[pool].is_for(job) {
            self.core.act(Actor::Scheduler, CommandKind::JobEnd { job: id, outcome })?;
            self.hear();
            self.give_back(pool, job)?;
        } else {
            self.core.act_on_job(pool, CommandKind::JobEnd { job: id, outcome })?;
        }
        self.queues[pool].ended(job, running.estimated, now);
        if outcome == Outcome::Completed {
            self.counts.ended += 1;
            self.jobs.left.remove(&job);
        }
        Ok(running.pool)
    }

    fn suffer(&mut self, outage: Outage) -> Result<(), ReplayError> {
        match outage {
            Outage::Repair(node) => {
                self.core.act(Actor::Engine, CommandKind::Repair { node })?;
            }
            Outage::Fail(node) => self.fail(node)?,
        }
        Ok(())
    }

    fn fail(&mut self, node: NodeId) -> Result<(), ReplayError> {
        self.hear();
        self.core.act(Actor::Engine, CommandKind::Fail { node })?;
        let failed = self.core.inbox.iter().filter_map(|event| match &event.kind {
            EventKind::NodeFailed { jobs, .. } => Some(jobs.clone()),
            _ => None,
        });
        let jobs: Vec<JobId> = failed.flatten().collect();
        self.hear();
        for job in jobs {
            self.interrupt(u32::try_from(job.0).unwrap_or(u32::MAX))?;
        }
        Ok(())
    }

    /// A job loses a node: it goes back to its last checkpoint and to the head of its queue.
    fn interrupt(&mut self, job: u32) -> Result<(), ReplayError> {
        let Some(running) = self.jobs.running.get(&job).copied() else { return Ok(()) };
        let (now, rules) = (self.core.now, &self.core.loaded.scenario.owner);
        let (checkpoint, restart) = (rules.checkpoint.0, rules.restart.0);
        let done = now.since(running.since).0;
        let lost = if checkpoint > 0 { done % checkpoint } else { 0 };
        let left = Seconds(running.end.since(now).0 + lost + restart);
        self.jobs.left.insert(job, left);
        let pool = usize::from(self.end_job(job, Outcome::Requeued)?);
        let units = self.core.loaded.jobs.jobs[job as usize].units.0;
        let estimate = self.estimate(left);
        self.queues[pool].resume(Waiting { job, units, estimate, since: now });
        self.counts.interrupted += 1;
        for (claim, held) in self.claims[pool].iter().zip(&mut self.held[pool]) {
            *held = self.queues[pool].running_after(claim.at);
        }
        Ok(())
    }

    fn estimate(&self, length: Seconds) -> Seconds {
        let factor = self.core.loaded.scenario.owner.estimate;
        let told = factor.checked_mul(Ratio::whole(length.0));
        let told = told.map_or(i128::from(length.0), |t| t.round(Rounding::HalfAway));
        Seconds(i64::try_from(told).unwrap_or(length.0).max(length.0).max(1))
    }

    /// Puts changed capacity to use until nothing changes any more.
    fn settle(&mut self, dirty: &mut [bool]) -> Result<(), ReplayError> {
        for (pool, dirty) in dirty.iter_mut().enumerate() {
            if std::mem::take(&mut self.core.disturbed[pool]) {
                self.queues[pool].disturb();
                *dirty = true;
            }
            if *dirty {
                self.deliver(pool)?;
                self.pass(pool)?;
            }
        }
        Ok(())
    }

    /// Delivers what is due and free.
    fn deliver(&mut self, pool: usize) -> Result<(), ReplayError> {
        let pending = std::mem::take(&mut self.core.pending[pool]);
        for mut due in pending {
            let now = startable(self.core.desk.occupancy(), pool);
            let size = u64::from(now.accelerators_per_node);
            let most = (u64::from(now.whole_nodes) * size).min(due.units.div_ceil(size) * size);
            let nodes = place_grant(self.core.desk.occupancy(), pool, Units(most));
            if let Some(nodes) = nodes.filter(|_| most > 0) {
                due.units = due.units.saturating_sub(most);
                let (lease, tranche) = (due.lease.clone(), due.tranche.clone());
                self.core.act(Actor::Engine, CommandKind::Deliver { lease, tranche, nodes })?;
            }
            if due.units > 0 {
                self.core.pending[pool].push(due);
            }
        }
        self.core.disturbed[pool] = false;
        Ok(())
    }

    /// Lets the queue of a pool start what may start.
    pub fn pass(&mut self, pool: usize) -> Result<(), ReplayError> {
        let now = self.core.now;
        let (claims, held) = (&self.claims[pool], &mut self.held[pool]);
        let watch = &self.watches[pool];
        let mut room = PoolRoom::new(&mut self.core, &mut self.jobs, pool, claims, held, watch);
        let started = self.queues[pool].pass(now, &mut room);
        let fault = room.fault.take();
        self.after_start(pool, &started, fault)
    }

    fn after_start(
        &mut self,
        pool: usize,
        started: &[Started],
        fault: Option<ReplayError>,
    ) -> Result<(), ReplayError> {
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.hear();
        for start in started {
            self.counts.backfilled += u64::from(start.backfilled);
            if self.watches[pool].is_for(start.job) {
                self.release_unneeded(pool, start.job)?;
            }
        }
        Ok(())
    }

    fn arrival(&mut self, now: Instant) -> Option<usize> {
        let next = self.core.loaded.jobs.jobs.get(self.next_job)?;
        let come = next.submitted <= now;
        self.next_job += usize::from(come);
        come.then(|| self.next_job - 1)
    }

    /// Submits a job; returns its pool, or nothing where the pool could never hold it.
    fn submit(&mut self, index: usize) -> Result<Option<usize>, ReplayError> {
        let job = self.core.loaded.jobs.jobs[index];
        let pool = self.pool_of[usize::from(job.pool)];
        self.counts.submitted += 1;
        self.counts.demand += job.work().0;
        if job.units > self.core.loaded.fleet.pools()[pool].units {
            self.counts.impossible += 1;
            return Ok(None);
        }
        let expected = self.estimate(job.duration);
        let kind = CommandKind::JobSubmit {
            job: JobId(index as u64),
            pool: self.core.loaded.fleet.pools()[pool].id.clone(),
            units: job.units,
            expected,
        };
        self.core.act_on_job(pool, kind)?;
        let now = self.core.now;
        let waiting =
            Waiting { job: index as u32, units: job.units.0, estimate: expected, since: now };
        let (claims, held) = (&self.claims[pool], &mut self.held[pool]);
        let watch = &self.watches[pool];
        let mut room = PoolRoom::new(&mut self.core, &mut self.jobs, pool, claims, held, watch);
        let started = self.queues[pool].arrive(waiting, now, &mut room);
        let fault = room.fault.take();
        self.after_start(pool, &started, fault)?;
        Ok(Some(pool))
    }
}

/// What the leases will need of each pool, and when.
fn claims_of(core: &Core<'_>) -> Vec<Vec<Claim>> {
    let mut claims: Vec<Vec<Claim>> = vec![Vec::new(); core.loaded.fleet.pools().len()];
    for granted in &core.granted {
        for tranche in &granted.lease.tranches {
            if let Some(pool) = core.loaded.fleet.pool_index(&tranche.pool) {
                let at = granted.lease.start_of(tranche.delivery);
                claims[pool].push(Claim { at, units: tranche.units.0 });
            }
        }
    }
    for pool in &mut claims {
        pool.sort_by_key(|claim| claim.at);
        // What is needed at an instant includes what came due shortly before and is not yet held;
        // units that are held already are not the owner's any more and need no claim.
        pool.dedup_by(|later, earlier| {
            let same = later.at == earlier.at;
            earlier.units += if same { later.units } else { 0 };
            same
        });
    }
    claims
}
