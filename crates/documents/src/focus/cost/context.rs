//! What the rows of one document need besides its lines: who, when, and what capacity there was.

use std::sync::Arc;

use leasehold_books::book::{DayCapacity, Recall};
use leasehold_books::invoice::BilledLine;
use leasehold_books::ledger::RevenueKind;
use leasehold_books::rating::Head;
use leasehold_contract::Lease;
use leasehold_contract::lease::Covers;
use leasehold_types::{AcceleratorSeconds, Date, Money, Overflow, Period, Ratio, TrancheId};

use crate::focus::cell::{Decimal, TooLarge};
use crate::focus::document::Document;
use crate::focus::error::{FocusError, FocusProblem};

use super::row::DocumentRow;

/// A document, with what its rows share.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) shared: Arc<DocumentRow>,
    /// What capacity there was, on the days of its fees and recalls.
    capacity: Vec<DayCapacity>,
    recalls: Vec<Recall>,
}

/// Accelerator-time of some tranches over some days.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Time {
    pub(super) committed: AcceleratorSeconds,
    pub(super) undelivered: AcceleratorSeconds,
    pub(super) recalled: AcceleratorSeconds,
}

/// What all rows of a document share.
pub(in crate::focus) fn document_row(document: &Document<'_>) -> DocumentRow {
    let source = document.source;
    let terms = source.terms();
    let (from, until) = document.billing;
    DocumentRow {
        lease: source.lease().clone(),
        title: terms.title.clone(),
        version: terms.version,
        zone: terms.zone.name().to_owned(),
        issuer_id: terms.owner.id.to_string(),
        issuer: terms.owner.name.clone(),
        tenant_id: terms.tenant.id.to_string(),
        tenant: terms.tenant.name.clone(),
        currency: terms.currency,
        kind: source.kind(),
        number: source.number().to_owned(),
        credits: source.credits().map(str::to_owned),
        reason: source.reason().map(str::to_owned),
        billing: Period::new(document.book.start_of(from), document.book.start_of(until)),
    }
}

/// Whether the rows of a line tell what capacity there was.
fn is_capacity(line: &BilledLine) -> bool {
    let revenue = line.head.as_ref().map(|head| head.kind.revenue());
    matches!(revenue, Some(RevenueKind::Fees | RevenueKind::RecallCredits))
}

impl<'a> Context<'a> {
    pub(super) fn of(document: &'a Document<'a>) -> Result<Self, FocusError> {
        let source = document.source;
        let lines = || source.lines().iter().filter(|line| is_capacity(line));
        let from = lines().map(|line| document.days_of(line).0).min();
        let until = lines().map(|line| document.days_of(line).1).max();
        let (capacity, recalls) = match from.zip(until) {
            Some((from, until)) => {
                let told = document.book.capacity(from, until).map_err(|error| {
                    FocusError::books(&error, source.place(), "ConsumedQuantity")
                })?;
                (told, document.book.recalls())
            }
            None => (Vec::new(), Vec::new()),
        };
        let shared = Arc::new(document_row(document));
        Ok(Context { document, shared, capacity, recalls })
    }

    /// The version of the lease that governed on `date`.
    pub(super) fn lease_on(&self, date: Date) -> Arc<Lease> {
        self.document.book.version_on(date)
    }

    /// The instants of the days that a line covers; of its first day where it covers none.
    pub(super) fn period_of(&self, line: &BilledLine) -> Period {
        let (from, until) = self.document.days_of(line);
        self.days(from, until)
    }

    /// The instants of `from <= day < until`.
    pub(super) fn days(&self, from: Date, until: Date) -> Period {
        let book = &self.document.book;
        Period::new(book.start_of(from), book.start_of(until))
    }

    /// The tranches that a line of `head` on `date` is about: the one that it names, or those that
    /// have no fees of their own.
    pub(super) fn tranches(&self, head: &Head, date: Date) -> Vec<TrancheId> {
        if let Some(tranche) = &head.tranche {
            return vec![tranche.clone()];
        }
        let lease = self.lease_on(date);
        let own =
            |id: &TrancheId| lease.fees.iter().any(|fee| fee.covers == Covers::Tranche(id.clone()));
        let ids = lease.tranches.iter().map(|tranche| &tranche.id);
        ids.filter(|id| !own(id)).cloned().collect()
    }

