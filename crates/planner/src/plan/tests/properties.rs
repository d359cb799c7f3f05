//! What holds of every plan on every small fleet.

use leasehold_types::{NodeId, Ratio, Units};
use proptest::prelude::*;

use super::world::{World, at, by_hand, demands, lies_well, worlds};
use crate::NodeSet;
use crate::plan::answer::plan_without;
use crate::plan::*;

pub(super) const EXACTLY: Effort = Effort::Exact { gap_millionths: 0, nodes: 100_000 };

fn cost(plan: &RecallPlan) -> Option<Ratio> {
    plan.starts_at.and_then(|_| plan.cost.total())
}

fn all_nodes(plan: &RecallPlan) -> NodeSet {
    plan.steps.iter().fold(plan.idle.clone(), |all, step| all.union(&step.nodes))
}

/// Watts that each hall would be above its cap.
fn above_cap(world: &World, plan: &RecallPlan) -> bool {
    let (fleet, snapshot) = (&world.fleet, &world.snapshot);
    let tranches = snapshot.leases.iter().flat_map(|lease| &lease.tranches);
    let held = tranches.fold(snapshot.jobs[0].nodes.clone(), |all, t| all.union(&t.nodes));
    let (gang, extra) = (all_nodes(plan), u64::from(plan.demand.extra_watts));
    let draws = |node: NodeId, busy: &NodeSet| if busy.contains(node) { 10_000 } else { 2_000 };
    let then = held.union(&gang);
    (0..fleet.halls().len()).any(|hall| {
        let nodes = (0..fleet.node_count()).map(NodeId).filter(|n| fleet.hall_of(*n) == Some(hall));
        let nodes: Vec<NodeId> = nodes.collect();
        let before: u64 = nodes.iter().map(|node| draws(*node, &held)).sum();
        let after: u64 = nodes
            .iter()
            .map(|node| draws(*node, &then) + if gang.contains(*node) { extra } else { 0 })
            .sum();
        after > before && after > fleet.halls()[hall].cap_watts
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn exact_plans_are_the_best_of_all(world in worlds(false), demand in demands()) {
        let World { fleet, snapshot } = &world;
        prop_assert_eq!(check(fleet, snapshot), Ok(()));
        let plan = plan_without(fleet, snapshot, &demand, EXACTLY, &[]);
        let best = by_hand(&world, &demand);
        prop_assert_eq!(cost(&plan), best, "{:?}", plan);
        prop_assert_eq!(plan.proven_impossible, best.is_none());
        prop_assert!(best.is_none() || plan.gap_millionths == Some(0), "{:?}", plan);
    }

    #[test]
    fn bounds_are_bounds(world in worlds(true), demand in demands()) {
        let World { fleet, snapshot } = &world;
        let best = by_hand(&world, &demand);
        for effort in [Effort::Fast, EXACTLY] {
            let plan = plan_without(fleet, snapshot, &demand, effort, &[]);
            if let Some(best) = best {
                prop_assert!(plan.bound.is_some_and(|bound| bound <= best), "{:?} {:?}", best, plan);
            }
            if let Some(cost) = cost(&plan) {
                prop_assert!(best.is_some_and(|best| best <= cost));
            }
            prop_assert!(!plan.proven_impossible || best.is_none());
        }
    }

    #[test]
    fn no_more_than_asked_where_it_may_lie(world in worlds(true), demand in demands()) {
        let World { fleet, snapshot } = &world;
        let plan = plan_recall(fleet, snapshot, &demand, Effort::Fast);
        let all = all_nodes(&plan);
        prop_assert!(lies_well(fleet, &all, demand.contiguity));
        prop_assert!(!above_cap(&world, &plan));
        let units = Units(u64::from(all.len()) * 8);
        prop_assert_eq!(plan.given, units);
        if plan.starts_at.is_some() {
            // Whole nodes, and not one of them more.
            prop_assert!(units >= demand.units && units.0 < demand.units.0 + 8);
        } else {
            prop_assert!(units.is_zero() && plan.short == demand.units);
        }
    }

    #[test]
    fn clauses_hold_or_are_said_to_be_broken(world in worlds(true), demand in demands()) {
        let World { fleet, snapshot } = &world;
        let plan = plan_recall(fleet, snapshot, &demand, Effort::Fast);
        for step in &plan.steps {
            let lease = snapshot.leases.iter().find(|lease| lease.lease == step.lease).unwrap();
            let tranche = &lease.tranches[0];
            let terms = tranche.classes.iter().find(|terms| terms.class == step.class).unwrap();
            // Firm units stay, by force or not.
            let held = u64::from(tranche.nodes.len()) * 8;
            prop_assert!(step.units <= Units(held).saturating_sub(tranche.firm));
            prop_assert!(step.nodes.difference(&tranche.nodes).is_empty());
            prop_assert!(step.nodes.is_disjoint(&snapshot.down));
            let within = step.units <= terms.most
                && demand.needed_by.is_none_or(|by| terms.ready_at <= by)
                && terms.barred.is_empty();
            prop_assert_eq!(within, step.breaks.is_empty());
            prop_assert!(within || demand.allow_breach);
            prop_assert!(demand.needed_by.is_none_or(|by| step.release_at <= by.max(at(0))));
        }
        let leases: Vec<_> = plan.steps.iter().map(|step| &step.lease).collect();
        prop_assert!(plan.steps.iter().all(|s| leases.iter().filter(|l| **l == &s.lease).count() == 1));
    }

    #[test]
    fn more_notice_is_never_dearer(world in worlds(false), demand in demands()) {
        let World { fleet, snapshot } = &world;
        let demand = Demand { allow_breach: false, ..demand };
        let mut exact: Option<Ratio> = None;
        for by in [Some(0), Some(1_800), Some(3_600), None] {
            let demand = Demand { needed_by: by.map(at), ..demand.clone() };
            let plan = plan_without(fleet, snapshot, &demand, EXACTLY, &[]);
            if let Some(before) = exact {
                prop_assert!(cost(&plan).is_some_and(|now| now <= before));
            }
            exact = cost(&plan);
            // The fast mode misses it by no more than its gap.
            let fast = plan_without(fleet, snapshot, &demand, Effort::Fast, &[]);
            if let (Some(now), Some(bound), Some(best)) = (cost(&fast), fast.bound, exact) {
                prop_assert!(bound <= best && best <= now);
            }
        }
    }
}
