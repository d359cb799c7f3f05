//! How many units the tenant may use at an instant: committed, less recalled, less undelivered.

use leasehold_types::{Date, Instant, Period, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::exact::day_of;
use crate::schedule::Evaluation;
use crate::{EvalError, Facts, Lease, Problem};

pub(crate) mod timeline;

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
        self.evaluate(facts)?.entitlement(tranche, at)
    }

    /// As [`Evaluation::commitment_changes`], for one question; takings are not read.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease.
    pub fn commitment_changes(
        &self,
        facts: &Facts,
        span: Period,
    ) -> Result<Vec<CommitmentChange>, EvalError> {
        Ok(Evaluation::without_takings(self, facts)?.commitment_changes(span))
    }
}

impl Evaluation<'_> {
    /// What the tenant may use of `tranche` at `at`.
    ///
    /// # Errors
    /// [`EvalError`] where the tranche is unknown.
    pub fn entitlement(&self, tranche: &TrancheId, at: Instant) -> Result<Entitlement, EvalError> {
        let found = self.lease.tranches.iter().position(|t| t.id == *tranche);
        let i = found.ok_or_else(|| {
            Problem::UnknownTranche(tranche.clone()).at(&self.lease.id, "entitlement")
        })?;
        let date = day_of(&self.lease.zone, at);
        let standing = self.timelines[i].at(date);
        let recalled = self.taken_at(i, date, at);
        Ok(Entitlement {
            committed: Units(standing.committed),
            undelivered: Units(standing.undelivered()),
            recalled: Units(recalled),
            entitled: Units(standing.delivered - recalled),
        })
    }

    /// How each tranche stands as `span` begins, then each change of committed, delivered or
    /// recallable units within it, by instant, then by the order of the tranches.
    pub fn commitment_changes(&self, span: Period) -> Vec<CommitmentChange> {
        if span.is_empty() {
            return Vec::new();
        }
        let first = day_of(&self.lease.zone, span.start());
        let mut changes = Vec::new();
        for (i, timeline) in self.timelines.iter().enumerate() {
            let mut last = self.change(i, span.start(), first);
            // What changes on a day that the zone skips does so as the next one begins.
            let passes = |date| day_of(&self.lease.zone, self.lease.start_of(date));
            let dates = timeline.changes().map(passes).filter(|date| *date > first);
            changes.push((i, last.clone()));
            for date in dates {
                let change = self.change(i, self.lease.start_of(date), date);
                if change.at < span.end() && !change.same_units(&last) {
                    last = change.clone();
                    changes.push((i, change));
                }
            }
        }
        changes.sort_by_key(|(i, change)| (change.at, *i));
        changes.into_iter().map(|(_, change)| change).collect()
    }

    fn change(&self, tranche: usize, at: Instant, date: Date) -> CommitmentChange {
        let standing = self.timelines[tranche].at(date);
        CommitmentChange {
            at,
            tranche: self.lease.tranches[tranche].id.clone(),
            committed: Units(standing.committed),
            delivered: Units(standing.delivered),
            recallable: Units(standing.recallable),
        }
    }
}

impl CommitmentChange {
    fn same_units(&self, other: &CommitmentChange) -> bool {
        (self.committed, self.delivered, self.recallable)
            == (other.committed, other.delivered, other.recallable)
    }
}
