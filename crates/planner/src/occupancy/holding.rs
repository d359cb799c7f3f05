//! The state of one node, and what it counts for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fleet::Block;

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
    /// Accelerators that the owner's jobs hold on it. On a node that is down they count as down;
    /// they are held until the job is ended.
    pub used: u8,
}

impl Holding {
    /// Whether it is the owner's, up, and runs nothing.
    pub(crate) fn is_free(self) -> bool {
        self.tenure == Tenure::Own && !self.down && self.used == 0
    }

    /// Free accelerators beside jobs on one of the owner's nodes of `size`; 0 on any other.
    pub(crate) fn beside(self, size: u8) -> u8 {
        let shared = self.tenure == Tenure::Own && !self.down && self.used > 0;
        if shared { size.saturating_sub(self.used) } else { 0 }
    }

    /// What of its hall's cap is spoken for by it, in watts. A lease speaks for a node's power
    /// while it is recalled too, and a node that is down for what it will draw once repaired:
    /// so neither a return nor a repair can find the hall full.
    pub(crate) fn committed_watts(self, block: &Block) -> u64 {
        let busy = self.used > 0 || self.tenure != Tenure::Own;
        u64::from(if busy { block.busy_watts } else { block.idle_watts })
    }

    /// What it draws now, in watts: nothing while it is down.
    pub(crate) fn drawn_watts(self, block: &Block) -> u64 {
        let busy = self.used > 0 || matches!(self.tenure, Tenure::Leased(_));
        match (self.down, busy) {
            (true, _) => 0,
            (false, true) => block.busy_watts.into(),
            (false, false) => block.idle_watts.into(),
        }
    }
}
