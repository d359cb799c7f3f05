//! What is known to go wrong in other systems, each on a fleet where it would.

use leasehold_types::{AcceleratorSeconds, Instant, Ratio, Seconds, Units};

use super::properties::EXACTLY;
use super::world::{class, demand, fleet, lease, replica, snapshot};
use crate::NodeSet;
use crate::plan::*;

fn both(fleet: &crate::Fleet, snapshot: &Snapshot, demand: &Demand, see: impl Fn(&RecallPlan)) {
    assert_eq!(check(fleet, snapshot), Ok(()));
    for effort in [Effort::Fast, EXACTLY] {
        see(&plan_recall(fleet, snapshot, demand, effort));
    }
}

#[test]
fn a_gang_of_48_takes_48_though_larger_replicas_lie_about() {
    // One replica of 47 nodes, and six of one node: whole victims would be 376 and more.
    let fleet = fleet(&[(2_000, 1, 53)]);
    let mut of = lease("tenant", &[(0, 53)], 0, vec![class("hour", 3_600, 424, 100)]);
    of.replicas.push(replica(&[(0, 47)], 600));
    of.replicas.extend((47..53).map(|node| replica(&[(node, 1)], 60)));
    both(&fleet, &snapshot(vec![of]), &demand(48, Contiguity::Any), |plan| {
        assert_eq!((plan.evicted, plan.evicted_over_asked), (Units(48), Ratio::ONE));
        assert_eq!(plan.steps[0].nodes, NodeSet::from_range(47..53));
        assert_eq!(plan.stopped_beside, Units::ZERO);
    });
}

#[test]
fn no_victim_more_than_is_needed() {
    // Idle nodes count first; the last domain is taken in part, the one with the fitting part.
    let fleet = fleet(&[(2_000, 4, 4)]);
    let of = lease("tenant", &[(0, 14)], 0, vec![class("hour", 3_600, 200, 100)]);
    both(&fleet, &snapshot(vec![of]), &demand(48, Contiguity::Domain), |plan| {
        assert_eq!((plan.given, plan.evicted), (Units(48), Units(32)));
        assert!(plan.idle == NodeSet::from_range(14..16));
    });
}

#[test]
fn lender_and_borrower_do_not_take_from_each_other_in_turns() {
    // What was just given back rests by its clause; the planner leaves it, at whatever price.
    let fleet = fleet(&[(2_000, 2, 4)]);
    let mut rested = class("hour", 3_600, 32, 1);
    let message = "units that came back stay for 86400 s".to_owned();
    rested.barred = vec![Bar { rule: "rest_after_return".to_owned(), message }];
    let back = lease("just-returned", &[(0, 4)], 0, vec![rested]);
    let other = lease("other", &[(4, 4)], 0, vec![class("hour", 3_600, 32, 500)]);
    both(&fleet, &snapshot(vec![back, other]), &demand(32, Contiguity::Domain), |plan| {
        assert_eq!(plan.steps.len(), 1);
        assert_eq!(plan.steps[0].lease.as_str(), "other");
        let told = plan.impossible.iter().any(|why| why.to_string().contains("rest_after_return"));
        assert!(told, "{:?}", plan.impossible);
    });
}

#[test]
fn one_stuck_replica_blocks_one_domain_and_no_recall() {
    // A node of the cheapest domain is out of service: its replica never drains.
    let fleet = fleet(&[(2_000, 3, 4)]);
    let cheap = lease("cheap", &[(0, 4)], 0, vec![class("hour", 3_600, 32, 1)]);
    let dear = lease("dear", &[(4, 8)], 0, vec![class("hour", 3_600, 64, 9)]);
    let mut snapshot = snapshot(vec![cheap, dear]);
    snapshot.down = NodeSet::from_range(1..2);
    both(&fleet, &snapshot, &demand(64, Contiguity::Domain), |plan| {
        assert_eq!((plan.evicted, plan.steps.len()), (Units(64), 1));
        assert_eq!(plan.steps[0].nodes, NodeSet::from_range(4..12));
    });
}

#[test]
fn a_full_fleet_still_reclaims() {
    let fleet = fleet(&[(2_000, 4, 4)]);
    let leases = (0..4)
        .map(|i| lease(&format!("l{i}"), &[(i * 4, 4)], 16, vec![class("hour", 3_600, 16, 10)]));
    both(&fleet, &snapshot(leases.collect()), &demand(64, Contiguity::Any), |plan| {
        assert_eq!((plan.evicted, plan.short), (Units(64), Units::ZERO));
        assert!(plan.steps.iter().all(|step| step.units == Units(16)));
    });
}

