//! Sets of nodes, kept as runs so that a lease of 27,500 nodes is a line in the journal.

use std::ops::Range;

use leasehold_types::NodeId;
use serde::{Deserialize, Serialize};

/// A set of nodes: sorted runs `(first, count)` that neither touch nor overlap.
///
/// Serialised as `[[first, count], ...]`. Operations cost the number of runs, not of nodes.
/// `u32::MAX` is no node's number, so that the end of every run is a number too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u32, u32)>", into = "Vec<(u32, u32)>")]
pub struct NodeSet {
    runs: Vec<(u32, u32)>,
}

/// Runs that are not a set of nodes in its one canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "run [{first}, {count}] does not fit: runs are [first, count] with a count of at least 1, in \
     ascending order, with a gap between one and the next"
)]
pub struct BadRuns {
    /// The first node of the run at fault.
    pub first: u32,
    /// Its length.
    pub count: u32,
}

impl NodeSet {
    /// No nodes.
    pub const EMPTY: NodeSet = NodeSet { runs: Vec::new() };

    /// The nodes from `range.start` up to, not including, `range.end`.
    pub fn from_range(range: Range<u32>) -> Self {
        let count = range.end.saturating_sub(range.start);
        NodeSet { runs: if count > 0 { vec![(range.start, count)] } else { Vec::new() } }
    }

    /// The union of runs `(first, count)` in any order; runs of no nodes are dropped.
    pub fn from_runs(mut runs: Vec<(u32, u32)>) -> Self {
        runs.retain(|run| end_of(*run) > run.0);
        if !runs.is_sorted() {
            runs.sort_unstable();
        }
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(runs.len());
        for (first, count) in runs {
            let end = end_of((first, count));
            match merged.last_mut() {
                Some(last) if first <= end_of(*last) => {
                    last.1 = end.max(end_of(*last)) - last.0;
                }
                _ => merged.push((first, end - first)),
            }
        }
        NodeSet { runs: merged }
    }

    /// The runs `(first, count)`, ascending.
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    /// The runs as half-open ranges, ascending.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = Range<u32>> + '_ {
        self.runs.iter().map(|run| run.0..end_of(*run))
    }

    /// How many nodes.
    pub fn len(&self) -> u32 {
        self.runs.iter().map(|run| run.1).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The nodes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.ranges().flatten().map(NodeId)
    }

    /// Whether `node` is one of them.
    pub fn contains(&self, node: NodeId) -> bool {
        let after = self.runs.partition_point(|run| run.0 <= node.0);
        after > 0 && node.0 < end_of(self.runs[after - 1])
    }

    /// The nodes of either.
    #[must_use]
    pub fn union(&self, other: &NodeSet) -> NodeSet {
        NodeSet::from_runs(self.runs.iter().chain(&other.runs).copied().collect())
    }

    /// The nodes of both.
    #[must_use]
    pub fn intersection(&self, other: &NodeSet) -> NodeSet {
        let (mut runs, mut i, mut j) = (Vec::new(), 0, 0);
        while let (Some(a), Some(b)) = (self.runs.get(i), other.runs.get(j)) {
            let (start, end) = (a.0.max(b.0), end_of(*a).min(end_of(*b)));
            if start < end {
                runs.push((start, end - start));
            }
            if end_of(*a) <= end_of(*b) { i += 1 } else { j += 1 }
        }
        NodeSet { runs }
    }

    /// Those of its nodes that lie in `range`, at the cost of those runs alone.
    #[must_use]
    pub fn within(&self, range: Range<u32>) -> NodeSet {
        let first = self.runs.partition_point(|run| end_of(*run) <= range.start);
        let clipped = self.runs[first..].iter().take_while(|run| run.0 < range.end).map(|run| {
            let start = run.0.max(range.start);
            (start, end_of(*run).min(range.end).saturating_sub(start))
        });
        NodeSet { runs: clipped.filter(|run| run.1 > 0).collect() }
    }

    /// The nodes of this one that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &NodeSet) -> NodeSet {
        let (mut runs, mut j) = (Vec::new(), 0);
        for range in self.ranges() {
            let mut start = range.start;
            while let Some(cut) = other.runs.get(j).filter(|cut| cut.0 < range.end) {
                if cut.0 > start {
                    runs.push((start, cut.0 - start));
                }
                start = start.max(end_of(*cut));
                if end_of(*cut) > range.end {
                    break;
                }
                j += 1;
            }
            if start < range.end {
                runs.push((start, range.end - start));
            }
        }
        NodeSet { runs }
    }

    /// Whether no node is in both.
    pub fn is_disjoint(&self, other: &NodeSet) -> bool {
        self.intersection(other).is_empty()
    }

    /// The last node.
    pub fn last(&self) -> Option<NodeId> {
        self.runs.last().map(|run| NodeId(end_of(*run) - 1))
    }

    /// The first `count` nodes, or all where there are fewer.
    #[must_use]
    pub fn first(&self, count: u32) -> NodeSet {
        let (mut runs, mut left) = (Vec::new(), count);
        for run in &self.runs {
            if left == 0 {
                break;
            }
            runs.push((run.0, run.1.min(left)));
            left -= run.1.min(left);
        }
        NodeSet { runs }
    }
}

