//! What a close does for one lease on one day, worked out without changing anything.
//!
//! Plans of different leases do not depend on each other, so they may be worked out in any order;
//! what they issue gets its numbers when they are carried out.

use std::collections::BTreeMap;

use leasehold_types::{Date, LeaseId, Money, Rounding};

use crate::dates::add_days;
use crate::invoice::{
    Bill, BilledLine, CreditReason, Delta, HeadState, InvoiceDraft, InvoiceState, Issued, Tables,
    TaxTotal, bill,
};
use crate::ledger::RevenueKind;
use crate::limits::{check_amount, check_exact};
use crate::rating::{Head, RatedLine, TaxClass};
use crate::recognise::{Recognition, recognise};
use crate::{BooksError, Trouble};

use super::known::Known;
use super::lease_book::LeaseBook;
use super::rater::{Counted, Rater};

/// Days to pay where no fee phase says: the term sheet's default.
pub const DAYS_TO_PAY_DEFAULT: u16 = 30;

/// What a close does for one lease on one day.
#[derive(Debug, Clone)]
pub struct DayPlan {
    /// Which lease.
    pub lease: LeaseId,
    pub(crate) date: Date,
    /// Whether this is a day on which invoices are issued.
    pub(crate) bills: bool,
    /// The invoice, where there is one.
    pub draft: Option<InvoiceDraft>,
    /// The credit notes.
    pub notes: Vec<NoteDraft>,
    /// Heads that were rated anew.
    pub(crate) heads: Vec<(Head, HeadState)>,
    pub(crate) recognition: Option<Recognition>,
    /// What people should see.
    pub(crate) outside: Option<String>,
    /// Use that was counted on the way.
    pub(crate) counted: Counted,
}

/// A credit note before it has its number.
#[derive(Debug, Clone)]
pub struct NoteDraft {
    /// The place of its invoice among those of the lease.
    pub(crate) place: usize,
    /// The invoice that it credits.
    pub invoice: String,
    /// Why.
    pub reason: CreditReason,
    /// Its lines.
    pub lines: Vec<BilledLine>,
    /// Its taxes.
    pub taxes: Vec<TaxTotal>,
    /// What remains of the invoice afterwards.
    pub(crate) after: InvoiceState,
}

impl NoteDraft {
    /// A note of `lines`, which `after` remembers already; here come the taxes.
    pub(crate) fn of(
        place: usize,
        mut after: InvoiceState,
        lines: Vec<BilledLine>,
        reason: CreditReason,
    ) -> Result<Self, Trouble> {
        let zero = Money::zero(after.open.currency());
        let mut nets: BTreeMap<TaxClass, Money> = BTreeMap::new();
        for line in &lines {
            let net = nets.entry(line.tax.clone()).or_insert(zero);
            *net = net.checked_add(line.amount)?;
        }
        let taxes = nets.into_iter().map(|(class, net)| after.credit(&class, net));
        let taxes = taxes.collect::<Result<_, _>>()?;
        Ok(NoteDraft { place, invoice: after.number.clone(), reason, lines, taxes, after })
    }
}

impl LeaseBook {
    /// What the close of `date` does: the bill where `bills`, the month's revenue where `month`
    /// says that the month ends.
    pub(crate) fn plan(&self, date: Date, bills: bool, month: bool) -> Result<DayPlan, BooksError> {
        let known = self.known().ok_or_else(|| {
            Trouble::Impossible("nothing is known of the lease".to_owned())
                .at(&self.first.id, date.to_string())
        })?;
        let rater = Rater::new(known, &self.usage)?.with_counted(self.counted.clone());
        let mut plan = DayPlan {
            lease: self.first.id.clone(),
            date,
            bills,
            draft: None,
            notes: Vec::new(),
            heads: Vec::new(),
            recognition: None,
            outside: None,
            counted: Counted::new(),
        };
        if bills {
            self.plan_bill(&rater, &mut plan)?;
        }
        if month {
            let heads = self.rated_by(&rater, date, &plan)?;
            plan.recognition = Some(recognise(self, &rater, date, &plan, &heads)?);
        }
        plan.counted = rater.counted();
        Ok(plan)
    }

