//! What a problem costs at least, if the need and the rows have these prices.
//!
//! With prices on the need and the rows, the groups come apart and each is decided by its sign:
//! what comes out is a lower bound of every choice within the state, whatever the prices are.

use super::problem::{Part, Problem};

/// What is already decided.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// How often each item is taken at least, and at most.
    pub(super) least: Vec<i64>,
    pub(super) most: Vec<i64>,
    pub(super) outers: Vec<Door>,
    /// Parts that are out of question.
    pub(super) dead: Vec<bool>,
}

/// Whether an outer group may be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Free,
    /// It is charged whatever is taken.
    Open,
    Closed,
}

/// Prices of the need and the rows, at least 0.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    pub(super) need: i64,
    pub(super) rows: Vec<i64>,
}

/// Costs with what the rows add to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Adjusted {
    pub(super) items: Vec<i64>,
    pub(super) parts: Vec<i64>,
    /// What all rows are worth together, to be taken off.
    pub(super) rows: i128,
    /// A price of the need at which everything is taken.
    pub(super) need_max: i64,
}

/// What is cheapest at some prices.
#[derive(Debug, Clone, Default)]
pub(super) struct Detail {
    pub(super) taken: Vec<i64>,
    pub(super) part: Option<usize>,
    /// What each inner, and each outer group costs if it is touched.
    pub(super) inners: Vec<i128>,
    pub(super) outers: Vec<i128>,
    /// What each part adds; dead ones add more than any.
    pub(super) parts: Vec<i128>,
    /// How much of each row is used.
    pub(super) used: Vec<i64>,
    pub(super) size: i64,
    pub(super) bound: i128,
}

impl State {
    pub(super) fn of(problem: &Problem) -> Self {
        let fits = |size: i64, count: i64| count.min(problem.need / size.max(1));
        State {
            least: vec![0; problem.items.len()],
            most: problem.items.iter().map(|item| fits(item.size, item.count)).collect(),
            outers: vec![Door::Free; problem.outers.len()],
            dead: problem.parts.iter().map(|part| part.size > problem.need).collect(),
        }
    }
}

impl Adjusted {
    /// Sets them for these prices, in the room that there is.
    pub(super) fn set(&mut self, problem: &Problem, rows: &[i64]) {
        let worth = |uses| -> i64 {
            problem.uses(uses).iter().map(|(row, amount)| rows[*row as usize] * amount).sum()
        };
        self.items.clear();
        self.items.extend(problem.items.iter().map(|item| item.cost + worth(&item.uses)));
        self.parts.clear();
        self.parts.extend(problem.parts.iter().map(|part| part.cost + worth(&part.uses)));
        self.rows =
            rows.iter().zip(&problem.rows).map(|(a, b)| i128::from(*a) * i128::from(*b)).sum();
        let most = |values: &[i64]| values.iter().copied().max().unwrap_or(0);
        let charge = |groups: &[super::problem::Group]| {
            groups.iter().map(|group| group.charge).max().unwrap_or(0)
        };
        let dearest = most(&self.items).max(most(&self.parts));
        self.need_max = 1 + dearest + charge(&problem.inners) + charge(&problem.outers);
    }
}

/// The bound at a price of the need, and the size of what is taken there.
pub(super) fn sweep(
    problem: &Problem,
    state: &State,
    adjusted: &Adjusted,
    need: i64,
) -> (i128, i64) {
    let (mut value, mut size) = (0i128, 0i64);
    let mut best: Option<(i128, i64)> = None;
    for (index, outer) in problem.outers.iter().enumerate() {
        let door = state.outers[index];
        if door == Door::Closed {
            continue;
        }
        let (mut sum, mut taken, mut forced) = (i128::from(outer.charge), 0, door == Door::Open);
        for inner in &problem.inners[outer.members.clone()] {
            let mut own = i128::from(inner.charge);
            let (mut count, mut least) = (0, 0);
            for item in inner.members.clone() {
                let at = &problem.items[item];
                let reduced = adjusted.items[item] - need * at.size;
                let times = if reduced < 0 { state.most[item] } else { state.least[item] };
                own += i128::from(reduced) * i128::from(times);
                count += times * at.size;
                least |= state.least[item];
            }
            if own < 0 || least > 0 {
                sum += own;
                taken += count;
                forced |= least > 0;
            }
        }
        let counts = sum < 0 || forced;
        let base = if counts { 0 } else { sum };
        for part in outer.parts.clone().filter(|part| !state.dead[*part]) {
            let (adds, grows) = part_adds(problem, state, adjusted, need, part);
            let adds = base + adds;
            if best.is_none_or(|best| adds < best.0) {
                best = Some((adds, grows + if counts { 0 } else { taken }));
            }
        }
        if counts {
            value += sum;
            size += taken;
        }
    }
    if let Some((adds, grows)) = best.filter(|best| best.0 < 0 || problem.must_part) {
        value += adds;
        size += grows;
    }
    (value + i128::from(need) * i128::from(problem.need) - adjusted.rows, size)
}

