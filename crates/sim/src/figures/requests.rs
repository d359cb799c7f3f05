//! How the tenants' requests fared.

use leasehold_types::{AcceleratorSeconds, Tokens};
use serde::{Deserialize, Serialize};

/// Requests of one policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestFigures {
    /// By lease and quarter, in order.
    pub rows: Vec<RequestRow>,
}

/// One quarter of one lease. `waiting before + arrived = served + turned_away + waiting`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The lease.
    pub lease: String,
    /// `2026-Q3`.
    pub quarter: String,
    /// Requests that came.
    pub arrived: u64,
    /// Requests answered.
    pub served: u64,
    /// Of these, that had to wait for capacity first.
    pub queued: u64,
    /// Requests turned away because the wait would have been too long.
    pub turned_away: u64,
    /// Requests still waiting as the quarter ends.
    pub waiting: u64,
    /// Input tokens of what was served.
    pub input: Tokens,
    /// Output tokens of what was served.
    pub output: Tokens,
    /// Accelerator-time granted.
    pub granted: AcceleratorSeconds,
    /// Of it, serving.
    pub busy: AcceleratorSeconds,
}
