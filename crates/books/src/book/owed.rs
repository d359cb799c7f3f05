//! What a lease owes and has earned, as it is known: for whoever explains, reconciles or discloses.

use std::collections::BTreeMap;

use leasehold_types::{Date, LeaseId, Ratio};

use crate::ledger::RevenueKind;
use crate::rating::{RatedLine, TaxClass};
use crate::{BooksError, Trouble};

use super::Books;
use super::lease_book::LeaseBook;
use super::rater::Rater;

impl Books {
    /// Everything that the lease owes and that is invoiced by `date`, from its first day on and
    /// whatever was billed of it: each line with its tax class, as it is known now. The lines of
    /// one head and class, summed and rounded once, are what all documents together bill under
    /// that head once everything is billed. Credits by a decision are not among them.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or cannot be computed.
    pub fn owed(
        &self,
        lease: &LeaseId,
        date: Date,
    ) -> Result<Vec<(RatedLine, TaxClass)>, BooksError> {
        self.book_of(lease, "what is owed")?.owed(date)
    }

    /// What the lease earned on its days before `before` as they were delivered, exact minor units:
    /// fees, discounts for late delivery and recall credits, whatever its recognition mode. Use,
    /// commitments and service credits are among [`Books::owed`].
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or cannot be computed.
    pub fn accrued(
        &self,
        lease: &LeaseId,
        before: Date,
    ) -> Result<BTreeMap<RevenueKind, Ratio>, BooksError> {
        let book = self.book_of(lease, "what is earned")?;
        let accrued = book.with_rater(|rater| rater.accrued(before))?;
        Ok([
            (RevenueKind::Fees, accrued.fees),
            (RevenueKind::LateCredits, accrued.late),
            (RevenueKind::RecallCredits, accrued.recalled),
        ]
        .into())
    }

    fn book_of(&self, lease: &LeaseId, what: &str) -> Result<&LeaseBook, BooksError> {
        self.lease(lease).ok_or_else(|| {
            let message = "there is no such lease in the books".to_owned();
            Trouble::Impossible(message).at(lease, what)
        })
    }
}

impl LeaseBook {
    fn owed(&self, date: Date) -> Result<Vec<(RatedLine, TaxClass)>, BooksError> {
        self.with_rater(|rater| {
            let mut lines = Vec::new();
            let boundaries = rater.boundaries()?;
            for pair in boundaries.windows(2).filter(|pair| pair[0] <= date) {
                lines.extend(rater.fees(pair[0], pair[1])?);
                if pair[1] <= date {
                    lines.extend(rater.variable(pair[0], pair[1])?);
                }
            }
            if let Some(end) = boundaries.last() {
                for period in rater.commitment_periods(Date::MIN, date, *end)? {
                    lines.extend(rater.true_up(&period, &boundaries)?);
                }
            }
            lines.retain(|line| line.invoiced_on <= date);
            let known = rater.known;
            Ok(lines.into_iter().map(|line| (known.class_of(&line), line)))
                .map(|lines| lines.map(|(class, line)| (line, class)).collect())
        })
    }

    pub(super) fn with_rater<T>(
        &self,
        ask: impl FnOnce(&Rater<'_>) -> Result<T, BooksError>,
    ) -> Result<T, BooksError> {
        if let Some(known) = self.known() {
            return ask(&Rater::new(known, &self.usage)?);
        }
        let mut read_back = self.clone();
        read_back.begin()?;
        read_back.with_rater(ask)
    }
}
