//! Recalls, stage by stage, and the facts that they leave in their lease.

use leasehold_contract::EvalError;
use leasehold_contract::facts::{TakenUnits, Taking};
use leasehold_contract::recall::{RecallRecord, latest_return};
use leasehold_types::{Instant, LeaseId, Period, RecallId, TrancheId};

use super::{Misfit, misfit, no_lease, no_recall, no_tranche, out_of_turn};
use crate::numbering::count;
use crate::{Assent, Breach, EventKind, LeaseRecord, Notice, Recall, RecallOrdered, Stage, State};

impl State {
    pub(super) fn recall_changed(&mut self, kind: &EventKind, at: Instant) -> Result<(), Misfit> {
        match kind {
            EventKind::RecallOrdered(ordered) => self.recall_ordered(ordered, at),
            EventKind::RecallServed { recall, notice, acknowledge_until } => {
                self.recall_served(*recall, *notice, *acknowledge_until)
            }
            EventKind::RecallAcknowledged { recall, deemed } => {
                self.recall_acknowledged(*recall, *deemed, at)
            }
            EventKind::RecallDraining { recall } => self.next_stage(*recall, "drained", |stage| {
                if let Stage::Noticed(n) = stage { Some(Stage::Draining(*n)) } else { None }
            }),
            EventKind::RecallOverdue { recall } => self.next_stage(*recall, "overdue", |stage| {
                if let Stage::Draining(n) = stage { Some(Stage::Overdue(*n)) } else { None }
            }),
            EventKind::RecallRefused { recall, .. } => {
                self.next_stage(*recall, "refused", |stage| {
                    matches!(stage, Stage::Ordered { .. }).then_some(Stage::Refused { at })
                })?;
                self.close_recall(*recall);
                Ok(())
            }
            EventKind::DrillConcluded { recall, result } => {
                let result = result.clone();
                self.next_stage(*recall, "concluded", |stage| {
                    let drained = matches!(stage, Stage::Draining(_) | Stage::Overdue(_));
                    drained.then_some(Stage::Drilled { result })
                })?;
                self.close_recall(*recall);
                Ok(())
            }
            EventKind::RecallReleased { recall } => self.recall_released(*recall, at),
            EventKind::RecallExtended { recall, expected_return, .. }
            | EventKind::RecallOverran { recall, expected_return } => {
                self.expect_return(*recall, *expected_return)
            }
            EventKind::RecallNeedEnded { recall, return_due } => {
                self.need_ended(*recall, *return_due, at)
            }
            EventKind::RecallReturned { recall } => self.recall_returned(*recall, at),
            EventKind::RecallWithdrawn { recall, .. } => self.recall_withdrawn(*recall, at),
            EventKind::Breached { recall, breaches, .. } => self.breached(*recall, breaches),
            _ => Ok(()),
        }
    }

    fn known_mut(&mut self, id: RecallId) -> Result<&mut Recall, Misfit> {
        self.recalls.get_mut(&id).ok_or_else(|| no_recall(id))
    }

    fn next_stage(
        &mut self,
        id: RecallId,
        what: &str,
        next: impl FnOnce(&Stage) -> Option<Stage>,
    ) -> Result<(), Misfit> {
        let recall = self.known_mut(id)?;
        recall.stage = next(&recall.stage).ok_or_else(|| out_of_turn(recall, what))?;
        self.rearm_recall(id);
        Ok(())
    }

    fn recall_ordered(&mut self, ordered: &RecallOrdered, at: Instant) -> Result<(), Misfit> {
        let id = ordered.recall;
        let record = self.lease(&ordered.lease).filter(|record| record.is_standing());
        let record = record.ok_or_else(|| no_lease(&ordered.lease))?;
        if record.tranche(&ordered.tranche).is_none() {
            return Err(no_tranche(&ordered.lease, &ordered.tranche));
        }
        if self.recalls.last_key_value().is_some_and(|(last, _)| *last >= id) {
            return Err(format!("recall {id} is not a new one"));
        }
        let recall = Recall::new(ordered, record.ix, at);
        self.recalls.insert(id, recall);
        self.recalls_in_force.insert(id);
        if let Some(job) = ordered.for_job {
            self.recalls_for.entry(job).or_default().push(id);
        }
        self.rearm_recall(id);
        Ok(())
    }

