//! Which units of a tranche lie on which nodes.
//!
//! Units are numbered from 0 in the order in which their nodes were delivered, within one delivery
//! by node. So a delivery never renumbers what is there. Nodes are whole: the last one may hold
//! more accelerators than the tranche has units left, and those are nobody's units.

use leasehold_contract::facts::UnitRange;
use leasehold_planner::NodeSet;
use leasehold_types::Units;

/// The units on `nodes`, ascending and joined: of `size` accelerators a node, the first `units` in
/// all. Nodes that are in no batch hold none.
pub(crate) fn units_on(
    batches: &[NodeSet],
    nodes: &NodeSet,
    size: u8,
    units: Units,
) -> Vec<UnitRange> {
    let (size, mut before, mut found) = (u64::from(size), 0_u64, Vec::new());
    for batch in batches {
        for range in batch.ranges() {
            let of_run = NodeSet::from_range(range.clone()).intersection(nodes);
            for part in of_run.ranges() {
                let first = (before + u64::from(part.start - range.start)) * size;
                let end = (before + u64::from(part.end - range.start)) * size;
                join(&mut found, first, end.min(units.0));
            }
            before += u64::from(range.end - range.start);
        }
    }
    found
}

/// How many units `ranges` hold.
pub(crate) fn count(ranges: &[UnitRange]) -> Units {
    Units(ranges.iter().map(|range| range.count).sum())
}

fn join(found: &mut Vec<UnitRange>, first: u64, end: u64) {
    if first >= end {
        return;
    }
    match found.last_mut() {
        Some(last) if last.first + last.count == first => last.count += end - first,
        _ => found.push(UnitRange { first, count: end - first }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges(found: &[UnitRange]) -> Vec<(u64, u64)> {
        found.iter().map(|range| (range.first, range.count)).collect()
    }

    #[test]
    fn a_later_delivery_of_lower_nodes_renumbers_nothing() {
        let first = NodeSet::from_runs(vec![(10, 2)]);
        let later = NodeSet::from_runs(vec![(4, 1), (6, 1)]);
        let asked = NodeSet::from_runs(vec![(6, 5)]);
        let one = units_on(std::slice::from_ref(&first), &asked, 8, Units(30));
        assert_eq!(ranges(&one), [(0, 8)]);
        // Nodes 10 and 6 hold units 0 to 7 and, the tranche having 30, 24 to 29.
        let both = units_on(&[first, later], &asked, 8, Units(30));
        assert_eq!(ranges(&both), [(0, 8), (24, 6)]);
        assert_eq!(count(&both), Units(14));
    }

    proptest! {
        #[test]
        fn each_node_holds_its_own_units(
            a in prop::collection::btree_set(0u32..20, 0..8),
            b in prop::collection::btree_set(20u32..40, 0..8),
            asked in prop::collection::btree_set(0u32..40, 0..20),
            size in 1u8..9,
            units in 0u64..130,
        ) {
            let set = |of: &std::collections::BTreeSet<u32>| -> NodeSet {
                of.iter().map(|node| leasehold_types::NodeId(*node)).collect()
            };
            // The later batch has the lower nodes.
            let found = units_on(&[set(&b), set(&a)], &set(&asked), size, Units(units));
            let order: Vec<u32> = b.iter().chain(&a).copied().collect();
            let mut expected = Vec::new();
            for (place, node) in (0u64..).zip(order) {
                let of_node = place * u64::from(size)..(place + 1) * u64::from(size);
                if asked.contains(&node) {
                    expected.extend(of_node.filter(|unit| *unit < units));
                }
            }
            let listed: Vec<u64> =
                found.iter().flat_map(|range| range.first..range.first + range.count).collect();
            prop_assert_eq!(listed, expected);
        }
    }
}
