//! Why a plan is as it is, in words.

use std::fmt;

use leasehold_types::{Instant, Units};
use serde::{Deserialize, Serialize};

use super::{GRANULARITY_MAX, OFFERS_MAX, STEPS_MAX, UNIT_HOUR_COST_MAX};
use crate::LeaseIx;

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
        /// When it must be.
        needed_by: Instant,
    },
    /// An offer holds less than can be taken at once.
    TooSmall {
        /// The lease.
        lease: LeaseIx,
        /// The notice class.
        class: usize,
        /// The most that may be taken.
        most: Units,
        /// What it is taken in multiples of.
        granularity: Units,
    },
    /// An offer is no offer: its multiple or its cost is outside the limits.
    Unusable {
        /// The lease.
        lease: LeaseIx,
        /// The notice class.
        class: usize,
    },
    /// There are more than [`OFFERS_MAX`] offers; the last ones were left out.
    TooManyOffers {
        /// How many were left out.
        left_out: u64,
    },
    /// The need has more than [`STEPS_MAX`] multiples of what is taken at once; only so much was
    /// planned.
    TooLarge {
        /// What was planned.
        planned: Units,
    },
    /// An offer was in time, and the plan does without it.
    NotChosen {
        /// The lease.
        lease: LeaseIx,
        /// The notice class.
        class: usize,
    },
    /// More is taken than was asked, since it is taken in multiples.
    RoundedUp {
        /// How much more.
        over: Units,
    },
    /// All that is offered in time does not suffice.
    Short {
        /// What is missing.
        units: Units,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::TooLate { lease, class, ready_at, needed_by } => write!(
                f,
                "lease {lease}, class {class}: ready at {ready_at}, after {needed_by}, when it is needed"
            ),
            Reason::TooSmall { lease, class, most, granularity } => write!(
                f,
                "lease {lease}, class {class}: at most {most} units may be taken, and they go in multiples of {granularity}"
            ),
            Reason::Unusable { lease, class } => write!(
                f,
                "lease {lease}, class {class}: no offer: it goes in multiples of 1 to {GRANULARITY_MAX} units at 0 to {UNIT_HOUR_COST_MAX} minor units for each and hour"
            ),
            Reason::TooManyOffers { left_out } => {
                write!(f, "{left_out} offers beyond the first {OFFERS_MAX} were left out")
            }
            Reason::TooLarge { planned } => write!(
                f,
                "only {planned} units were planned, since a plan has at most {STEPS_MAX} steps"
            ),
            Reason::NotChosen { lease, class } => write!(
                f,
                "lease {lease}, class {class}: in time, but what was chosen costs less, asks fewer leases, or takes less"
            ),
            Reason::RoundedUp { over } => {
                write!(f, "{over} units more than asked, since units are taken in multiples")
            }
            Reason::Short { units } => {
                write!(f, "{units} units are missing: no more is offered in time")
            }
        }
    }
}
