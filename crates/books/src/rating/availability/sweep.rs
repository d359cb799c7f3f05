//! One tranche at one instant after another.

use std::collections::BTreeMap;

use leasehold_types::{Instant, Period};

use super::Watched;

/// Units at an instant.
#[derive(Clone, Copy, Default)]
pub(super) struct Level {
    pub(super) committed: u128,
    pub(super) excused: u128,
    pub(super) healthy: u128,
}

impl Level {
    pub(super) fn plus(self, other: Level) -> Level {
        Level {
            committed: self.committed + other.committed,
            excused: self.excused + other.excused,
            healthy: self.healthy + other.healthy,
        }
    }
}

/// A tranche at one instant after another: what begins and ends is counted as the sweep passes it,
/// so that a long history costs its length and not its square.
pub(super) struct Sweep<'a> {
    tranche: &'a Watched<'a>,
    /// What begins and ends, in the order of time.
    changes: Vec<(Instant, Change<'a>)>,
    next: usize,
    /// Units that are down on no named node.
    down: u128,
    /// Units down by node, each with how many records say so.
    nodes: BTreeMap<&'a str, BTreeMap<u64, usize>>,
    /// The largest of each node, in sum.
    down_on_nodes: u128,
    spare: u128,
    excused: u128,
    /// Records that excuse all units.
    all_excused: usize,
}

#[derive(Clone, Copy)]
enum Change<'a> {
    Down(Option<&'a str>, u64, bool),
    Spare(u64, bool),
    Excused(Option<u64>, bool),
}

impl<'a> Sweep<'a> {
    pub(super) fn new(tranche: &'a Watched<'a>, span: Period) -> Self {
        let mut changes = Vec::new();
        let mut push = |period: Period, change: &dyn Fn(bool) -> Change<'a>| {
            if !period.intersection(span).is_empty() {
                changes.push((period.start(), change(true)));
                changes.push((period.end(), change(false)));
            }
        };
        for (period, units, node) in &tranche.history.outages {
            push(*period, &|begins| Change::Down(node.as_deref(), *units, begins));
        }
        for (period, units) in &tranche.history.spares {
            push(*period, &|begins| Change::Spare(*units, begins));
        }
        for (period, units) in &tranche.history.excuses {
            push(*period, &|begins| Change::Excused(*units, begins));
        }
        changes.sort_by_key(|(at, _)| *at);
        Sweep {
            tranche,
            changes,
            next: 0,
            down: 0,
            nodes: BTreeMap::new(),
            down_on_nodes: 0,
            spare: 0,
            excused: 0,
            all_excused: 0,
        }
    }

    /// The level at `at`, which is not before the one asked for last.
    pub(super) fn level_at(&mut self, at: Instant) -> Level {
        while let Some((_, change)) = self.changes.get(self.next).filter(|(when, _)| *when <= at) {
            self.change(*change);
            self.next += 1;
        }
        let standing = self.tranche.steps.at(at);
        let committed = standing.committed.saturating_sub(standing.undelivered).0;
        let recalled = standing.recalled.0.min(committed);
        let recalls = self.tranche.excused_recalls.map_or(0, |steps| steps.at(at).recalled.0);
        let (committed, recalled) = (u128::from(committed), u128::from(recalled));
        let excused = if self.all_excused > 0 { committed } else { self.excused };
        let down = (self.down + self.down_on_nodes).min(committed - recalled);
        Level {
            committed,
            excused: (excused + u128::from(recalls)).min(committed),
            healthy: committed - recalled - down + self.spare,
        }
    }

    fn change(&mut self, change: Change<'a>) {
        match change {
            Change::Down(None, units, begins) => count(&mut self.down, units, begins),
            Change::Down(Some(node), units, begins) => self.node(node, units, begins),
            Change::Spare(units, true) => self.spare += u128::from(units),
            Change::Spare(units, false) => self.spare -= u128::from(units),
            Change::Excused(Some(units), begins) => count(&mut self.excused, units, begins),
            Change::Excused(None, true) => self.all_excused += 1,
            Change::Excused(None, false) => self.all_excused -= 1,
        }
    }

    /// Units of a named node are down once, however many records say so.
    fn node(&mut self, node: &'a str, units: u64, begins: bool) {
        let of_it = self.nodes.entry(node).or_default();
        let most = |of_it: &BTreeMap<u64, usize>| of_it.keys().next_back().copied().unwrap_or(0);
        let before = most(of_it);
        if begins {
            *of_it.entry(units).or_default() += 1;
        } else if let Some(records) = of_it.get_mut(&units) {
            *records -= 1;
            if *records == 0 {
                of_it.remove(&units);
            }
        }
        let after = most(of_it);
        self.down_on_nodes = self.down_on_nodes - u128::from(before) + u128::from(after);
    }
}

fn count(sum: &mut u128, units: u64, begins: bool) {
    let units = u128::from(units);
    *sum = if begins { *sum + units } else { *sum - units };
}
