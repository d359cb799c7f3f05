//! Which leases to recall from, how much, under which notice class.
//!
//! The desk knows the contracts: it turns every lease's recall clause and what is left of its
//! yearly and daily limits into [`Offer`]s. The plan is the cheapest combination of them that is
//! there in time, found exactly, so that more notice is never dearer: a later deadline only adds
//! combinations.

mod plan;
mod reason;
mod search;
#[cfg(test)]
mod tests;

use leasehold_types::{Instant, Overflow, PoolId, Ratio, Seconds, Units};
use serde::{Deserialize, Serialize};

pub use plan::{GRANULARITY_MAX, OFFERS_MAX, UNIT_HOUR_COST_MAX, plan_recall};
pub use reason::Reason;
pub use search::STEPS_MAX;

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
    /// For how long; no time costs nothing.
    pub length: Seconds,
}

/// What one lease's contract allows now, under one notice class.
///
/// A plan uses at most one offer of a lease, since a recall is one notice under one class and a
/// second one at the same time would break the gap between recalls.
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
    /// What a unit costs per hour of recall, in minor units of one currency for all offers; at
    /// least 0.
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
    /// What is taken over what was asked, as a fraction: 1 is exact, 0 where nothing was asked.
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

impl Plan {
    /// All that is taken.
    pub fn units(&self) -> Units {
        Units(self.takes.iter().map(|take| take.units.0).sum())
    }

    /// What all of it costs, in minor units, exact.
    ///
    /// # Errors
    /// [`Overflow`] where the sum does not fit.
    pub fn cost(&self) -> Result<Ratio, Overflow> {
        self.takes.iter().try_fold(Ratio::ZERO, |sum, take| sum.checked_add(take.cost))
    }

    /// When all of it is there; `None` where nothing is taken.
    pub fn ready_at(&self) -> Option<Instant> {
        self.takes.iter().map(|take| take.ready_at).max()
    }
}
