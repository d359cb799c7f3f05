mod world;

use leasehold_types::Ratio;
use proptest::prelude::*;

use super::*;
use world::{World, by_hand, demands, lies_well, worlds};

const EXACTLY: Effort = Effort::Exact { gap_millionths: 0, nodes: 100_000 };

fn cost(plan: &RecallPlan) -> Option<Ratio> {
    plan.starts_at.and_then(|_| plan.cost.total())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn exact_plans_are_the_best_of_all(world in worlds(false), demand in demands()) {
        let World { fleet, snapshot } = &world;
        prop_assert_eq!(check(fleet, snapshot), Ok(()));
        let plan = answer::plan_without(fleet, snapshot, &demand, EXACTLY, &[]);
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
            let plan = answer::plan_without(fleet, snapshot, &demand, effort, &[]);
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
    fn plans_are_lawful(world in worlds(true), demand in demands()) {
        let World { fleet, snapshot } = &world;
        let plan = plan_recall(fleet, snapshot, &demand, Effort::Fast);
        let runs = plan.steps.iter().flat_map(|step| step.nodes.runs().to_vec());
        let all = crate::NodeSet::from_runs(runs.chain(plan.idle.runs().to_vec()).collect());
        prop_assert!(lies_well(fleet, &all, demand.contiguity));
    }
}
