//! Nodes that fail and come back.

use leasehold_planner::Tenure;
use leasehold_types::{LeaseId, NodeId};

use super::{Asked, Decided};
use crate::EventKind;

impl Asked<'_> {
    pub(super) fn fail(self, node: NodeId) -> Decided {
        self.state.occupancy.check_down(node, true).map_err(|why| self.of_nodes(why))?;
        let jobs = self.state.jobs_by_node.on(node.0, node.0.saturating_add(1));
        let jobs = jobs.into_iter().collect();
        Ok(vec![EventKind::NodeFailed { node, lease: self.lease_with(node), jobs }])
    }

    pub(super) fn repair(self, node: NodeId) -> Decided {
        self.state.occupancy.check_down(node, false).map_err(|why| self.of_nodes(why))?;
        Ok(vec![EventKind::NodeRepaired { node, lease: self.lease_with(node) }])
    }

    /// The lease that has the node, granted or recalled.
    fn lease_with(self, node: NodeId) -> Option<LeaseId> {
        match self.state.occupancy.holding(node)?.tenure {
            Tenure::Own => None,
            Tenure::Leased(ix) | Tenure::Recalled(ix) => {
                self.state.leases.get(usize::from(ix.0)).map(|record| record.id.clone())
            }
        }
    }
}
