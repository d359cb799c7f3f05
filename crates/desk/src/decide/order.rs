//! Ordering a recall, or a drill of one.
//!
//! A recall takes whole nodes. The desk chooses them, or is told them; what counts against the
//! clause are the units that lie on them. An order outside the clause is refused, or, where it is
//! forced, goes on record as a breach. Force opens the clause's triggers, notice, caps, gaps,
//! blackouts and longest time. It does not open what is firm: a unit that the lease does not name
//! recallable, or that is not delivered, stays with the tenant whatever the owner orders.

use leasehold_contract::Lease;
use leasehold_contract::lease::{Tranche, Trigger};
use leasehold_contract::recall::{self, Assessment, RecallRule, RecallTerms, Violation};
use leasehold_planner::{NodeSet, choose_recall};
use leasehold_types::{Instant, JobId, LeaseId, NodeId, RecallId, TrancheId, Units};

use super::lease::{has_class, recallable_under};
use super::{Asked, Decided};
use crate::numbering::count;
use crate::state::RECALLS_IN_FORCE_MAX;
use crate::{
    Breach, Delivery, EventKind, JobRefusal, LeaseRecord, LeaseRefusal, Notice, RecallOrdered,
    RecallRefusal, RecallRequest, Refusal, ServiceMode, Take, TrancheRecord, TrancheRefusal,
};

/// Rules that no force opens: without what they ask for there is nothing to carry out.
const NEVER_FORCED: [RecallRule; 4] =
    [RecallRule::NoClause, RecallRule::Tranche, RecallRule::Class, RecallRule::Order];

