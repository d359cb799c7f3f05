//! The exact search: at most one offer of each lease, whole multiples, least cost.
//!
//! Units are counted in steps, the greatest common divisor of all multiples. Lease by lease, the
//! search knows for every number of steps the least cost (and then the fewest leases) at which
//! the leases so far give exactly that. A lease adds a multiple of its granularity at a price
//! that is linear in it, so the best of a sliding window answers each number of steps at once:
//! the time is steps times offers, whatever the amounts.

use std::collections::VecDeque;

/// Most steps that a plan may have. At one node of eight accelerators a step, that is more than
/// two million accelerators for one need.
pub const STEPS_MAX: u64 = 1 << 18;

/// One offer as the search sees it; all counts are steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lot {
    /// What it is taken in multiples of; at least 1.
    pub(super) multiple: usize,
    /// The most that may be taken: a multiple of that, at least one.
    pub(super) most: usize,
    /// What one step costs, in parts of a currency that all lots share; at least 0.
    pub(super) cost: i128,
}

/// Which lot of a lease, and how much of it.
pub(super) type Pick = Option<(usize, usize)>;

/// The least cost of reaching some number of steps, and how many leases that takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Price {
    cost: i128,
    leases: u32,
}

/// For each lease, what to take so that at least `need` steps are taken, or all that there is
/// where that is less: at least cost, then from fewest leases, then with least beyond `need`.
///
/// Costs times steps must fit: the caller sees to it.
pub(super) fn search(need: usize, leases: &[Vec<Lot>]) -> Vec<Pick> {
    let most = |lots: &Vec<Lot>| lots.iter().map(|lot| lot.most).max().unwrap_or(0);
    let all: usize = leases.iter().map(most).sum();
    let widest = leases.iter().flatten().map(|lot| lot.multiple).max().unwrap_or(1);
    // No best plan exceeds the need by a whole multiple: it could do without that one.
    let top = all.min(need + widest - 1);
    let mut prices: Vec<Option<Price>> = vec![None; top + 1];
    prices[0] = Some(Price { cost: 0, leases: 0 });
    let mut picks: Vec<Vec<Pick>> = Vec::with_capacity(leases.len());
    for lots in leases {
        let mut next = prices.clone();
        let mut chosen: Vec<Pick> = vec![None; top + 1];
        for (index, lot) in lots.iter().enumerate() {
            add_lot(lot, index, &prices, &mut next, &mut chosen);
        }
        prices = next;
        picks.push(chosen);
    }
    let reached = (need.min(all)..=top).filter_map(|steps| Some((prices[steps]?, steps)));
    let mut left = reached.min().map_or(0, |(_, steps)| steps);
    let mut plan: Vec<Pick> = Vec::with_capacity(leases.len());
    for chosen in picks.iter().rev() {
        plan.push(chosen[left]);
        left -= chosen[left].map_or(0, |(_, steps)| steps);
    }
    plan.reverse();
    plan
}

/// Improves `next` by what one lot adds to `prices`.
fn add_lot(
    lot: &Lot,
    index: usize,
    prices: &[Option<Price>],
    next: &mut [Option<Price>],
    chosen: &mut [Pick],
) {
    let (multiple, most) = (lot.multiple, lot.most / lot.multiple);
    // At most STEPS_MAX and a multiple, hence within 64 bits.
    let worth = |times: usize| times as i128 * multiple as i128 * lot.cost;
    for rest in 0..multiple.min(prices.len()) {
        // The numbers of multiples before this one, with what they would cost without any of
        // this lot; ever dearer ones, since a cheaper later one makes the earlier useless.
        let mut window: VecDeque<(usize, Price)> = VecDeque::new();
        for (times, steps) in (rest..prices.len()).step_by(multiple).enumerate() {
            while window.front().is_some_and(|(from, _)| from + most < times) {
                window.pop_front();
            }
            if let Some((from, base)) = window.front() {
                let price = Price { cost: base.cost + worth(times), leases: base.leases + 1 };
                if next[steps].is_none_or(|known| price < known) {
                    next[steps] = Some(price);
                    chosen[steps] = Some((index, (times - from) * multiple));
                }
            }
            if let Some(price) = prices[steps] {
                let base = Price { cost: price.cost - worth(times), ..price };
                while window.back().is_some_and(|(_, back)| *back > base) {
                    window.pop_back();
                }
                window.push_back((times, base));
            }
        }
    }
}