    /// The accelerator-time of one tranche on `from <= day < until`.
    pub(super) fn time(
        &self,
        tranche: &TrancheId,
        from: Date,
        until: Date,
    ) -> Result<Time, Overflow> {
        let first = self.capacity.partition_point(|day| day.day < from);
        let days = self.capacity[first..].iter().take_while(|day| day.day < until);
        let mut sum = Time::default();
        for time in days.flat_map(|day| &day.tranches).filter(|time| time.tranche == *tranche) {
            sum = sum.plus(Time {
                committed: time.committed,
                undelivered: time.undelivered,
                recalled: time.recalled,
            })?;
        }
        Ok(sum)
    }

    /// The recalls of some tranches that overlap `period`.
    pub(super) fn recalls(
        &self,
        tranches: &[TrancheId],
        period: Period,
    ) -> impl Iterator<Item = &Recall> {
        self.recalls.iter().filter(move |recall| {
            recall.period.overlaps(period) && tranches.contains(&recall.tranche)
        })
    }

    /// The site of some tranches, where they are all at one.
    pub(super) fn site(&self, tranches: &[TrancheId], date: Date) -> Option<String> {
        let pool = |pool: &str| pool.split('/').next().unwrap_or(pool).to_owned();
        self.one_of(tranches, date, pool)
    }

    /// The pool of some tranches, where they are all of one.
    pub(super) fn pool(&self, tranches: &[TrancheId], date: Date) -> Option<String> {
        self.one_of(tranches, date, str::to_owned)
    }

    fn one_of(
        &self,
        tranches: &[TrancheId],
        date: Date,
        what: impl Fn(&str) -> String,
    ) -> Option<String> {
        let lease = self.lease_on(date);
        let of_it = lease.tranches.iter().filter(|tranche| tranches.contains(&tranche.id));
        let mut all: Vec<String> = of_it.map(|tranche| what(tranche.pool.as_str())).collect();
        all.sort();
        all.dedup();
        all.pop().filter(|_| all.is_empty())
    }

    /// The id of a line of Invoice Detail.
    pub(super) fn detail_id(&self, line: &str) -> String {
        self.shared.detail_id(line)
    }

    /// What a line adds to what is payable.
    pub(super) fn signed(&self, money: Money, column: &'static str) -> Result<Money, FocusError> {
        self.fits(column, self.document.source.signed(money))
    }

    /// The same before rounding, in major units.
    pub(super) fn exact(&self, exact: Ratio) -> Result<String, FocusError> {
        let major = Ratio::whole(self.shared.currency.minor_per_major());
        let signed = self.document.source.signed_exact(exact);
        let exact = signed.and_then(|signed| signed.checked_div(major));
        Ok(self.fits("x_ExactCost", exact)?.to_string())
    }

    /// `result`, or an error that names this document and `column`.
    pub(super) fn fits<T, E>(
        &self,
        column: &'static str,
        result: Result<T, E>,
    ) -> Result<T, FocusError> {
        let document = self.document.source.place();
        let problem = FocusProblem::TooLarge;
        result.map_err(|_| FocusError::new(&self.shared.lease, document, column, problem))
    }
}

impl Time {
    pub(super) fn plus(self, other: Time) -> Result<Time, Overflow> {
        Ok(Time {
            committed: self.committed.checked_add(other.committed)?,
            undelivered: self.undelivered.checked_add(other.undelivered)?,
            recalled: self.recalled.checked_add(other.recalled)?,
        })
    }
}

/// Accelerator-hours, as a decimal.
pub(in crate::focus) fn hours(seconds: i128) -> Result<Decimal, TooLarge> {
    const SECONDS_PER_HOUR: i128 = 3_600;
    let hours = Ratio::new(seconds, SECONDS_PER_HOUR).map_err(|_| TooLarge)?;
    Decimal::rounded(hours, crate::focus::cell::QUANTITY_DECIMALS)
}
