//! The steps of a recall that was ordered.

use leasehold_contract::lease::Trigger;
use leasehold_contract::recall::{self, RecallRule, Violation};
use leasehold_types::{Instant, JobId, RecallId};

use super::order::served;
use super::{Asked, Decided};
use crate::{
    Assent, Breach, DrillResult, EventKind, Notice, Recall, RecallRefusal, Refusal, Stage,
};

/// The rules that depend on how long units are kept.
const RULES_OF_LENGTH: [RecallRule; 5] = [
    RecallRule::MostUnits,
    RecallRule::Recallable,
    RecallRule::Longest,
    RecallRule::Blackout,
    RecallRule::MostAcceleratorHoursPerYear,
];

impl<'a> Asked<'a> {
    fn recall(self, id: RecallId) -> Result<&'a Recall, Refusal> {
        self.state.recall(id).ok_or_else(|| Refusal::recall(id, RecallRefusal::Unknown))
    }

    pub(super) fn serve_recall(self, id: RecallId, at: Instant) -> Decided {
        let recall = self.recall(id)?;
        let Stage::Ordered { release_at } = recall.stage else {
            return Err(wrong_stage(recall, "ordered", "served"));
        };
        if at > self.now || at < recall.ordered {
            let ordered = recall.ordered;
            return Err(Refusal::recall(id, RecallRefusal::NotServed { served: at, ordered }));
        }
        let record = self.standing(&recall.lease)?;
        let order = recall::RecallOrder {
            tranche: recall.tranche.clone(),
            units: recall.units,
            class: recall.class.clone(),
            trigger: recall.trigger,
            release_at,
            expected_return: recall.expected_return,
        };
        match self.assess(record, &order, None, recall.forced, at) {
            Ok((terms, violations)) => Ok(served(id, recall.lease.clone(), &terms, violations)),
            Err(
                Refusal::OutsideClause { violations, .. }
                | Refusal::NotEvenForced { violations, .. },
            ) => {
                let because = violations.into_iter().map(Breach::Ordered).collect();
                Ok(vec![EventKind::RecallRefused { recall: id, because }])
            }
            Err(other) => Err(other),
        }
    }

    pub(super) fn acknowledge(self, id: RecallId) -> Decided {
        let recall = self.recall(id)?;
        match recall.assent {
            Assent::Awaited { .. } if recall.in_force() => {
                Ok(vec![EventKind::RecallAcknowledged { recall: id, deemed: false }])
            }
            Assent::Given { .. } | Assent::Deemed { .. } => {
                Err(Refusal::recall(id, RecallRefusal::Answered))
            }
            _ => Err(wrong_stage(recall, "served and in force", "acknowledged")),
        }
    }

    pub(super) fn withdraw_recall(self, id: RecallId, reason: &str) -> Decided {
        let recall = self.recall(id)?;
        if !matches!(recall.stage, Stage::Ordered { .. }) && !recall.is_under_notice() {
            let wanted = "ordered or under notice";
            return Err(wrong_stage(recall, wanted, "withdrawn"));
        }
        Ok(vec![EventKind::RecallWithdrawn { recall: id, reason: reason.into() }])
    }

    /// The engine says that the nodes are drained. The tenant has them until the notice is over,
    /// however early they are.
    pub(super) fn released(self, id: RecallId) -> Decided {
        let recall = self.recall(id)?;
        let (Stage::Draining(notice) | Stage::Overdue(notice)) = recall.stage else {
            return Err(wrong_stage(recall, "draining or overdue", "released"));
        };
        if self.now < notice.release_due {
            let due = notice.release_due;
            return Err(Refusal::recall(id, RecallRefusal::Early { due }));
        }
        Ok(vec![drained(recall, notice, self.now)])
    }

    pub(super) fn extend(
        self,
        id: RecallId,
        until: Instant,
        forced: bool,
        reason: &str,
    ) -> Decided {
        let recall = self.recall(id)?;
        if recall.is_drill() {
            return Err(Refusal::recall(id, RecallRefusal::Drill("extend")));
        }
        if !recall.in_force() || recall.need_ended.is_some() {
            return Err(wrong_stage(recall, "in force and needed", "extended"));
        }
        if until <= recall.expected_return {
            let (expected, given) = (recall.expected_return, until);
            return Err(Refusal::recall(id, RecallRefusal::NotLater { expected, given }));
        }
        let violations = self.kept_until(recall, until)?;
        if !violations.is_empty() && !forced {
            return Err(Refusal::recall(id, RecallRefusal::Kept { until, violations }));
        }
        let reason = reason.to_owned();
        Ok(vec![EventKind::RecallExtended { recall: id, expected_return: until, forced, reason }])
    }

    /// What stands against keeping the units of a recall until then. One that is not served yet is
    /// judged as it is.
    fn kept_until(self, recall: &Recall, until: Instant) -> Result<Vec<Violation>, Refusal> {
        let record = self.standing(&recall.lease)?;
        let known = record.history.current().iter().find(|known| known.id == recall.id);
        let Some(known) = known else { return Ok(Vec::new()) };
        let mut others = record.history.clone();
        others.withdraw(recall.id);
        let order = recall::RecallOrder {
            tranche: recall.tranche.clone(),
            units: recall.units,
            class: recall.class.clone(),
            trigger: recall.trigger,
            release_at: Some(known.release),
            expected_return: until,
        };
        let (lease, facts) = (record.lease(), record.facts());
        let mut found = recall::assess(lease, facts, &others, &order, known.served)?.violations;
        found.retain(|violation| RULES_OF_LENGTH.contains(&violation.clause));
        Ok(found)
    }

    pub(super) fn give_back(self, id: RecallId) -> Decided {
        let recall = self.recall(id)?;
        if !recall.is_released() {
            return Err(wrong_stage(recall, "released", "returned"));
        }
        let jobs = self.jobs_on(recall);
        if !jobs.is_empty() {
            return Err(Refusal::recall(id, RecallRefusal::JobsRun(jobs)));
        }
        Ok(vec![EventKind::RecallReturned { recall: id }])
    }

    fn jobs_on(self, recall: &Recall) -> Vec<JobId> {
        let ranges = recall.nodes.ranges();
        let mut jobs: Vec<JobId> =
            ranges.flat_map(|r| self.state.jobs_by_node.on(r.start, r.end)).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }
}

/// The end of a drain: the release, or the result of a drill.
pub(super) fn drained(recall: &Recall, notice: Notice, at: Instant) -> EventKind {
    if recall.trigger != Trigger::Drill {
        return EventKind::RecallReleased { recall: recall.id };
    }
    let late = at.since(notice.cut_at.min(at));
    let result = DrillResult {
        ordered: recall.ordered,
        notice,
        assent: recall.assent,
        drained: at,
        late,
        units: recall.units,
    };
    EventKind::DrillConcluded { recall: recall.id, result }
}

fn wrong_stage(recall: &Recall, wanted: &'static str, what: &'static str) -> Refusal {
    let stage = recall.stage.word();
    Refusal::recall(recall.id, RecallRefusal::Stage { stage, wanted, what })
}
