//! Lines of the contract's schedule, as lines of the books.

use leasehold_contract::lease::FeeTiming;
use leasehold_contract::{Evaluation, Line, LineKind};
use leasehold_types::{Date, days_between};

use crate::BooksError;
use crate::dates::add_days;

use super::{ChargeKind, Head, Quantity, RatedLine, Working};

/// The lines of the part `from <= day < until` of a billing period, which one version governs.
pub(crate) fn fee_lines(
    evaluation: &Evaluation<'_>,
    period: BillingDays,
    from: Date,
    until: Date,
) -> Result<Vec<RatedLine>, BooksError> {
    let schedule = evaluation.schedule_as_earned(from, until)?;
    let lines = schedule.periods.into_iter().flat_map(|billing| billing.lines);
    Ok(lines.map(|line| rated(line, period)).collect())
}

/// The days of a billing period, over all versions that govern in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BillingDays {
    /// The first day.
    pub(crate) from: Date,
    /// The first day after.
    pub(crate) until: Date,
}

impl BillingDays {
    /// On which day a line is invoiced. A version that an amendment cuts short would have billed
    /// later: what is owed under it is billed with the period that it now lies in. A discount for
    /// lateness is known once its days are past, so it goes on the next invoice.
    fn invoices_on(self, line: &Line) -> Date {
        match line.timing {
            FeeTiming::InAdvance if line.kind != LineKind::LateDiscount => self.from,
            _ => self.until,
        }
    }
}

/// One line of the contract's schedule.
fn rated(line: Line, period: BillingDays) -> RatedLine {
    let kind = ChargeKind::from(line.kind);
    let invoiced_on = period.invoices_on(&line);
    let to_pay = days_between(line.invoiced_on, line.due_on);
    let working = Working::by(rule(kind)).saying(line.working);
    RatedLine {
        head: Head {
            period: period.from,
            kind,
            tranche: line.tranche,
            phase: line.phase.clone(),
            name: None,
        },
        phase: line.phase,
        from: line.from,
        until: line.until,
        exact: line.exact,
        amount: line.amount,
        quantity: Quantity::ONE,
        price: None,
        disclosed: line.disclosed,
        invoiced_on,
        due_on: add_days(invoiced_on, to_pay).ok(),
        working,
    }
}

/// Where the rule of a line stands in the term sheet.
const fn rule(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::CommitmentReduction => "units given up, `late` or `recall.election`",
        ChargeKind::UndeliveredReduction => "undelivered units are never charged, `tranche`",
        ChargeKind::LateDiscount => "discount for late delivery, `tranche.late`",
        ChargeKind::RecallAbatement => "abatement, `recall.abatement`",
        ChargeKind::RecallCompensation => "compensation, `recall.compensation`",
        _ => "fee phase, `fee`",
    }
}
