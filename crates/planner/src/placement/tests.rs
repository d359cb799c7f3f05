use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::testing::{Model, fleets, set, steps};
use crate::{Fleet, LeaseIx};

/// The most nodes of a pool that could be put to use together, hall by hall, one after another
/// from those that take least power.
fn usable_by_hand(model: &Model, occupancy: &Occupancy, pool: usize) -> u32 {
    let fleet = &model.fleet;
    let mut halls: Vec<u64> = (0..fleet.halls().len())
        .map(|hall| occupancy.hall_power(hall).unwrap())
        .map(|power| power.cap_watts - power.committed_watts)
        .collect();
    let mut free = Vec::new();
    for node in fleet.pools()[pool].nodes.clone() {
        let held = &model.nodes[node as usize];
        if held.tenure == Tenure::Own && !held.down && held.jobs.is_empty() {
            let block = &fleet.blocks()[fleet.block_of(NodeId(node)).unwrap()];
            free.push((u64::from(block.rise_watts()), block.hall));
        }
    }
    free.sort_unstable();
    let mut count = 0;
    for (rise, hall) in free {
        if rise <= halls[hall] {
            halls[hall] -= rise;
            count += 1;
        }
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn what_could_start_is_what_can_be_placed(
        fleet in fleets(),
        steps in steps(40),
        also in prop::collection::vec((0u32..70, 1u32..70), 0..3),
    ) {
        let (mut model, mut occupancy) = (Model::new(&fleet), Occupancy::new(fleet.clone()));
        for step in &steps {
            model.step(step, &mut occupancy).map_err(TestCaseError::fail)?;
        }
        let reserved = |node: &NodeId| model.nodes.get(node.0 as usize).is_some_and(|held| {
            matches!(held.tenure, Tenure::Recalled(_)) && !held.down && held.jobs.is_empty()
        });
        for (pool, of) in fleet.pools().iter().enumerate() {
            let now = startable(&occupancy, pool);
            prop_assert_eq!(now.whole_nodes, usable_by_hand(&model, &occupancy, pool));
            let beside = |node: u32| {
                let held = &model.nodes[node as usize];
                let shared = held.tenure == Tenure::Own && !held.down && !held.jobs.is_empty();
                if shared { of.accelerators_per_node - held.used() } else { 0 }
            };
            prop_assert_eq!(Some(now.shared_most), of.nodes.clone().map(beside).max());
            let sum = of.nodes.clone().map(|node| u64::from(beside(node))).sum();
            prop_assert_eq!(now.shared_units, Units(sum));
            let extra = set(&also).intersection(&NodeSet::from_range(of.nodes.clone()));
            let extra = extra.iter().filter(reserved).count() as u64;
            for units in (0..60).map(Units) {
                let placed = place_job(&occupancy, pool, units, &set(&also));
                prop_assert_eq!(placed.is_some(), now.missing_nodes(units) <= extra);
                let own = place_job(&occupancy, pool, units, &NodeSet::EMPTY);
                prop_assert_eq!(own.is_some(), now.fits(units));
                prop_assert_eq!(now.fits(units), place_shortfall(&occupancy, pool, units).is_zero());
                // What the owner has goes first.
                prop_assert!(own.is_none() || own == placed);
                let grant = place_grant(&occupancy, pool, units);
                let nodes = of.nodes_for(units);
                prop_assert_eq!(grant.is_some(), nodes <= u64::from(now.whole_nodes));
                prop_assert!(grant.is_none_or(|grant| u64::from(grant.len()) == nodes));
            }
        }
    }

    #[test]
    fn a_recall_takes_what_there_is_up_to_what_is_asked(
        fleet in fleets(),
        steps in steps(40),
        keep in prop::collection::vec((0u32..70, 1u32..20), 0..3),
    ) {
        let (mut model, mut occupancy) = (Model::new(&fleet), Occupancy::new(fleet.clone()));
        for step in &steps {
            model.step(step, &mut occupancy).map_err(TestCaseError::fail)?;
        }
        for (pool, of) in fleet.pools().iter().enumerate() {
            for lease in (0..3).map(LeaseIx) {
                let all = model.in_tenure(Tenure::Leased(lease));
                let up: NodeSet = all.iter().filter(|node| !model.nodes[node.0 as usize].down).collect();
                let ours = up.intersection(&NodeSet::from_range(of.nodes.clone()));
                let ours = ours.difference(&set(&keep));
                for units in (0..40).map(Units) {
                    let chosen = choose_recall(&occupancy, lease, pool, units, &set(&keep));
                    prop_assert!(chosen.difference(&ours).is_empty());
                    let expected = of.nodes_for(units).min(u64::from(ours.len()));
                    prop_assert_eq!(u64::from(chosen.len()), expected);
                }
            }
        }
    }
}

/// Four racks of four nodes of eight in one hall, and two such racks in another.
fn racks() -> Occupancy {
    let block = |racks| {
        format!(
            "[[site.hall.block]]\naccelerator = \"a\"\nracks = {racks}\nnodes_per_rack = 4\n\
             accelerators_per_node = 8\nbusy_watts = 2\nidle_watts = 1\n"
        )
    };
    let text = format!(
        "fleet = 1\n[[site]]\nid = \"s\"\n[[site.hall]]\nid = \"x\"\ncap_kw = 1\n{}\
         [[site.hall]]\nid = \"y\"\ncap_kw = 1\n{}",
        block(4),
        block(2)
    );
    Occupancy::new(Arc::new(Fleet::parse(&text).unwrap()))
}

fn start(occupancy: &mut Occupancy, units: u64) -> String {
    let slots = place_job(occupancy, 0, Units(units), &NodeSet::EMPTY).unwrap();
    occupancy.start(&slots).unwrap();
    let part: Vec<_> = slots.part.iter().map(|(node, count)| (node.0, *count)).collect();
    format!("{:?} {part:?}", slots.whole.runs())
}

#[test]
fn jobs_fill_racks_from_the_near_end() {
    let mut fleet = racks();
    assert_eq!(start(&mut fleet, 5), "[] [(0, 5)]");
    // The rest of a node goes beside the job there if it fits, and to a fresh node if not.
    assert_eq!(start(&mut fleet, 3), "[] [(0, 3)]");
    assert_eq!(start(&mut fleet, 12), "[(1, 1)] [(2, 4)]");
    // One rack that has room for all, rather than two.
    assert_eq!(start(&mut fleet, 16), "[(4, 2)] []");
    assert_eq!(start(&mut fleet, 8), "[(3, 1)] []");
    assert_eq!(start(&mut fleet, 48), "[(6, 6)] []");
    // One hall that has room for all, rather than two.
    assert_eq!(start(&mut fleet, 40), "[(16, 5)] []");
    // Both, since neither has: from the one with more first.
    assert_eq!(start(&mut fleet, 48), "[(12, 4), (21, 2)] []");
}

#[test]
fn leases_take_whole_racks_from_the_far_end() {
    let mut fleet = racks();
    fleet.fail(NodeId(22)).unwrap();
    fleet.start(&Slots { whole: set(&[(0, 1)]), part: Vec::new() }).unwrap();
    let grant = |units| place_grant(&fleet, 0, Units(units)).map(|nodes| nodes.runs().to_vec());
    assert_eq!(grant(0), Some(vec![]));
    assert_eq!(grant(1), Some(vec![(23, 1)]));
    assert_eq!(grant(32), Some(vec![(16, 4)]));
    assert_eq!(grant(64), Some(vec![(12, 8)]));
    // Whole racks first, wherever they are; then parts of racks, again from the far end.
    assert_eq!(grant(152), Some(vec![(4, 18), (23, 1)]));
    assert_eq!(grant(160), Some(vec![(3, 19), (23, 1)]));
    assert_eq!(grant(176), Some(vec![(1, 21), (23, 1)]));
    assert_eq!(grant(177), None);
}

#[test]
fn recalls_take_whole_racks_next_to_what_is_free() {
    let mut fleet = racks();
    let lease = LeaseIx(0);
    fleet.grant(lease, &set(&[(5, 11), (16, 8)])).unwrap();
    let choose = |fleet: &Occupancy, units, keep: &NodeSet| {
        choose_recall(fleet, lease, 0, Units(units), keep).runs().to_vec()
    };
    // Rack 1 (4 to 7) is shared with the owner, so racks 2 and 3 are the nearest whole ones.
    assert_eq!(choose(&fleet, 32, &NodeSet::EMPTY), [(8, 4)]);
    assert_eq!(choose(&fleet, 64, &NodeSet::EMPTY), [(8, 8)]);
    assert_eq!(choose(&fleet, 32, &set(&[(9, 1)])), [(12, 4)]);
    // A broken rack before a whole one is broken.
    assert_eq!(choose(&fleet, 9, &NodeSet::EMPTY), [(5, 2)]);
    assert_eq!(choose(&fleet, 40, &NodeSet::EMPTY), [(5, 1), (8, 4)]);
    assert_eq!(choose(&fleet, 1_000, &NodeSet::EMPTY), [(5, 19)]);
    // What failed is of no use.
    fleet.fail(NodeId(5)).unwrap();
    assert_eq!(choose(&fleet, 24, &NodeSet::EMPTY), [(6, 3)]);
}

#[test]
fn recalled_nodes_serve_the_job_that_they_are_reserved_for() {
    let mut fleet = racks();
    let lease = LeaseIx(0);
    fleet.grant(lease, &set(&[(2, 22)])).unwrap();
    assert_eq!(place_shortfall(&fleet, 0, Units(40)), Units(24));
    fleet.take_back(lease, &set(&[(4, 4)])).unwrap();
    let placed = |units| place_job(&fleet, 0, Units(units), &set(&[(4, 4)]));
    assert_eq!(placed(40).unwrap().whole, set(&[(0, 2), (4, 3)]));
    // The owner's own node is the one that is left open to others.
    let split = placed(28).unwrap();
    assert_eq!((split.whole, split.part), (set(&[(0, 1), (4, 2)]), vec![(NodeId(1), 4)]));
    assert_eq!(placed(49), None);
    assert_eq!(place_job(&fleet, 0, Units(40), &NodeSet::EMPTY), None);
}

#[test]
fn a_pool_that_does_not_exist_has_room_for_nothing() {
    let fleet = racks();
    assert_eq!(place_job(&fleet, 7, Units(1), &NodeSet::EMPTY), None);
    assert_eq!(place_grant(&fleet, 7, Units(1)), None);
    assert_eq!(choose_recall(&fleet, LeaseIx(0), 7, Units(1), &NodeSet::EMPTY), NodeSet::EMPTY);
    assert!(!startable(&fleet, 7).fits(Units(1)));
}
