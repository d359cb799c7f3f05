//! Occupancy as data: for snapshots, and to compare two states to the byte.

use serde::{Deserialize, Serialize};

use super::Tenure;

/// The state of every node, as runs of nodes in the same state.
///
/// Two occupancies of one fleet are equal exactly when their states are, so its serialisation
/// is what to compare or digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupancyState {
    /// Runs of `(nodes, tenure, down, used)`, in the order of the nodes.
    pub runs: Vec<(u32, Tenure, bool, u8)>,
}