impl Asked<'_> {
    pub(super) fn order(self, request: &RecallRequest) -> Decided {
        if request.trigger == Trigger::Drill {
            let instead = "run a drill, which takes nothing";
            let what = "recall units for a drill";
            return Err(Refusal::NotTheirs { by: self.by.clone(), what, instead });
        }
        let (record, tranche) = self.check_order(&request.lease, &request.tranche)?;
        self.check_for_job(request.for_job, tranche)?;
        let (nodes, resting) = self.nodes_for_recall(record, tranche, request)?;
        let size = self.state.node_size(tranche.pool);
        let units = count(&tranche.units_on(&nodes, size));
        self.check_firm(record, tranche, &nodes, &request.class)?;
        let order = recall::RecallOrder {
            tranche: tranche.id.clone(),
            units,
            class: request.class.clone(),
            trigger: request.trigger,
            release_at: request.release_at,
            expected_return: request.expected_return,
        };
        let (terms, violations) = self.assess(record, &order, resting, request.force, self.now)?;
        let ordered = RecallOrdered {
            recall: self.next_recall()?,
            lease: request.lease.clone(),
            tranche: request.tranche.clone(),
            class: request.class.clone(),
            trigger: request.trigger,
            nodes,
            units,
            for_job: request.for_job,
            expected_return: terms.return_by,
            release_at: request.release_at,
            forced: request.force,
            reason: request.reason.clone(),
        };
        Ok(self.ordered(ordered, &terms, violations))
    }

    pub(super) fn drill(
        self,
        lease: &LeaseId,
        id: &TrancheId,
        class: &str,
        units: Units,
        reason: &str,
    ) -> Decided {
        let (record, tranche) = self.check_order(lease, id)?;
        let nodes = self.chosen(record, tranche, units)?;
        let size = self.state.node_size(tranche.pool);
        let units = count(&tranche.units_on(&nodes, size));
        let order = recall::RecallOrder {
            tranche: id.clone(),
            units,
            class: class.to_owned(),
            trigger: Trigger::Drill,
            release_at: None,
            // A drill ends with its drain: nothing is out that could come back.
            expected_return: record.ends_at(),
        };
        let (terms, violations) = self.assess(record, &order, None, false, self.now)?;
        let ordered = RecallOrdered {
            recall: self.next_recall()?,
            lease: lease.clone(),
            tranche: id.clone(),
            class: class.to_owned(),
            trigger: Trigger::Drill,
            nodes,
            units,
            for_job: None,
            expected_return: terms.return_by,
            release_at: None,
            forced: false,
            reason: reason.to_owned(),
        };
        Ok(self.ordered(ordered, &terms, violations))
    }

    /// The order, and where service is not waited for, the notice with it.
    fn ordered(
        self,
        ordered: RecallOrdered,
        terms: &RecallTerms,
        violations: Vec<Violation>,
    ) -> Vec<EventKind> {
        let (recall, lease) = (ordered.recall, ordered.lease.clone());
        let mut events = vec![EventKind::RecallOrdered(ordered)];
        if self.state.settings.service == ServiceMode::AtOrder {
            events.extend(served(recall, lease, terms, violations));
        }
        events
    }

    fn next_recall(self) -> Result<RecallId, Refusal> {
        let last = self.state.recalls.last_key_value().map_or(0, |(id, _)| id.0);
        let next = last.checked_add(1).ok_or(leasehold_types::Overflow::of("a recall's number"))?;
        Ok(RecallId(next))
    }

    fn check_for_job(self, for_job: Option<JobId>, tranche: &TrancheRecord) -> Result<(), Refusal> {
        let Some(id) = for_job else { return Ok(()) };
        let job = self.state.job(id).ok_or_else(|| Refusal::job(id, JobRefusal::Unknown))?;
        if job.pool == tranche.pool {
            Ok(())
        } else {
            let pool = self.state.fleet().pools()[tranche.pool].id.clone();
            Err(Refusal::job(id, JobRefusal::RecallElsewhere(pool)))
        }
    }

    /// Firm units come first: what is delivered beyond them, less what is out or ordered to be, is
    /// all that can be taken. So it must be under the version that governs, and under one that is
    /// pending, for a recall may last until then.
    fn check_firm(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
        nodes: &NodeSet,
        class: &str,
    ) -> Result<(), Refusal> {
        let no = |why| Refusal::tranche(&record.id, &tranche.id, why);
        let Some(written) = record.written(&tranche.id) else { return Ok(()) };
        let lease = record.lease();
        self.check_left(record, lease, written, tranche, nodes).map_err(no)?;
        let Some(pending) = &record.pending else { return Ok(()) };
        if !has_class(&pending.lease, class) {
            let (version, class) = (pending.lease.version, class.to_owned());
            return Err(no(TrancheRefusal::ClassGoes { version, class }));
        }
        let pool = &self.state.fleet().pools()[tranche.pool];
        let later = pending.lease.tranches.iter().find(|later| later.id == tranche.id);
        let Some(later) = later.filter(|later| later.pool == pool.id) else {
            let most = Units::ZERO;
            return Err(no(TrancheRefusal::Firm { asked: pool.units_for(nodes.len()), most }));
        };
        let size = pool.accelerators_per_node;
        let then = tranche.once(&self.leaving(record), later.units, size);
        self.check_left(record, &pending.lease, later, &then, nodes).map_err(no)
    }

    fn check_left(
        self,
        record: &LeaseRecord,
        lease: &Lease,
        written: &Tranche,
        tranche: &TrancheRecord,
        nodes: &NodeSet,
    ) -> Result<(), TrancheRefusal> {
        let asked = count(&tranche.units_on(nodes, self.state.node_size(tranche.pool)));
        let beyond = recallable_under(lease, written, tranche.delivered);
        let most = beyond.saturating_sub(self.out_of(record, tranche));
        if asked > most { Err(TrancheRefusal::Firm { asked, most }) } else { Ok(()) }
    }

    /// The contract's terms for an order, and what it breaks by force.
    pub(super) fn assess(
        self,
        record: &LeaseRecord,
        order: &recall::RecallOrder,
        resting: Option<Violation>,
        force: bool,
        served: Instant,
    ) -> Result<(RecallTerms, Vec<Violation>), Refusal> {
        let (lease, facts) = (record.lease(), record.facts());
        let Assessment { terms, mut violations } =
            recall::assess(lease, facts, &record.history, order, served)?;
        violations.extend(resting);
        let (lease, tranche) = (record.id.clone(), order.tranche.clone());
        let never = violations.iter().any(|v| NEVER_FORCED.contains(&v.clause));
        match terms {
            Some(terms) if violations.is_empty() || (force && !never) => Ok((terms, violations)),
            Some(_) if !never => Err(Refusal::OutsideClause { lease, tranche, violations }),
            _ => Err(Refusal::NotEvenForced { lease, tranche, violations }),
        }
    }

    /// The nodes of a recall, and what stands against them where they rest after another one.
    fn nodes_for_recall(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
        request: &RecallRequest,
    ) -> Result<(NodeSet, Option<Violation>), Refusal> {
        let nodes = match &request.take {
            Take::Units(units) => self.chosen(record, tranche, *units)?,
            Take::Nodes(nodes) => {
                self.check_named(record, tranche, nodes)
                    .map_err(|why| Refusal::tranche(&record.id, &tranche.id, why))?;
                nodes.clone()
            }
        };
        let release = request.release_at.unwrap_or(self.now);
        let resting = self.resting(record, release).intersection(&nodes);
        Ok((nodes, resting.iter().next().map(rests)))
    }

    /// Nodes for `units`: up, in no recall, not leaving, rested where there are enough of those.
    fn chosen(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
        asked: Units,
    ) -> Result<NodeSet, Refusal> {
        let no = |why| Refusal::tranche(&record.id, &tranche.id, why);
        if asked.is_zero() {
            return Err(no(TrancheRefusal::NoNodes));
        }
        let (ix, pool) = (record.ix, tranche.pool);
        let choose = |keep: &NodeSet| choose_recall(&self.state.occupancy, ix, pool, asked, keep);
        let spoken_for = self.spoken_for(record, tranche);
        let rested = spoken_for.union(&self.resting(record, self.now));
        let found_of = |nodes: &NodeSet| self.state.fleet().units_of(nodes);
        let mut nodes = choose(&rested);
        if found_of(&nodes) < asked {
            nodes = choose(&spoken_for);
        }
        let found = found_of(&nodes);
        if found < asked {
            return Err(no(TrancheRefusal::NotEnough { asked, found }));
        }
        Ok(nodes)
    }

    fn check_named(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
        nodes: &NodeSet,
    ) -> Result<(), TrancheRefusal> {
        if nodes.is_empty() {
            return Err(TrancheRefusal::NoNodes);
        }
        if let Some(node) = nodes.difference(&tranche.nodes()).iter().next() {
            return Err(TrancheRefusal::NotItsNode(node));
        }
        for recall in self.state.recalls_of(&record.id, &tranche.id) {
            if let Some(node) = nodes.intersection(&recall.nodes).iter().next() {
                return Err(TrancheRefusal::InRecall { node, recall: recall.id });
            }
        }
        match self.leaving(record).intersection(nodes).iter().next() {
            Some(node) => Err(TrancheRefusal::Leaving(node)),
            None => Ok(()),
        }
    }

    /// The lease's nodes that may not be chosen from this tranche.
    fn spoken_for(self, record: &LeaseRecord, tranche: &TrancheRecord) -> NodeSet {
        let others = record.tranches.iter().filter(|other| other.id != tranche.id);
        let mut nodes = self.leaving(record);
        for other in others.filter(|other| other.pool == tranche.pool) {
            nodes = nodes.union(&other.nodes());
        }
        for recall in self.state.recalls_of(&record.id, &tranche.id) {
            nodes = nodes.union(&recall.nodes);
        }
        nodes
    }

    /// The nodes that go back to the owner by the amendment that is pending.
    fn leaving(self, record: &LeaseRecord) -> NodeSet {
        let release = record.pending.iter().flat_map(|pending| &pending.release);
        release.fold(NodeSet::EMPTY, |all, (_, nodes)| all.union(nodes))
    }

    /// The lease's nodes that are back from a recall and still at rest at `release`.
    fn resting(self, record: &LeaseRecord, release: Instant) -> NodeSet {
        let rest =
            record.history.current().iter().filter(|known| {
                known.rests_until(record.lease()).is_some_and(|until| until > release)
            });
        let recalls = rest.filter_map(|known| self.state.recall(known.id));
        recalls.fold(NodeSet::EMPTY, |all, recall| all.union(&recall.nodes))
    }
}

