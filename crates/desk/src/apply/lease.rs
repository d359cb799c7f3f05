//! Leases: signed, amended, under notice, ended.

use std::sync::Arc;

use leasehold_contract::facts::Delivery as Delivered;
use leasehold_contract::lease::Side;
use leasehold_contract::notice::{Notice, Withdrawal};
use leasehold_contract::{Facts, Lease, NoticeBook, RecallHistory};
use leasehold_planner::{LeaseIx, NodeSet};
use leasehold_types::{Date, Instant, LeaseId, RecallId, TrancheId, Units};

use super::{Misfit, misfit, no_lease, no_tranche};
use crate::{Amendment, Delivery, LeaseEnd, LeaseRecord, Recall, State, TrancheRecord, Version};

impl State {
    pub(super) fn signed(&mut self, lease: &Arc<Lease>, at: Instant) -> Result<(), Misfit> {
        if self.lease_index.contains_key(&lease.id) {
            return Err(format!("lease `{}` is signed already", lease.id));
        }
        let ix = LeaseIx(u16::try_from(self.leases.len()).map_err(misfit)?);
        let tranches = lease.tranches.iter().map(|tranche| {
            let pool = self.fleet().pool_index(&tranche.pool);
            let pool = pool.ok_or_else(|| format!("the fleet has no pool `{}`", tranche.pool))?;
            Ok(TrancheRecord::new(tranche.id.clone(), pool, tranche.units, tranche.delivery))
        });
        let tranches = tranches.collect::<Result<Vec<_>, Misfit>>()?;
        let first = Version { from: at, lease: lease.clone(), facts: Facts::default() };
        self.leases.push(LeaseRecord {
            id: lease.id.clone(),
            ix,
            signed: at,
            versions: vec![first],
            pending: None,
            tranches,
            notices: NoticeBook::default(),
            history: RecallHistory::default(),
            elected_end: None,
            ended: None,
            armed: Vec::new(),
        });
        self.lease_index.insert(lease.id.clone(), ix);
        self.rearm_lease(ix);
        Ok(())
    }

    pub(super) fn amended(
        &mut self,
        lease: &Arc<Lease>,
        release: &[(TrancheId, NodeSet)],
    ) -> Result<(), Misfit> {
        let from = lease.start_of(lease.effective);
        self.with_lease(&lease.id, |record| {
            record.pending =
                Some(Amendment { from, lease: lease.clone(), release: release.to_vec() });
            Ok(())
        })
    }

    /// The pending version governs. Its facts begin with what is delivered and recalled then: the
    /// past stays with the version under which it happened.
    pub(super) fn began(&mut self, id: &LeaseId, version: u32, at: Instant) -> Result<(), Misfit> {
        let ix = self.standing_ix(id)?;
        let record = &self.leases[usize::from(ix.0)];
        let pending = record.pending.clone().filter(|pending| pending.lease.version == version);
        let pending = pending.ok_or_else(|| format!("lease `{id}` awaits no version {version}"))?;
        let leaving = pending.release.iter().fold(NodeSet::EMPTY, |all, (_, n)| all.union(n));
        let leaving = leaving.intersection(&record.nodes());
        let new = self.tranches_under(record, &pending.lease, at)?;
        let gone: Vec<(TrancheId, NodeSet)> = record
            .tranches
            .iter()
            .filter(|tranche| !pending.lease.tranches.iter().any(|t| t.id == tranche.id))
            .map(|tranche| (tranche.id.clone(), tranche.nodes().difference(&leaving)))
            .collect();
        let all = gone.iter().fold(leaving.clone(), |all, (_, nodes)| all.union(nodes));
        self.occupancy.revoke(ix, &all).map_err(misfit)?;
        for (tranche, _) in &gone {
            self.close_recalls(id, Some(tranche), at);
        }
        self.take_up(ix, &pending, new, &all, at);
        self.rearm_lease(ix);
        Ok(())
    }

    /// The tranches of a record as `lease` has them from `at` on; those that it does not have are
    /// ended, and one that ended begins anew where it is to last longer now.
    fn tranches_under(
        &self,
        record: &LeaseRecord,
        lease: &Lease,
        at: Instant,
    ) -> Result<Vec<TrancheRecord>, Misfit> {
        let mut tranches = record.tranches.clone();
        let today = lease.zone.date_of(at);
        for tranche in &mut tranches {
            if !lease.tranches.iter().any(|written| written.id == tranche.id) {
                tranche.delivery = Delivery::Ended;
            }
        }
        for written in &lease.tranches {
            let pool = self.fleet().pool_index(&written.pool);
            let pool = pool.ok_or_else(|| format!("the fleet has no pool `{}`", written.pool))?;
            let old = record.written(&written.id);
            let same = old.is_some_and(|old| old.units == written.units);
            let lasts = lease.start_of(written.until) > at;
            match tranches.iter_mut().find(|tranche| tranche.id == written.id) {
                Some(tranche) if tranche.delivery == Delivery::Ended && !lasts => {}
                // What the tenant accepted stands where the new version says the same as before.
                Some(tranche)
                    if same && tranche.pool == pool && tranche.delivery != Delivery::Ended => {}
                Some(tranche) => {
                    tranche.units = written.units;
                    tranche.pool = pool;
                    tranche.asked = today;
                    tranche.delivery = Delivery::NotDue;
                }
                None => {
                    let id = written.id.clone();
                    tranches.push(TrancheRecord::new(id, pool, written.units, today));
                }
            }
        }
        Ok(tranches)
    }