    fn recall_served(
        &mut self,
        id: RecallId,
        notice: Notice,
        until: Instant,
    ) -> Result<(), Misfit> {
        self.next_stage(id, "served", |stage| {
            matches!(stage, Stage::Ordered { .. }).then_some(Stage::Noticed(notice))
        })?;
        let recall = self.known_mut(id)?;
        recall.assent = Assent::Awaited { until };
        let known = RecallRecord {
            id,
            tranche: recall.tranche.clone(),
            class: recall.class.clone(),
            units: recall.units,
            served: notice.served,
            release: notice.release_due,
            returns: recall.expected_return,
            returned: false,
        };
        let (drill, lease) = (recall.is_drill(), recall.lease.clone());
        if !drill {
            self.with_history(&lease, |record, lease| record.history.order(lease, known));
        }
        self.rearm_recall(id);
        Ok(())
    }

    fn recall_acknowledged(
        &mut self,
        id: RecallId,
        deemed: bool,
        at: Instant,
    ) -> Result<(), Misfit> {
        let recall = self.known_mut(id)?;
        if !matches!(recall.assent, Assent::Awaited { .. }) {
            return Err(out_of_turn(recall, "acknowledged"));
        }
        recall.assent = if deemed { Assent::Deemed { at } } else { Assent::Given { at } };
        self.rearm_recall(id);
        Ok(())
    }

    fn recall_released(&mut self, id: RecallId, at: Instant) -> Result<(), Misfit> {
        let recall = self.recalls.get(&id).ok_or_else(|| no_recall(id))?;
        let (Stage::Draining(notice) | Stage::Overdue(notice)) = recall.stage else {
            return Err(out_of_turn(recall, "released"));
        };
        let limit = self.limit_of(recall, at).map_err(misfit)?;
        self.occupancy.take_back(recall.ix, &recall.nodes).map_err(misfit)?;
        let (lease, expected) = (recall.lease.clone(), recall.expected_return);
        self.set_stage(id, Stage::Released { notice, at });
        self.with_history(&lease, |record, _| {
            record.history.release(id, at);
            record.history.expect_return(id, expected);
        });
        self.known_mut(id)?.limit = limit;
        self.go_on_taking(id, &lease, at);
        self.rearm_recall(id);
        Ok(())
    }

    /// Until when the clause allows to keep the units of a recall that is released at `at`.
    fn limit_of(&self, recall: &Recall, at: Instant) -> Result<Option<Instant>, EvalError> {
        let Some(record) = self.lease(&recall.lease) else { return Ok(None) };
        let mut history = record.history.clone();
        history.release(recall.id, at);
        latest_return(record.lease(), record.facts(), &history, recall.id)
    }

    fn need_ended(&mut self, id: RecallId, due: Instant, at: Instant) -> Result<(), Misfit> {
        let recall = self.known_mut(id)?;
        if !recall.is_released() || recall.need_ended.is_some() {
            return Err(out_of_turn(recall, "needed no more"));
        }
        (recall.need_ended, recall.return_due) = (Some(at), Some(due));
        self.expect_return(id, due)
    }

    /// Keeps when the return is expected, with the recall, its lease's history and its facts.
    fn expect_return(&mut self, id: RecallId, expected: Instant) -> Result<(), Misfit> {
        let recall = self.known_mut(id)?;
        if !recall.in_force() {
            return Err(out_of_turn(recall, "expected back"));
        }
        recall.expected_return = expected;
        let (lease, taking) = (recall.lease.clone(), recall.taking);
        self.with_history(&lease, |record, _| {
            record.history.expect_return(id, expected);
            if let Some(taking) = taking.and_then(|i| record.facts_mut().takings.get_mut(i)) {
                taking.period = Period::new(taking.period.start(), expected);
            }
        });
        self.rearm_recall(id);
        Ok(())
    }

