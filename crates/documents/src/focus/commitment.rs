//! Contract Commitment: what each lease commits its tenant to, as it is known at the last close.
//!
//! The capacity of each tranche in accelerator-hours, and each minimum commitment in money.

use std::borrow::Cow;
use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::book::{CommitmentTotal, LeaseBook};
use leasehold_contract::Lease;
use leasehold_contract::lease::{Commitment, CommitmentCounts, Tranche};
use leasehold_types::{
    AcceleratorSeconds, Date, Instant, LeaseId, Period, days_between, months_boundary,
};

use super::Range;
use super::cell::{Cell, Decimal};
use super::column::{COST, Column, Kind, QUANTITY, always, maybe};
use super::cost::{capacity_id, hours, quoted, spend_id};
use super::error::{FocusError, FocusProblem};
use super::table::{Row, Rows};

/// A row of Contract Commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentRow {
    /// The version of the lease that is known to govern last.
    pub lease: Arc<Lease>,
    /// Its id: `lease/capacity/tranche` or `lease/commitment/name`.
    pub id: String,
    /// What it is, in words.
    pub description: String,
    /// How much it commits to.
    pub committed: Committed,
    /// In which interval it is to be fulfilled.
    pub interval: &'static str,
    /// How long it lasts.
    pub duration: String,
    /// From when until when.
    pub period: Period,
    /// From when until when the lease runs.
    pub contract: Period,
    /// When it was agreed.
    pub created: Instant,
    /// From when on its last version governs.
    pub updated: Instant,
    /// How it stands at the last close.
    pub status: &'static str,
    /// To which charges it applies, as JSON.
    pub applies: String,
}

/// How much is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Accelerator-hours.
    Capacity(Decimal),
    /// Money.
    Spend(Decimal),
}

/// The commitments that overlap `range`, lease by lease: tranches, then minimum commitments.
pub(super) fn rows(books: &Books, range: Range) -> Rows<'_, CommitmentRow> {
    Box::new(books.leases().flat_map(move |book| match of_lease(book, range) {
        Ok(rows) => rows.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    }))
}

fn of_lease(book: &LeaseBook, range: Range) -> Result<Vec<CommitmentRow>, FocusError> {
    let known = book.with_known().map_err(|error| failed(&error))?;
    let maker = Maker::of(&known);
    let mut rows = maker.tranches(range)?;
    rows.extend(maker.commitments(range)?);
    Ok(rows)
}

struct Maker<'a> {
    book: &'a LeaseBook,
    versions: Vec<Arc<Lease>>,
    lease: Arc<Lease>,
    begins: Date,
    ends: Date,
}

impl<'a> Maker<'a> {
    fn of(book: &'a LeaseBook) -> Self {
        let versions = book.versions();
        let lease = versions.last().unwrap_or(book.signed()).clone();
        let deliveries = versions.iter().flat_map(|lease| &lease.tranches).map(|t| t.delivery);
        let begins = deliveries.min().unwrap_or(book.signed().anchor);
        let ends = book.ends().max(begins.tomorrow().unwrap_or(begins));
        Maker { book, versions, lease, begins, ends }
    }

    /// The capacity of each tranche of any version: what is committed on each day, added up.
    fn tranches(&self, range: Range) -> Result<Vec<CommitmentRow>, FocusError> {
        let told = self.book.capacity(self.begins, self.ends);
        let days = told.map_err(|error| failed(&error))?;
        let mut tranches: Vec<&Tranche> = Vec::new();
        for tranche in self.versions.iter().rev().flat_map(|lease| &lease.tranches) {
            if !tranches.iter().any(|known| known.id == tranche.id) {
                tranches.push(tranche);
            }
        }
        tranches.sort_by(|a, b| a.id.cmp(&b.id));
        let mut rows = Vec::new();
        for tranche in tranches {
            let mut sum = AcceleratorSeconds::ZERO;
            let mut span: Option<(Date, Date)> = None;
            for day in &days {
                let of_it = day.tranches.iter().find(|time| time.tranche == tranche.id);
                let Some(time) = of_it else { continue };
                sum = self.fits(sum.checked_add(time.committed))?;
                let next = day.day.tomorrow().unwrap_or(day.day);
                span = Some((span.map_or(day.day, |(from, _)| from), next));
            }
            let Some((from, until)) = span.filter(|span| overlaps(*span, range)) else { continue };
            let seconds = self.fits(i128::try_from(sum.0))?;
            let hours = self.fits(hours(seconds))?;
            let description = format!("{} units of {}", tranche.units, tranche.pool);
            let id = capacity_id(&self.lease.id, &tranche.id);
            let what = Committed::Capacity(hours);
            rows.push(self.row(id, description, what, "Hourly", (from, until)));
        }
        Ok(rows)
    }

