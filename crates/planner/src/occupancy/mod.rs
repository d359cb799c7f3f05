//! Who holds every node, and what power that takes.
//!
//! A change names nodes. It is planned over all of them first and refused as a whole if any of
//! them, or the power of any hall, objects: no accelerator ever has two holders, and no hall is
//! ever committed above its cap. A change costs the number of runs and racks that it touches,
//! plus a copy of the nodes' states; the counts and the index of free room are kept with it.

mod change;
mod check;
mod counts;
mod holding;
mod index;
mod recount;
mod refused;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use leasehold_types::NodeId;

use change::Change;
pub use counts::{HallPower, LeaseCount, PoolCount};
pub use holding::{Holding, LeaseIx, Tenure};
pub(crate) use index::Index;
pub use recount::Counts;
pub use refused::Refused;
pub use state::{BadState, OccupancyState};

use crate::{Fleet, NodeSet, Slots};

/// Who holds every node.
///
/// Serialises as its [`OccupancyState`]; [`Occupancy::restore`] is the way back. Two are equal
/// when they are about equal fleets and every node is in the same state.
#[derive(Debug, Clone)]
pub struct Occupancy {
    fleet: Arc<Fleet>,
    nodes: Vec<Holding>,
    pools: Vec<PoolCount>,
    leases: BTreeMap<(LeaseIx, usize), LeaseCount>,
    halls: Vec<HallPower>,
    index: Index,
}

impl Occupancy {
    /// All nodes up and the owner's, no job running.
    pub fn new(fleet: Arc<Fleet>) -> Self {
        let nodes = vec![Holding::default(); fleet.node_count() as usize];
        let counts = recount::count(&fleet, &nodes);
        let index = Index::new(&fleet);
        let Counts { pools, leases, halls } = counts;
        Occupancy { fleet, nodes, pools, leases, halls, index }
    }

    /// The fleet that it is about.
    pub fn fleet(&self) -> &Arc<Fleet> {
        &self.fleet
    }

    /// The state of one node; `None` outside the fleet.
    pub fn holding(&self, node: NodeId) -> Option<Holding> {
        self.nodes.get(node.0 as usize).copied()
    }

    /// The counts of one of [`Fleet::pools`]; all zero where there is no such pool.
    pub fn pool_count(&self, pool: usize) -> PoolCount {
        self.pools.get(pool).copied().unwrap_or_default()
    }

    /// What a lease has in one of [`Fleet::pools`].
    pub fn lease_count(&self, lease: LeaseIx, pool: usize) -> LeaseCount {
        self.leases.get(&(lease, pool)).copied().unwrap_or_default()
    }

    /// The power of one of [`Fleet::halls`]; `None` where there is no such hall.
    pub fn hall_power(&self, hall: usize) -> Option<HallPower> {
        self.halls.get(hall).copied()
    }

    /// The nodes that `lease` has at its disposal (`Leased`), up or down. Looks at every node.
    pub fn nodes_leased(&self, lease: LeaseIx) -> NodeSet {
        let all = 0..self.fleet.node_count();
        self.nodes_where(all, |held| held.tenure == Tenure::Leased(lease))
    }

    /// The nodes of `lease` that are recalled, up or down. Looks at every node.
    pub fn nodes_recalled(&self, lease: LeaseIx) -> NodeSet {
        let all = 0..self.fleet.node_count();
        self.nodes_where(all, |held| held.tenure == Tenure::Recalled(lease))
    }

    /// The nodes within `range`, all of the fleet, whose state is `wanted`.
    pub(crate) fn nodes_where(
        &self,
        range: Range<u32>,
        wanted: impl Fn(&Holding) -> bool,
    ) -> NodeSet {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let nodes = &self.nodes[range.start as usize..range.end as usize];
        for (node, _) in range.zip(nodes).filter(|(_, held)| wanted(held)) {
            match runs.last_mut() {
                Some(run) if run.0 + run.1 == node => run.1 += 1,
                _ => runs.push((node, 1)),
            }
        }
        NodeSet::from_runs(runs)
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// Puts the owner's nodes, up and without a job, at a lease's disposal.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn grant(&mut self, lease: LeaseIx, nodes: &NodeSet) -> Result<(), Refused> {
        self.change(nodes, check::granted(lease))
    }

