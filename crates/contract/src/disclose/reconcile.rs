//! How the headline value becomes the RPO, line by line.

use leasehold_types::{BadAmount, Money};

use super::ReconciliationLine;
use super::lines::Amounts;
use crate::exact::previous_day;
use crate::lease::Expedient;
use crate::term::{EndsBecause, Enforceable};

/// The lines from the headline value over the non-cancellable value to the RPO. Those that are
/// nothing are left out, sums never.
pub(super) fn lines(
    amounts: &Amounts,
    enforceable: &Enforceable,
) -> Result<Vec<ReconciliationLine>, BadAmount> {
    let zero = Money::zero(amounts.headline.currency());
    let less = |amount: Money| zero.checked_sub(amount);
    let mut lines = Vec::new();
    let mut sum = amounts.headline;
    total(&mut lines, "headline value: fees to the stated end", sum);
    sum = add(&mut lines, sum, &after_term(enforceable), less(amounts.after_term)?)?;
    let label = "fees of recallable units that the owner could take for good";
    sum = add(&mut lines, sum, label, less(amounts.recallable)?)?;
    total(&mut lines, "non-cancellable value: fees to the end of the enforceable term", sum);
    let label = if amounts.timing.is_negative() {
        "recognised before it is delivered"
    } else {
        "delivered but recognised later"
    };
    sum = add(&mut lines, sum, label, amounts.timing)?;
    for used in &amounts.expedients {
        let label = format!("left out: {}", name(used.expedient));
        sum = add(&mut lines, sum, &label, less(used.left_out)?)?;
    }
    total(&mut lines, "remaining performance obligations", sum);
    Ok(lines)
}

/// An expedient in words.
pub(crate) fn name(expedient: Expedient) -> &'static str {
    match expedient {
        Expedient::OneYearOrLess => "contracts of a year or less (ASC 606-10-50-14(a))",
        Expedient::RightToInvoice => "right to invoice (ASC 606-10-50-14(b))",
        Expedient::VariableUsage => "usage-based amounts (ASC 606-10-50-14A)",
    }
}

fn after_term(enforceable: &Enforceable) -> String {
    let (from, until) = (enforceable.term_end, enforceable.stated_end);
    let why = match enforceable.because {
        EndsBecause::Served(side) => format!("the {side} gave notice"),
        EndsBecause::CouldLeave(side) => format!("the {side} could end it then"),
        EndsBecause::EitherCouldLeave => "either side could end it then".to_owned(),
        EndsBecause::StatedEnd => "it ends before its stated end".to_owned(),
    };
    format!("fees from {from} through {}: {why}", previous_day(until))
}

fn total(lines: &mut Vec<ReconciliationLine>, label: &str, amount: Money) {
    lines.push(ReconciliationLine { label: label.to_owned(), amount, is_sum: true });
}

fn add(
    lines: &mut Vec<ReconciliationLine>,
    sum: Money,
    label: &str,
    amount: Money,
) -> Result<Money, BadAmount> {
    if !amount.is_zero() {
        lines.push(ReconciliationLine { label: label.to_owned(), amount, is_sum: false });
    }
    sum.checked_add(amount)
}
