//! How many units the tenant may use at an instant: committed, less recalled, less undelivered.

use leasehold_types::{Instant, Period, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::{EvalError, Facts, Lease};

/// What the tenant may use of one tranche at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entitlement {
    /// Units that the lease commits at this instant, after reductions; none before the delivery
    /// date and after the end.
    pub committed: Units,
    /// Of them, not yet delivered.
    pub undelivered: Units,
    /// Of them, recalled.
    pub recalled: Units,
    /// What is left: what the tenant may use.
    pub entitled: Units,
}

/// A change of the units committed by one tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitmentChange {
    /// From this instant on…
    pub at: Instant,
    /// …this tranche…
    pub tranche: TrancheId,
    /// …commits so many units…
    pub committed: Units,
    /// …of which so many are delivered…
    pub delivered: Units,
    /// …and of those so many may be recalled: firm units come first.
    pub recallable: Units,
}

impl Lease {
    /// What the tenant may use of `tranche` at `at`.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or the tranche is unknown.
    pub fn entitlement(
        &self,
        facts: &Facts,
        tranche: &TrancheId,
        at: Instant,
    ) -> Result<Entitlement, EvalError> {
        let _ = (facts, at);
        Err(crate::Problem::UnknownTranche(tranche.clone()).at(&self.id, "entitlement"))
    }

    /// Each change of committed, delivered or recallable units in `span`, by instant, then by the
    /// order of the tranches. The standing at `span.start()` is the first entry of each tranche.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease.
    pub fn commitment_changes(
        &self,
        facts: &Facts,
        span: Period,
    ) -> Result<Vec<CommitmentChange>, EvalError> {
        let _ = (facts, span);
        Ok(Vec::new())
    }
}
