//! Which of a lease's nodes to recall.

use leasehold_types::{NodeId, Units};

use crate::{Holding, LeaseIx, NodeSet, Occupancy, Tenure};

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
    let wanted = |held: &Holding| held.tenure == Tenure::Leased(lease) && !held.down;
    let ours = occupancy.nodes_where(of.nodes.clone(), wanted).difference(keep);
    let mut left = u32::try_from(of.nodes_for(units)).unwrap_or(u32::MAX).min(ours.len());
    let candidates = candidates(occupancy, pool, &ours);
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
            let enough = candidates[i..].iter().take_while(|c| c.count >= left);
            let best = enough.min_by_key(|c| c.count).unwrap_or(candidate);
            left -= take(occupancy, best, left, &ours, &mut chosen);
        }
    }
    for candidate in unbroken {
        left -= take(occupancy, candidate, left.min(candidate.count), &ours, &mut chosen);
    }
    NodeSet::from_runs(chosen)
}

/// Takes the first `count` of the candidate's nodes; returns `count`.
fn take(
    occupancy: &Occupancy,
    candidate: &Candidate,
    count: u32,
    ours: &NodeSet,
    chosen: &mut Vec<(u32, u32)>,
) -> u32 {
    let rack = occupancy.fleet().nodes_of_rack(candidate.rack);
    chosen.extend(ours.within(rack).first(count).runs());
    count
}

/// The racks that hold any of `ours`: whole ones by their distance, then the others by how much
/// they have.
fn candidates(occupancy: &Occupancy, pool: usize, ours: &NodeSet) -> Vec<Candidate> {
    let fleet = occupancy.fleet();
    let mut counted: Vec<(u32, u32)> = Vec::new();
    for mut range in ours.ranges() {
        while let Some(rack) = fleet.rack_of(NodeId(range.start)).filter(|_| !range.is_empty()) {
            let end = fleet.nodes_of_rack(rack).end.min(range.end);
            let count = end - range.start;
            match counted.last_mut() {
                Some(last) if last.0 == rack => last.1 += count,
                _ => counted.push((rack, count)),
            }
            range.start = end;
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
    let mut found: Vec<Candidate> = counted.into_iter().map(candidate).collect();
    found.sort_by_key(|c| (!c.whole, if c.whole { 0 } else { u32::MAX - c.count }, c.distance));
    found
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