/// What a part adds to an open group in place of its item, to the value and to the size.
fn part_adds(
    problem: &Problem,
    state: &State,
    adjusted: &Adjusted,
    need: i64,
    index: usize,
) -> (i128, i64) {
    let Part { item, size, .. } = problem.parts[index];
    let at = item as usize;
    let reduced = adjusted.items[at] - need * problem.items[at].size;
    let whole = if reduced < 0 { state.most[at] } else { 0 };
    let adds = adjusted.parts[index] - need * size;
    (
        i128::from(adds) - i128::from(reduced) * i128::from(whole),
        size - whole * problem.items[at].size,
    )
}

/// The same as [`sweep`], with everything that it decides.
pub(super) fn detail(
    problem: &Problem,
    state: &State,
    adjusted: &Adjusted,
    need: i64,
    into: &mut Detail,
) {
    into.taken.clear();
    into.taken.resize(problem.items.len(), 0);
    into.inners.clear();
    into.outers.clear();
    into.parts.clear();
    into.parts.resize(problem.parts.len(), i128::MAX);
    into.part = None;
    let mut open = vec![false; problem.outers.len()];
    for (index, outer) in problem.outers.iter().enumerate() {
        let mut forced = state.outers[index] == Door::Open;
        let mut sum = i128::from(outer.charge);
        for inner in outer.members.clone() {
            let (own, least) = inner_value(problem, state, adjusted, need, inner, &mut into.taken);
            into.inners.push(own);
            forced |= least;
            sum += if own < 0 || least { own } else { 0 };
            if own >= 0 && !least {
                clear(problem, inner, &mut into.taken);
            }
        }
        into.outers.push(sum);
        open[index] = (sum < 0 || forced) && state.outers[index] != Door::Closed;
        let base = if open[index] { 0 } else { sum };
        for part in outer.parts.clone().filter(|part| !state.dead[*part]) {
            if state.outers[index] != Door::Closed {
                into.parts[part] = base + part_adds(problem, state, adjusted, need, part).0;
            }
        }
    }
    let best = (0..problem.parts.len()).min_by_key(|part| into.parts[*part]);
    into.part = best.filter(|part| {
        into.parts[*part] < i128::MAX && (into.parts[*part] < 0 || problem.must_part)
    });
    let with_part = into.part.map(|part| problem.parts[part].outer as usize);
    for (index, outer) in problem.outers.iter().enumerate() {
        if !open[index] && with_part != Some(index) {
            outer.members.clone().for_each(|inner| clear(problem, inner, &mut into.taken));
        }
    }
    if let Some(part) = into.part {
        into.taken[problem.parts[part].item as usize] = 0;
    }
    add_up(problem, into);
    into.bound = sweep(problem, state, adjusted, need).0;
}

fn clear(problem: &Problem, inner: usize, taken: &mut [i64]) {
    taken[problem.inners[inner].members.clone()].fill(0);
}

fn inner_value(
    problem: &Problem,
    state: &State,
    adjusted: &Adjusted,
    need: i64,
    inner: usize,
    taken: &mut [i64],
) -> (i128, bool) {
    let group = &problem.inners[inner];
    let (mut own, mut forced) = (i128::from(group.charge), false);
    for item in group.members.clone() {
        let reduced = adjusted.items[item] - need * problem.items[item].size;
        taken[item] = if reduced < 0 { state.most[item] } else { state.least[item] };
        own += i128::from(reduced) * i128::from(taken[item]);
        forced |= state.least[item] > 0;
    }
    (own, forced)
}

fn add_up(problem: &Problem, into: &mut Detail) {
    into.used.clear();
    into.used.resize(problem.rows.len(), 0);
    into.size = 0;
    for (item, taken) in problem.items.iter().zip(&into.taken).filter(|(_, taken)| **taken > 0) {
        into.size += item.size * taken;
        for (row, amount) in problem.uses(&item.uses) {
            into.used[*row as usize] += amount * taken;
        }
    }
    if let Some(part) = into.part.map(|part| &problem.parts[part]) {
        into.size += part.size;
        for (row, amount) in problem.uses(&part.uses) {
            into.used[*row as usize] += amount;
        }
    }
}
