//! The owner's jobs: submitted, started, ended; and the recalls that were for them.

use std::ops::Range;

use leasehold_planner::{Slots, Tenure};
use leasehold_types::{JobId, NodeId, PoolId, Seconds, Units};

use super::{Asked, Decided};
use crate::state::JOBS_MAX;
use crate::{EventKind, JobRefusal, JobStage, Outcome, Recall, Refusal};

impl Asked<'_> {
    pub(super) fn submit(
        self,
        job: JobId,
        pool: &PoolId,
        units: Units,
        expected: Seconds,
    ) -> Decided {
        let no = |why| Refusal::job(job, why);
        if self.state.jobs.contains_key(&job) {
            return Err(no(JobRefusal::Exists));
        }
        if self.state.jobs.len() >= JOBS_MAX {
            return Err(no(JobRefusal::TooMany));
        }
        let fleet = self.state.fleet();
        let index = fleet.pool_index(pool).ok_or_else(|| no(JobRefusal::NoPool(pool.clone())))?;
        let owned = fleet.pools()[index].units;
        if units.is_zero() || units > owned {
            return Err(no(JobRefusal::Units { asked: units, pool: pool.clone(), owned }));
        }
        if expected.0 < 0 {
            return Err(no(JobRefusal::Length(expected)));
        }
        Ok(vec![EventKind::JobSubmitted { job, pool: pool.clone(), units, expected }])
    }

    pub(super) fn start(self, id: JobId, slots: &Slots) -> Decided {
        let no = |why| Refusal::job(id, why);
        let job = self.state.job(id).ok_or_else(|| no(JobRefusal::Unknown))?;
        if job.slots().is_some() {
            return Err(no(JobRefusal::Running));
        }
        let pool = &self.state.fleet().pools()[job.pool];
        if let Some(node) = outside(slots, &pool.nodes) {
            return Err(no(JobRefusal::OtherPool { node, pool: pool.id.clone() }));
        }
        let given = given_units(slots, pool.accelerators_per_node);
        if given != job.units {
            return Err(no(JobRefusal::OtherUnits { asked: job.units, given }));
        }
        self.check_set_aside(id, slots).map_err(no)?;
        self.state.occupancy.check_start(slots).map_err(|why| self.of_nodes(why))?;
        let mut events = vec![EventKind::JobStarted { job: id, slots: slots.clone() }];
        let unneeded = self.recalls_for(id).filter(|recall| {
            !recall.is_released() || { recall.nodes.iter().all(|node| !slots.contains(node)) }
        });
        events.extend(unneeded.map(|recall| close(recall, "its job started without it")));
        Ok(events)
    }

    pub(super) fn end(self, id: JobId, outcome: Outcome) -> Decided {
        let no = |why| Refusal::job(id, why);
        let job = self.state.job(id).ok_or_else(|| no(JobRefusal::Unknown))?;
        if matches!(job.stage, JobStage::Waiting) && outcome != Outcome::Cancelled {
            return Err(no(JobRefusal::Waiting));
        }
        let mut events = vec![EventKind::JobEnded { job: id, outcome }];
        if outcome != Outcome::Requeued {
            let recalls = self.recalls_for(id);
            events.extend(recalls.map(|recall| close(recall, "its job ended")));
        }
        Ok(events)
    }

    /// A job starts on the owner's nodes and on recalled ones that serve it, on no others.
    fn check_set_aside(self, job: JobId, slots: &Slots) -> Result<(), JobRefusal> {
        let recalled = |node: &NodeId| {
            let held = self.state.occupancy.holding(*node);
            held.is_some_and(|held| matches!(held.tenure, Tenure::Recalled(_)))
        };
        let shared = slots.part.iter().map(|(node, _)| *node);
        let mut first_recalled = slots.whole.iter().chain(shared).filter(recalled).peekable();
        if first_recalled.peek().is_none() {
            return Ok(());
        }
        let released: Vec<&Recall> =
            self.state.recalls_in_force().filter(|recall| recall.is_released()).collect();
        for node in first_recalled {
            let holder = released.iter().find(|recall| recall.nodes.contains(node));
            if let Some(recall) = holder.filter(|recall| !recall.serves(job)) {
                let (recall, for_job) = (recall.id, recall.for_job);
                return Err(JobRefusal::SetAside { node, recall, for_job });
            }
        }
        Ok(())
    }
}

impl<'a> Asked<'a> {
    /// The recalls in force for a job.
    fn recalls_for(self, job: JobId) -> impl Iterator<Item = &'a Recall> {
        let state = self.state;
        let ids = state.recalls_for.get(&job).into_iter().flatten();
        ids.filter_map(|id| state.recalls.get(id)).filter(|recall| recall.in_force())
    }
}

/// The end of a recall that is not needed any more: returned, or withdrawn where it took nothing.
fn close(recall: &Recall, reason: &str) -> EventKind {
    if recall.is_released() {
        EventKind::RecallReturned { recall: recall.id }
    } else {
        EventKind::RecallWithdrawn { recall: recall.id, reason: reason.into() }
    }
}

/// A node of `slots` that is not in `pool`.
fn outside(slots: &Slots, pool: &Range<u32>) -> Option<NodeId> {
    let beyond = |range: &Range<u32>| range.start < pool.start || range.end > pool.end;
    let whole = slots.whole.ranges().find(beyond).map(|range| {
        NodeId(if range.start < pool.start { range.start } else { range.start.max(pool.end) })
    });
    whole.or_else(|| slots.part.iter().map(|(node, _)| *node).find(|n| !pool.contains(&n.0)))
}

fn given_units(slots: &Slots, size: u8) -> Units {
    let shared: u64 = slots.part.iter().map(|(_, count)| u64::from(*count)).sum();
    Units(shared + u64::from(slots.whole.len()) * u64::from(size))
}
