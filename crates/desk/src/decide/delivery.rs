//! Delivery, late or not, and what the tenant elects.

use leasehold_contract::lease::Remedy;
use leasehold_planner::NodeSet;
use leasehold_types::{LeaseId, TrancheId};

use super::lease::released_of;
use super::{Asked, Decided};
use crate::{Delivery, EventKind, LeaseRecord, Refusal, TrancheRecord, TrancheRefusal};

impl Asked<'_> {
    pub(super) fn deliver(self, id: &LeaseId, tranche: &TrancheId, nodes: &NodeSet) -> Decided {
        let (record, found) = self.tranche(id, tranche)?;
        let no = |why| Refusal::tranche(id, tranche, why);
        self.check_open(record, found).map_err(no)?;
        let missing = self.missing_nodes(record, found);
        self.check_nodes(found, nodes, missing).map_err(no)?;
        self.state.occupancy.check_grant(record.ix, nodes).map_err(|why| self.of_nodes(why))?;
        let complete = self.nodes_for(found) == found.node_count() + u64::from(nodes.len());
        Ok(vec![EventKind::Delivered {
            lease: id.clone(),
            tranche: tranche.clone(),
            nodes: nodes.clone(),
            complete,
        }])
    }

    /// Whether anything may be delivered now.
    fn check_open(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
    ) -> Result<(), TrancheRefusal> {
        match (tranche.delivery, record.written(&tranche.id)) {
            (Delivery::Fixed, _) => Err(TrancheRefusal::Fixed(tranche.units)),
            (Delivery::Ended, _) | (_, None) => Err(TrancheRefusal::Over),
            (Delivery::NotDue, Some(written)) => {
                Err(TrancheRefusal::Early { due: record.lease().start_of(written.delivery) })
            }
            _ => Ok(()),
        }
    }

    fn nodes_for(self, tranche: &TrancheRecord) -> u64 {
        self.state.fleet().pools()[tranche.pool].nodes_for(tranche.units)
    }

    /// Nodes that make the tranche whole, and not more than a pending version leaves it.
    fn missing_nodes(self, record: &LeaseRecord, tranche: &TrancheRecord) -> u64 {
        let has = tranche.node_count();
        let now = self.nodes_for(tranche).saturating_sub(has);
        let Some(pending) = &record.pending else { return now };
        let pool = &self.state.fleet().pools()[tranche.pool];
        let written = pending
            .lease
            .tranches
            .iter()
            .find(|written| written.id == tranche.id && written.pool == pool.id);
        let keeps = written.map_or(0, |written| pool.nodes_for(written.units));
        let leaving = u64::from(released_of(&pending.release, &tranche.id).len());
        now.min(keeps.saturating_sub(has.saturating_sub(leaving)))
    }

    fn check_nodes(
        self,
        tranche: &TrancheRecord,
        nodes: &NodeSet,
        most: u64,
    ) -> Result<(), TrancheRefusal> {
        if nodes.is_empty() {
            return Err(TrancheRefusal::NoNodes);
        }
        if u64::from(nodes.len()) > most {
            return Err(TrancheRefusal::TooMany { given: nodes.len(), most });
        }
        let pool = &self.state.fleet().pools()[tranche.pool];
        let of_pool = NodeSet::from_range(pool.nodes.clone());
        match nodes.difference(&of_pool).iter().next() {
            Some(node) => Err(TrancheRefusal::OtherPool { node, pool: pool.id.clone() }),
            None => Ok(()),
        }
    }

    pub(super) fn elect(self, id: &LeaseId, tranche: &TrancheId, remedy: Remedy) -> Decided {
        let (record, found) = self.tranche(id, tranche)?;
        let no = |why| Refusal::tranche(id, tranche, why);
        let closed = |why| Err(no(TrancheRefusal::NoElection(why)));
        match found.delivery {
            Delivery::Overdue { elect_until: Some(_) } => {}
            Delivery::Overdue { elect_until: None } => {
                return closed("the lease names no remedies for late delivery");
            }
            Delivery::NotDue | Delivery::Due => return closed("its grace is not over"),
            Delivery::Awaited | Delivery::Fixed => return closed("it has been decided"),
            Delivery::Complete => return closed("it is whole"),
            Delivery::Ended => return closed("it has ended"),
        }
        let among = record.written(tranche).map_or(&[][..], |written| &written.late.remedies);
        if !among.contains(&remedy) {
            return Err(no(TrancheRefusal::NotARemedy { remedy, among: among.to_vec() }));
        }
        Ok(vec![elected(record, found, remedy, false)])
    }
}

/// The election of a remedy, by word or by silence.
pub(super) fn elected(
    record: &LeaseRecord,
    tranche: &TrancheRecord,
    remedy: Remedy,
    silent: bool,
) -> EventKind {
    let accepted = (remedy == Remedy::AcceptFewer).then_some(tranche.delivered);
    EventKind::RemedyElected {
        lease: record.id.clone(),
        tranche: tranche.id.clone(),
        remedy,
        silent,
        accepted,
    }
}
