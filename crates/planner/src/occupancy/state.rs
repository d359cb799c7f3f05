//! Occupancy as data: for snapshots, and to compare two states to the byte.

use std::sync::Arc;

use leasehold_types::NodeId;
use serde::{Deserialize, Serialize, Serializer};

use super::{Holding, Occupancy, Refused, Tenure};
use crate::{Fleet, NodeSet};

/// The state of every node, as runs of nodes in the same state.
///
/// Two occupancies of one fleet are equal exactly when their states are, so the serialisation
/// is what to compare or digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupancyState {
    /// Runs of `(nodes, tenure, down, used)`, in the order of the nodes; neighbours differ.
    pub runs: Vec<(u32, Tenure, bool, u8)>,
}

/// A state that cannot be one of this fleet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadState {
    /// Its nodes are not the fleet's.
    #[error(
        "the state tells of {found} nodes and the fleet has {expected}; restore it with the fleet that it was taken of"
    )]
    Nodes {
        /// In the state.
        found: u64,
        /// In the fleet.
        expected: u32,
    },
    /// A node is leased while a job runs on it, or jobs hold more than it has.
    #[error(
        "node {node} is {tenure} while jobs hold {used} of its {size} accelerators; take the state anew"
    )]
    Holding {
        /// The node.
        node: NodeId,
        /// At whose disposal it is.
        tenure: Tenure,
        /// What jobs hold on it.
        used: u8,
        /// What it has.
        size: u8,
    },
    /// A hall would be above its cap.
    #[error("the state does not fit the fleet")]
    Refused(#[from] Refused),
}

impl Occupancy {
    /// The state of every node.
    pub fn state(&self) -> OccupancyState {
        let mut runs: Vec<(u32, Tenure, bool, u8)> = Vec::new();
        for held in &self.nodes {
            match runs.last_mut() {
                Some(run) if (run.1, run.2, run.3) == (held.tenure, held.down, held.used) => {
                    run.0 += 1;
                }
                _ => runs.push((1, held.tenure, held.down, held.used)),
            }
        }
        OccupancyState { runs }
    }

    /// The occupancy of `fleet` in that state.
    ///
    /// # Errors
    /// [`BadState`] where the state cannot be one of this fleet.
    pub fn restore(fleet: Arc<Fleet>, state: &OccupancyState) -> Result<Self, BadState> {
        let found = state.runs.iter().map(|run| u64::from(run.0)).sum();
        let expected = fleet.node_count();
        if found != u64::from(expected) {
            return Err(BadState::Nodes { found, expected });
        }
        let mut occupancy = Occupancy::new(fleet);
        let (mut changes, mut first) = (Vec::new(), 0);
        for (count, tenure, down, used) in state.runs.iter().copied() {
            let nodes = NodeSet::from_range(first..first + count);
            occupancy.check_fits(&nodes, tenure, used)?;
            let held = Holding { tenure, down, used };
            occupancy.plan(&nodes, &mut changes, |_, _, _| Ok(held))?;
            first += count;
        }
        occupancy.make(&changes)?;
        Ok(occupancy)
    }

    fn check_fits(&self, nodes: &NodeSet, tenure: Tenure, used: u8) -> Result<(), BadState> {
        let leased = matches!(tenure, Tenure::Leased(_)) && used > 0;
        for pool in self.fleet.pools() {
            let size = pool.accelerators_per_node;
            let of_pool = nodes.within(pool.nodes.clone());
            if let Some(node) = of_pool.iter().next().filter(|_| leased || used > size) {
                return Err(BadState::Holding { node, tenure, used, size });
            }
        }
        Ok(())
    }
}

impl Serialize for Occupancy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.state().serialize(serializer)
    }
}
