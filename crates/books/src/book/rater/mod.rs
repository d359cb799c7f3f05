//! What a lease owes for a period: the contract's lines of every version that governs in it, and
//! what the books add.

mod commitment;
mod service;
mod usage;

use std::cell::RefCell;

use leasehold_contract::Evaluation;
use leasehold_types::{Date, Instant, Ratio};

use crate::rating::{Above, BillingDays, RatedLine, UsageStore, fee_lines};
use crate::{BooksError, Trouble};

use super::known::Known;
use super::versions::Span;

/// A lease, prepared to be rated as it is known.
pub(crate) struct Rater<'a> {
    pub(crate) known: &'a Known,
    pub(crate) evaluations: Vec<Evaluation<'a>>,
    usage: &'a UsageStore,
    /// Use that was counted already: a bill, a commitment and the month's revenue ask for the same.
    counted: RefCell<Counted>,
}

/// Use of spans of days that one version governs.
pub(crate) type Counted = Vec<((Date, Date), Above)>;

impl<'a> Rater<'a> {
    pub(crate) fn new(known: &'a Known, usage: &'a UsageStore) -> Result<Self, BooksError> {
        let evaluate = |span: &'a Span| span.lease.evaluate(&span.facts);
        let evaluations = known.spans.iter().map(evaluate).collect::<Result<_, _>>()?;
        Ok(Rater { known, evaluations, usage, counted: RefCell::default() })
    }

    /// The same, with use that was counted before and has not changed since.
    pub(crate) fn with_counted(mut self, counted: Counted) -> Self {
        self.counted = RefCell::new(counted);
        self
    }

    /// The use that was counted.
    pub(crate) fn counted(self) -> Counted {
        self.counted.into_inner()
    }

    /// Each version, with the days of `from <= day < until` that it governs.
    pub(super) fn versions(
        &self,
        from: Date,
        until: Date,
    ) -> impl Iterator<Item = (&Span, &Evaluation<'a>, Date, Date)> {
        let all = self.known.spans.iter().zip(&self.evaluations);
        all.map(move |(span, evaluation)| {
            (span, evaluation, from.max(span.from), until.min(span.until))
        })
        .filter(|(_, _, from, until)| from < until)
    }

    /// The boundaries of the billing periods over all versions, in order. A period that an
    /// amendment cuts goes on under the new version, to that version's next boundary.
    pub(crate) fn boundaries(&self) -> Result<Vec<Date>, BooksError> {
        let mut all = Vec::new();
        let mut last: Vec<Date> = Vec::new();
        for (span, evaluation) in self.known.spans.iter().zip(&self.evaluations) {
            let own = evaluation.billing_boundaries()?;
            if own.first() == Some(&span.from) || last.contains(&span.from) {
                all.push(span.from);
            }
            let within = own.iter().filter(|date| span.from < **date && **date < span.until);
            all.extend(within.copied());
            last = own;
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// Every line of the billing period `from <= day < until` but those of commitments.
    pub(crate) fn period(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = self.fees(from, until)?;
        lines.extend(self.variable(from, until)?);
        Ok(lines)
    }

    /// The lines of the period that come from the contract's schedule.
    pub(crate) fn fees(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = Vec::new();
        for (_, evaluation, first, end) in self.versions(from, until) {
            lines.extend(fee_lines(evaluation, BillingDays { from, until }, first, end)?);
        }
        Ok(lines)
    }

    /// The lines of the period that do not come from the contract's schedule.
    pub(crate) fn variable(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = self.usage_lines(from, from, until)?;
        lines.extend(self.service_lines(from, until)?);
        Ok(lines)
    }

    /// The fee owed on `from <= day < until`, exact, over all versions.
    pub(crate) fn fee_due(&self, from: Date, until: Date) -> Result<Ratio, Trouble> {
        let mut sum = Ratio::ZERO;
        for (_, evaluation, first, end) in self.versions(from, until) {
            let fee = evaluation.fee_due(first, end).map_err(|e| BooksError::from(e).trouble)?;
            sum = sum.checked_add(fee)?;
        }
        Ok(sum)
    }

    /// The first instant of `date`.
    pub(crate) fn start_of(&self, date: Date) -> Instant {
        self.known.start_of(date)
    }
}
