//! The plan: what was found, priced anew from its nodes alone, exactly, with its reasons.

mod pricing;

use leasehold_types::{Instant, LeaseId, Ratio, TrancheId, Units};
use serde::{Deserialize, Serialize};

use super::scene::{Holder, PARTS, Scene};
use super::ways::{Answer, Solved, solve};
use super::{Bar, Demand, Effort, Impossible, Snapshot};
use crate::{Fleet, NodeSet};

pub use pricing::price_draft;

/// What to recall, in which order, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallPlan {
    /// What was wanted.
    pub demand: Demand,
    /// When all of it is there; `None` where there is no plan.
    pub starts_at: Option<Instant>,
    /// Idle nodes of the owner's that the gang uses.
    pub idle: NodeSet,
    /// One recall a lease, in the order in which they are to be ordered.
    pub steps: Vec<Step>,
    /// What all of it costs.
    pub cost: Cost,
    /// What the gang gets, in whole nodes.
    pub given: Units,
    /// What is taken from leases.
    pub evicted: Units,
    /// What is taken from leases over what was asked, as a fraction; 0 where nothing was asked.
    pub evicted_over_asked: Ratio,
    /// Units that stay with their tenants, but whose replica stops with what is taken.
    pub stopped_beside: Units,
    /// Halls that the gang spreads over.
    pub halls: u32,
    /// Domains that it touches.
    pub domains: u32,
    /// What is missing: all of it where there is no plan.
    pub short: Units,
    /// No plan costs less than this, in minor units; absent where none exists or none was sought.
    pub bound: Option<Ratio>,
    /// How far above the bound the plan may be, in millionths of its cost, rounded up.
    pub gap_millionths: Option<u64>,
    /// Whether it is proven that there is no plan.
    pub proven_impossible: bool,
    /// What cannot be had, and why.
    pub impossible: Vec<Impossible>,
    /// The best plan that does without the lease which gives most.
    pub runner_up: Option<Box<RunnerUp>>,
}

/// The plan if one lease gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The lease.
    pub without: LeaseId,
    /// The plan; short where there is none.
    pub plan: RecallPlan,
}

/// One recall of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From which lease.
    pub lease: LeaseId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// By which notice class.
    pub class: String,
    /// Which nodes.
    pub nodes: NodeSet,
    /// Their units.
    pub units: Units,
    /// When to serve notice, so that the units are there as the gang starts.
    pub order_at: Instant,
    /// When they are released.
    pub release_at: Instant,
    /// When they are to be back.
    pub return_by: Instant,
    /// What it breaks; empty where it is within the clause.
    pub breaks: Vec<Bar>,
    /// Replicas that stop.
    pub replicas: u32,
    /// Streams that the notice does not see out.
    pub streams_cut: u64,
    /// Units whose replica stops and that stay with the tenant.
    pub stopped_beside: Units,
    /// What it costs; fragmentation is the whole plan's.
    pub cost: Cost,
}

/// What a plan costs, in minor units, exact. The first three are owed, the others judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Fees that abate.
    pub abatement: Ratio,
    /// Compensation that clauses give.
    pub compensation: Ratio,
    /// What breaches cost besides, as the owner judges it.
    pub breach: Ratio,
    /// Work that is lost: models loaded anew, streams cut.
    pub lost_work: Ratio,
    /// Halls and domains that the gang touches.
    pub fragmentation: Ratio,
}

/// Nodes to take, however they were found: a plan of somebody else's, to be priced by ours.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// Idle nodes of the owner's.
    pub idle: NodeSet,
    /// Lease, tranche and class, each by its place in what holds it, and the nodes.
    pub takes: Vec<(usize, usize, usize, NodeSet)>,
}

/// The cheapest plan that was found, with the next best and all reasons.
///
/// It never goes beyond a clause but where the demand allows it, and then each step names what it
/// breaks; it takes no firm unit, and no hall above its cap. Where no plan meets the whole demand
/// there are no steps: a part of a gang starts nothing.
pub fn plan_recall(
    fleet: &Fleet,
    snapshot: &Snapshot,
    demand: &Demand,
    effort: Effort,
) -> RecallPlan {
    let mut plan = plan_best(fleet, snapshot, demand, effort);
    let most = plan.steps.iter().max_by_key(|step| step.units.0).map(|step| step.lease.clone());
    if let Some(without) = most {
        let index = snapshot.leases.iter().position(|lease| lease.lease == without);
        let out: Vec<usize> = index.into_iter().collect();
        let plan_then = plan_without(fleet, snapshot, demand, effort, &out);
        plan.runner_up = Some(Box::new(RunnerUp { without, plan: plan_then }));
    }
    if plan.starts_at.is_none() {
        plan.impossible.extend(fewer(fleet, snapshot, demand));
    }
    plan
}

/// The same plan alone: without a runner-up, and without what could be had instead.
pub fn plan_best(
    fleet: &Fleet,
    snapshot: &Snapshot,
    demand: &Demand,
    effort: Effort,
) -> RecallPlan {
    plan_without(fleet, snapshot, demand, effort, &[])
}

