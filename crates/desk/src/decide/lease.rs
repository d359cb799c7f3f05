//! Signing and amending.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Tranche;
use leasehold_planner::NodeSet;
use leasehold_types::{TrancheId, Units};

use super::{Asked, Decided, promise};
use crate::numbering::count;
use crate::state::LEASES_MAX;
use crate::{EventKind, LeaseRecord, LeaseRefusal, Refusal, TrancheRecord, TrancheRefusal};

impl Asked<'_> {
    pub(super) fn sign(self, lease: &Arc<Lease>) -> Decided {
        let no = |why| Refusal::lease(&lease.id, why);
        if self.state.lease(&lease.id).is_some() {
            return Err(no(LeaseRefusal::Signed));
        }
        if self.state.leases.len() >= LEASES_MAX {
            return Err(no(LeaseRefusal::TooMany));
        }
        if lease.start_of(lease.term.end) <= self.now {
            return Err(no(LeaseRefusal::Past(lease.term.end)));
        }
        self.check_pools(lease)?;
        promise::check(self.state, lease, self.now, None).map_err(no)?;
        Ok(vec![EventKind::LeaseSigned { lease: lease.clone() }])
    }

    pub(super) fn amend(
        self,
        lease: &Arc<Lease>,
        release: &[(TrancheId, NodeSet)],
        reason: &str,
    ) -> Decided {
        let record = self.standing(&lease.id)?;
        let no = |why| Refusal::lease(&lease.id, why);
        self.check_version(record, lease)?;
        check_identity(record, lease).map_err(no)?;
        self.check_pools(lease)?;
        let from = lease.start_of(lease.effective);
        promise::check(self.state, lease, from, Some(record)).map_err(no)?;
        for (tranche, _) in release {
            self.tranche(&lease.id, tranche)?;
        }
        for tranche in &record.tranches {
            self.check_tranche(record, tranche, lease, release)
                .map_err(|why| Refusal::tranche(&lease.id, &tranche.id, why))?;
        }
        let release = release.to_vec();
        Ok(vec![EventKind::LeaseAmended { lease: lease.clone(), release, reason: reason.into() }])
    }

    fn check_pools(self, lease: &Lease) -> Result<(), Refusal> {
        let fleet = self.state.fleet();
        match lease.tranches.iter().find(|tranche| fleet.pool_index(&tranche.pool).is_none()) {
            Some(tranche) => {
                let (tranche, pool) = (tranche.id.clone(), tranche.pool.clone());
                Err(Refusal::lease(&lease.id, LeaseRefusal::NoPool { tranche, pool }))
            }
            None => Ok(()),
        }
    }

    /// The next version, from an instant that is neither past nor after the end.
    fn check_version(self, record: &LeaseRecord, lease: &Lease) -> Result<(), Refusal> {
        let no = |why| Err(Refusal::lease(&lease.id, why));
        let version = lease.version;
        if let Some(pending) = &record.pending {
            let (version, at) = (pending.lease.version, pending.from);
            return no(LeaseRefusal::Pending { version, at });
        }
        let next = record.lease().version.saturating_add(1);
        if version != next {
            return no(LeaseRefusal::Version { got: version, next });
        }
        let at = lease.start_of(lease.effective);
        if at < self.now {
            return no(LeaseRefusal::Backdated { version, effective: lease.effective });
        }
        let ends = record.ends_at();
        if at > ends {
            return no(LeaseRefusal::AfterEnd { version, at, ends });
        }
        if lease.start_of(lease.term.end) <= at {
            return no(LeaseRefusal::Past(lease.term.end));
        }
        Ok(())
    }

    /// What is delivered and recalled now must fit what the version leaves of a tranche.
    fn check_tranche(
        self,
        record: &LeaseRecord,
        tranche: &TrancheRecord,
        lease: &Lease,
        release: &[(TrancheId, NodeSet)],
    ) -> Result<(), TrancheRefusal> {
        let version = lease.version;
        let written = lease.tranches.iter().find(|written| written.id == tranche.id);
        let pool = &self.state.fleet().pools()[tranche.pool];
        let kept = written.filter(|written| written.pool == pool.id);
        let leaving = released_of(release, &tranche.id);
        if let Some(node) = leaving.difference(&tranche.nodes()).iter().next() {
            return Err(TrancheRefusal::NotItsNode(node));
        }
        let in_force = || self.state.recalls_of(&record.id, &tranche.id);
        for recall in in_force() {
            if let Some(node) = leaving.intersection(&recall.nodes).iter().next() {
                return Err(TrancheRefusal::InRecall { node, recall: recall.id });
            }
        }
        let keeps = kept.map_or(0, |written| pool.nodes_for(written.units));
        let (delivered, released) = (tranche.node_count(), u64::from(leaving.len()));
        if delivered - released > keeps {
            return Err(TrancheRefusal::TooFew { version, keeps, delivered, released });
        }
        if let Some(recall) = in_force().find(|recall| !has_class(lease, &recall.class)) {
            let class = recall.class.clone();
            return Err(TrancheRefusal::ClassGoes { version, class });
        }
        let then = tranche.once(
            &leaving,
            kept.map_or(Units::ZERO, |written| written.units),
            pool.accelerators_per_node,
        );
        let out = self.out_of(record, &then);
        let recallable = kept.map_or(Units::ZERO, |w| recallable_under(lease, w, then.delivered));
        if out > recallable {
            return Err(TrancheRefusal::RecalledNow { version, recallable, out });
        }
        Ok(())
    }

    /// Units of a tranche that its recalls in force have taken or will take.
    pub(super) fn out_of(self, record: &LeaseRecord, tranche: &TrancheRecord) -> Units {
        let size = self.state.node_size(tranche.pool);
        let in_force = self.state.recalls_of(&record.id, &tranche.id).filter(|r| !r.is_drill());
        Units(in_force.map(|recall| count(&tranche.units_on(&recall.nodes, size)).0).sum())
    }
}

/// Whether the recall clause of `lease` has a class of this name.
pub(super) fn has_class(lease: &Lease, name: &str) -> bool {
    let clause = lease.recall.as_ref();
    clause.is_some_and(|clause| clause.classes.iter().any(|class| class.name == name))
}

/// Units of a tranche that can be out at once where so many are delivered: firm ones come first.
pub(super) fn recallable_under(lease: &Lease, written: &Tranche, delivered: Units) -> Units {
    if lease.recall.is_none() {
        return Units::ZERO;
    }
    delivered.saturating_sub(written.firm()).min(written.recallable)
}

/// The nodes that an amendment releases of one tranche.
pub(super) fn released_of(release: &[(TrancheId, NodeSet)], tranche: &TrancheId) -> NodeSet {
    let of_it = release.iter().filter(|(id, _)| id == tranche);
    of_it.fold(NodeSet::EMPTY, |all, (_, nodes)| all.union(nodes))
}

fn check_identity(record: &LeaseRecord, lease: &Lease) -> Result<(), LeaseRefusal> {
    let old = record.lease();
    let pairs = [
        ("owner", old.owner.id.to_string(), lease.owner.id.to_string()),
        ("tenant", old.tenant.id.to_string(), lease.tenant.id.to_string()),
        ("currency", old.currency.to_string(), lease.currency.to_string()),
    ];
    let changed = pairs.into_iter().find(|(_, was, is)| was != is);
    changed.map_or(Ok(()), |(what, was, is)| Err(LeaseRefusal::Identity { what, was, is }))
}