    fn plan_bill(&self, rater: &Rater<'_>, plan: &mut DayPlan) -> Result<(), BooksError> {
        let at =
            |trouble: Trouble| trouble.at(&self.first.id, format!("the bill of {}", plan.date));
        let lease = rater.known.lease_on(plan.date);
        let (rounding, zero) = (lease.rules.rounding, self.zero());
        let known = rater.known;
        let targets = self.targets(rater, plan.date)?;
        let mut deltas: Vec<Delta> = Vec::new();
        for (head, lines) in targets {
            let state = self.heads.get(&head).cloned().unwrap_or_default();
            for line in &lines {
                let place = || format!("{}, {} to {}", head.kind, line.from, line.until);
                check_exact(line.exact).map_err(|t| t.at(&self.first.id, place()))?;
            }
            let lines = with_classes(known, lines);
            let by = rounding_on(known, head.period);
            let billed = state.bill(&head, lines, self.billed_at, by, zero).map_err(at)?;
            deltas.extend(billed.0);
            plan.heads.push((head, billed.1));
        }
        let issued = Issued {
            invoices: &self.invoices,
            credit_balance: &self.credit_balance,
            zero,
            rounding,
            date: plan.date,
        };
        let mut made = bill(deltas, &issued).map_err(at)?;
        plan.notes = self.notes(&mut made, CreditReason::Correction).map_err(at)?;
        plan.draft = self.draft(rater.known, made, plan.date).map_err(at)?;
        plan.outside = self.used_outside(rater, plan.date);
        Ok(())
    }

    /// Credit notes from their lines.
    fn notes(&self, made: &mut Bill, reason: CreditReason) -> Result<Vec<NoteDraft>, Trouble> {
        let notes = std::mem::take(&mut made.notes);
        notes.into_iter().map(|(place, lines)| self.note(place, lines, reason.clone())).collect()
    }

    /// A credit note on the lease's invoice at `place`, for lines under heads of the lease.
    fn note(
        &self,
        place: usize,
        lines: Vec<BilledLine>,
        reason: CreditReason,
    ) -> Result<NoteDraft, Trouble> {
        let Some(invoice) = self.invoices.get(place) else {
            return Err(Trouble::UnknownInvoice(format!("number {place}")));
        };
        let mut after = invoice.clone();
        after.credit_lines(&lines)?;
        NoteDraft::of(place, after, lines, reason)
    }

    fn draft(
        &self,
        known: &Known,
        made: Bill,
        date: Date,
    ) -> Result<Option<InvoiceDraft>, Trouble> {
        if made.lines.is_empty() {
            return Ok(None);
        }
        let terms = known.lease_on(date).clone();
        let currency = terms.currency;
        let days = terms
            .fees
            .iter()
            .filter(|phase| phase.from <= date)
            .max_by_key(|phase| phase.from)
            .map_or(DAYS_TO_PAY_DEFAULT, |phase| phase.days_to_pay);
        let due = match made.due_on {
            Some(due) if due >= date => due,
            _ => add_days(date, i64::from(days))?,
        };
        let net = Money::sum(currency, made.lines.iter().map(|line| line.amount))?;
        let tax = Money::sum(currency, made.taxes.iter().map(|total| total.tax))?;
        let total = net.checked_add(tax)?;
        check_amount(total)?;
        let with_head = || made.lines.iter().filter(|line| line.head.is_some());
        Ok(Some(InvoiceDraft {
            lease: self.first.id.clone(),
            terms,
            issued: date,
            due,
            from: with_head().map(|line| line.from).min().unwrap_or(date),
            until: with_head().map(|line| line.until).max().unwrap_or(date),
            currency,
            lines: made.lines,
            taxes: made.taxes,
            net,
            tax,
            total,
            tables: Tables::in_use(),
        }))
    }

    /// Use that no billing period holds, said once the lease is over.
    fn used_outside(&self, rater: &Rater<'_>, date: Date) -> Option<String> {
        let (first, end) = (*self.boundaries().first()?, self.end()?);
        if date < end {
            return None;
        }
        let (start, stop) = (rater.known.start_of(first), rater.known.start_of(end));
        let before = self.usage.range(..start);
        let after = self.usage.range(stop..);
        let found: Vec<_> = before.chain(after).collect();
        let (at, _) = found.first()?;
        Some(format!(
            "use was measured in {} hours outside of {first} to {end}, the first at {at}; nothing \
             prices it, so it is not charged: correct the records or the lease",
            found.len()
        ))
    }
}

/// Whether a line says something: an amount, or a fee that is not disclosed.
pub(super) fn counts(line: &RatedLine) -> bool {
    !line.exact.is_zero() || !line.disclosed
}

fn with_classes(known: &Known, lines: Vec<RatedLine>) -> Vec<(RatedLine, TaxClass)> {
    let classed = lines.into_iter().map(|line| (known.class_of(&line), line));
    classed.map(|(class, line)| (line, class)).collect()
}

impl DayPlan {
    /// Whether the plan does nothing.
    pub fn is_empty(&self) -> bool {
        self.draft.is_none() && self.notes.is_empty() && self.recognition.is_none()
    }
}

/// The revenue kinds whose exact amount comes from the contract's accrual.
pub(crate) const ACCRUED: [RevenueKind; 3] =
    [RevenueKind::Fees, RevenueKind::LateCredits, RevenueKind::RecallCredits];

/// How a lease rounds on a day.
pub(crate) fn rounding_on(known: &Known, date: Date) -> Rounding {
    known.lease_on(date).rules.rounding
}
