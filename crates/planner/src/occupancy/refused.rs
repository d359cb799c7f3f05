//! Why a change of occupancy was refused.

use std::fmt;

use leasehold_types::{HallId, NodeId};

use super::{LeaseIx, Tenure};

/// Why a change of occupancy was refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The node is not in the fleet.
    #[error(
        "node {node} is not in the fleet, whose {nodes} nodes are numbered from 0; is it of another fleet?"
    )]
    NoSuchNode {
        /// The node.
        node: NodeId,
        /// How many there are.
        nodes: u32,
    },
    /// The node is another holder's: no accelerator ever has two.
    #[error("node {node} is {tenure}, and has one holder at a time; take one that is the owner's")]
    NotOwn {
        /// The node.
        node: NodeId,
        /// Whose it is.
        tenure: Tenure,
    },
    /// The node is not with this lease in the way that the change needs.
    #[error("node {node} is {tenure}, not {wanted} lease {lease}; name nodes that are")]
    NotOfLease {
        /// The node.
        node: NodeId,
        /// The lease.
        lease: LeaseIx,
        /// Whose the node is.
        tenure: Tenure,
        /// What it would have to be.
        wanted: &'static str,
    },
    /// The node is out of service.
    #[error("node {node} is down and takes neither a lease nor a job; repair it first")]
    Down {
        /// The node.
        node: NodeId,
    },
    /// The node is down already, or up already.
    #[error("node {node} is {} already", if *.down { "down" } else { "up" })]
    Already {
        /// The node.
        node: NodeId,
        /// Whether it is down.
        down: bool,
    },
    /// A job of the owner's runs on the node.
    #[error("a job holds {used} accelerators of node {node}; end it first")]
    JobRuns {
        /// The node.
        node: NodeId,
        /// What jobs hold there.
        used: u8,
    },
    /// The node has too few free accelerators.
    #[error("node {node} has {free} free accelerators, and {asked} are asked; place the job anew")]
    NoRoom {
        /// The node.
        node: NodeId,
        /// Free accelerators.
        free: u8,
        /// What was asked.
        asked: u8,
    },
    /// Jobs hold less on the node than what should end.
    #[error(
        "jobs hold {used} accelerators of node {node}, and {asked} should end; was it ended before?"
    )]
    NotHeld {
        /// The node.
        node: NodeId,
        /// What jobs hold there.
        used: u8,
        /// What should end.
        asked: u8,
    },
    /// The slots name a node twice, out of order, or with no accelerators.
    #[error("node {node} of the slots is named twice, out of order, or with no accelerators")]
    BadSlots {
        /// The node.
        node: NodeId,
    },
    /// The hall's power cap does not allow it.
    #[error(
        "node {node}: hall {hall} may draw {cap_watts} W and {committed_watts} W are spoken for, \
         so {more_watts} W more are too much; use another hall, or end something there"
    )]
    HallFull {
        /// The first of the nodes in that hall.
        node: NodeId,
        /// The hall.
        hall: HallId,
        /// Its cap.
        cap_watts: u64,
        /// What is spoken for.
        committed_watts: u64,
        /// What the change would add.
        more_watts: u64,
    },
}

impl fmt::Display for Tenure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tenure::Own => f.write_str("the owner's"),
            Tenure::Leased(lease) => write!(f, "leased to lease {lease}"),
            Tenure::Recalled(lease) => write!(f, "recalled from lease {lease}"),
        }
    }
}
