//! Divides what is in doubt until nothing is.

use super::fix::{Rises, fix};
use super::{Hunt, NODE_STEPS};
use crate::plan::dual::Dual;
use crate::plan::evaluate::{Door, Prices, State};
use crate::plan::problem::{Problem, Solution};

/// What is left to look at.
struct Node {
    state: State,
    prices: Prices,
    bound: i128,
}

/// Depth first, the likelier half first; what the limit of nodes leaves over lowers the floor.
pub(super) fn branch(problem: &Problem, hunt: &mut Hunt, state: State, root: &Dual) {
    let prices = Prices { need: root.prices.need, rows: root.prices.rows.clone() };
    let mut stack = vec![Node { state, prices, bound: root.bound }];
    while let Some(node) = stack.pop() {
        if node.bound >= hunt.prune_at() || hunt.is_tired() {
            hunt.floor = hunt.floor.min(node.bound);
            continue;
        }
        hunt.nodes += 1;
        let mut state = node.state;
        let dual = hunt.visit(problem, &state, &node.prices, NODE_STEPS);
        let bound = dual.bound.max(node.bound);
        if dual.impossible {
            continue;
        }
        if bound >= hunt.prune_at() {
            hunt.floor = hunt.floor.min(bound);
            continue;
        }
        fix(problem, &mut state, &dual, hunt.prune_at());
        match divide(problem, &state, &dual, hunt.best.as_ref()) {
            Some((likely, other)) => {
                let prices = dual.prices;
                stack.push(Node { state: other, prices: prices.clone(), bound });
                stack.push(Node { state: likely, prices, bound });
            }
            None => leaf(problem, hunt, &state),
        }
    }
}

/// The state in two halves, or `None` where all items are decided.
fn divide(
    problem: &Problem,
    state: &State,
    dual: &Dual,
    best: Option<&Solution>,
) -> Option<(State, State)> {
    const DOORS_MAX: usize = 64;
    let rises = Rises::of(problem, state, dual);
    let free = |outer: &usize| {
        let door = state.outers[*outer];
        door == Door::Free && !rises.holds(*outer) && problem.outers[*outer].charge > 0
    };
    let doubtful = |outer: &usize| {
        problem.outers[*outer].members.clone().any(|inner| {
            problem.inners[inner].members.clone().any(|item| state.least[item] < state.most[item])
        })
    };
    if problem.outers.len() <= DOORS_MAX {
        let doors = (0..problem.outers.len()).filter(|outer| free(outer) && doubtful(outer));
        if let Some(outer) = doors.min_by_key(|outer| dual.over.outers[*outer].abs()) {
            let (mut open, mut closed) = (state.clone(), state.clone());
            open.outers[outer] = Door::Open;
            shut(problem, &mut closed, outer);
            let likely = dual.over.outers[outer] < 0;
            return Some(if likely { (open, closed) } else { (closed, open) });
        }
    }
    let undecided = (0..problem.items.len()).filter(|item| state.least[*item] < state.most[*item]);
    let item = undecided.min_by_key(|item| {
        let (up, down) = rises.of_item(state, *item);
        (up.max(down), *item)
    })?;
    let known = best.map_or(state.most[item] - 1, |best| best.taken[item]);
    let middle = known.clamp(state.least[item], state.most[item] - 1);
    let (mut fewer, mut more) = (state.clone(), state.clone());
    fewer.most[item] = middle;
    more.least[item] = middle + 1;
    Some(if dual.over.taken[item] > middle { (more, fewer) } else { (fewer, more) })
}

fn shut(problem: &Problem, state: &mut State, outer: usize) {
    state.outers[outer] = Door::Closed;
    for inner in problem.outers[outer].members.clone() {
        for item in problem.inners[inner].members.clone() {
            state.most[item] = state.least[item];
        }
    }
    problem.outers[outer].parts.clone().for_each(|part| state.dead[part] = true);
}

/// All items are decided: only the part is left to choose.
fn leaf(problem: &Problem, hunt: &mut Hunt, state: &State) {
    let mut left = problem.rows.clone();
    let mut missing = problem.need;
    for (item, times) in problem.items.iter().zip(&state.least).filter(|(_, times)| **times > 0) {
        missing -= item.size * times;
        for (row, amount) in problem.uses(&item.uses) {
            left[*row as usize] -= amount * times;
        }
    }
    let within = |left: &[i64]| left.iter().all(|left| *left >= 0);
    if missing < 0 || !within(&left) {
        return;
    }
    let taken = state.least.clone();
    if missing == 0 && !problem.must_part {
        hunt.offer(Solution { cost: problem.cost(&taken, None), part: None, taken });
        return;
    }
    for part in (0..problem.parts.len()).filter(|part| !state.dead[*part]) {
        let at = &problem.parts[part];
        let uses = problem.uses(&at.uses);
        let fits = uses.iter().all(|(row, amount)| left[*row as usize] >= *amount);
        if at.size == missing && taken[at.item as usize] == 0 && fits {
            let cost = problem.cost(&taken, Some(part));
            if !at.is_real() {
                hunt.floor = hunt.floor.min(cost);
                continue;
            }
            hunt.offer(Solution { cost, part: Some(part), taken: taken.clone() });
        }
    }
}
