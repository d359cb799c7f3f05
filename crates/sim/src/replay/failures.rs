//! When nodes fail and come back: drawn beforehand, the same for every policy.

#![allow(clippy::float_arithmetic, reason = "times of failure are drawn from a distribution")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use leasehold_types::{Instant, NodeId, Random, Seconds, Seed};
use rand_distr::{Distribution, Exp1};

use crate::scenario::Failures;

/// Nodes that fail together are not modelled: each node fails by itself.
#[derive(Debug)]
pub struct Outages {
    random: Random,
    nodes: u32,
    between: f64,
    repair: f64,
    next_failure: Option<(Instant, NodeId)>,
    repairs: BinaryHeap<Reverse<(Instant, NodeId)>>,
    down: Vec<bool>,
}

/// A node that fails or comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// It fails.
    Fail(NodeId),
    /// It comes back.
    Repair(NodeId),
}

impl Outages {
    /// Outages from `start` on, over `nodes` nodes; none where `failures` is absent.
    pub fn new(failures: Option<Failures>, nodes: u32, start: Instant, seed: Seed) -> Self {
        let (between, repair) = match failures {
            Some(f) if nodes > 0 => (
                f64::from(f.node_mtbf_days) * 86_400.0 / f64::from(nodes),
                f64::from(f.repair_hours) * 3_600.0,
            ),
            _ => (f64::INFINITY, 0.0),
        };
        let mut outages = Outages {
            random: seed.stream("failures"),
            nodes,
            between,
            repair,
            next_failure: None,
            repairs: BinaryHeap::new(),
            down: vec![false; if between.is_finite() { nodes as usize } else { 0 }],
        };
        outages.draw(start);
        outages
    }

    /// When the next outage begins or ends.
    pub fn next_at(&self) -> Option<Instant> {
        let repair = self.repairs.peek().map(|Reverse((at, _))| *at);
        [self.next_failure.map(|(at, _)| at), repair].into_iter().flatten().min()
    }

    /// The next outage to begin or end; repairs before failures of the same instant.
    pub fn pop(&mut self) -> Option<(Instant, Outage)> {
        let repair = self.repairs.peek().map(|Reverse(r)| *r);
        match (repair, self.next_failure) {
            (Some((at, node)), fail) if fail.is_none_or(|(failing, _)| at <= failing) => {
                self.repairs.pop();
                self.down[node.0 as usize] = false;
                Some((at, Outage::Repair(node)))
            }
            (_, Some((at, node))) => {
                self.draw(at);
                if std::mem::replace(&mut self.down[node.0 as usize], true) {
                    // Already down: the draw is void.
                    return self.pop();
                }
                let length = self.span(self.repair);
                self.repairs.push(Reverse((at.saturating_add(length), node)));
                Some((at, Outage::Fail(node)))
            }
            _ => None,
        }
    }

    fn draw(&mut self, from: Instant) {
        use rand::RngExt;
        if !self.between.is_finite() {
            return;
        }
        let gap = self.span(self.between);
        let node = NodeId(self.random.random_range(0..self.nodes));
        self.next_failure = Some((from.saturating_add(gap), node));
    }

    /// An exponential length of that mean, at least a second.
    fn span(&mut self, mean: f64) -> Seconds {
        let drawn: f64 = Exp1.sample(&mut self.random);
        Seconds((drawn * mean) as i64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_are_reproducible_paired_and_about_as_many_as_stated() {
        let failures = Some(Failures { node_mtbf_days: 100, repair_hours: 12 });
        let run = || {
            let mut outages = Outages::new(failures, 1_000, Instant::EPOCH, Seed(5));
            let end = Instant::from_second(86_400 * 100);
            let mut seen = Vec::new();
            while let Some((at, outage)) = outages.pop().filter(|(at, _)| *at < end) {
                seen.push((at, outage));
            }
            seen
        };
        let seen = run();
        assert_eq!(seen, run());
        assert!(seen.windows(2).all(|w| w[0].0 <= w[1].0));
        let mut down = std::collections::BTreeSet::new();
        let mut failed = 0;
        for (_, outage) in seen {
            match outage {
                Outage::Fail(node) => {
                    failed += 1;
                    assert!(down.insert(node));
                }
                Outage::Repair(node) => assert!(down.remove(&node)),
            }
        }
        assert!((900..1_100).contains(&failed), "{failed}");
    }

    #[test]
    fn no_failures_means_none() {
        let outages = Outages::new(None, 10, Instant::EPOCH, Seed(1));
        assert_eq!(outages.next_at(), None);
    }
}