#[test]
fn half_a_gang_starts_nothing_and_the_floors_are_named() {
    let fleet = fleet(&[(2_000, 2, 4)]);
    let mut late = class("day", 86_400, 32, 10);
    late.left = Some(AcceleratorSeconds(0));
    let leases = vec![
        lease("firm", &[(0, 4)], 24, vec![class("hour", 3_600, 32, 10)]),
        lease("late", &[(4, 4)], 0, vec![late]),
    ];
    let snapshot = snapshot(leases);
    both(&fleet, &snapshot, &demand(40, Contiguity::Any), |plan| {
        assert!(plan.steps.is_empty() && plan.idle.is_empty());
        assert_eq!((plan.short, plan.evicted), (Units(40), Units::ZERO));
    });
    let plan = plan_recall(&fleet, &snapshot, &demand(40, Contiguity::Any), EXACTLY);
    assert!(plan.proven_impossible);
    let why: Vec<String> = plan.impossible.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(why.join("\n"));
}

#[test]
fn a_breach_is_taken_only_by_leave_and_says_so() {
    let fleet = fleet(&[(2_000, 1, 4)]);
    let mut terms = class("day", 86_400, 16, 10);
    terms.breach = Ratio::whole(90);
    let snapshot = snapshot(vec![lease("l", &[(0, 4)], 8, vec![terms])]);
    let lawful = demand(16, Contiguity::Any);
    both(&fleet, &snapshot, &lawful, |plan| assert!(plan.starts_at.is_none()));
    let forced = Demand { allow_breach: true, ..lawful };
    both(&fleet, &snapshot, &forced, |plan| {
        let step = &plan.steps[0];
        assert_eq!(step.release_at, Instant::from_second(3_600));
        assert_eq!(step.breaks[0].rule, "notice");
        // Two hours of 16 units at 90.
        assert_eq!(plan.cost.breach, Ratio::whole(2 * 16 * 90));
    });
    let firm = Demand { units: Units(32), ..forced };
    both(&fleet, &snapshot, &firm, |plan| assert!(plan.starts_at.is_none()));
}

#[test]
fn a_replica_across_domains_is_lost_once() {
    let fleet = fleet(&[(2_000, 2, 2)]);
    let mut of = lease("l", &[(0, 4)], 0, vec![class("hour", 3_600, 32, 0)]);
    of.replicas.push(replica(&[(0, 4)], 3_600));
    both(&fleet, &snapshot(vec![of]), &demand(32, Contiguity::Domain), |plan| {
        // 32 units for an hour at 200.
        assert_eq!(plan.cost.lost_work, Ratio::whole(6_400));
        assert_eq!(plan.gap_millionths, Some(0));
    });
}

#[test]
fn offers_keep_domains_whole() {
    // Domain 0 has a job; domains 1 to 3 are idle but for one small replica in domain 3.
    let fleet = fleet(&[(2_000, 4, 4)]);
    let mut of = lease("small", &[(15, 1)], 0, vec![class("hour", 3_600, 8, 10)]);
    of.replicas.push(replica(&[(15, 1)], 360));
    let mut snapshot = snapshot(vec![of]);
    let job = leasehold_types::JobId(1);
    snapshot.jobs = vec![JobHolding { job, nodes: NodeSet::from_range(0..2) }];
    let wish = OfferWish { pool: super::world::pool(), units: Units(72), firm: Units(8) };
    let advice = plan_offer(&fleet, &snapshot, &wish).unwrap();
    assert_eq!(advice.firm, NodeSet::from_range(2..3));
    assert_eq!(advice.recallable, NodeSet::from_range(4..12));
    assert_eq!((advice.whole_domains, advice.short), (2, Units::ZERO));
    assert!(advice.probes.iter().all(|probe| match (probe.advised, probe.first_idle) {
        (Some(advised), Some(first)) => advised <= first,
        (None, Some(_)) => false,
        _ => true,
    }));
    assert_eq!(advice.moves.len(), 1);
    assert_eq!(advice.moves[0].to, NodeSet::from_range(3..4));
    // 8 units, a tenth of an hour, at 200.
    assert_eq!(advice.moves[0].cost, Ratio::whole(160));
    assert_eq!(snapshot.leases[0].replicas[0].reload, Seconds(360));
}