/// The same where some leases give nothing.
pub(super) fn plan_without(
    fleet: &Fleet,
    snapshot: &Snapshot,
    demand: &Demand,
    effort: Effort,
    without: &[usize],
) -> RecallPlan {
    let Some(scene) = Scene::of(fleet, snapshot, demand, without) else {
        let mut plan = RecallPlan::none(demand);
        plan.impossible.push(Impossible::Pool);
        return plan;
    };
    let Solved { answer, bound, .. } = solve(&scene, effort);
    let priced = answer.and_then(|answer| pricing::price(&scene, &takes_of(&scene, &answer)));
    let mut plan = priced.unwrap_or_else(|| RecallPlan::none(demand));
    plan.proven_impossible = bound == i128::MAX;
    plan.set_bound(bound);
    plan.impossible.clone_from(&scene.impossible);
    plan.impossible.extend(Impossible::of_halls(&scene));
    let units = scene.fleet.pools().iter().find(|pool| pool.id == demand.pool).map(|p| p.units);
    if let Some(units) = units.filter(|units| *units < demand.units) {
        plan.impossible.push(Impossible::Size { units });
    }
    plan
}

impl RecallPlan {
    fn none(demand: &Demand) -> Self {
        RecallPlan {
            demand: demand.clone(),
            starts_at: None,
            idle: NodeSet::EMPTY,
            steps: Vec::new(),
            cost: Cost::NOTHING,
            given: Units::ZERO,
            evicted: Units::ZERO,
            evicted_over_asked: Ratio::ZERO,
            stopped_beside: Units::ZERO,
            halls: 0,
            domains: 0,
            short: demand.units,
            bound: None,
            gap_millionths: None,
            proven_impossible: false,
            impossible: Vec::new(),
            runner_up: None,
        }
    }

    fn set_bound(&mut self, bound: i128) {
        let Some(bound) = Ratio::new(bound, PARTS).ok().filter(|_| bound != i128::MAX) else {
            return;
        };
        self.bound = Some(bound);
        let cost = self.cost.total();
        if self.starts_at.is_none() {
            return;
        }
        let over = cost.and_then(|cost| cost.checked_sub(bound).ok());
        let share = over.zip(cost).and_then(|(over, cost)| {
            if cost.is_zero() { Some(Ratio::ZERO) } else { over.checked_div(cost).ok() }
        });
        let millionths = share.and_then(|share| share.checked_mul(Ratio::whole(1_000_000)).ok());
        let rounded = millionths.map(|m| (m.floor() + i128::from(m.denominator() > 1)).max(0));
        self.gap_millionths = rounded.and_then(|gap| u64::try_from(gap).ok());
    }
}

impl Cost {
    /// Nothing.
    pub const NOTHING: Cost = Cost {
        abatement: Ratio::ZERO,
        compensation: Ratio::ZERO,
        breach: Ratio::ZERO,
        lost_work: Ratio::ZERO,
        fragmentation: Ratio::ZERO,
    };

    /// All of it; `None` past 128 bits.
    pub fn total(&self) -> Option<Ratio> {
        let parts =
            [self.abatement, self.compensation, self.breach, self.lost_work, self.fragmentation];
        parts.into_iter().try_fold(Ratio::ZERO, |sum, part| sum.checked_add(part).ok())
    }

    /// Both together; `None` past 128 bits.
    fn with(&self, other: &Cost) -> Option<Cost> {
        let add = |a: Ratio, b: Ratio| a.checked_add(b).ok();
        Some(Cost {
            abatement: add(self.abatement, other.abatement)?,
            compensation: add(self.compensation, other.compensation)?,
            breach: add(self.breach, other.breach)?,
            lost_work: add(self.lost_work, other.lost_work)?,
            fragmentation: add(self.fragmentation, other.fragmentation)?,
        })
    }
}

/// The nodes of an answer, with the way of each tranche.
fn takes_of(scene: &Scene<'_>, answer: &Answer) -> pricing::Takes {
    let mut idle: Vec<(u32, u32)> = Vec::new();
    let mut held: Vec<Vec<(u32, u32)>> = vec![Vec::new(); scene.tranches.len()];
    for pick in &answer.picks {
        let bundle = pick.bundle.map(|bundle| scene.bundles[bundle]);
        let nodes = scene.fleet.nodes_of_rack(scene.domains[pick.domain].rack);
        let wanted = |node: &u32| {
            let at = (node - scene.first) as usize;
            match (bundle, scene.holders[at]) {
                (None, Holder::Idle) => true,
                (Some(bundle), Holder::Tranche(tranche)) => {
                    (bundle.tranche, bundle.replica) == (tranche as usize, scene.replica_at[at])
                }
                _ => false,
            }
        };
        let runs = nodes.filter(wanted).take(pick.nodes as usize).map(|node| (node, 1));
        match bundle {
            Some(bundle) => held[bundle.tranche].extend(runs),
            None => idle.extend(runs),
        }
    }
    let ways = answer.ways.iter().flatten();
    let of_way = |way: &usize| {
        let runs = std::mem::take(&mut held[scene.ways[*way].tranche]);
        (scene.ways[*way].clone(), NodeSet::from_runs(runs))
    };
    let takes = ways.map(of_way).collect();
    pricing::Takes { idle: NodeSet::from_runs(idle), takes }
}

/// The most that there is a plan for, found by halving with the fast mode.
fn fewer(fleet: &Fleet, snapshot: &Snapshot, demand: &Demand) -> Option<Impossible> {
    let pool = fleet.pools().iter().find(|pool| pool.id == demand.pool)?;
    let size = u64::from(pool.accelerators_per_node);
    let (mut low, mut high) = (0, demand.units.0.min(pool.units.0).div_ceil(size));
    let possible = |nodes: u64| {
        let less = Demand { units: Units(nodes * size), ..demand.clone() };
        let scene = Scene::of(fleet, snapshot, &less, &[]);
        scene.is_some_and(|scene| solve(&scene, Effort::Fast).answer.is_some())
    };
    if demand.units > pool.units && possible(high) {
        low = high;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if possible(middle) { low = middle } else { high = middle }
    }
    Some(Impossible::Fewer { units: Units(low * size) })
}
