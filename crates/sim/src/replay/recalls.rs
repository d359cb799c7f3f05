//! When a waiting job calls for a recall, and what becomes of the units.
//!
//! A recall is ordered for the job at the head of a queue, where the job would otherwise wait
//! longer by at least `least_gain`, where lawful offers cover all that it lacks, and where it will
//! be done before the units must go back. The planner chooses the cheapest offers; the desk admits
//! them or not. Units that the job does not need after all go back at once, and all of them as the
//! job ends.

use std::collections::BTreeSet;

use leasehold_desk::{Actor, Command, CommandKind, EventKind, Offering, RecallRequest, Take};
use leasehold_planner::place_shortfall;
use leasehold_planner::recall::{Need, Plan, plan_recall};
use leasehold_types::{Instant, JobId, RecallId, Seconds, Units};

use super::ReplayError;
use super::world::World;
use crate::figures::Policy;

/// How long a head that could not be helped waits before it is looked at again.
pub const LOOK_AGAIN: Seconds = Seconds::from_hours(1);

/// What is known of a pool's recalls.
#[derive(Debug, Default)]
pub struct Watch {
    job: Option<u32>,
    recalls: BTreeSet<RecallId>,
    looked_at: Option<u32>,
    look_again: Option<Instant>,
}

impl Watch {
    /// The job for which recalls are in force.
    pub fn job(&self) -> Option<u32> {
        self.job
    }

    /// The recalls in force for it.
    pub fn recalls(&self) -> impl Iterator<Item = RecallId> + '_ {
        self.recalls.iter().copied()
    }

    /// When to look at the head of the queue again.
    pub fn next_look(&self) -> Option<Instant> {
        self.look_again
    }
}

