//! When a waiting job calls for a recall, and what becomes of the units.
//!
//! Now and then a blocked queue is looked at: in turn, by the estimates, when would each waiting
//! job start? A recall is ordered for the first job that it would help by at least `least_gain`,
//! where lawful offers cover all that it lacks, and where it will be done before the units must go
//! back. The head of the queue lacks what is not free; a job behind it is given all its units from
//! the recall, so that it delays nobody. The planner chooses the cheapest offers; the desk admits
//! them or not. Units that a job does not need after all go back at once, and all of them as it
//! ends.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_desk::{
    Actor, Command, CommandKind, EventKind, Offering, RecallRequest, Refusal, Take,
};
use leasehold_planner::place_shortfall;
use leasehold_planner::recall::{Need, Plan, plan_recall};
use leasehold_types::{Instant, JobId, RecallId, Seconds, Units};

use super::ReplayError;
use super::world::World;
use crate::figures::Policy;

/// How long after one look at a blocked queue it is looked at again.
pub const LOOK_AGAIN: Seconds = Seconds::from_minutes(20);
/// Jobs of one pool for which recalls may be in force at once.
pub const HELPED_MAX: usize = 16;

/// What is known of a pool's recalls.
#[derive(Debug, Default)]
pub struct Watch {
    jobs: BTreeMap<u32, BTreeSet<RecallId>>,
    look_again: Option<Instant>,
}

impl Watch {
    /// Whether recalls are in force for a job.
    pub fn is_for(&self, job: u32) -> bool {
        self.jobs.contains_key(&job)
    }

    /// The recalls in force for a job.
    pub fn recalls_for(&self, job: u32) -> impl Iterator<Item = RecallId> + '_ {
        self.jobs.get(&job).into_iter().flatten().copied()
    }

    /// When to look at the queue again.
    pub fn next_look(&self) -> Option<Instant> {
        self.look_again
    }
}

/// A job that a recall may help.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    job: u32,
    lacks: Units,
    length: Seconds,
    /// When it would start without a recall.
    expected: Instant,
}

