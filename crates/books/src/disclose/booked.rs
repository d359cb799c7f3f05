//! What the journal says of revenue and billing, gathered in one pass.

use std::collections::BTreeMap;

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money, TenantId};

use crate::ledger::{Account, Cause, Entry, Journal, RevenueKind};
use crate::recognise::POSITIONS;

use super::quarters::Span;

/// What was booked of one lease within one quarter. Revenue is above zero, credits below.
#[derive(Debug, Clone, Default)]
pub(super) struct Quarter {
    pub(super) revenue: BTreeMap<RevenueKind, Money>,
    /// Charges less credits on invoices and credit notes, before tax.
    pub(super) billed: Option<Money>,
}

/// What was booked in one currency up to the reporting date.
#[derive(Debug, Clone, Default)]
pub(super) struct Booked {
    /// By number of the quarter, then lease.
    pub(super) quarters: BTreeMap<usize, BTreeMap<LeaseId, Quarter>>,
    /// Revenue by number of the period, then tenant.
    pub(super) periods: BTreeMap<(usize, TenantId), Money>,
}

/// The first day on which anything was booked.
pub(super) fn first_day(journal: &Journal) -> Option<Date> {
    journal.entries().iter().map(Entry::date).min()
}

/// What was booked by `at`, by currency.
pub(super) fn booked(
    journal: &Journal,
    at: Date,
    quarters: &[Span],
    periods: &[Span],
) -> Result<BTreeMap<Currency, Booked>, BadAmount> {
    let mut all: BTreeMap<Currency, Booked> = BTreeMap::new();
    for entry in journal.entries().iter().filter(|entry| entry.date() <= at) {
        let Some(quarter) = quarters.iter().rposition(|span| span.from <= entry.date()) else {
            continue;
        };
        for posting in entry.postings() {
            let currency = posting.amount.currency();
            let credit = Money::zero(currency).checked_sub(posting.amount)?;
            match posting.account {
                Account::Revenue(kind) => {
                    let booked = all.entry(currency).or_default();
                    let of_lease = booked.quarter(quarter, entry.lease());
                    add(of_lease.revenue.entry(kind).or_insert(Money::zero(currency)), credit)?;
                    for (i, _) in periods.iter().enumerate().filter(|(_, p)| p.holds(entry.date()))
                    {
                        let key = (i, entry.tenant().clone());
                        add(booked.periods.entry(key).or_insert(Money::zero(currency)), credit)?;
                    }
                }
                account if POSITIONS.contains(&account) && bills(entry.cause()) => {
                    let booked = all.entry(currency).or_default();
                    let of_lease = booked.quarter(quarter, entry.lease());
                    add(of_lease.billed.get_or_insert(Money::zero(currency)), credit)?;
                }
                _ => {}
            }
        }
    }
    Ok(all)
}

/// Whether it is a document: what it moves on the position accounts is what it bills.
const fn bills(cause: &Cause) -> bool {
    matches!(cause, Cause::Invoice(_) | Cause::CreditNote(_))
}

fn add(sum: &mut Money, amount: Money) -> Result<(), BadAmount> {
    *sum = sum.checked_add(amount)?;
    Ok(())
}

impl Booked {
    fn quarter(&mut self, quarter: usize, lease: &LeaseId) -> &mut Quarter {
        self.quarters.entry(quarter).or_default().entry(lease.clone()).or_default()
    }
}
