//! Whether a change would be made, without making it; for a caller that decides first and
//! changes afterwards. Each asks exactly what its change asks, at the cost of planning it.

use leasehold_types::NodeId;

use super::{Holding, LeaseIx, Occupancy, Refused, Tenure};
use crate::{NodeSet, Slots};

impl Occupancy {
    /// Whether [`Occupancy::grant`] would succeed.
    ///
    /// # Errors
    /// As [`Occupancy::grant`].
    pub fn check_grant(&self, lease: LeaseIx, nodes: &NodeSet) -> Result<(), Refused> {
        let mut changes = Vec::with_capacity(nodes.runs().len());
        self.plan(nodes, &mut changes, granted(lease))?;
        self.check_power(&changes)
    }

    /// Whether [`Occupancy::start`] would succeed.
    ///
    /// # Errors
    /// As [`Occupancy::start`].
    pub fn check_start(&self, slots: &Slots) -> Result<(), Refused> {
        let changes = self.plan_slots(slots, started)?;
        self.check_power(&changes)
    }

    /// Whether [`Occupancy::fail`] (where `down`) or [`Occupancy::repair`] would succeed.
    ///
    /// # Errors
    /// As those.
    pub fn check_down(&self, node: NodeId, down: bool) -> Result<(), Refused> {
        let nodes = self.fleet.node_count();
        let held = self.holding(node).ok_or(Refused::NoSuchNode { node, nodes })?;
        downed(down)(node, held, 0).map(|_| ())
    }
}

/// A node that is granted to `lease`.
pub(super) fn granted(lease: LeaseIx) -> impl Fn(NodeId, Holding, u8) -> Result<Holding, Refused> {
    move |node, held, _| match held.tenure {
        Tenure::Own if held.down => Err(Refused::Down { node }),
        Tenure::Own if held.used > 0 => Err(Refused::JobRuns { node, used: held.used }),
        Tenure::Own => Ok(Holding { tenure: Tenure::Leased(lease), ..held }),
        tenure => Err(Refused::NotOwn { node, tenure }),
    }
}

/// A node of `size` accelerators of which a job takes `asked`.
pub(super) fn started(
    node: NodeId,
    held: Holding,
    size: u8,
    asked: u8,
) -> Result<Holding, Refused> {
    if let Tenure::Leased(_) = held.tenure {
        return Err(Refused::NotOwn { node, tenure: held.tenure });
    }
    if held.down {
        return Err(Refused::Down { node });
    }
    match held.used.checked_add(asked).filter(|used| *used <= size) {
        Some(used) => Ok(Holding { used, ..held }),
        None => Err(Refused::NoRoom { node, free: size - held.used, asked }),
    }
}

/// A node that goes out of service, or comes back.
pub(super) fn downed(down: bool) -> impl Fn(NodeId, Holding, u8) -> Result<Holding, Refused> {
    move |node, held, _| {
        if held.down == down {
            return Err(Refused::Already { node, down });
        }
        Ok(Holding { down, ..held })
    }
}
