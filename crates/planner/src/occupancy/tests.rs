use leasehold_types::Units;
use proptest::prelude::*;

use super::*;
use crate::testing::{Model, fleets, set, steps};
use crate::{place_job, startable};

/// Every count against its slow twin, and every invariant against the model.
fn check(model: &Model, occupancy: &Occupancy) -> Result<(), TestCaseError> {
    prop_assert_eq!(occupancy.counts(), occupancy.recount());
    for (node, held) in (0u32..).zip(&model.nodes) {
        let found = occupancy.holding(NodeId(node)).unwrap();
        let expected = Holding { tenure: held.tenure, down: held.down, used: held.used() };
        prop_assert_eq!(found, expected, "node {}", node);
        prop_assert!(held.used() <= model.size(node));
        prop_assert!(held.jobs.is_empty() || !matches!(held.tenure, Tenure::Leased(_)));
    }
    for pool in 0..occupancy.fleet().pools().len() {
        let count = occupancy.pool_count(pool);
        let parts = [count.down, count.job, count.recalled, count.leased, count.idle];
        prop_assert_eq!(parts.iter().map(|units| units.0).sum::<u64>(), count.owned.0);
    }
    for hall in 0..occupancy.fleet().halls().len() {
        let power = occupancy.hall_power(hall).unwrap();
        prop_assert!(power.drawn_watts <= power.committed_watts);
        prop_assert!(power.committed_watts <= power.cap_watts);
    }
    Ok(())
}

/// The index of free room holds what one made from the state alone would hold.
fn check_index(occupancy: &Occupancy) -> Result<Occupancy, TestCaseError> {
    let again = Occupancy::restore(occupancy.fleet().clone(), &occupancy.state()).unwrap();
    prop_assert_eq!(&again, occupancy);
    prop_assert_eq!(again.counts(), occupancy.counts());
    prop_assert_eq!(&again.index().free, &occupancy.index().free);
    for pool in 0..occupancy.fleet().pools().len() {
        prop_assert_eq!(startable(&again, pool), startable(occupancy, pool));
        for units in (0..24).map(Units) {
            let (a, b) = (
                place_job(&again, pool, units, &NodeSet::EMPTY),
                place_job(occupancy, pool, units, &NodeSet::EMPTY),
            );
            prop_assert_eq!(a, b);
        }
    }
    Ok(again)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_history_keeps_every_count_and_every_rule(fleet in fleets(), steps in steps(60)) {
        let (mut model, mut occupancy) = (Model::new(&fleet), Occupancy::new(fleet));
        for step in &steps {
            model.step(step, &mut occupancy).map_err(TestCaseError::fail)?;
            check(&model, &occupancy)?;
        }
        check_index(&occupancy)?;
    }

    #[test]
    fn a_check_says_what_the_change_does(
        fleet in fleets(),
        steps in steps(40),
        nodes in prop::collection::vec((0u32..70, 1u32..12), 0..3),
        part in prop::collection::vec((0u32..70, 0u8..9), 0..3),
        node in 0u32..80,
    ) {
        let (mut model, mut occupancy) = (Model::new(&fleet), Occupancy::new(fleet));
        for step in &steps {
            model.step(step, &mut occupancy).map_err(TestCaseError::fail)?;
        }
        let changed = |change: &dyn Fn(&mut Occupancy) -> Result<(), Refused>| {
            change(&mut occupancy.clone())
        };
        let part = part.into_iter().map(|(node, count)| (NodeId(node), count)).collect();
        let (lease, nodes, node) = (LeaseIx(1), set(&nodes), NodeId(node));
        let slots = Slots { whole: nodes.clone(), part };
        prop_assert_eq!(occupancy.check_grant(lease, &nodes), changed(&|o| o.grant(lease, &nodes)));
        prop_assert_eq!(occupancy.check_start(&slots), changed(&|o| o.start(&slots)));
        prop_assert_eq!(occupancy.check_down(node, true), changed(&|o| o.fail(node)));
        prop_assert_eq!(occupancy.check_down(node, false), changed(&|o| o.repair(node)));
    }

    #[test]
    fn what_is_undone_leaves_no_trace(fleet in fleets(), steps in steps(40)) {
        let (mut model, mut occupancy) = (Model::new(&fleet), Occupancy::new(fleet.clone()));
        for step in &steps {
            model.step(step, &mut occupancy).map_err(TestCaseError::fail)?;
        }
        for slots in model.jobs.values() {
            occupancy.end(slots).unwrap();
        }
        for lease in (0..3).map(LeaseIx) {
            let nodes = occupancy.nodes_leased(lease).union(&occupancy.nodes_recalled(lease));
            occupancy.revoke(lease, &nodes).unwrap();
        }
        for node in (0..fleet.node_count()).map(NodeId) {
            let _ = occupancy.repair(node);
        }
        let fresh = Occupancy::new(fleet);
        prop_assert_eq!(&occupancy, &fresh);
        prop_assert_eq!(occupancy.counts(), fresh.counts());
        check_index(&occupancy)?;
    }
}

