//! Looks for the prices at which the bound is highest.
//!
//! For given prices of the rows, the best price of the need is found by halving, since the size
//! that is taken only grows with it. The rows' prices climb along what is used beyond their most.
//! Lengths of steps are floating point; prices are rounded to whole numbers before they are used,
//! so that a bound is exact whatever the steps were.
#![expect(clippy::float_arithmetic, reason = "lengths of steps; no bound or cost rests on them")]

use super::evaluate::{Adjusted, Detail, Prices, State, detail, sweep};
use super::problem::Problem;

/// Steps without a better bound after which they become half as long.
const PATIENCE: u32 = 3;
/// A row's price times its largest amount stays below this.
const WORTH_MAX: i64 = 1 << 50;

/// The best bound so far, and where it was found.
#[derive(Debug, Clone)]
pub(super) struct Dual {
    pub(super) bound: i128,
    pub(super) prices: Prices,
    pub(super) adjusted: Adjusted,
    /// What is cheapest at those prices: at least the need.
    pub(super) over: Detail,
    /// And at a price of the need that is one lower: less than the need.
    pub(super) under: Detail,
    /// Whether even all that there is does not suffice.
    pub(super) impossible: bool,
}

impl Dual {
    pub(super) fn new(problem: &Problem) -> Self {
        Dual {
            bound: i128::MIN,
            prices: Prices { need: 0, rows: vec![0; problem.rows.len()] },
            adjusted: Adjusted::default(),
            over: Detail::default(),
            under: Detail::default(),
            impossible: false,
        }
    }
}

/// Takes up to `steps` steps from the prices of `from`, and tells `see` of each place; it answers
/// with the cost to aim at, or that the bound is good enough.
pub(super) fn climb(
    problem: &Problem,
    state: &State,
    from: &Prices,
    steps: u32,
    mut see: impl FnMut(&Dual) -> Option<i128>,
) -> Dual {
    let mut best = Dual::new(problem);
    let mut here = best.clone();
    here.prices = from.clone();
    let largest = largest_amounts(problem);
    let mut fits = Fits::of(problem);
    let (mut scale, mut idle) = (1.0_f64, 0);
    for _ in 0..steps.max(1) {
        place(problem, state, &mut here);
        if here.impossible {
            return here;
        }
        if here.bound > best.bound {
            best = here.clone();
            idle = 0;
        } else {
            idle += 1;
            if idle == PATIENCE {
                (scale, idle) = (scale / 2.0, 0);
                here.prices.clone_from(&best.prices);
                place(problem, state, &mut here);
            }
        }
        let Some(target) = see(&here) else { break };
        if fits.fit(problem, state, &mut here, &largest) {
            continue;
        }
        if !step(problem, &mut here, &largest, target, scale) {
            break;
        }
    }
    best
}