/// One past the last node of a run, held within the numbers that a node can have.
fn end_of(run: (u32, u32)) -> u32 {
    run.0.saturating_add(run.1)
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        NodeSet::from_runs(nodes.into_iter().map(|node| (node.0, 1)).collect())
    }
}

impl TryFrom<Vec<(u32, u32)>> for NodeSet {
    type Error = BadRuns;
    fn try_from(runs: Vec<(u32, u32)>) -> Result<Self, BadRuns> {
        let mut least = 0;
        for &(first, count) in &runs {
            let end = first.checked_add(count).filter(|_| count > 0 && first >= least);
            // A run that touched the one before it would be one run.
            least = end.ok_or(BadRuns { first, count })?.saturating_add(1);
        }
        Ok(NodeSet { runs })
    }
}

impl From<NodeSet> for Vec<(u32, u32)> {
    fn from(set: NodeSet) -> Self {
        set.runs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn runs() -> impl Strategy<Value = Vec<(u32, u32)>> {
        prop::collection::vec((0u32..200, 0u32..30), 0..12)
    }

    fn model(runs: &[(u32, u32)]) -> BTreeSet<u32> {
        runs.iter().flat_map(|run| run.0..run.0 + run.1).collect()
    }

    fn nodes(set: &NodeSet) -> BTreeSet<u32> {
        set.iter().map(|node| node.0).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn sets_of_runs_are_sets(a in runs(), b in runs(), probe in 0u32..240) {
            let (x, y) = (NodeSet::from_runs(a.clone()), NodeSet::from_runs(b.clone()));
            let (s, t) = (model(&a), model(&b));
            prop_assert_eq!(nodes(&x), s.clone());
            prop_assert_eq!(x.len() as usize, s.len());
            prop_assert_eq!(x.is_empty(), s.is_empty());
            prop_assert_eq!(x.contains(NodeId(probe)), s.contains(&probe));
            prop_assert_eq!(x.last().map(|node| node.0), s.last().copied());
            prop_assert_eq!(nodes(&x.union(&y)), s.union(&t).copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(nodes(&x.intersection(&y)), s.intersection(&t).copied().collect());
            prop_assert_eq!(nodes(&x.difference(&y)), s.difference(&t).copied().collect());
            let range = probe..(probe + 40);
            let inside: BTreeSet<u32> = s.range(range.clone()).copied().collect();
            prop_assert_eq!(nodes(&x.within(range.clone())), inside);
            prop_assert_eq!(x.within(range.end..range.start), NodeSet::EMPTY);
            prop_assert_eq!(x.is_disjoint(&y), s.is_disjoint(&t));
            let first: BTreeSet<u32> = s.iter().take(probe as usize / 2).copied().collect();
            prop_assert_eq!(nodes(&x.first(probe / 2)), first);
            // Whatever made them, two equal sets have the same runs, and those survive.
            for made in [x.union(&y), x.intersection(&y), x.within(range), x.difference(&y)] {
                prop_assert_eq!(&made, &made.iter().collect::<NodeSet>());
                let runs: Vec<(u32, u32)> = made.clone().into();
                prop_assert_eq!(NodeSet::try_from(runs), Ok(made));
            }
        }
    }

    #[test]
    fn only_canonical_runs_are_read() {
        let read = |runs: &[(u32, u32)]| NodeSet::try_from(runs.to_vec());
        assert!(read(&[]).is_ok() && read(&[(0, 2), (3, 1)]).is_ok());
        for bad in [&[(0, 0)][..], &[(0, 2), (2, 1)], &[(5, 1), (0, 1)], &[(u32::MAX, 2)]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        assert_eq!(NodeSet::from_runs(vec![(u32::MAX, 1), (7, 0)]), NodeSet::EMPTY);
        insta::assert_snapshot!(read(&[(0, 2), (1, 4)]).unwrap_err(), @"run [1, 4] does not fit: runs are [first, count] with a count of at least 1, in ascending order, with a gap between one and the next");
    }
}
