//! Decides what the gap leaves no doubt about: whatever raises the bound to the cost of a known
//! choice if it were otherwise, is as it is.

use crate::plan::dual::Dual;
use crate::plan::evaluate::{Detail, Door, State};
use crate::plan::problem::Problem;

/// Fixes items and parts at the prices of `dual`; a bound of `prune_at` is not worth looking at.
pub(super) fn fix(problem: &Problem, state: &mut State, dual: &Dual, prune_at: i128) {
    let rises = Rises::of(problem, state, dual);
    let slack = prune_at.saturating_sub(rises.at.bound);
    for part in 0..problem.parts.len() {
        if !state.dead[part] && rises.at.parts[part].saturating_sub(rises.floor) >= slack {
            state.dead[part] = true;
        }
    }
    for index in 0..problem.items.len() {
        if state.least[index] == state.most[index] {
            continue;
        }
        let (up, down) = rises.of_item(state, index);
        if up >= slack {
            state.most[index] = state.least[index];
        } else if down >= slack {
            state.least[index] = state.most[index];
        }
    }
}

/// What the bound rises by, at least, if something is otherwise than where it was found.
pub(super) struct Rises<'a> {
    problem: &'a Problem,
    dual: &'a Dual,
    at: &'a Detail,
    need: i64,
    /// What the best part adds.
    floor: i128,
    /// Which inner, and which outer groups are charged whatever is decided.
    inners: Vec<bool>,
    outers: Vec<bool>,
}

impl<'a> Rises<'a> {
    pub(super) fn of(problem: &'a Problem, state: &State, dual: &'a Dual) -> Self {
        let upper = dual.over.bound >= dual.under.bound;
        let (at, need) = if upper {
            (&dual.over, dual.prices.need)
        } else {
            (&dual.under, (dual.prices.need - 1).max(0))
        };
        let best = at.parts.iter().copied().min().unwrap_or(0);
        let held =
            |members: std::ops::Range<usize>| members.clone().any(|item| state.least[item] > 0);
        let inners: Vec<bool> =
            problem.inners.iter().map(|inner| held(inner.members.clone())).collect();
        let outers = problem.outers.iter().zip(&state.outers).map(|(outer, door)| {
            *door == Door::Open || outer.members.clone().any(|inner| inners[inner])
        });
        let outers = outers.collect();
        let floor = if problem.must_part { best } else { best.min(0) };
        Rises { problem, dual, at, need, floor, inners, outers }
    }

    /// Whether an outer group is charged whatever is decided.
    pub(super) fn holds(&self, outer: usize) -> bool {
        self.outers[outer]
    }

    /// The rise if an item is taken above its least, and if it is taken below its most.
    pub(super) fn of_item(&self, state: &State, index: usize) -> (i128, i128) {
        let item = &self.problem.items[index];
        let inner = item.inner as usize;
        let outer = self.problem.inners[inner].outer as usize;
        let reduced = i128::from(self.dual.adjusted.items[index] - self.need * item.size);
        let (own, around) = (self.at.inners[inner], self.at.outers[outer]);
        let (held, forced) = (self.inners[inner], self.outers[outer]);
        let counted = |value: i128, forced: bool| if forced { value } else { value.min(0) };
        let inner_up = own + reduced.max(0) - counted(own, held);
        // Where parts could open the group, its charge is no rise for certain.
        let has_parts = !self.problem.outers[outer].parts.is_empty();
        let before = if has_parts { around } else { counted(around, forced) };
        let up = around + inner_up - before;
        let inner_down = counted(own - reduced.min(0), held) - counted(own, held);
        let down = counted(around + inner_down, forced) - counted(around, forced);
        let part = if reduced < 0 { self.best_part(state, outer, index) } else { None };
        let instead = part.map_or(0, |part| (part.saturating_add(reduced) - self.floor).min(0));
        (up, down + instead)
    }

    /// What the best part of the item adds.
    fn best_part(&self, state: &State, outer: usize, item: usize) -> Option<i128> {
        let parts = self.problem.outers[outer].parts.clone();
        let of_item = |part: &usize| self.problem.parts[*part].item as usize;
        let start = parts.start
            + self.problem.parts[parts.clone()].partition_point(|p| (p.item as usize) < item);
        let own = (start..parts.end).take_while(|part| of_item(part) == item);
        own.filter(|part| !state.dead[*part]).map(|part| self.at.parts[part]).min()
    }
}