/// Finds the price of the need for the rows' prices, and all that follows from it.
fn place(problem: &Problem, state: &State, here: &mut Dual) {
    here.adjusted.set(problem, &here.prices.rows);
    let enough = |need: i64| sweep(problem, state, &here.adjusted, need).1 >= problem.need;
    let most = here.adjusted.need_max;
    if !enough(most) {
        here.impossible = true;
        here.bound = i128::MAX;
        return;
    }
    // From the last price outwards: it seldom moves far.
    let start = here.prices.need.clamp(0, most);
    let mut stride = 1 + start / 4_096;
    let (mut low, mut high) = if enough(start) { (-1, start) } else { (start, most) };
    let falling = high == start;
    loop {
        let at = if falling { high - stride } else { low + stride };
        if at <= low || at >= high {
            break;
        }
        let suffices = enough(at);
        if suffices {
            high = at
        } else {
            low = at
        }
        if suffices != falling {
            break;
        }
        stride = stride.saturating_mul(8);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    here.prices.need = high;
    detail(problem, state, &here.adjusted, high, &mut here.over);
    detail(problem, state, &here.adjusted, (high - 1).max(0), &mut here.under);
    here.bound = here.over.bound.max(here.under.bound);
}

/// Sets each row's price where its items, sorted by what they would bear, fill it: far nearer at
/// once than small steps get. It looks at items one by one, so steps finish what it begins.
struct Fits {
    /// The items of each row, with the amount.
    of_row: Vec<Vec<(u32, i64)>>,
    /// Fits that are left.
    left: u32,
}

impl Fits {
    /// Most fits before steps begin.
    const MOST: u32 = 12;

    fn of(problem: &Problem) -> Self {
        let mut of_row = vec![Vec::new(); problem.rows.len()];
        for (index, item) in (0..).zip(&problem.items) {
            for (row, amount) in problem.uses(&item.uses) {
                of_row[*row as usize].push((index, *amount));
            }
        }
        Fits { of_row, left: Self::MOST }
    }

    /// Whether any price moved by enough to look again.
    fn fit(&mut self, problem: &Problem, state: &State, here: &mut Dual, largest: &[i64]) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let mut moved = false;
        for (row, amount) in largest.iter().enumerate() {
            let price = here.prices.rows[row];
            if here.over.used[row] <= problem.rows[row] && price == 0 {
                continue;
            }
            let next = self.price(problem, state, here, row).clamp(0, WORTH_MAX / amount);
            moved |= (next - price).abs() > price / 1_000;
            here.prices.rows[row] = next;
        }
        if !moved {
            self.left = 0;
        }
        moved
    }

    /// The price of a row at which what is left of its items fills it.
    fn price(&self, problem: &Problem, state: &State, here: &Dual, row: usize) -> i64 {
        let old = here.prices.rows[row];
        let mut bears: Vec<(i64, i64)> = Vec::new();
        for (item, amount) in self.of_row[row].iter().filter(|(_, amount)| *amount > 0) {
            let (index, at) = (*item as usize, &problem.items[*item as usize]);
            let inner = &problem.inners[at.inner as usize];
            let count = state.most[index];
            let share = inner.charge / count.max(1);
            let worth = here.prices.need * at.size - here.adjusted.items[index] - share;
            let price = worth / amount + old;
            if count > 0 && price > 0 {
                bears.push((price, amount * count));
            }
        }
        bears.sort_unstable_by_key(|bears| std::cmp::Reverse(bears.0));
        let mut left = problem.rows[row];
        let first_beyond = bears.iter().find(|(_, amount)| {
            left -= amount;
            left < 0
        });
        first_beyond.map_or(0, |(price, _)| *price)
    }
}

fn largest_amounts(problem: &Problem) -> Vec<i64> {
    let mut largest = vec![1; problem.rows.len()];
    for (row, amount) in &problem.uses {
        let row = *row as usize;
        largest[row] = largest[row].max(*amount);
    }
    largest
}

/// Moves the rows' prices towards `target`; false where no row calls for it.
fn step(problem: &Problem, here: &mut Dual, largest: &[i64], target: i128, scale: f64) -> bool {
    let (over, under) = (here.over.size as f64, here.under.size as f64);
    // The mixture of both that meets the need exactly.
    let share = if over > under { (problem.need as f64 - under) / (over - under) } else { 1.0 };
    let share = share.clamp(0.0, 1.0);
    let mut beyond = vec![0.0_f64; problem.rows.len()];
    let mut length = 0.0;
    for (row, most) in problem.rows.iter().enumerate() {
        let used = here.over.used[row] as f64 * share + here.under.used[row] as f64 * (1.0 - share);
        let excess = (used - *most as f64) / largest[row] as f64;
        if excess > 0.0 || here.prices.rows[row] > 0 {
            beyond[row] = excess;
            length += excess * excess;
        }
    }
    if length <= f64::EPSILON {
        return false;
    }
    let rise = ((target - here.bound).max(1) as f64) * scale / length;
    let mut moved = false;
    for (row, excess) in beyond.iter().enumerate() {
        let price = here.prices.rows[row];
        let moves = (excess * rise / largest[row] as f64).round() as i64;
        let next = price.saturating_add(moves).clamp(0, WORTH_MAX / largest[row]);
        moved |= next != price;
        here.prices.rows[row] = next;
    }
    moved
}
