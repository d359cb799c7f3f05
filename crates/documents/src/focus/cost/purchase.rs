//! Fees and true-ups: a purchase, and a row for each day that it covers.
//!
//! By FOCUS a purchase that covers later charges has an effective cost of nothing, and the charges
//! that it covers have it instead. Capacity is covered by civil days of equal weight, largest
//! remainder, the earlier day first: so the effective cost of the days is what was billed.

use leasehold_books::invoice::BilledLine;
use leasehold_books::rating::{ChargeKind, Head};
use leasehold_contract::lease::CommitmentCounts;
use leasehold_types::{Date, LeaseId, Money, Overflow, TrancheId, allocate};

use crate::focus::cell::Decimal;
use crate::focus::error::FocusError;

use super::context::{Context, Time, hours};
use super::lines::{kind_word, quoted};
use super::row::{ChargeCategory, CommitmentDiscount, CostRow, Frequency, Pricing};
use super::usage::{applied, by_cost, details, elements_json, spend_id};

/// Accelerator-time, below zero where it is taken off.
#[derive(Debug, Clone, Copy, Default)]
struct Signed(i128);

/// The purchase of a line, and its days. `row` is the line as it is billed.
pub(super) fn push(
    context: &Context<'_>,
    line: &BilledLine,
    head: &Head,
    row: CostRow,
    rows: &mut Vec<CostRow>,
) -> Result<(), FocusError> {
    let money = context.signed(line.amount, "EffectiveCost")?;
    let (from, until) = context.document.days_of(line);
    let purchase = Purchase { context, head, correction: row.correction };
    rows.push(CostRow {
        effective: Decimal::ZERO,
        pricing: purchase.priced(money, "Standard", "Count", from),
        commitment: Some(purchase.commitment(None, money, from, until)?),
        applied: purchase.applied(money, from, until)?,
        ..row.clone()
    });
    if money.is_zero() {
        return Ok(());
    }
    let mut day = from;
    let mut days: Vec<Date> = Vec::new();
    while day < until {
        days.push(day);
        day = day.tomorrow().unwrap_or(until);
    }
    let shares = allocate(money.minor(), &vec![1; days.len()]);
    for (day, share) in days.into_iter().zip(context.fits("EffectiveCost", shares)?) {
        rows.push(purchase.day(&row, day, Money::new(share, money.currency()))?);
    }
    Ok(())
}

struct Purchase<'a> {
    context: &'a Context<'a>,
    head: &'a Head,
    correction: bool,
}

