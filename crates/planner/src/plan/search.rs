//! Branch and bound between the bound of `dual` and the choices of `greedy`.

mod branch;
mod fix;
mod reduce;

use super::dual::{Dual, climb};
use super::evaluate::{Prices, State};
use super::greedy::choose;
use super::problem::{Problem, Solution};

/// Most steps of the bound before anything is decided.
const FIRST_STEPS: u32 = 5;
/// And once what is certain is left out: where nothing is divided after that, and where it is.
const FAST_STEPS: u32 = 9;
const ROOT_STEPS: u32 = 60;
/// And at each node after that.
const NODE_STEPS: u32 = 12;
/// How many of the bound's first places are each given to the greedy choice.
const CHOICES: u32 = 2;
/// Of the later ones, each so manieth.
const CHOICE_EVERY: u32 = 6;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The gap that suffices, in millionths of the cost.
    pub(super) gap_millionths: u32,
    /// Most nodes after the first.
    pub(super) nodes: u32,
}

/// The best choice that was found, and what none can be below.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) best: Option<Solution>,
    /// `i128::MAX` where it is proven that there is no choice at all.
    pub(super) bound: i128,
    pub(super) nodes: u32,
}

/// Searches within the limits. Choices that cost `cut` or more are of no use to the caller.
pub(super) fn search(problem: &Problem, limits: Limits, cut: Option<i128>) -> Found {
    if problem.need <= 0 {
        let best = Solution { taken: vec![0; problem.items.len()], part: None, cost: 0 };
        return Found { best: Some(best), bound: 0, nodes: 0 };
    }
    let mut state = State::of(problem);
    let mut hunt = Hunt { limits, cut, best: None, floor: i128::MAX, nodes: 0, work: 0 };
    let from = Prices { need: 0, rows: vec![0; problem.rows.len()] };
    let first = hunt.visit(problem, &state, &from, FIRST_STEPS);
    if first.impossible || first.bound >= hunt.prune_at() {
        return hunt.found(first.bound);
    }
    // What is left in doubt is a small part of a fleet: the rest of the work is done on that.
    fix::fix(problem, &mut state, &first, hunt.worth().unwrap_or(i128::MAX));
    let reduced = reduce::reduce(problem, &state);
    let mut inside =
        Hunt { limits, cut: hunt.worth(), best: None, floor: i128::MAX, nodes: 0, work: 0 };
    let from = Prices { need: first.prices.need, rows: first.prices.rows.clone() };
    let steps = if limits.nodes == 0 { FAST_STEPS } else { ROOT_STEPS };
    let root = inside.visit(&reduced.problem, &reduced.state, &from, steps);
    if limits.nodes > 0 && !root.impossible && root.bound < inside.prune_at() {
        branch::branch(&reduced.problem, &mut inside, reduced.state.clone(), &root);
    } else {
        inside.floor = root.bound;
    }
    hunt.nodes = inside.nodes;
    if let Some(best) = &inside.best {
        let (taken, part) = reduced.widen(best, problem);
        hunt.offer(Solution { cost: problem.cost(&taken, part), part, taken });
    }
    // What was fixed or put aside is no cheaper than this; nor is what is still open.
    let bound = inside.floor.min(hunt.prune_at()).max(first.bound);
    hunt.found(bound)
}

/// A search under way.
struct Hunt {
    limits: Limits,
    cut: Option<i128>,
    best: Option<Solution>,
    /// The least bound of all that was put aside.
    floor: i128,
    nodes: u32,
    /// Items looked at, once a step.
    work: u64,
}

/// Most work of one search, whatever its limit of nodes: some seconds.
const WORK_MAX: u64 = 12_000_000;

impl Hunt {
    fn is_tired(&self) -> bool {
        self.nodes >= self.limits.nodes || self.work >= WORK_MAX
    }

    /// What a new choice must cost less than.
    fn worth(&self) -> Option<i128> {
        let best = self.best.as_ref().map(|best| best.cost);
        [best, self.cut].into_iter().flatten().min()
    }

    /// A bound from which on a node is put aside.
    fn prune_at(&self) -> i128 {
        let allowed = |worth: i128| worth * i128::from(self.limits.gap_millionths) / 1_000_000;
        self.worth().map_or(i128::MAX, |worth| worth - allowed(worth))
    }

    fn offer(&mut self, solution: Solution) {
        if self.best.as_ref().is_none_or(|best| solution.cost < best.cost) {
            self.best = Some(solution);
        }
    }

    /// Climbs from some prices, and chooses on the way.
    fn visit(&mut self, problem: &Problem, state: &State, from: &Prices, steps: u32) -> Dual {
        let mut places = 0;
        climb(problem, state, from, steps, |dual| {
            let early = places < CHOICES && steps != NODE_STEPS;
            if (early || places % CHOICE_EVERY == 0)
                && let Some(solution) = choose(problem, state, dual)
            {
                self.offer(solution);
            }
            places += 1;
            self.work += problem.items.len() as u64;
            let near = dual.bound + dual.bound.abs() / 50 + 1_000;
            let target = self.worth().unwrap_or(near);
            (dual.bound < self.prune_at()).then_some(target)
        })
    }

    fn found(self, bound: i128) -> Found {
        let bound = self.worth().map_or(bound, |worth| bound.min(worth));
        Found { best: self.best, bound, nodes: self.nodes }
    }
}