    fn commitments(&self, range: Range) -> Result<Vec<CommitmentRow>, FocusError> {
        let totals = self.book.commitments().map_err(|error| failed(&error))?;
        let rows = totals.into_iter().filter(|total| overlaps((total.from, total.until), range));
        Ok(rows.map(|total| self.spend(&total)).collect())
    }

    fn spend(&self, total: &CommitmentTotal) -> CommitmentRow {
        let counts = match total.counts {
            CommitmentCounts::Usage => "use",
            CommitmentCounts::Everything => "use and fees",
        };
        let mut each = self.versions.iter().flat_map(|lease| &lease.commitments);
        let each = each.rfind(|commitment| commitment.name == total.name);
        let each = each.map(|Commitment { amount, .. }| format!(", {amount} a period"));
        let name = &total.name;
        let description =
            format!("minimum commitment `{name}` for {counts}{}", each.unwrap_or_default());
        let id = spend_id(&self.lease.id, name);
        let what = Committed::Spend(Decimal::money(total.amount));
        let span = (total.from, total.until);
        self.row(id, description, what, interval(total.every_months), span)
    }

    fn row(
        &self,
        id: String,
        description: String,
        committed: Committed,
        interval: &'static str,
        (from, until): (Date, Date),
    ) -> CommitmentRow {
        let book = self.book;
        let created = book.start_of(book.signed().signed);
        let lease = quoted(self.lease.id.as_str());
        CommitmentRow {
            lease: self.lease.clone(),
            id,
            description,
            committed,
            interval,
            duration: duration(from, until),
            period: Period::new(book.start_of(from), book.start_of(until)),
            contract: Period::new(book.start_of(self.begins), book.start_of(self.ends)),
            created,
            updated: book.start_of(self.lease.effective).max(created),
            status: self.status(from, until),
            applies: format!(
                "{{\"InclusionOperator\":\"And\",\"Inclusions\":[{{\"Dimension\":\"SubAccountId\",\
                 \"Operator\":\"In\",\"Values\":[{lease}]}}]}}"
            ),
        }
    }

    /// How it stands at the close of the last day that was closed.
    fn status(&self, from: Date, until: Date) -> &'static str {
        let today = self.book.closed_through().unwrap_or(self.book.signed().signed);
        let is_over = until <= today;
        let is_cut = self.ends < self.lease.term.end && until >= self.ends;
        match (is_over, is_cut) {
            (true, true) => "Canceled",
            (true, false) => "Expired",
            (false, _) if from > today => "Pending",
            (false, _) => "Active",
        }
    }

    fn fits<T, E>(&self, result: Result<T, E>) -> Result<T, FocusError> {
        let problem = FocusProblem::TooLarge;
        let column = "ContractCommitmentQuantity";
        result.map_err(|_| FocusError::new(&self.lease.id, "its commitments", column, problem))
    }
}

fn failed(error: &leasehold_books::BooksError) -> FocusError {
    FocusError::books(error, "its commitments", "ContractCommitmentQuantity")
}

fn overlaps((from, until): (Date, Date), range: Range) -> bool {
    from < range.until && range.from < until
}

/// FOCUS's word for every so many months.
const fn interval(months: u16) -> &'static str {
    match months {
        1 => "Monthly",
        3 => "Quarterly",
        6 => "Semi-Annual",
        12 => "Annual",
        _ => "Custom",
    }
}