impl World<'_> {
    /// Looks at the head of a pool's queue and orders recalls for it where that is lawful and
    /// worth it.
    pub fn consider_recall(&mut self, pool: usize) -> Result<(), ReplayError> {
        let now = self.core.now;
        let watch = &mut self.watches[pool];
        let head = self.queues[pool].head().copied();
        let Some(head) = head.filter(|_| self.core.policy == Policy::Recallable) else {
            watch.look_again = None;
            return Ok(());
        };
        let again = watch.look_again.is_none_or(|at| at <= now);
        if watch.job.is_some() || (watch.looked_at == Some(head.job) && !again) {
            return Ok(());
        }
        (watch.looked_at, watch.look_again) = (Some(head.job), None);
        let rules = &self.core.loaded.scenario.recall;
        if head.estimate < rules.least_duration || head.units < rules.least_units {
            return Ok(());
        }
        let lacks = place_shortfall(self.core.desk.occupancy(), pool, Units(head.units));
        if lacks.is_zero() {
            return Ok(());
        }
        let length = head.estimate;
        match self.plan(pool, lacks, length)? {
            Ok((plan, offers)) => self.order(pool, head.job, length, lacks, &plan, &offers),
            Err(reason) => {
                self.core.tally.refused(reason);
                self.watches[pool].look_again = Some(now.saturating_add(LOOK_AGAIN));
                Ok(())
            }
        }
    }

    /// The cheapest lawful recall that covers what is lacking, or why there is none.
    fn plan(
        &mut self,
        pool: usize,
        lacks: Units,
        length: Seconds,
    ) -> Result<Result<(Plan, Vec<Offering>), &'static str>, ReplayError> {
        let core = &self.core;
        let (now, rules) = (core.now, &core.loaded.scenario.recall);
        let id = &core.loaded.fleet.pools()[pool].id;
        let offered = core.desk.recall_offers(id, rules.trigger, now);
        let mut offers = offered.map_err(|error| ReplayError::Money {
            lease: error.lease.to_string(),
            message: error.to_string(),
        })?;
        if offers.is_empty() {
            return Ok(Err("no lease allows a recall in this pool now"));
        }
        let waits_until = self.queues[pool].shadow();
        let in_time = |ready: Instant| ready.saturating_add(rules.least_gain) <= waits_until;
        offers.retain(|offer| in_time(offer.offer.ready_at));
        if offers.is_empty() {
            return Ok(Err("the job would start as soon without a recall"));
        }
        let done = |offer: &Offering| offer.offer.ready_at.saturating_add(length);
        offers.retain(|offer| offer.latest_return.is_none_or(|latest| done(offer) <= latest));
        if offers.is_empty() {
            return Ok(Err("the job would run longer than any recall may last"));
        }
        let needed_by = rules.ready_within.map(|within| now.saturating_add(within));
        let need = Need { pool: id.clone(), units: lacks, asked_at: now, needed_by, length };
        let listed: Vec<_> = offers.iter().map(|offer| offer.offer.clone()).collect();
        let mut plan = plan_recall(&need, &listed);
        if !plan.short.is_zero() {
            // Not in the time that is wanted: then as soon as the clauses allow.
            plan = plan_recall(&Need { needed_by: None, ..need }, &listed);
        }
        if plan.short.is_zero() {
            Ok(Ok((plan, offers)))
        } else {
            Ok(Err("the clauses allow fewer units than the job lacks"))
        }
    }

    fn order(
        &mut self,
        pool: usize,
        job: u32,
        length: Seconds,
        lacks: Units,
        plan: &Plan,
        offers: &[Offering],
    ) -> Result<(), ReplayError> {
        let ready = plan.takes.iter().map(|take| take.ready_at).max().unwrap_or(self.core.now);
        let mut ordered = 0;
        for take in &plan.takes {
            let found =
                offers.iter().find(|o| o.offer.lease == take.lease && o.offer.class == take.class);
            let Some(offering) = found else { continue };
            let request = RecallRequest {
                lease: offering.lease.clone(),
                tranche: offering.tranche.clone(),
                class: offering.class.clone(),
                take: Take::Units(take.units),
                trigger: self.core.loaded.scenario.recall.trigger,
                for_job: Some(JobId(u64::from(job))),
                expected_return: ready.saturating_add(length),
                release_at: None,
                force: false,
                reason: format!("job {job} waits for {lacks} units"),
            };
            let command = Command::new(Actor::Policy, CommandKind::OrderRecall(request));
            match self.core.try_act(&command)? {
                Ok(()) => ordered += take.units.0,
                Err(refusal) => self.core.tally.refused(&refusal.to_string()),
            }
        }
        self.hear();
        if ordered > 0 {
            self.core.tally.ordered_for(lacks.0, ordered);
            self.watches[pool].job = Some(job);
            self.queues[pool].disturb();
        }
        Ok(())
    }

    /// Keeps the watches true to what the desk says of recalls.
    pub fn hear(&mut self) {
        for event in std::mem::take(&mut self.core.inbox) {
            match &event.kind {
                EventKind::RecallOrdered(order) => {
                    let pool = self.pool_of_recall(order.recall);
                    if let Some(pool) = pool {
                        self.watches[pool].recalls.insert(order.recall);
                    }
                }
                EventKind::RecallReturned { recall }
                | EventKind::RecallWithdrawn { recall, .. }
                | EventKind::RecallRefused { recall, .. } => self.forget(*recall),
                EventKind::LeaseEnded { .. } => {
                    let over: Vec<RecallId> = self
                        .watches
                        .iter()
                        .flat_map(|watch| watch.recalls.iter().copied())
                        .filter(|id| !self.core.desk.recall(*id).is_some_and(|r| r.in_force()))
                        .collect();
                    for recall in over {
                        self.forget(recall);
                    }
                }
                _ => {}
            }
        }
    }

    fn pool_of_recall(&self, recall: RecallId) -> Option<usize> {
        let recall = self.core.desk.recall(recall)?;
        let node = recall.nodes.iter().next()?;
        self.core.loaded.fleet.pool_of(node)
    }

    fn forget(&mut self, recall: RecallId) {
        for watch in &mut self.watches {
            if watch.recalls.remove(&recall) && watch.recalls.is_empty() {
                (watch.job, watch.looked_at) = (None, None);
            }
        }
    }

    /// The job has started: recalls whose nodes it does not use are over.
    pub fn release_unneeded(&mut self, pool: usize, job: u32) -> Result<(), ReplayError> {
        let used = match self.core.desk.job(JobId(u64::from(job))).and_then(|job| job.slots()) {
            Some(slots) => slots.nodes(),
            None => return Ok(()),
        };
        let recalls: Vec<RecallId> = self.watches[pool].recalls.iter().copied().collect();
        for id in recalls {
            let needed = self
                .core
                .desk
                .recall(id)
                .is_some_and(|recall| recall.is_released() && !recall.nodes.is_disjoint(&used));
            if !needed {
                self.end_recall(id)?;
            }
        }
        Ok(())
    }

    /// The job is over or interrupted: all that was recalled for it goes back.
    pub fn give_back(&mut self, pool: usize, job: u32) -> Result<(), ReplayError> {
        if self.watches[pool].job != Some(job) {
            return Ok(());
        }
        let recalls: Vec<RecallId> = self.watches[pool].recalls.iter().copied().collect();
        for id in recalls {
            self.end_recall(id)?;
        }
        self.watches[pool] = Watch::default();
        Ok(())
    }

    fn end_recall(&mut self, id: RecallId) -> Result<(), ReplayError> {
        let Some(recall) = self.core.desk.recall(id).filter(|recall| recall.in_force()) else {
            self.forget(id);
            return Ok(());
        };
        let kind = if recall.is_released() {
            CommandKind::ReturnRecall { recall: id }
        } else {
            let reason = "the job no longer needs the units".to_owned();
            CommandKind::WithdrawRecall { recall: id, reason }
        };
        self.core.act(Actor::Policy, kind)?;
        self.hear();
        Ok(())
    }
}
