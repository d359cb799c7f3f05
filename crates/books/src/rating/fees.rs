//! Lines of the contract's schedule, as lines of the books.

use leasehold_contract::lease::FeeTiming;
use leasehold_contract::{Evaluation, Line};
use leasehold_types::Date;

use crate::BooksError;

use super::{ChargeKind, Head, Quantity, RatedLine, Working};

/// The lines of `from <= day < until`, all under the billing period that begins on `period`.
pub(crate) fn fee_lines(
    evaluation: &Evaluation<'_>,
    period: Date,
    from: Date,
    until: Date,
) -> Result<Vec<RatedLine>, BooksError> {
    let schedule = evaluation.schedule(from, until)?;
    let lines = schedule.periods.iter().flat_map(|billing| &billing.lines);
    Ok(lines.map(|line| rated(line, period)).collect())
}

/// One line of the contract's schedule.
pub(crate) fn rated(line: &Line, period: Date) -> RatedLine {
    let kind = ChargeKind::from(line.kind);
    let mut working = Working::by(rule(kind)).saying(line.working.clone());
    if let Some(phase) = &line.phase {
        working = working.with("phase", phase);
    }
    if let Some(tranche) = &line.tranche {
        working = working.with("tranche", tranche);
    }
    working = working.with(
        "invoiced",
        match line.timing {
            FeeTiming::InAdvance => "in advance",
            FeeTiming::InArrears => "in arrears",
        },
    );
    RatedLine {
        head: Head {
            period,
            kind,
            tranche: line.tranche.clone(),
            phase: line.phase.clone(),
            name: None,
        },
        phase: line.phase.clone(),
        from: line.from,
        until: line.until,
        exact: line.exact,
        amount: line.amount,
        quantity: Quantity::ONE,
        price: None,
        disclosed: line.disclosed,
        invoiced_on: line.invoiced_on,
        due_on: Some(line.due_on),
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
