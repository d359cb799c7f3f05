//! The counts from scratch, by looking at every node: slow and obvious, to check the fast ones.

use std::collections::BTreeMap;

use leasehold_types::Units;

use super::{HallPower, Holding, LeaseCount, LeaseIx, Occupancy, PoolCount, Tenure};
use crate::Fleet;

/// All counts of an occupancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// By pool.
    pub pools: Vec<PoolCount>,
    /// By lease and pool, where the lease has anything there.
    pub leases: BTreeMap<(LeaseIx, usize), LeaseCount>,
    /// By hall.
    pub halls: Vec<HallPower>,
}

impl Occupancy {
    /// All counts, as they are kept with every change.
    pub fn counts(&self) -> Counts {
        Counts { pools: self.pools.clone(), leases: self.leases.clone(), halls: self.halls.clone() }
    }

    /// All counts, from scratch: for tests and audits, which compare them with
    /// [`Occupancy::counts`].
    pub fn recount(&self) -> Counts {
        count(&self.fleet, &self.nodes)
    }
}

pub(super) fn count(fleet: &Fleet, nodes: &[Holding]) -> Counts {
    let owned = |units| PoolCount { owned: units, ..PoolCount::default() };
    let cap = |cap_watts| HallPower { cap_watts, ..HallPower::default() };
    let mut counts = Counts {
        pools: fleet.pools().iter().map(|pool| owned(pool.units)).collect(),
        leases: BTreeMap::new(),
        halls: fleet.halls().iter().map(|hall| cap(hall.cap_watts)).collect(),
    };
    for block in fleet.blocks() {
        let size = fleet.pools()[block.pool].accelerators_per_node;
        for node in block.nodes.clone() {
            let held = nodes[node as usize];
            counts.pools[block.pool].count(held, 1, size, |count, units| count + units);
            let power = &mut counts.halls[block.hall];
            power.committed_watts += held.committed_watts(block);
            power.drawn_watts += held.drawn_watts(block);
            if let Tenure::Leased(lease) | Tenure::Recalled(lease) = held.tenure {
                let count = counts.leases.entry((lease, block.pool)).or_default();
                let counter = count.counter(held);
                *counter = Units(counter.0 + u64::from(size));
            }
        }
    }
    counts
}
