//! The counts of pools, leases and halls, kept with every change.

use leasehold_types::Units;
use serde::{Deserialize, Serialize};

use super::{Holding, Tenure};
use crate::fleet::Block;

/// The accelerators of one pool, each counted once: `down + job + recalled + leased + idle`
/// is `owned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PoolCount {
    /// All of them.
    pub owned: Units,
    /// On nodes that are down, whoever holds those.
    pub down: Units,
    /// Held by jobs on the owner's nodes that are up.
    pub job: Units,
    /// On recalled nodes that are up, whether or not a job runs there.
    pub recalled: Units,
    /// On leased nodes that are up.
    pub leased: Units,
    /// The owner's, up, and held by no job.
    pub idle: Units,
}

/// The accelerators of one lease in one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LeaseCount {
    /// At the lease's disposal and up.
    pub granted_up: Units,
    /// At the lease's disposal and down.
    pub granted_down: Units,
    /// Recalled, up or down.
    pub recalled: Units,
}

/// A hall's power, in watts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct HallPower {
    /// What the hall may draw.
    pub cap_watts: u64,
    /// What is spoken for: the busy draw of every node that runs a job or is with a lease,
    /// recalled ones and those that are down included, and the idle draw of the others. Never
    /// above the cap.
    pub committed_watts: u64,
    /// What is drawn now: as committed, but nothing by nodes that are down, and the idle draw by
    /// recalled nodes without a job.
    pub drawn_watts: u64,
}

impl PoolCount {
    /// Counts `nodes` nodes of `size` accelerators that changed from `old` to `new`.
    pub(super) fn shift(&mut self, old: Holding, new: Holding, nodes: u64, size: u8) {
        self.count(new, nodes, size, |count, units| count + units);
        self.count(old, nodes, size, u64::saturating_sub);
    }

    /// Applies what `nodes` nodes in one state count for.
    pub(super) fn count(
        &mut self,
        held: Holding,
        nodes: u64,
        size: u8,
        apply: impl Fn(u64, u64) -> u64,
    ) {
        let all = nodes * u64::from(size);
        let to = |count: &mut Units, units| count.0 = apply(count.0, units);
        match held.tenure {
            _ if held.down => to(&mut self.down, all),
            Tenure::Leased(_) => to(&mut self.leased, all),
            Tenure::Recalled(_) => to(&mut self.recalled, all),
            Tenure::Own => {
                let used = nodes * u64::from(held.used);
                to(&mut self.job, used);
                to(&mut self.idle, all - used);
            }
        }
    }
}

impl LeaseCount {
    /// The count that `nodes` nodes in this state belong to.
    pub(super) fn counter(&mut self, held: Holding) -> &mut Units {
        match held.tenure {
            Tenure::Recalled(_) => &mut self.recalled,
            _ if held.down => &mut self.granted_down,
            _ => &mut self.granted_up,
        }
    }
}

impl HallPower {
    /// Counts `nodes` nodes of a block that changed from `old` to `new`.
    pub(super) fn shift(&mut self, old: Holding, new: Holding, nodes: u64, block: &Block) {
        self.committed_watts += nodes * new.committed_watts(block);
        self.committed_watts -= nodes * old.committed_watts(block);
        self.drawn_watts += nodes * new.drawn_watts(block);
        self.drawn_watts -= nodes * old.drawn_watts(block);
    }
}