impl World<'_> {
    /// Looks at a pool's queue and orders recalls for the first job that they would help.
    pub fn consider_recall(&mut self, pool: usize) -> Result<(), ReplayError> {
        let now = self.core.now;
        let blocked = self.queues[pool].head().is_some();
        if self.core.policy != Policy::Recallable || !blocked {
            self.watches[pool].look_again = None;
            return Ok(());
        }
        if self.watches[pool].look_again.is_some_and(|at| at > now) {
            return Ok(());
        }
        self.watches[pool].look_again = Some(now.saturating_add(LOOK_AGAIN));
        if self.watches[pool].jobs.len() >= HELPED_MAX {
            return Ok(());
        }
        let mut why = None;
        for wanted in self.wanted(pool) {
            match self.plan(pool, &wanted)? {
                Ok((plan, offers)) => return self.order(pool, &wanted, &plan, &offers),
                Err(reason) => why = why.or(Some(reason)),
            }
        }
        if let Some(reason) = why {
            self.core.tally.refused(reason);
        }
        Ok(())
    }

    /// Jobs that wait, each once, that are large and long enough, and what they lack.
    fn wanted(&self, pool: usize) -> Vec<Wanted> {
        let (now, rules) = (self.core.now, &self.core.loaded.scenario.recall);
        let (occupancy, watch) = (self.core.desk.occupancy(), &self.watches[pool]);
        let size = u64::from(self.core.loaded.fleet.pools()[pool].accelerators_per_node);
        let idle = occupancy.pool_count(pool).idle.0;
        let head = self.queues[pool].head().map(|head| head.job);
        let starts = self.queues[pool].expected_starts(now, idle, |job| watch.is_for(job));
        let worth = starts.into_iter().filter(|(job, expected)| {
            let late = expected.since(now) > rules.least_gain;
            late && job.estimate >= rules.least_duration && job.units >= rules.least_units
        });
        worth
            .map(|(job, expected)| {
                let lacks = if head == Some(job.job) {
                    place_shortfall(occupancy, pool, Units(job.units))
                } else {
                    Units(job.units.div_ceil(size) * size)
                };
                Wanted { job: job.job, lacks, length: job.estimate, expected }
            })
            .filter(|wanted| !wanted.lacks.is_zero())
            .take(HELPED_MAX)
            .collect()
    }

    /// The cheapest lawful recall that covers what is lacking, or why there is none.
    fn plan(
        &mut self,
        pool: usize,
        wanted: &Wanted,
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
        let (lacks, length) = (wanted.lacks, wanted.length);
        let in_time = |ready: Instant| ready.saturating_add(rules.least_gain) <= wanted.expected;
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
        wanted: &Wanted,
        plan: &Plan,
        offers: &[Offering],
    ) -> Result<(), ReplayError> {
        let Wanted { job, lacks, length, .. } = *wanted;
        let ready = plan.takes.iter().map(|take| take.ready_at).max().unwrap_or(self.core.now);
        let mut orders = Vec::new();
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
                release_at: Some(take.ready_at),
                force: false,
                reason: format!("job {job} waits for {lacks} units"),
            };
            orders.push(Command::new(Actor::Policy, CommandKind::OrderRecall(request)));
        }
        // All or none: a part of what a job lacks helps nobody.
        if let Some(refusal) = orders.iter().find_map(|order| self.core.would_refuse(order)) {
            self.core.tally.refused(&rule_of(&refusal));
            return Ok(());
        }
        let ordered: u64 = plan.takes.iter().map(|take| take.units.0).sum();
        for order in orders {
            self.core.act(order.by, order.kind)?;
        }
        self.hear();
        if ordered > 0 {
            self.core.tally.ordered_for(lacks.0, ordered);
            self.queues[pool].disturb();
        }
        Ok(())
    }

    /// Keeps the watches true to what the desk says of recalls.
    pub fn hear(&mut self) {
        for event in std::mem::take(&mut self.core.inbox) {
            match &event.kind {
                EventKind::RecallOrdered(order) => {
                    let (pool, job) = (self.pool_of_recall(order.recall), order.for_job);
                    if let (Some(pool), Some(job)) = (pool, job) {
                        let job = u32::try_from(job.0).unwrap_or(u32::MAX);
                        self.watches[pool].jobs.entry(job).or_default().insert(order.recall);
                    }
                }
                EventKind::RecallReturned { recall }
                | EventKind::RecallWithdrawn { recall, .. }
                | EventKind::RecallRefused { recall, .. } => self.forget(*recall),
                EventKind::LeaseEnded { .. } => {
                    let over: Vec<RecallId> = self
                        .watches
                        .iter()
                        .flat_map(|watch| watch.jobs.values().flatten().copied())
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
            watch.jobs.retain(|_, recalls| {
                recalls.remove(&recall);
                !recalls.is_empty()
            });
        }
    }

    /// The job has started: recalls whose nodes it does not use are over.
    pub fn release_unneeded(&mut self, pool: usize, job: u32) -> Result<(), ReplayError> {
        let used = match self.core.desk.job(JobId(u64::from(job))).and_then(|job| job.slots()) {
            Some(slots) => slots.nodes(),
            None => return Ok(()),
        };
        let recalls: Vec<RecallId> = self.watches[pool].recalls_for(job).collect();
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
        let recalls: Vec<RecallId> = self.watches[pool].recalls_for(job).collect();
        for id in recalls {
            self.end_recall(id)?;
        }
        self.watches[pool].jobs.remove(&job);
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

/// What stood against an order, without its numbers, so that equal reasons count as one.
fn rule_of(refusal: &Refusal) -> String {
    let violations = match refusal {
        Refusal::OutsideClause { violations, .. } => violations,
        _ => return "the desk could not carry the order out".to_owned(),
    };
    let rules: BTreeSet<String> = violations
        .iter()
        .filter_map(|violation| serde_json::to_value(violation.clause).ok())
        .filter_map(|rule| rule.as_str().map(str::to_owned))
        .collect();
    let rules: Vec<String> = rules.into_iter().collect();
    format!("the order would break {}", rules.join(", "))
}
