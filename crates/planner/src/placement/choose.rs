//! Which of a lease's nodes to recall.

use leasehold_types::{NodeId, Units};

use crate::{LeaseIx, NodeSet, Occupancy, Tenure};

/// What one rack has to give.
struct Candidate {
    rack: u32,
    /// Nodes that may be taken.
    count: u32,
    /// Whether that is the rack as a whole.
    whole: bool,
    /// Racks to the next one of the same hall with a free node of the owner's.
    distance: u32,
}

/// Which of a lease's nodes to recall for `units`, rounded up to whole nodes: never any of
/// `keep`; fewer where it has no more that are up.
///
/// Whole racks come first, the nearest to where the owner has free nodes before others; then
/// racks of which the lease has a part, the fullest first; and only then is a whole rack broken.
/// Looks at every node of the pool.
pub fn choose_recall(
    occupancy: &Occupancy,
    lease: LeaseIx,
    pool: usize,
    units: Units,
    keep: &NodeSet,
) -> NodeSet {
    let Some(of) = occupancy.fleet().pools().get(pool) else { return NodeSet::EMPTY };
    let ours = lease_nodes(occupancy, lease, of.nodes.clone()).difference(keep);
    let mut left = u32::try_from(of.nodes_for(units)).unwrap_or(u32::MAX).min(ours.len());
    let mut candidates = candidates(occupancy, pool, &ours);
    candidates.sort_by_key(|c| (!c.whole, c.distance, c.rack));
    let broken = candidates.partition_point(|c| c.whole);
    candidates[broken..].sort_by_key(|c| (u32::MAX - c.count, c.distance, c.rack));
    let mut chosen: Vec<(u32, u32)> = Vec::new();
    let mut unbroken = Vec::new();
    for (i, candidate) in candidates.iter().enumerate() {
        if left == 0 {
            break;
        }
        if candidate.count <= left {
            left -= take(occupancy, candidate, candidate.count, &ours, &mut chosen);
        } else if candidate.whole {
            unbroken.push(candidate);
        } else {
            // The racks from here on have ever fewer: the last that suffices is the best fit.
            let enough = candidates[i..].iter().take_while(|c| c.count >= left);
            let fewest = enough.clone().map(|c| c.count).min();
            let mut best = enough.filter(|c| Some(c.count) == fewest);
            let best = best.next().unwrap_or(candidate);
            left -= take(occupancy, best, left, &ours, &mut chosen);
        }
    }
    for candidate in unbroken {
        left -= take(occupancy, candidate, left.min(candidate.count), &ours, &mut chosen);
    }
    NodeSet::from_runs(chosen)
}

/// The nodes among `nodes` that the lease has at its disposal and that are up.
fn lease_nodes(occupancy: &Occupancy, lease: LeaseIx, nodes: std::ops::Range<u32>) -> NodeSet {
    let usable = |node: &u32| {
        let held = occupancy.holding(NodeId(*node)).unwrap_or_default();
        held.tenure == Tenure::Leased(lease) && !held.down
    };
    nodes.filter(usable).map(NodeId).collect()
}

/// Takes the first `count` of the candidate's nodes; returns `count`.
fn take(
    occupancy: &Occupancy,
    candidate: &Candidate,
    count: u32,
    ours: &NodeSet,
    chosen: &mut Vec<(u32, u32)>,
) -> u32 {
    let rack = NodeSet::from_range(occupancy.fleet().nodes_of_rack(candidate.rack));
    chosen.extend(ours.intersection(&rack).first(count).runs());
    count
}

/// The racks that hold any of `ours`, in their order.
fn candidates(occupancy: &Occupancy, pool: usize, ours: &NodeSet) -> Vec<Candidate> {
    let fleet = occupancy.fleet();
    let mut counted: Vec<(u32, u32)> = Vec::new();
    for node in ours.iter() {
        let rack = fleet.rack_of(node).unwrap_or_default();
        match counted.last_mut() {
            Some(last) if last.0 == rack => last.1 += 1,
            _ => counted.push((rack, 1)),
        }
    }
    let distances = distances(occupancy, pool);
    let first = fleet.blocks()[fleet.pools()[pool].blocks.start].racks.start;
    let candidate = |(rack, count): (u32, u32)| Candidate {
        rack,
        count,
        whole: count as usize == fleet.nodes_of_rack(rack).len(),
        distance: distances[(rack - first) as usize],
    };
    counted.into_iter().map(candidate).collect()
}

/// For each rack of the pool, how far the next rack of the same hall is that has a free node of
/// the owner's; racks of halls without one are all equally far.
fn distances(occupancy: &Occupancy, pool: usize) -> Vec<u32> {
    let fleet = occupancy.fleet();
    let mut distances: Vec<(usize, u32)> = Vec::new();
    for block in &fleet.blocks()[fleet.pools()[pool].blocks.clone()] {
        for rack in block.racks.clone() {
            let free = occupancy.index().free.runs(block.nodes_of_rack(rack)).next().is_some();
            distances.push((block.hall, if free { 0 } else { u32::MAX }));
        }
    }
    let count = distances.len();
    let mut nearer = |at: usize, from: usize| {
        if distances[at].0 == distances[from].0 {
            distances[at].1 = distances[at].1.min(distances[from].1.saturating_add(1));
        }
    };
    (1..count).for_each(|at| nearer(at, at - 1));
    (1..count).rev().for_each(|at| nearer(at - 1, at));
    distances.into_iter().map(|(_, distance)| distance).collect()
}
