//! What one job holds.

use leasehold_types::{NodeId, Units};
use serde::{Deserialize, Serialize};

use crate::{Fleet, NodeSet};

/// What one job holds: whole nodes, and accelerators on nodes that it may share.
///
/// `part` is ascending by node, counts at least one accelerator each, and names no node of
/// `whole`; [`Occupancy::start`](crate::Occupancy::start) refuses anything else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// Nodes held with all their accelerators.
    pub whole: NodeSet,
    /// Accelerators held on nodes beside other jobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part: Vec<(NodeId, u8)>,
}

impl Slots {
    /// All nodes on which the job runs.
    pub fn nodes(&self) -> NodeSet {
        self.whole.union(&self.part.iter().map(|(node, _)| *node).collect())
    }

    /// Accelerators held. Nodes outside the fleet count as none.
    pub fn units(&self, fleet: &Fleet) -> Units {
        let shared: u64 = self.part.iter().map(|(_, count)| u64::from(*count)).sum();
        Units(shared + fleet.units_of(&self.whole).0)
    }

    /// The first node for which the rules of [`Slots::part`] are broken.
    pub(crate) fn fault(&self) -> Option<NodeId> {
        let twice = |i: usize| i > 0 && self.part[i - 1].0 >= self.part[i].0;
        let bad = |i: usize, (node, count): (NodeId, u8)| {
            count == 0 || twice(i) || self.whole.contains(node)
        };
        self.part.iter().enumerate().find(|(i, part)| bad(*i, **part)).map(|(_, part)| part.0)
    }

    /// Whether the job runs on `node`.
    pub fn contains(&self, node: NodeId) -> bool {
        self.whole.contains(node) || self.part.iter().any(|(held, _)| *held == node)
    }
}