    fn take_up(
        &mut self,
        ix: LeaseIx,
        pending: &Amendment,
        mut tranches: Vec<TrancheRecord>,
        leaving: &NodeSet,
        at: Instant,
    ) {
        let old = &self.leases[usize::from(ix.0)];
        let mut facts = Facts { ends: old.facts().ends, ..Facts::default() };
        if pending.lease.term.end == old.lease().term.end {
            facts.extension_days = old.facts().extension_days;
        }
        let on = pending.lease.zone.date_of(at);
        for tranche in &mut tranches {
            tranche.remove(leaving);
            tranche.count_delivered(self.node_size(tranche.pool));
            let kept = old.facts().reductions.iter().filter(|r| r.tranche == tranche.id);
            if tranche.delivery == Delivery::Fixed {
                facts.reductions.extend(kept.cloned());
            } else if tranche.delivery != Delivery::Ended && tranche.is_whole() {
                tranche.delivery = Delivery::Complete;
            }
            if tranche.delivery != Delivery::Ended && !tranche.delivered.is_zero() {
                let (tranche, units) = (tranche.id.clone(), tranche.delivered);
                facts.deliveries.push(Delivered { tranche, on, units });
            }
        }
        let in_force = self.recalls_in_force().filter(|recall| recall.ix == ix);
        let (released, waiting): (Vec<&Recall>, Vec<&Recall>) =
            in_force.partition(|recall| recall.is_released());
        let ids = |recalls: Vec<&Recall>| recalls.iter().map(|r| r.id).collect::<Vec<RecallId>>();
        let (released, waiting) = (ids(released), ids(waiting));
        let record = &mut self.leases[usize::from(ix.0)];
        record.pending = None;
        record.tranches = tranches;
        let id = record.id.clone();
        for recall in released.iter().chain(&waiting) {
            self.recount(*recall);
        }
        for recall in &released {
            self.stop_taking(*recall, &id, at);
        }
        let lease = pending.lease.clone();
        self.leases[usize::from(ix.0)].versions.push(Version { from: at, lease, facts });
        for recall in &released {
            self.go_on_taking(*recall, &id, at);
        }
    }

    pub(super) fn notice_served(
        &mut self,
        id: &LeaseId,
        side: Side,
        received: Instant,
        ends: Date,
    ) -> Result<(), Misfit> {
        self.with_lease(id, |record| {
            if record.notices.standing(side).is_some() {
                return Err(format!("the {side} has a notice standing on lease `{id}`"));
            }
            record.notices.record(Notice { side, received, ends, withdrawn: None });
            record.note_end();
            Ok(())
        })
    }

    pub(super) fn notice_withdrawn(
        &mut self,
        id: &LeaseId,
        side: Side,
        consent: &str,
        at: Instant,
    ) -> Result<(), Misfit> {
        self.with_lease(id, |record| {
            if record.notices.standing(side).is_none() {
                return Err(format!("the {side} has no notice standing on lease `{id}`"));
            }
            record.notices.record_withdrawal(Withdrawal { side, at, consent: consent.into() });
            record.note_end();
            Ok(())
        })
    }

    pub(super) fn tranche_ended(
        &mut self,
        id: &LeaseId,
        tranche: &TrancheId,
        at: Instant,
    ) -> Result<(), Misfit> {
        let ix = self.standing_ix(id)?;
        let found = self.leases[usize::from(ix.0)].tranche(tranche);
        let nodes = found.ok_or_else(|| no_tranche(id, tranche))?.nodes();
        self.occupancy.revoke(ix, &nodes).map_err(misfit)?;
        self.close_recalls(id, Some(tranche), at);
        self.with_lease(id, |record| {
            if let Some(tranche) = record.tranche_mut(tranche) {
                tranche.end();
            }
            Ok(())
        })
    }

    pub(super) fn lease_ended(
        &mut self,
        id: &LeaseId,
        why: LeaseEnd,
        at: Instant,
    ) -> Result<(), Misfit> {
        let ix = self.standing_ix(id)?;
        let nodes = self.leases[usize::from(ix.0)].nodes();
        self.occupancy.revoke(ix, &nodes).map_err(misfit)?;
        self.close_recalls(id, None, at);
        self.with_lease(id, |record| {
            record.ended = Some((at, why));
            record.pending = None;
            for tranche in &mut record.tranches {
                tranche.end();
            }
            Ok(())
        })
    }

    /// Changes a lease that has not ended, and derives its timers anew.
    pub(super) fn with_lease(
        &mut self,
        id: &LeaseId,
        change: impl FnOnce(&mut LeaseRecord) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        let ix = self.standing_ix(id)?;
        change(&mut self.leases[usize::from(ix.0)])?;
        self.rearm_lease(ix);
        Ok(())
    }

    pub(super) fn standing_ix(&self, id: &LeaseId) -> Result<LeaseIx, Misfit> {
        let record = self.lease(id).filter(|record| record.is_standing());
        record.map(|record| record.ix).ok_or_else(|| no_lease(id))
    }
}

impl TrancheRecord {
    fn new(id: TrancheId, pool: usize, units: Units, asked: Date) -> Self {
        let (batches, delivered) = (Vec::new(), Units::ZERO);
        TrancheRecord { id, pool, units, batches, delivered, asked, delivery: Delivery::NotDue }
    }

    fn end(&mut self) {
        self.batches.clear();
        self.delivered = Units::ZERO;
        self.delivery = Delivery::Ended;
    }
}
