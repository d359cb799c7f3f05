//! Minimum commitments over all their periods, for documents that say what a lease commits.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::CommitmentCounts;
use leasehold_types::{Date, Money, Ratio};

use crate::{BooksError, Trouble};

use super::LeaseBook;
use super::plan::rounding_on;

/// A minimum commitment over all its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentTotal {
    /// Its name within the lease.
    pub name: String,
    /// The first day of its first period.
    pub from: Date,
    /// The first day after its last one.
    pub until: Date,
    /// Length of a period in months.
    pub every_months: u16,
    /// What counts towards it.
    pub counts: CommitmentCounts,
    /// What is charged at least, over all periods.
    pub amount: Money,
}

impl LeaseBook {
    /// The versions of the lease as they are known, in the order in which they govern; one alone
    /// before the first close.
    pub fn versions(&self) -> Vec<Arc<Lease>> {
        match self.known() {
            Some(known) => known.spans.iter().map(|span| span.lease.clone()).collect(),
            None => vec![self.first.clone()],
        }
    }

    /// The first day after the lease's last, as far as it is known.
    pub fn ends(&self) -> Date {
        self.end().unwrap_or(self.first.term.end)
    }

    /// The last day that was closed.
    pub fn closed_through(&self) -> Option<Date> {
        self.closed
    }

    /// What minimum commitments come to over all their periods, in the order of their names; those
    /// with no period are left out.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed.
    pub fn commitments(&self) -> Result<Vec<CommitmentTotal>, BooksError> {
        let ends = self.ends();
        self.with_rater(|rater| {
            let mut totals: Vec<(CommitmentTotal, Ratio)> = Vec::new();
            for period in rater.commitment_periods(Date::MIN, ends, ends)? {
                let at = |trouble: Trouble| {
                    trouble.at(&self.first.id, format!("commitment `{}`", period.name))
                };
                let committed = rater.committed(&period).map_err(at)?;
                let found = totals.iter_mut().find(|(total, _)| total.name == period.name);
                match found {
                    Some((total, sum)) => {
                        total.from = total.from.min(period.from);
                        total.until = total.until.max(period.until);
                        *sum = sum.checked_add(committed).map_err(|e| at(e.into()))?;
                    }
                    None => {
                        let total = CommitmentTotal {
                            name: period.name.clone(),
                            from: period.from,
                            until: period.until,
                            every_months: period.every_months,
                            counts: period.counts,
                            amount: self.zero(),
                        };
                        totals.push((total, committed));
                    }
                }
            }
            totals.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
            let rounded = totals.into_iter().map(|(total, sum)| {
                let rounding = rounding_on(rater.known, total.from);
                let amount = Money::from_exact(sum, self.first.currency, rounding);
                CommitmentTotal { amount, ..total }
            });
            Ok(rounded.collect())
        })
    }
}
