//! What has happened so far, as far as it changes what a lease answers.
//!
//! Facts are data: whoever keeps the journal derives them from it, an analyst writes them by hand.
//! All spans are half-open and all dates are civil dates in the lease's zone.

use leasehold_types::{Date, Period, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::Lease;

/// What has happened. The default is that nothing has: nothing delivered, nothing taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The day on which the lease ends by notice, election or cause: the first day after the last.
    /// `None` where it runs to its stated end.
    pub ends: Option<Date>,
    /// Days by which an election extended the stated end (and tranches that run to it).
    pub extension_days: u32,
    /// What was delivered, in any order; several for one tranche add up. A tranche without one is
    /// not delivered: start from [`Facts::as_promised`] to assume that all come on time.
    pub deliveries: Vec<Delivery>,
    /// Commitments that became smaller for good.
    pub reductions: Vec<Reduction>,
    /// What was taken back, and what is ordered to be; in any order.
    pub takings: Vec<Taking>,
}

/// Units that reached the tenant on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which tranche.
    pub tranche: TrancheId,
    /// The first day on which the tenant has them.
    pub on: Date,
    /// How many, besides those delivered before.
    pub units: Units,
}

/// A commitment that became smaller for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduction {
    /// Which tranche.
    pub tranche: TrancheId,
    /// The first day on which it is smaller.
    pub from: Date,
    /// How many units remain committed.
    pub keeps: Units,
    /// Why.
    pub cause: ReductionCause,
}

/// Why a commitment became smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReductionCause {
    /// Delivery was late and the tenant elected to keep what had come.
    AcceptFewer,
    /// Much was recalled and the tenant gave up those units.
    RecallElection,
}

/// Units out of the tenant's hands for a time: from their real release to their real return, or
/// to the return expected while they are out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taking {
    /// Which tranche.
    pub tranche: TrancheId,
    /// From release to return.
    pub period: Period,
    /// Which units.
    pub units: TakenUnits,
    /// The notice class by which they were taken; it decides the compensation's multiplier.
    pub class: String,
    /// Whether the clause allowed it. Fee and compensation are the same either way; what a breach
    /// costs besides is settled apart and is never netted here.
    pub within_clause: bool,
}

/// Which units were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenUnits {
    /// These, numbered from 0 within the tranche. A unit in several takings counts once.
    Numbered(Vec<UnitRange>),
    /// So many, none of them in any other taking.
    Counted(Units),
}

/// Units `first`, `first + 1`, … of a tranche.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnitRange {
    /// The first unit's number.
    pub first: u64,
    /// How many.
    pub count: u64,
}

impl Facts {
    /// That every tranche comes in full on its day and nothing else happens.
    pub fn as_promised(lease: &Lease) -> Self {
        let promised = |t: &crate::lease::Tranche| Delivery {
            tranche: t.id.clone(),
            on: t.delivery,
            units: t.units,
        };
        Facts { deliveries: lease.tranches.iter().map(promised).collect(), ..Facts::default() }
    }

    /// These facts, with what is still due expected: whatever is undelivered comes on its day, or
    /// on `today` where that day is past. For looking ahead from a lease that has begun.
    #[must_use]
    pub fn expecting_deliveries(&self, lease: &Lease, today: Date) -> Self {
        let mut expected = self.clone();
        for tranche in &lease.tranches {
            let of_it = self.deliveries.iter().filter(|d| d.tranche == tranche.id);
            let delivered =
                of_it.fold(Units::ZERO, |sum, d| Units(sum.0.saturating_add(d.units.0)));
            let missing = tranche.units.saturating_sub(delivered);
            if !missing.is_zero() {
                expected.deliveries.push(Delivery {
                    tranche: tranche.id.clone(),
                    on: tranche.delivery.max(today),
                    units: missing,
                });
            }
        }
        expected
    }
}
