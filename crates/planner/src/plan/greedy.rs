//! A choice by the bound's prices: cheapest first, then a part, then exchanges.

use std::cmp::Reverse;

use super::dual::Dual;
use super::evaluate::{Door, State};
use super::problem::{Problem, Solution};

/// Most exchanges that are looked at in one go.
const EXCHANGES_MAX: usize = 200_000;

/// What is chosen so far.
struct Basket<'p> {
    problem: &'p Problem,
    taken: Vec<i64>,
    part: Option<usize>,
    left: Vec<i64>,
    missing: i64,
}

/// A choice that meets the need within all rows, or `None` where none was found. A choice that
/// exists may be missed where rows bind; `search` then looks further.
pub(super) fn choose(problem: &Problem, state: &State, dual: &Dual) -> Option<Solution> {
    let order = order(problem, state, dual);
    let first = fill(problem, state, dual, &order)?;
    let mut best = finish(problem, state, first);
    for without in spread(problem, &best) {
        let narrowed: Vec<usize> =
            order.iter().copied().filter(|item| problem.outer_of(*item) != without).collect();
        let mut closed = state.clone();
        closed.outers[without] = Door::Closed;
        if let Some(basket) = fill(problem, &closed, dual, &narrowed) {
            let other = finish(problem, &closed, basket);
            if other.cost < best.cost {
                best = other;
            }
        }
    }
    Some(best)
}

/// Outer groups that a choice could perhaps do without: those it uses least, where it uses few.
fn spread(problem: &Problem, solution: &Solution) -> Vec<usize> {
    const OUTERS_MAX: usize = 64;
    if problem.outers.len() > OUTERS_MAX {
        return Vec::new();
    }
    let mut used = vec![0i64; problem.outers.len()];
    for (item, taken) in solution.taken.iter().enumerate().filter(|(_, taken)| **taken > 0) {
        used[problem.outer_of(item)] += taken * problem.items[item].size;
    }
    if let Some(part) = solution.part {
        used[problem.parts[part].outer as usize] += problem.parts[part].size;
    }
    let mut found: Vec<usize> = (0..used.len()).filter(|outer| used[*outer] > 0).collect();
    found.sort_by_key(|outer| used[*outer]);
    found.truncate(if found.len() > 1 { 4 } else { 0 });
    found
}

/// Items in the order in which they are best taken, by what one of their size costs with its
/// share of charges that the bound does not bear.
fn order(problem: &Problem, state: &State, dual: &Dual) -> Vec<usize> {
    let mut keyed: Vec<(i64, usize)> = Vec::with_capacity(problem.items.len());
    for (index, outer) in problem.outers.iter().enumerate() {
        if state.outers[index] == Door::Closed {
            continue;
        }
        let room = |inner: usize| -> i64 {
            let members = problem.inners[inner].members.clone();
            members.map(|item| state.most[item] * problem.items[item].size).sum()
        };
        let all: i64 = outer.members.clone().map(room).sum();
        let open = dual.over.outers[index] < 0 || state.outers[index] == Door::Open;
        let outer_share = if open { 0 } else { outer.charge / all.min(problem.need).max(1) };
        for inner in outer.members.clone() {
            let group = &problem.inners[inner];
            let share = outer_share + group.charge / room(inner).min(problem.need).max(1);
            for item in group.members.clone().filter(|item| state.most[*item] > 0) {
                let cost = dual.adjusted.items[item] / problem.items[item].size;
                keyed.push((cost.saturating_add(share), item));
            }
        }
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, item)| item).collect()
}

fn fill<'p>(
    problem: &'p Problem,
    state: &State,
    dual: &Dual,
    order: &[usize],
) -> Option<Basket<'p>> {
    let mut basket = Basket {
        problem,
        taken: vec![0; problem.items.len()],
        part: None,
        left: problem.rows.clone(),
        missing: problem.need,
    };
    for item in (0..problem.items.len()).filter(|item| state.least[*item] > 0) {
        if basket.room(item, state.least[item]) < state.least[item] {
            return None;
        }
        basket.take(item, state.least[item]);
    }
    for item in order {
        if basket.missing == 0 {
            break;
        }
        let times = basket.room(*item, state.most[*item] - basket.taken[*item]);
        if times > 0 {
            basket.take(*item, times);
        }
    }
    if basket.missing > 0 || problem.must_part {
        basket.take_part(state, dual)?;
    }
    Some(basket)
}