    fn recall_returned(&mut self, id: RecallId, at: Instant) -> Result<(), Misfit> {
        let recall = self.recalls.get(&id).ok_or_else(|| no_recall(id))?;
        if !recall.is_released() {
            return Err(out_of_turn(recall, "returned"));
        }
        self.occupancy.give_back(recall.ix, &recall.nodes).map_err(misfit)?;
        self.end_recall(id, at);
        Ok(())
    }

    fn recall_withdrawn(&mut self, id: RecallId, at: Instant) -> Result<(), Misfit> {
        let recall = self.recalls.get(&id).ok_or_else(|| no_recall(id))?;
        if !recall.in_force() || recall.is_released() {
            return Err(out_of_turn(recall, "withdrawn"));
        }
        self.end_recall(id, at);
        Ok(())
    }

    /// Ends a recall in force: returned where it took units, withdrawn where it did not. Whose its
    /// nodes are now is the caller's to have settled.
    fn end_recall(&mut self, id: RecallId, at: Instant) {
        let Some(recall) = self.recalls.get(&id) else { return };
        let (lease, stage) = (recall.lease.clone(), recall.stage.clone());
        match stage {
            Stage::Released { notice, at: released } => {
                self.stop_taking(id, &lease, at);
                self.with_history(&lease, |record, lease| {
                    record.history.give_back(lease, id, at);
                });
                self.set_stage(id, Stage::Returned { notice, released, at });
            }
            _ => {
                self.with_history(&lease, |record, _| record.history.withdraw(id));
                self.set_stage(id, Stage::Withdrawn { at });
            }
        }
        self.close_recall(id);
    }

    fn set_stage(&mut self, id: RecallId, stage: Stage) {
        if let Some(recall) = self.recalls.get_mut(&id) {
            recall.stage = stage;
        }
    }

    /// Takes a recall that is over out of what is in force.
    fn close_recall(&mut self, id: RecallId) {
        self.recalls_in_force.remove(&id);
        let job = self.recalls.get(&id).and_then(|recall| recall.for_job);
        if let Some(job) = job
            && let Some(recalls) = self.recalls_for.get_mut(&job)
        {
            recalls.retain(|known| *known != id);
            if recalls.is_empty() {
                self.recalls_for.remove(&job);
            }
        }
        self.rearm_recall(id);
    }

    /// Ends the recalls in force of a lease or one of its tranches, as that ends.
    pub(super) fn close_recalls(
        &mut self,
        lease: &LeaseId,
        tranche: Option<&TrancheId>,
        at: Instant,
    ) {
        let of_it = self.recalls_in_force().filter(|recall| {
            recall.lease == *lease && tranche.is_none_or(|tranche| recall.tranche == *tranche)
        });
        let ids: Vec<RecallId> = of_it.map(|recall| recall.id).collect();
        for id in ids {
            self.end_recall(id, at);
        }
    }

    /// Notes breaches. What is kept after one of them was not allowed by the clause.
    fn breached(&mut self, id: RecallId, breaches: &[Breach]) -> Result<(), Misfit> {
        let recall = self.known_mut(id)?;
        let kept = breaches.iter().any(|breach| !matches!(breach, Breach::Ordered(_)));
        if !recall.in_force() || (kept && !recall.is_released()) {
            return Err(out_of_turn(recall, "in breach"));
        }
        recall.breaches.extend_from_slice(breaches);
        for breach in breaches {
            let recall = self.known_mut(id)?;
            let limit = match breach {
                Breach::Ordered(_) => continue,
                Breach::KeptTooLong { limit } => {
                    recall.limit = None;
                    *limit
                }
                Breach::NotOfferedBack { limit } => {
                    recall.return_due = None;
                    *limit
                }
            };
            let lease = recall.lease.clone();
            let ends = self.lease(&lease).map_or(Instant::MAX, LeaseRecord::ends_at);
            self.stop_taking(id, &lease, limit);
            self.go_on_taking(id, &lease, limit);
            let expected = self.known_mut(id)?.expected_return;
            if expected <= limit {
                self.expect_return(id, ends)?;
            }
        }
        self.rearm_recall(id);
        Ok(())
    }

