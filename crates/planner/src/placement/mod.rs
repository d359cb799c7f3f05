//! Where a job or a lease would go.

use leasehold_types::Units;

use crate::{LeaseIx, NodeSet, Occupancy, Slots};

/// What could start in a pool now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Startable {
    /// Accelerators in each of the pool's nodes.
    pub accelerators_per_node: u8,
    /// The owner's nodes that are up, run no job, and for which their halls have power.
    pub whole_nodes: u32,
    /// The most free accelerators on one node that already runs a job of the owner's.
    pub shared_most: u8,
    /// All free accelerators on such nodes.
    pub shared_units: Units,
}

impl Startable {
    /// How many nodes a job of `units` would lack now; 0 where it could start.
    pub fn missing_nodes(&self, units: Units) -> u64 {
        let size = u64::from(self.accelerators_per_node.max(1));
        let (whole, rest) = (units.0 / size, units.0 % size);
        let fresh = rest > 0 && rest > u64::from(self.shared_most);
        (whole + u64::from(fresh)).saturating_sub(u64::from(self.whole_nodes))
    }

    /// Whether a job of `units` could start now.
    pub fn fits(&self, units: Units) -> bool {
        self.missing_nodes(units) == 0
    }
}

/// What could start in a pool now, at the cost of looking at the pool's blocks.
pub fn startable(_occupancy: &Occupancy, _pool: usize) -> Startable {
    Startable { accelerators_per_node: 1, whole_nodes: 0, shared_most: 0, shared_units: Units(0) }
}

/// Where a job of `units` would go: the owner's nodes, and where those do not suffice, recalled
/// nodes out of `also`, which are reserved for this job.
pub fn place_job(
    _occupancy: &Occupancy,
    _pool: usize,
    _units: Units,
    _also: &NodeSet,
) -> Option<Slots> {
    None
}

/// How many units, in whole nodes, are missing for a job of `units` to start now.
pub fn place_shortfall(occupancy: &Occupancy, pool: usize, units: Units) -> Units {
    let now = startable(occupancy, pool);
    Units(now.missing_nodes(units) * u64::from(now.accelerators_per_node))
}

/// Which nodes to grant to a lease for `units`, rounded up to whole nodes.
pub fn place_grant(_occupancy: &Occupancy, _pool: usize, _units: Units) -> Option<NodeSet> {
    None
}

/// Which of a lease's nodes to recall for `units`, rounded up to whole nodes: never any of
/// `keep`; fewer where it has no more that are up.
pub fn choose_recall(
    _occupancy: &Occupancy,
    _lease: LeaseIx,
    _pool: usize,
    _units: Units,
    _keep: &NodeSet,
) -> NodeSet {
    NodeSet::EMPTY
}
