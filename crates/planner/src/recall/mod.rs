//! Which leases to recall from, how much, under which notice class.

use leasehold_types::{Instant, PoolId, Ratio, Seconds, Units};
use serde::{Deserialize, Serialize};

use crate::LeaseIx;

/// What the owner needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Of which pool.
    pub pool: PoolId,
    /// How much.
    pub units: Units,
    /// When this is asked.
    pub asked_at: Instant,
    /// When the units must be there; `None`: whenever it is cheapest.
    pub needed_by: Option<Instant>,
    /// For how long.
    pub length: Seconds,
}

/// What one lease's contract allows now, under one notice class. A plan uses at most one offer
/// of a lease, since a recall is one notice under one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The lease.
    pub lease: LeaseIx,
    /// The notice class, by its index in the lease.
    pub class: usize,
    /// The most that may be taken.
    pub most: Units,
    /// When the units would be there if the recall were ordered when this is asked.
    pub ready_at: Instant,
    /// What a unit costs per hour of recall, in minor units of one currency for all offers.
    pub cost_per_unit_hour: Ratio,
    /// The units are taken in multiples of this; at least 1.
    pub granularity: Units,
}

/// What to recall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// At most one for each lease, ascending by lease.
    pub takes: Vec<Take>,
    /// What is missing to what was asked.
    pub short: Units,
    /// What is taken over what was asked, as a fraction: 1 is exact.
    pub evicted_over_asked: Ratio,
    /// Why the plan is as it is.
    pub why: Vec<Reason>,
}

/// What to recall from one lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// The lease.
    pub lease: LeaseIx,
    /// The notice class.
    pub class: usize,
    /// How much.
    pub units: Units,
    /// When it is there.
    pub ready_at: Instant,
    /// What it costs over the need's length, in minor units, exact.
    pub cost: Ratio,
}

/// Why a plan is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// An offer would be ready too late.
    TooLate {
        /// The lease.
        lease: LeaseIx,
        /// The notice class.
        class: usize,
        /// When it would be ready.
        ready_at: Instant,
    },
}

/// The cheapest lawful combination of offers that is ready in time.
pub fn plan_recall(need: &Need, _offers: &[Offer]) -> Plan {
    Plan { takes: Vec::new(), short: need.units, evicted_over_asked: Ratio::ZERO, why: Vec::new() }
}
