//! The search problem: whole numbers, and nothing of leases or racks.
//!
//! Choose how often to take each item, so that sizes add up to the need, no row is used beyond its
//! most, and the cost is least. An inner group is charged once where any of its items is taken, an
//! outer group once where any of its inner ones is: `x <= y`, `y <= z` item by item, which keeps
//! the bound tight where a sum over the group would leave it loose. One part of an item may be
//! taken besides, in place of the item.

use std::ops::Range;

use super::parts::BOUND_ONLY;

/// A problem. Items lie in the order of their inner groups, those in the order of their outer ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Problem {
    /// What sizes must add up to.
    pub(super) need: i64,
    pub(super) items: Vec<Item>,
    pub(super) inners: Vec<Group>,
    pub(super) outers: Vec<Group>,
    /// The most of each row.
    pub(super) rows: Vec<i64>,
    /// Rows with amounts, to which items and parts point.
    pub(super) uses: Vec<(u32, i64)>,
    pub(super) parts: Vec<Part>,
    /// Whether a part must be taken: so it is where all items have one size, and all parts that
    /// of the rest.
    pub(super) must_part: bool,
}

/// Something that can be taken up to `count` times.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    /// What it adds to the need; at least 1.
    pub(super) size: i64,
    pub(super) cost: i64,
    pub(super) count: i64,
    pub(super) uses: Range<usize>,
    pub(super) inner: u32,
}

/// A group of items, or of groups, and what it costs to touch it.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) members: Range<usize>,
    pub(super) charge: i64,
    /// The group around it; of no meaning for an outer one.
    pub(super) outer: u32,
    /// Parts within it; of no meaning for an inner one.
    pub(super) parts: Range<usize>,
}

/// A part of an item, taken in its place. At most one part is taken of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) item: u32,
    pub(super) outer: u32,
    pub(super) size: i64,
    pub(super) cost: i64,
    pub(super) uses: Range<usize>,
    /// What the builder knows it by; [`BOUND_ONLY`] where no choice may take it.
    pub(super) variant: u32,
}

/// How often each item is taken, and which part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Solution {
    pub(super) taken: Vec<i64>,
    pub(super) part: Option<usize>,
    pub(super) cost: i128,
}

impl Part {
    /// Whether a choice may take it.
    pub(super) fn is_real(&self) -> bool {
        self.variant != BOUND_ONLY
    }
}

impl Problem {
    pub(super) fn uses(&self, range: &Range<usize>) -> &[(u32, i64)] {
        &self.uses[range.clone()]
    }

    /// The outer group of an item.
    pub(super) fn outer_of(&self, item: usize) -> usize {
        self.inners[self.items[item].inner as usize].outer as usize
    }

    /// What a choice costs, charges included.
    pub(super) fn cost(&self, taken: &[i64], part: Option<usize>) -> i128 {
        let mut cost = part.map_or(0, |part| i128::from(self.parts[part].cost));
        let of_part = part.map(|part| self.parts[part].outer as usize);
        for (index, outer) in self.outers.iter().enumerate() {
            let mut touched = of_part == Some(index);
            for inner in &self.inners[outer.members.clone()] {
                let mut used = false;
                for item in inner.members.clone().filter(|item| taken[*item] > 0) {
                    cost += i128::from(self.items[item].cost) * i128::from(taken[item]);
                    used = true;
                }
                cost += if used { i128::from(inner.charge) } else { 0 };
                touched |= used;
            }
            cost += if touched { i128::from(outer.charge) } else { 0 };
        }
        cost
    }
}
