//! What could be recalled now, in the planner's terms.

use leasehold_contract::lease::Trigger;
use leasehold_contract::recall::{self, RecallOffer};
use leasehold_contract::{EvalError, Lease};
use leasehold_planner::recall::Offer;
use leasehold_types::{Instant, LeaseId, PoolId, TrancheId, Units};

use super::State;
use crate::LeaseRecord;

/// An offer for the planner, with the words by which a recall is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    /// For [`leasehold_planner::recall::plan_recall`]. One for each lease and class: where a lease
    /// has several tranches in the pool, that of the one that has the most.
    pub offer: Offer,
    /// The lease.
    pub lease: LeaseId,
    /// The tranche.
    pub tranche: TrancheId,
    /// The notice class, by name.
    pub class: String,
    /// The latest lawful return after a release when the offer is ready.
    pub latest_return: Option<Instant>,
}

impl State {
    /// What the leases allow to recall from a pool if notice is served at `now`, by lease, then by
    /// class. Leases whose last notice is still on its way offer nothing.
    ///
    /// # Errors
    /// [`EvalError`] where a lease cannot be evaluated.
    pub fn recall_offers(
        &self,
        pool: &PoolId,
        trigger: Trigger,
        now: Instant,
    ) -> Result<Vec<Offering>, EvalError> {
        let Some(size) = self.fleet().pool_index(pool).map(|pool| self.node_size(pool)) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for record in self.leases.iter().filter(|record| record.is_standing()) {
            if record.lease().recall.is_none() || self.in_flight(&record.id).is_some() {
                continue;
            }
            let offers =
                recall::offers(record.lease(), record.facts(), &record.history, trigger, now)?;
            let in_pool = offers.into_iter().filter(|offer| {
                record.written(&offer.tranche).is_some_and(|tranche| tranche.pool == *pool)
            });
            let mut of_lease: Vec<Offering> = Vec::new();
            for offering in in_pool.filter_map(|offer| offering(record, offer, size)) {
                keep_most(&mut of_lease, offering);
            }
            found.append(&mut of_lease);
        }
        Ok(found)
    }
}

fn offering(record: &LeaseRecord, offer: RecallOffer, size: u8) -> Option<Offering> {
    let class = class_index(record.lease(), &offer.class)?;
    Some(Offering {
        offer: Offer {
            lease: record.ix,
            class,
            most: offer.most,
            ready_at: offer.ready_at,
            cost_per_unit_hour: offer.cost_per_unit_hour,
            granularity: Units(u64::from(size)),
        },
        lease: record.id.clone(),
        tranche: offer.tranche,
        class: offer.class,
        latest_return: offer.latest_return,
    })
}

fn keep_most(offerings: &mut Vec<Offering>, new: Offering) {
    match offerings.iter_mut().find(|known| known.offer.class == new.offer.class) {
        Some(known) if known.offer.most < new.offer.most => *known = new,
        Some(_) => {}
        None => offerings.push(new),
    }
}

fn class_index(lease: &Lease, name: &str) -> Option<usize> {
    lease.recall.as_ref()?.classes.iter().position(|class| class.name == name)
}