const HALL_512: &str = include_str!("../../../../examples/fleets/hall-512.toml");

fn small() -> Occupancy {
    Occupancy::new(Arc::new(Fleet::parse(HALL_512).unwrap()))
}

#[test]
fn each_refusal_names_the_node_the_rule_and_the_next_step() {
    let mut fleet = small();
    let (one, two) = (LeaseIx(1), LeaseIx(2));
    let job = |whole: &[(u32, u32)], part: &[(u32, u8)]| Slots {
        whole: set(whole),
        part: part.iter().map(|(node, count)| (NodeId(*node), *count)).collect(),
    };
    fleet.grant(one, &set(&[(50, 10)])).unwrap();
    fleet.take_back(one, &set(&[(50, 2)])).unwrap();
    fleet.start(&job(&[(0, 2)], &[(2, 3)])).unwrap();
    fleet.start(&job(&[(50, 1)], &[])).unwrap();
    fleet.fail(NodeId(9)).unwrap();
    let refusals = [
        fleet.grant(two, &set(&[(60, 10)])),
        fleet.grant(two, &set(&[(45, 10)])),
        fleet.grant(two, &set(&[(2, 1)])),
        fleet.grant(two, &set(&[(9, 1)])),
        fleet.revoke(two, &set(&[(52, 1)])),
        fleet.take_back(one, &set(&[(51, 2)])),
        fleet.give_back(one, &set(&[(50, 1)])),
        fleet.start(&job(&[(52, 1)], &[])),
        fleet.start(&job(&[], &[(2, 6)])),
        fleet.start(&job(&[(3, 1)], &[(3, 1)])),
        fleet.end(&job(&[(3, 1)], &[])),
        fleet.fail(NodeId(9)),
        fleet.repair(NodeId(10)),
        fleet.fail(NodeId(u32::MAX)),
        fleet.start(&job(&[], &[(64, 1)])),
    ];
    let text: Vec<String> = refusals.into_iter().map(|r| r.unwrap_err().to_string()).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    node 64 is not in the fleet, whose 64 nodes are numbered from 0; is it of another fleet?
    node 50 is recalled from lease 1, and has one holder at a time; take one that is the owner's
    a job holds 3 accelerators of node 2; end it first
    node 9 is down and takes neither a lease nor a job; repair it first
    node 52 is leased to lease 1, not leased to or recalled from lease 2; name nodes that are
    node 51 is recalled from lease 1, not leased to lease 1; name nodes that are
    a job holds 8 accelerators of node 50; end it first
    node 52 is leased to lease 1, and has one holder at a time; take one that is the owner's
    node 2 has 5 free accelerators, and 6 are asked; place the job anew
    node 3 of the slots is named twice, out of order, or with no accelerators
    jobs hold 0 accelerators of node 3, and 8 should end; was it ended before?
    node 9 is down already
    node 10 is up already
    node 4294967295 is not in the fleet, whose 64 nodes are numbered from 0; is it of another fleet?
    node 64 is not in the fleet, whose 64 nodes are numbered from 0; is it of another fleet?
    ");
}

