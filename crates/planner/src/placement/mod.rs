//! Where a job or a lease would go, and what to take back.
//!
//! Jobs fill a pool from its near end (the low numbers), leases from its far end, so that what
//! is free stays together between them and what is recalled adjoins what the owner has. Nothing
//! here changes the occupancy: it proposes nodes, and [`Occupancy`] checks them when they are
//! taken. What is proposed for one call is free and has power; two proposals made without a
//! change between them may name the same nodes.
//!
//! Cost: a job or a lease looks at the blocks of its pool and at the racks that it gets, a recall
//! at the nodes of its pool.

mod choose;
mod pick;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use leasehold_types::{NodeId, Units};

pub use choose::choose_recall;
use pick::{End, Picker};

use crate::{NodeSet, Occupancy, Slots, Tenure};

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
        let fresh = rest > u64::from(self.shared_most);
        (whole + u64::from(fresh)).saturating_sub(u64::from(self.whole_nodes))
    }

    /// Whether a job of `units` could start now.
    pub fn fits(&self, units: Units) -> bool {
        self.missing_nodes(units) == 0
    }
}

/// What could start in one of the fleet's pools now, at the cost of looking at its blocks. In a
/// pool that does not exist, nothing but a job of no units.
pub fn startable(occupancy: &Occupancy, pool: usize) -> Startable {
    let mut whole_nodes = 0;
    each_room(occupancy, pool, |_, nodes| whole_nodes += nodes);
    let size = occupancy.fleet().pools().get(pool).map_or(1, |of| of.accelerators_per_node);
    let shared = occupancy.index().pools.get(pool);
    let most = shared.and_then(|shared| shared.nodes.class_below(u32::from(size)));
    Startable {
        accelerators_per_node: size,
        whole_nodes,
        shared_most: most.and_then(|most| u8::try_from(most).ok()).unwrap_or(0),
        shared_units: Units(shared.map_or(0, |shared| shared.units)),
    }
}

/// Tells each block of the pool and how many of its free nodes could be put to use together,
/// with all that is told for the other blocks, by the power that their halls have left. Where it
/// does not suffice for all, the nodes that take least come first, so that most get some.
fn each_room(occupancy: &Occupancy, pool: usize, mut tell: impl FnMut(usize, u32)) {
    let (fleet, index) = (occupancy.fleet(), occupancy.index());
    let Some(of) = fleet.pools().get(pool) else { return };
    let (mut hall, mut left) = (usize::MAX, 0);
    for &at in &index.thrifty[of.blocks.clone()] {
        let block = &fleet.blocks()[at];
        if block.hall != hall {
            hall = block.hall;
            let power = occupancy.hall_power(hall).unwrap_or_default();
            left = power.cap_watts - power.committed_watts;
        }
        let (free, rise) = (index.blocks[at].free, u64::from(block.rise_watts()));
        let most = left.checked_div(rise).and_then(|most| u32::try_from(most).ok());
        let nodes = free.min(most.unwrap_or(u32::MAX));
        left -= u64::from(nodes) * rise;
        tell(at, nodes);
    }
}

/// The blocks of the pool that have room, in the order of their nodes.
fn rooms_of(occupancy: &Occupancy, pool: usize) -> Vec<(usize, u32)> {
    let mut rooms = Vec::new();
    each_room(occupancy, pool, |at, nodes| {
        if nodes > 0 {
            rooms.push((at, nodes));
        }
    });
    rooms.sort_unstable();
    rooms
}