    /// Makes a lease's nodes the owner's for good, leased or recalled, up or down. A job on a
    /// recalled node goes on.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn revoke(&mut self, lease: LeaseIx, nodes: &NodeSet) -> Result<(), Refused> {
        let wanted = "leased to or recalled from";
        self.change(nodes, |node, held, _| match held.tenure {
            Tenure::Leased(of) | Tenure::Recalled(of) if of == lease => {
                Ok(Holding { tenure: Tenure::Own, ..held })
            }
            tenure => Err(Refused::NotOfLease { node, lease, tenure, wanted }),
        })
    }

    /// Takes leased nodes back for a time: `Leased -> Recalled`, up or down.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn take_back(&mut self, lease: LeaseIx, nodes: &NodeSet) -> Result<(), Refused> {
        let wanted = "leased to";
        self.change(nodes, |node, held, _| match held.tenure {
            Tenure::Leased(of) if of == lease => {
                Ok(Holding { tenure: Tenure::Recalled(lease), ..held })
            }
            tenure => Err(Refused::NotOfLease { node, lease, tenure, wanted }),
        })
    }

    /// Returns recalled nodes to their lease: `Recalled -> Leased`, up or down. Refused while a
    /// job runs there; never for power, which the lease kept.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn give_back(&mut self, lease: LeaseIx, nodes: &NodeSet) -> Result<(), Refused> {
        let wanted = "recalled from";
        self.change(nodes, |node, held, _| match held.tenure {
            Tenure::Recalled(of) if of == lease && held.used > 0 => {
                Err(Refused::JobRuns { node, used: held.used })
            }
            Tenure::Recalled(of) if of == lease => {
                Ok(Holding { tenure: Tenure::Leased(lease), ..held })
            }
            tenure => Err(Refused::NotOfLease { node, lease, tenure, wanted }),
        })
    }

    /// Starts a job on the owner's or recalled nodes that are up and have room. Which of the
    /// recalled nodes are meant for which job is the caller's to know.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn start(&mut self, slots: &Slots) -> Result<(), Refused> {
        let changes = self.plan_slots(slots, check::started)?;
        self.make(&changes)
    }

    /// Ends a job that was started with the same slots, whether or not its nodes are up.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn end(&mut self, slots: &Slots) -> Result<(), Refused> {
        let changes =
            self.plan_slots(slots, |node, held, _, asked| match held.used.checked_sub(asked) {
                Some(used) => Ok(Holding { used, ..held }),
                None => Err(Refused::NotHeld { node, used: held.used, asked }),
            })?;
        self.make(&changes)
    }

    fn plan_slots(
        &self,
        slots: &Slots,
        next: impl Fn(NodeId, Holding, u8, u8) -> Result<Holding, Refused>,
    ) -> Result<Vec<Change>, Refused> {
        if let Some(node) = slots.fault() {
            return Err(Refused::BadSlots { node });
        }
        let mut changes = Vec::with_capacity(slots.whole.runs().len() + slots.part.len());
        self.plan(&slots.whole, &mut changes, |node, held, size| next(node, held, size, size))?;
        for (node, asked) in &slots.part {
            self.plan(&self.only(*node)?, &mut changes, |node, held, size| {
                next(node, held, size, *asked)
            })?;
        }
        Ok(changes)
    }

    /// Takes a node out of service. Its jobs hold it until they are ended; its lease keeps it;
    /// it draws nothing, but keeps its share of the hall's power for when it is repaired.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn fail(&mut self, node: NodeId) -> Result<(), Refused> {
        self.set_down(node, true)
    }

    /// Puts a node back into service; never refused for power.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn repair(&mut self, node: NodeId) -> Result<(), Refused> {
        self.set_down(node, false)
    }

    /// The one node, if it is in the fleet.
    fn only(&self, node: NodeId) -> Result<NodeSet, Refused> {
        let nodes = self.fleet.node_count();
        if node.0 >= nodes {
            return Err(Refused::NoSuchNode { node, nodes });
        }
        Ok(NodeSet::from_range(node.0..node.0 + 1))
    }

    fn set_down(&mut self, node: NodeId, down: bool) -> Result<(), Refused> {
        self.change(&self.only(node)?, check::downed(down))
    }
}

impl PartialEq for Occupancy {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes && self.fleet == other.fleet
    }
}

impl Eq for Occupancy {}