impl<'a> Asked<'a> {
    /// What every order and drill needs: a standing lease, a live tranche, room on record, and no
    /// other notice on its way.
    fn check_order(
        self,
        lease: &LeaseId,
        tranche: &TrancheId,
    ) -> Result<(&'a LeaseRecord, &'a TrancheRecord), Refusal> {
        let (record, found) = self.tranche(lease, tranche)?;
        if found.delivery == Delivery::Ended {
            return Err(Refusal::tranche(lease, tranche, TrancheRefusal::Over));
        }
        if let Some(recall) = self.state.in_flight(lease) {
            return Err(Refusal::lease(lease, LeaseRefusal::InFlight(recall)));
        }
        if self.state.recalls_in_force.len() >= RECALLS_IN_FORCE_MAX {
            return Err(Refusal::recall(self.next_recall()?, RecallRefusal::TooMany));
        }
        Ok((record, found))
    }
}

/// The notice of a recall, and the breach that it is where it is outside its clause.
pub(super) fn served(
    recall: RecallId,
    lease: LeaseId,
    terms: &RecallTerms,
    violations: Vec<Violation>,
) -> Vec<EventKind> {
    let notice = Notice {
        served: terms.served,
        drain_from: terms.drain_from,
        release_due: terms.release_at,
        cut_at: terms.cut_at,
    };
    let acknowledge_until = terms.acknowledge_by;
    let mut events = vec![EventKind::RecallServed { recall, notice, acknowledge_until }];
    if !violations.is_empty() {
        let breaches = violations.into_iter().map(Breach::Ordered).collect();
        events.push(EventKind::Breached { lease, recall, breaches });
    }
    events
}

fn rests(node: NodeId) -> Violation {
    Violation {
        clause: RecallRule::RestAfterReturn,
        message: format!("node {node} is back from a recall and rests; name nodes that do not"),
        earliest: None,
        most: None,
    }
}
