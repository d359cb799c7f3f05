//! Who holds every node, and what power that takes.

mod refused;
mod state;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leasehold_types::{NodeId, Units};
use serde::{Deserialize, Serialize};

pub use refused::Refused;
pub use state::OccupancyState;

use crate::{Fleet, NodeSet, Slots};

/// A lease by its index in the caller's table of leases.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LeaseIx(pub u16);

impl fmt::Display for LeaseIx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// At whose disposal a node is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Tenure {
    /// The owner's.
    #[default]
    Own,
    /// Granted to a lease.
    Leased(LeaseIx),
    /// Granted to a lease, and back with the owner for a time.
    Recalled(LeaseIx),
}

/// One node's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Holding {
    /// At whose disposal it is.
    pub tenure: Tenure,
    /// Whether it is out of service.
    pub down: bool,
    /// Accelerators that the owner's jobs hold on it.
    pub used: u8,
}

/// The accelerators of one pool, each counted once: `down + job + recalled + leased + idle`
/// is `owned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PoolCount {
    /// All of them.
    pub owned: Units,
    /// On nodes that are down, whoever holds those.
    pub down: Units,
    /// Held by jobs on the owner's nodes that are up.
    pub job: Units,
    /// On recalled nodes that are up, whether or not a job runs there.
    pub recalled: Units,
    /// On leased nodes that are up.
    pub leased: Units,
    /// The owner's, up, and held by no job.
    pub idle: Units,
}

/// The accelerators of one lease in one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LeaseCount {
    /// At the lease's disposal and up.
    pub granted_up: Units,
    /// At the lease's disposal and down.
    pub granted_down: Units,
    /// Recalled, up or down.
    pub recalled: Units,
}

/// A hall's power, in watts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HallPower {
    /// What the hall may draw.
    pub cap_watts: u64,
    /// What is spoken for; never above the cap.
    pub committed_watts: u64,
    /// What is drawn now; never above what is committed.
    pub drawn_watts: u64,
}

/// Who holds every node.
#[derive(Debug, Clone)]
pub struct Occupancy {
    fleet: Arc<Fleet>,
    nodes: Vec<Holding>,
    pools: Vec<PoolCount>,
    leases: BTreeMap<(LeaseIx, usize), LeaseCount>,
}

impl Occupancy {
    /// All nodes up and the owner's, no job running.
    pub fn new(fleet: Arc<Fleet>) -> Self {
        let nodes = vec![Holding::default(); fleet.node_count() as usize];
        let all = |units| PoolCount { owned: units, idle: units, ..PoolCount::default() };
        let pools = fleet.pools().iter().map(|pool| all(pool.units)).collect();
        Occupancy { fleet, nodes, pools, leases: BTreeMap::new() }
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
        let cap_watts = self.fleet.halls().get(hall)?.cap_watts;
        Some(HallPower { cap_watts, committed_watts: 0, drawn_watts: 0 })
    }

    /// The nodes that `lease` has at its disposal (`Leased`), up or down.
    pub fn nodes_leased(&self, lease: LeaseIx) -> NodeSet {
        self.nodes_where(|held| held.tenure == Tenure::Leased(lease))
    }

    /// The nodes of `lease` that are recalled, up or down.
    pub fn nodes_recalled(&self, lease: LeaseIx) -> NodeSet {
        self.nodes_where(|held| held.tenure == Tenure::Recalled(lease))
    }

    fn nodes_where(&self, wanted: impl Fn(&Holding) -> bool) -> NodeSet {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for (node, _) in (0u32..).zip(&self.nodes).filter(|(_, held)| wanted(held)) {
            match runs.last_mut() {
                Some(run) if run.0 + run.1 == node => run.1 += 1,
                _ => runs.push((node, 1)),
            }
        }
        NodeSet::from_runs(runs)
    }

    /// Puts the owner's nodes, up and without a job, at a lease's disposal.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn grant(&mut self, _lease: LeaseIx, _nodes: &NodeSet) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Makes a lease's nodes the owner's for good, leased or recalled, up or down. A job on a
    /// recalled node goes on.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn revoke(&mut self, _lease: LeaseIx, _nodes: &NodeSet) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Takes leased nodes back for a time: `Leased -> Recalled`, up or down.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn take_back(&mut self, _lease: LeaseIx, _nodes: &NodeSet) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Returns recalled nodes to their lease: `Recalled -> Leased`, up or down. Refused while a
    /// job runs there.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn give_back(&mut self, _lease: LeaseIx, _nodes: &NodeSet) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Starts a job on the owner's or recalled nodes that are up and have room.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn start(&mut self, _slots: &Slots) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Ends a job that was started with the same slots, whether or not its nodes are up.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn end(&mut self, _slots: &Slots) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Takes a node out of service. Its jobs hold it until they are ended; its lease keeps it.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn fail(&mut self, _node: NodeId) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }

    /// Puts a node back into service.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed.
    pub fn repair(&mut self, _node: NodeId) -> Result<(), Refused> {
        Err(Refused::Unfinished)
    }
}