impl Basket<'_> {
    /// How often an item could be taken besides, up to `most` times.
    fn room(&self, item: usize, most: i64) -> i64 {
        let at = &self.problem.items[item];
        // What only a part can fill is kept for it.
        let held_back = i64::from(self.problem.must_part && self.part.is_none());
        let mut times = most.min((self.missing - held_back) / at.size);
        for (row, amount) in self.problem.uses(&at.uses).iter().filter(|used| used.1 > 0) {
            times = times.min(self.left[*row as usize] / amount);
        }
        times.max(0)
    }

    fn take(&mut self, item: usize, times: i64) {
        let at = &self.problem.items[item];
        self.taken[item] += times;
        self.missing -= at.size * times;
        for (row, amount) in self.problem.uses(&at.uses) {
            self.left[*row as usize] -= amount * times;
        }
    }

    fn part_fits(&self, part: usize) -> bool {
        let at = &self.problem.parts[part];
        let uses = self.problem.uses(&at.uses);
        at.is_real()
            && at.size == self.missing
            && self.taken[at.item as usize] == 0
            && uses.iter().all(|(row, amount)| self.left[*row as usize] >= *amount)
    }

    fn take_part(&mut self, state: &State, dual: &Dual) -> Option<()> {
        let mut touched = vec![false; self.problem.outers.len()];
        for (item, _) in self.taken.iter().enumerate().filter(|(_, taken)| **taken > 0) {
            touched[self.problem.outer_of(item)] = true;
        }
        let usable = |part: &usize| {
            let outer = self.problem.parts[*part].outer as usize;
            !state.dead[*part] && state.outers[outer] != Door::Closed && self.part_fits(*part)
        };
        let cost = |part: &usize| {
            let outer = self.problem.parts[*part].outer as usize;
            let charge = if touched[outer] { 0 } else { self.problem.outers[outer].charge };
            dual.adjusted.parts[*part].saturating_add(charge)
        };
        let best = (0..self.problem.parts.len()).filter(usable).min_by_key(cost)?;
        let at = &self.problem.parts[best];
        for (row, amount) in self.problem.uses(&at.uses) {
            self.left[*row as usize] -= amount;
        }
        self.missing -= at.size;
        self.part = Some(best);
        Some(())
    }
}

fn finish(problem: &Problem, state: &State, mut basket: Basket<'_>) -> Solution {
    exchange(problem, state, &mut basket);
    let Basket { taken, part, .. } = basket;
    Solution { cost: problem.cost(&taken, part), taken, part }
}

/// Exchanges a dear item for a cheaper one of its size and outer group (or of one that is touched
/// anyway), while rows allow, where groups have no charges of their own.
fn exchange(problem: &Problem, state: &State, basket: &mut Basket<'_>) {
    if problem.inners.iter().any(|inner| inner.charge > 0) {
        return;
    }
    let mut touched = vec![false; problem.outers.len()];
    let of_part = basket.part.map(|part| &problem.parts[part]);
    of_part.iter().for_each(|part| touched[part.outer as usize] = true);
    let without = of_part.map(|part| part.item as usize);
    let (mut taken, mut free) = (Vec::new(), Vec::new());
    for (item, times) in basket.taken.iter().enumerate() {
        if *times > state.least[item] {
            touched[problem.outer_of(item)] = true;
            taken.push(item);
        } else if *times < state.most[item] && Some(item) != without {
            free.push(item);
        }
    }
    free.retain(|item| touched[problem.outer_of(*item)]);
    taken.sort_by_key(|item| Reverse(problem.items[*item].cost));
    free.sort_by_key(|item| problem.items[*item].cost);
    let mut looks = 0;
    for old in taken {
        let size = problem.items[old].size;
        let cheaper = |new: &&usize| problem.items[**new].cost < problem.items[old].cost;
        for new in free.iter().take_while(cheaper) {
            looks += 1;
            if looks > EXCHANGES_MAX {
                return;
            }
            if problem.items[*new].size != size || basket.taken[*new] >= state.most[*new] {
                continue;
            }
            basket.take(old, -1);
            if basket.room(*new, 1) == 1 {
                basket.take(*new, 1);
                break;
            }
            basket.take(old, 1);
        }
    }
}