/// In whole months where it is, else in days.
fn duration(from: Date, until: Date) -> String {
    let months = (i32::from(until.year()) - i32::from(from.year())) * 12 + i32::from(until.month())
        - i32::from(from.month());
    let whole = months > 0 && months_boundary(from, months).is_ok_and(|end| end == until);
    let (count, unit) =
        if whole { (i64::from(months), "Month") } else { (days_between(from, until), "Day") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl Row for CommitmentRow {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }

    fn place(&self) -> (LeaseId, String) {
        (self.lease.id.clone(), format!("commitment {}", self.id))
    }
}

impl CommitmentRow {
    fn spend(&self) -> Option<Decimal> {
        match self.committed {
            Committed::Spend(cost) => Some(cost),
            Committed::Capacity(_) => None,
        }
    }

    fn hours(&self) -> Option<Decimal> {
        match self.committed {
            Committed::Capacity(hours) => Some(hours),
            Committed::Spend(_) => None,
        }
    }
}

fn say(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

const TEXT: Kind = Kind::Text;
const INSTANT: Kind = Kind::Instant;

static COLUMNS: &[Column<CommitmentRow>] = &[
    always("BillingCurrency", TEXT, |r| say(r.lease.currency.code())),
    always("ContractCommitmentApplicability", TEXT, |r| say(&r.applies)),
    always("ContractCommitmentBenefitCategory", TEXT, |r| {
        say(if r.hours().is_some() { "Entitlement" } else { "Other" })
    }),
    always("ContractCommitmentCategory", TEXT, |r| {
        say(if r.hours().is_some() { "Usage" } else { "Spend" })
    }),
    maybe("ContractCommitmentCost", COST, |r| Cell::decimal(r.spend())),
    always("ContractCommitmentCreated", INSTANT, |r| Cell::Instant(r.created)),
    always("ContractCommitmentDescription", TEXT, |r| say(&r.description)),
    maybe("ContractCommitmentDiscountPercentage", QUANTITY, |_| Cell::Null),
    always("ContractCommitmentDurationType", TEXT, |r| say(&r.duration)),
    always("ContractCommitmentFulfillmentInterval", TEXT, |r| say(r.interval)),
    always("ContractCommitmentId", TEXT, |r| say(&r.id)),
    always("ContractCommitmentLastUpdated", INSTANT, |r| Cell::Instant(r.updated)),
    always("ContractCommitmentLifecycleStatus", TEXT, |r| say(r.status)),
    always("ContractCommitmentModel", TEXT, |_| say("Continuous")),
    always("ContractCommitmentOfferCategory", TEXT, |_| say("Negotiated")),
    always("ContractCommitmentPaymentInterval", TEXT, |r| {
        say(interval(r.lease.rules.billing.every_months))
    }),
    always("ContractCommitmentPaymentModel", TEXT, |_| say("No Upfront")),
    always("ContractCommitmentPeriodEnd", INSTANT, |r| Cell::Instant(r.period.end())),
    always("ContractCommitmentPeriodStart", INSTANT, |r| Cell::Instant(r.period.start())),
    maybe("ContractCommitmentQuantity", QUANTITY, |r| Cell::decimal(r.hours())),
    always("ContractCommitmentType", TEXT, |r| {
        say(if r.hours().is_some() { "Capacity" } else { "Minimum commitment" })
    }),
    maybe("ContractCommitmentUnit", TEXT, |r| Cell::text(r.hours().map(|_| "Accelerator-Hours"))),
    always("ContractId", TEXT, |r| say(r.lease.id.as_str())),
    always("ContractPeriodEnd", INSTANT, |r| Cell::Instant(r.contract.end())),
    always("ContractPeriodStart", INSTANT, |r| Cell::Instant(r.contract.start())),
    always("InvoiceIssuerName", TEXT, |r| say(&r.lease.owner.name)),
    always("ServiceProviderName", TEXT, |r| say(&r.lease.owner.name)),
    always("x_LeaseVersion", Kind::Whole, |r| Cell::Whole(i64::from(r.lease.version))),
    always("x_TenantId", TEXT, |r| say(r.lease.tenant.id.as_str())),
    always("x_TimeZone", TEXT, |r| say(r.lease.zone.name())),
];
