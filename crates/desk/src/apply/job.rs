//! Jobs that wait, run and end.

use leasehold_planner::Slots;
use leasehold_types::{Instant, JobId, PoolId, Seconds, Units};

use super::{Misfit, misfit};
use crate::{Job, JobStage, Outcome, State};

impl State {
    pub(super) fn job_submitted(
        &mut self,
        id: JobId,
        pool: &PoolId,
        units: Units,
        expected: Seconds,
        at: Instant,
    ) -> Result<(), Misfit> {
        let pool =
            self.fleet().pool_index(pool).ok_or_else(|| format!("there is no pool `{pool}`"))?;
        if self.jobs.contains_key(&id) {
            return Err(format!("job {id} waits or runs already"));
        }
        let job = Job { pool, units, expected, submitted: at, stage: JobStage::Waiting };
        self.jobs.insert(id, job);
        Ok(())
    }

    pub(super) fn job_started(
        &mut self,
        id: JobId,
        slots: &Slots,
        at: Instant,
    ) -> Result<(), Misfit> {
        let waits = |job: &&mut Job| matches!(job.stage, JobStage::Waiting);
        let job = self.jobs.get_mut(&id).filter(waits);
        let job = job.ok_or_else(|| format!("job {id} does not wait"))?;
        self.occupancy.start(slots).map_err(misfit)?;
        self.jobs_by_node.insert(id, slots);
        job.stage = JobStage::Running { since: at, slots: slots.clone() };
        Ok(())
    }

    pub(super) fn job_ended(&mut self, id: JobId, outcome: Outcome) -> Result<(), Misfit> {
        let job = self.jobs.get_mut(&id);
        let job = job.ok_or_else(|| format!("job {id} neither waits nor runs"))?;
        if let JobStage::Running { slots, .. } = &job.stage {
            self.occupancy.end(slots).map_err(misfit)?;
            self.jobs_by_node.remove(id, slots);
        }
        if outcome == Outcome::Requeued {
            job.stage = JobStage::Waiting;
        } else {
            self.jobs.remove(&id);
        }
        Ok(())
    }
}