    /// Counts the units of a recall anew, under a new version of its tranche.
    pub(super) fn recount(&mut self, id: RecallId) {
        let Some(recall) = self.recalls.get(&id) else { return };
        let (lease, size) = (recall.lease.clone(), |pool| self.node_size(pool));
        let tranche = self.lease(&lease).and_then(|record| record.tranche(&recall.tranche));
        let Some(tranche) = tranche else { return };
        let units = count(&tranche.units_on(&recall.nodes, size(tranche.pool)));
        self.with_history(&lease, |record, _| record.history.recount(id, units));
        if let Some(recall) = self.recalls.get_mut(&id) {
            recall.units = units;
        }
    }

    /// Ends the open taking of a recall of `lease` at `at`.
    pub(super) fn stop_taking(&mut self, id: RecallId, lease: &LeaseId, at: Instant) {
        let Some(recall) = self.recalls.get_mut(&id).filter(|r| r.lease == *lease) else { return };
        let Some(taking) = recall.taking.take() else { return };
        self.with_history(lease, |record, _| {
            if let Some(taking) = record.facts_mut().takings.get_mut(taking) {
                taking.period = Period::new(taking.period.start(), at);
            }
        });
    }

    /// Opens a taking of a released recall of `lease` from `at` on.
    pub(super) fn go_on_taking(&mut self, id: RecallId, lease: &LeaseId, at: Instant) {
        let Some(recall) = self.recalls.get(&id).filter(|r| r.lease == *lease) else { return };
        let Some(record) = self.lease(lease) else { return };
        let Some(tranche) = record.tranche(&recall.tranche) else { return };
        let units = tranche.units_on(&recall.nodes, self.node_size(tranche.pool));
        let taking = Taking {
            tranche: recall.tranche.clone(),
            period: Period::new(at, recall.expected_return),
            units: TakenUnits::Numbered(units),
            class: recall.class.clone(),
            within_clause: recall.breaches.is_empty(),
        };
        let at = record.facts().takings.len();
        self.with_history(lease, |record, _| record.facts_mut().takings.push(taking));
        if let Some(recall) = self.recalls.get_mut(&id) {
            recall.taking = Some(at);
        }
    }

    /// Changes what a lease's record keeps of its recalls, which moves none of its timers.
    fn with_history(
        &mut self,
        lease: &LeaseId,
        change: impl FnOnce(&mut LeaseRecord, &leasehold_contract::Lease),
    ) {
        let Some(ix) = self.lease_index.get(lease) else { return };
        let record = &mut self.leases[usize::from(ix.0)];
        let written = record.lease().clone();
        change(record, &written);
    }
}

impl Recall {
    fn new(ordered: &RecallOrdered, ix: leasehold_planner::LeaseIx, at: Instant) -> Self {
        Recall {
            id: ordered.recall,
            ix,
            lease: ordered.lease.clone(),
            tranche: ordered.tranche.clone(),
            class: ordered.class.clone(),
            trigger: ordered.trigger,
            nodes: ordered.nodes.clone(),
            units: ordered.units,
            for_job: ordered.for_job,
            ordered: at,
            expected_return: ordered.expected_return,
            assent: Assent::NotAsked,
            forced: ordered.forced,
            breaches: Vec::new(),
            need_ended: None,
            return_due: None,
            limit: None,
            stage: Stage::Ordered { release_at: ordered.release_at },
            taking: None,
            armed: Vec::new(),
        }
    }
}