/// Where a job of `units` would go: whole nodes for each full multiple of the pool's node size,
/// and for the rest the node that jobs already share and that has the least that suffices.
///
/// It goes on the owner's nodes; only what is missing there comes from `also`, recalled nodes
/// that are reserved for this job. It gets as few halls and racks as can be found by taking the
/// fullest first, near end first. `None` where it cannot start now, which is exactly where
/// [`Startable::missing_nodes`] exceeds the usable nodes of `also`.
pub fn place_job(
    occupancy: &Occupancy,
    pool: usize,
    units: Units,
    also: &NodeSet,
) -> Option<Slots> {
    let of = occupancy.fleet().pools().get(pool)?;
    let size = of.accelerators_per_node;
    let rest = u8::try_from(units.0 % u64::from(size)).ok()?;
    let shared = shared_node(occupancy, pool, rest);
    let fresh = rest > 0 && shared.is_none();
    let need = u32::try_from(units.0 / u64::from(size)).ok()?.checked_add(fresh.into())?;
    let own = pick_near(occupancy, pool, need);
    let missing = need - own.len();
    let extra =
        if missing > 0 { reserved(occupancy, pool, also).first(missing) } else { NodeSet::EMPTY };
    if extra.len() < missing {
        return None;
    }
    let split = if fresh { own.last().or(extra.last()) } else { None };
    let mut whole = own.union(&extra);
    if let Some(node) = split {
        whole = whole.difference(&NodeSet::from_range(node.0..node.0 + 1));
    }
    let part = split.or(shared).filter(|_| rest > 0).map(|node| (node, rest));
    Some(Slots { whole, part: part.into_iter().collect() })
}

/// The node that jobs share and that has the least free that is at least `rest`.
fn shared_node(occupancy: &Occupancy, pool: usize, rest: u8) -> Option<NodeId> {
    let shared = &occupancy.index().pools.get(pool)?.nodes;
    let class = shared.class_from(u32::from(rest.max(1)))?;
    let node = shared.members(class)?.next(0)?;
    Some(NodeId(occupancy.fleet().pools()[pool].nodes.start + node))
}

/// Up to `need` free nodes: all in the first block that has room for them, or else from the
/// blocks with most room first.
fn pick_near(occupancy: &Occupancy, pool: usize, need: u32) -> NodeSet {
    let (mut rooms, mut runs, mut left) = (Vec::new(), Vec::new(), need);
    if need > 0 {
        rooms = rooms_of(occupancy, pool);
    }
    match rooms.iter().position(|room| room.1 >= need) {
        Some(fits) => rooms = vec![rooms[fits]],
        None => rooms.sort_by_key(|room| Reverse(room.1)),
    }
    for (block, nodes) in rooms {
        left -= Picker::new(occupancy, block, End::Near).take(nodes.min(left), &mut runs);
    }
    NodeSet::from_runs(runs)
}

/// The nodes of `also` that a job could have whole: of this pool, recalled, up, and free.
fn reserved(occupancy: &Occupancy, pool: usize, also: &NodeSet) -> NodeSet {
    let Some(of) = occupancy.fleet().pools().get(pool) else { return NodeSet::EMPTY };
    let usable = |node: &NodeId| {
        let held = occupancy.holding(*node).unwrap_or_default();
        matches!(held.tenure, Tenure::Recalled(_)) && !held.down && held.used == 0
    };
    also.within(of.nodes.clone()).iter().filter(usable).collect()
}

/// How many units, in whole nodes, are missing for a job of `units` to start now; none where it
/// could.
pub fn place_shortfall(occupancy: &Occupancy, pool: usize, units: Units) -> Units {
    let now = startable(occupancy, pool);
    Units(now.missing_nodes(units).saturating_mul(now.accelerators_per_node.into()))
}

/// Which nodes to grant to a lease for `units`, rounded up to whole nodes: free racks from the
/// far end of the pool first, then what is free of other racks there. `None` where there are
/// too few that their halls can power.
pub fn place_grant(occupancy: &Occupancy, pool: usize, units: Units) -> Option<NodeSet> {
    let of = occupancy.fleet().pools().get(pool)?;
    let mut left = u32::try_from(of.nodes_for(units)).ok()?;
    let mut rooms = rooms_of(occupancy, pool);
    let mut pickers: Vec<Picker<'_>> =
        rooms.iter().map(|room| Picker::new(occupancy, room.0, End::Far)).collect();
    let mut runs = Vec::new();
    for whole_racks in [true, false] {
        for (room, picker) in rooms.iter_mut().zip(&mut pickers).rev() {
            let most = room.1.min(left);
            let taken = if whole_racks {
                picker.take_whole_racks(most, &mut runs)
            } else {
                picker.take(most, &mut runs)
            };
            room.1 -= taken;
            left -= taken;
        }
    }
    (left == 0).then(|| NodeSet::from_runs(runs))
}