impl Purchase<'_> {
    fn is_capacity(&self) -> bool {
        self.head.kind != ChargeKind::CommitmentTrueUp
    }

    /// A day that the purchase covers.
    fn day(&self, row: &CostRow, day: Date, share: Money) -> Result<CostRow, FocusError> {
        let next = day.tomorrow().unwrap_or(day);
        let status = if self.is_capacity() { "Used" } else { "Unused" };
        let mut of_day = CostRow {
            category: ChargeCategory::Usage,
            frequency: Frequency::UsageBased,
            period: self.context.days(day, next),
            billed: Decimal::ZERO,
            effective: Decimal::money(share),
            contracted: Decimal::money(share),
            pricing: self.priced(share, "Committed", "Days", day),
            commitment: Some(self.commitment(Some(status), share, day, next)?),
            applied: self.applied_on(share, day, next)?,
            detail_id: None,
            ..row.clone()
        };
        of_day.extra.exact = None;
        if self.is_capacity() && !self.correction {
            let used = self.quantity(day, next, true)?;
            let used = self.context.fits("ConsumedQuantity", hours(used.0))?;
            of_day.consumed = Some((used, "Accelerator-Hours"));
        }
        if self.head.kind == ChargeKind::Fee && !self.correction {
            let mut sum = Time::default();
            for tranche in self.context.tranches(self.head, day) {
                let column = "x_CommittedAcceleratorSeconds";
                let time = self.context.fits(column, self.context.time(&tranche, day, next))?;
                sum = self.context.fits(column, sum.plus(time))?;
            }
            of_day.extra.committed = Some(sum.committed);
            of_day.extra.undelivered = Some(sum.undelivered);
            of_day.extra.recalled = Some(sum.recalled);
        }
        Ok(of_day)
    }

    /// One of `unit` at the whole amount; below zero where it is taken off, since no price is.
    fn priced(
        &self,
        money: Money,
        category: &'static str,
        unit: &'static str,
        day: Date,
    ) -> Option<Pricing> {
        if self.correction {
            return None;
        }
        let tranches = self.context.tranches(self.head, day);
        let pool = self.context.pool(&tranches, day).filter(|_| self.is_capacity());
        let (sku, meter) = match (self.is_capacity(), &pool) {
            (true, Some(pool)) => (format!("capacity/{pool}"), "Accelerator Capacity"),
            (true, None) => ("capacity".to_owned(), "Accelerator Capacity"),
            (false, _) => ("minimum-commitment".to_owned(), "Minimum Commitment"),
        };
        let named = self.head.phase.as_deref().or(self.head.name.as_deref());
        let named = named.unwrap_or(kind_word(self.head.kind));
        Some(Pricing {
            category,
            quantity: Decimal::whole(if money.is_negative() { -1 } else { 1 }),
            unit,
            price: Decimal::money(money).absolute(),
            sku_price: format!("{sku}/{}/{named}", self.context.shared.lease),
            sku,
            meter,
            details: details(named, pool.as_deref()),
        })
    }

    fn commitment(
        &self,
        status: Option<&'static str>,
        money: Money,
        from: Date,
        until: Date,
    ) -> Result<CommitmentDiscount, FocusError> {
        let lease = &self.context.shared.lease;
        if !self.is_capacity() {
            let name = self.head.name.clone().unwrap_or_default();
            let unit = money.currency().code().to_owned();
            return Ok(CommitmentDiscount {
                id: spend_id(lease, &name),
                name,
                category: "Spend",
                kind: "Minimum commitment",
                status,
                quantity: (!self.correction).then(|| (Decimal::money(money), unit)),
            });
        }
        let quantity = match self.correction {
            true => None,
            false => {
                let time = self.quantity(from, until, status.is_some())?;
                let hours = self.context.fits("CommitmentDiscountQuantity", hours(time.0))?;
                Some((hours, "Accelerator-Hours".to_owned()))
            }
        };
        Ok(CommitmentDiscount {
            id: format!("{lease}/capacity"),
            name: self.context.shared.title.clone(),
            category: "Usage",
            kind: "Capacity",
            status,
            quantity,
        })
    }

    /// What the purchase counts towards: the capacity of its tranches, or minimum commitments.
    fn applied(&self, money: Money, from: Date, until: Date) -> Result<Option<String>, FocusError> {
        let (lease, cost) = (&self.context.shared.lease, Decimal::money(money));
        if !self.is_capacity() {
            let id = spend_id(lease, self.head.name.as_deref().unwrap_or_default());
            return Ok(elements_json(vec![by_cost(lease, &id, cost)]));
        }
        if self.correction {
            return Ok(applied(self.context, from, CommitmentCounts::Everything, cost));
        }
        self.by_time(from, until, false)
    }

    /// What a day of it counts towards.
    fn applied_on(
        &self,
        share: Money,
        day: Date,
        next: Date,
    ) -> Result<Option<String>, FocusError> {
        match (self.is_capacity(), self.correction) {
            (true, true) => Ok(None),
            (true, false) => self.by_time(day, next, true),
            (false, _) => self.applied(share, day, next),
        }
    }

    fn by_time(&self, from: Date, until: Date, used: bool) -> Result<Option<String>, FocusError> {
        let lease = &self.context.shared.lease;
        let mut elements = Vec::new();
        for tranche in self.context.tranches(self.head, from) {
            let time = self.of_tranche(&tranche, from, until, used);
            let time = self.context.fits("ContractApplied", time)?;
            if time.0 == 0 {
                continue;
            }
            let hours = self.context.fits("ContractApplied", hours(time.0))?;
            elements.push(format!(
                "{{\"ContractId\":{},\"ContractCommitmentId\":{},\
                 \"ContractCommitmentAppliedQuantity\":{hours},\
                 \"ContractCommitmentAppliedUnit\":\"Accelerator-Hours\"}}",
                quoted(lease.as_str()),
                quoted(&capacity_id(lease, &tranche)),
            ));
        }
        Ok(elements_json(elements))
    }

    /// The accelerator-time of all its tranches.
    fn quantity(&self, from: Date, until: Date, used: bool) -> Result<Signed, FocusError> {
        let mut sum = Signed::default();
        for tranche in self.context.tranches(self.head, from) {
            let time = self.of_tranche(&tranche, from, until, used);
            let time = self.context.fits("CommitmentDiscountQuantity", time)?;
            let added = sum.0.checked_add(time.0).ok_or(Overflow::of("accelerator-seconds"));
            sum = Signed(self.context.fits("CommitmentDiscountQuantity", added)?);
        }
        Ok(sum)
    }

    /// A fee buys what is committed, and of it uses what is not recalled; what is taken off for
    /// units that are not delivered takes them off. So the rows of a day add up to the entitlement.
    fn of_tranche(
        &self,
        tranche: &TrancheId,
        from: Date,
        until: Date,
        used: bool,
    ) -> Result<Signed, Overflow> {
        let time = self.context.time(tranche, from, until)?;
        let count = |of: leasehold_types::AcceleratorSeconds| {
            i128::try_from(of.0).map_err(|_| Overflow::of("accelerator-seconds"))
        };
        Ok(Signed(match (self.head.kind, used) {
            (ChargeKind::Fee | ChargeKind::FeeUndisclosed, false) => count(time.committed)?,
            (ChargeKind::Fee | ChargeKind::FeeUndisclosed, true) => {
                count(time.committed.saturating_sub(time.recalled))?
            }
            (ChargeKind::UndeliveredReduction, _) => -count(time.undelivered)?,
            _ => 0,
        }))
    }
}

/// The id of the capacity of a tranche, as a contract commitment.
pub(in crate::focus) fn capacity_id(lease: &LeaseId, tranche: &TrancheId) -> String {
    format!("{lease}/capacity/{tranche}")
}