#[test]
fn a_full_hall_refuses_until_something_ends() {
    // 32 nodes at rest take 80 kW; each of them at work 7.7 kW more.
    let text = HALL_512.replacen("cap_kw = 340", "cap_kw = 100", 1);
    let mut fleet = Occupancy::new(Arc::new(Fleet::parse(&text).unwrap()));
    let job = |first, count| Slots { whole: set(&[(first, count)]), part: Vec::new() };
    fleet.start(&job(0, 2)).unwrap();
    insta::assert_snapshot!(fleet.start(&job(2, 1)).unwrap_err(), @"node 2: hall lab/east may draw 100000 W and 95400 W are spoken for, so 7700 W more are too much; use another hall, or end something there");
    // A node that is down keeps its share, and so can always come back.
    fleet.fail(NodeId(0)).unwrap();
    assert!(fleet.start(&job(2, 1)).is_err());
    assert_eq!(fleet.hall_power(0).unwrap().drawn_watts, 80_000 + 7_700 - 2_500);
    fleet.repair(NodeId(0)).unwrap();
    fleet.end(&job(0, 2)).unwrap();
    // So does a lease with what is recalled from it.
    fleet.grant(LeaseIx(0), &set(&[(0, 2)])).unwrap();
    fleet.take_back(LeaseIx(0), &set(&[(0, 2)])).unwrap();
    assert!(fleet.start(&job(2, 1)).is_err());
    fleet.start(&job(0, 2)).unwrap();
    fleet.end(&job(0, 2)).unwrap();
    fleet.give_back(LeaseIx(0), &set(&[(0, 2)])).unwrap();
}

#[test]
fn a_job_outlives_its_node_and_its_recall() {
    let mut fleet = small();
    let (lease, nodes) = (LeaseIx(0), set(&[(56, 8)]));
    let slots = Slots { whole: nodes.clone(), part: Vec::new() };
    fleet.grant(lease, &nodes).unwrap();
    fleet.take_back(lease, &nodes).unwrap();
    fleet.start(&slots).unwrap();
    assert_eq!(fleet.pool_count(0).recalled, Units(64));
    fleet.fail(NodeId(60)).unwrap();
    assert_eq!((fleet.pool_count(0).recalled, fleet.pool_count(0).down), (Units(56), Units(8)));
    fleet.revoke(lease, &nodes).unwrap();
    assert_eq!((fleet.pool_count(0).job, fleet.pool_count(0).down), (Units(56), Units(8)));
    fleet.end(&slots).unwrap();
    fleet.repair(NodeId(60)).unwrap();
    assert_eq!(fleet, small());
}

#[test]
fn states_are_data_and_checked_on_the_way_back() {
    let mut fleet = small();
    fleet.grant(LeaseIx(3), &set(&[(40, 24)])).unwrap();
    fleet.fail(NodeId(1)).unwrap();
    fleet.start(&Slots { whole: NodeSet::EMPTY, part: vec![(NodeId(2), 5)] }).unwrap();
    let state = fleet.state();
    insta::assert_snapshot!(format!("{:?}", state.runs), @"[(1, Own, false, 0), (1, Own, true, 0), (1, Own, false, 5), (37, Own, false, 0), (24, Leased(LeaseIx(3)), false, 0)]");
    assert_eq!(Occupancy::restore(fleet.fleet().clone(), &state).unwrap(), fleet);
    let bad = |runs| {
        let state = OccupancyState { runs };
        Occupancy::restore(fleet.fleet().clone(), &state).unwrap_err().to_string()
    };
    let own = Tenure::Own;
    insta::assert_snapshot!(bad(vec![(65, own, false, 0)]), @"the state tells of 65 nodes and the fleet has 64; restore it with the fleet that it was taken of");
    insta::assert_snapshot!(bad(vec![(63, own, false, 0), (1, own, false, 9)]), @"node 63 is the owner's while jobs hold 9 of its 8 accelerators; take the state anew");
    insta::assert_snapshot!(bad(vec![(1, Tenure::Leased(LeaseIx(0)), false, 1), (63, own, false, 0)]), @"node 0 is leased to lease 0 while jobs hold 1 of its 8 accelerators; take the state anew");
}
