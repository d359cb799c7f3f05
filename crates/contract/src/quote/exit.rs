//! What it costs to end a lease by notice.

use leasehold_types::{Date, Instant, Money, Ratio};

use super::{CostNature, Quote, end_of_day};
use crate::exact::{previous_day, smaller};
use crate::lease::{DrawDown, Penalty, PenaltyAmount, Prepayment, Side};
use crate::notice::NoticeBook;
use crate::schedule::{Evaluation, Schedule};
use crate::term::ServeRefusal;
use crate::{EvalError, Facts, Lease, Problem};

/// What it costs if `side`'s notice is received at `now`. Where the side may serve only later, the
/// quote is for the first day on which it may, and says so. Deliveries are as in `facts`.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn exit(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    side: Side,
    now: Instant,
) -> Result<Quote, EvalError> {
    let step = format!("the {side} ends lease `{}` by notice", lease.id);
    let mut quote = Quote::new(step, now, end_of_day(lease, now));
    let served = match book.serve(lease, side, now) {
        Err(refusal) => {
            quote.objections.push(refusal.to_string());
            match refusal {
                ServeRefusal::NotYet { earliest } => {
                    lease.serve(side, lease.start_of(earliest)).ok().map(|effect| effect.ends)
                }
                _ => None,
            }
        }
        Ok(notice) => Some(notice.ends),
    };
    if let Some(ends) = served {
        price(lease, facts, side, ends, &mut quote)?;
    }
    Ok(quote)
}

fn price(
    lease: &Lease,
    facts: &Facts,
    side: Side,
    ends: Date,
    quote: &mut Quote,
) -> Result<(), EvalError> {
    quote.ends = Some(ends);
    let before = lease.evaluate(facts)?;
    let lost = before.schedule(ends, Date::MAX)?;
    if let Some(penalty) = lease.term.exit(side).and_then(|right| right.penalty.as_ref()) {
        let amount = penalty_of(lease, &before, penalty, ends, &lost)?;
        quote.push(side, CostNature::Paid, amount, penalty_words(penalty));
    }
    let until = before.end;
    let mut label = format!("fees from {ends} through {}", previous_day(until));
    if !lost.undisclosed.is_empty() {
        label.push_str(", besides some that are not disclosed");
    }
    quote.push(Side::Owner, CostNature::Forgone, lost.total, label);
    let ending = Facts { ends: Some(ends.min(until)), ..facts.clone() };
    let kept = lease.schedule(&ending, Date::MIN, Date::MAX)?;
    returned(lease, &kept, quote)
}

/// The penalty for an end on `ends`, after which `lost` is no longer charged.
pub(crate) fn penalty_of(
    lease: &Lease,
    evaluation: &Evaluation<'_>,
    penalty: &Penalty,
    ends: Date,
    lost: &Schedule,
) -> Result<Money, EvalError> {
    let share_of = |amount: Money, share: Ratio| {
        let exact = amount.exact().and_then(|amount| amount.checked_mul(share));
        let exact = evaluation.ok("penalty for ending early", exact)?;
        Ok(Money::from_exact(exact, lease.currency, lease.rules.rounding))
    };
    match penalty.amount {
        PenaltyAmount::Fixed(amount) => Ok(amount),
        PenaltyAmount::MonthsOfFee(months) => {
            share_of(evaluation.run_rate(previous_day(ends))?, months)
        }
        PenaltyAmount::ShareOfRemaining(share) => share_of(lost.total, share),
    }
}

fn penalty_words(penalty: &Penalty) -> String {
    let kind = if penalty.substantive { "substantive penalty" } else { "penalty" };
    match penalty.amount {
        PenaltyAmount::Fixed(_) => format!("{kind} for ending early"),
        PenaltyAmount::MonthsOfFee(months) => {
            format!("{kind} for ending early: {months} months of the fee then in force")
        }
        PenaltyAmount::ShareOfRemaining(share) => format!(
            "{kind} for ending early: {} of the fees that remain",
            crate::schedule::words::percent(share)
        ),
    }
}

/// What the owner holds and gives back.
fn returned(lease: &Lease, kept: &Schedule, quote: &mut Quote) -> Result<(), EvalError> {
    for deposit in &lease.deposits {
        let label = format!(
            "deposit, given back within {} days of the end unless it is needed",
            deposit.returned_within_days
        );
        quote.push(Side::Owner, CostNature::Returned, deposit.amount, label);
    }
    for (i, prepayment) in lease.prepayments.iter().enumerate() {
        let left = unused(prepayment, kept);
        let left = left
            .map_err(|p| p.at(&lease.id, format!("prepayment {} of {}", i + 1, prepayment.due)))?;
        let label = "prepayment that no invoice uses up".to_owned();
        quote.push(Side::Owner, CostNature::Returned, left, label);
    }
    Ok(())
}

/// What is left of a prepayment once all periods of `kept` have drawn on it.
fn unused(prepayment: &Prepayment, kept: &Schedule) -> Result<Money, Problem> {
    let mut left = prepayment.amount;
    let zero = Money::zero(left.currency());
    for period in kept.periods.iter().filter(|period| period.from >= prepayment.draw_from) {
        let wanted = match prepayment.draw_down {
            DrawDown::InFull => period.total.exact()?,
            DrawDown::Share(share) => period.total.exact()?.checked_mul(share)?,
            DrawDown::UpTo(most) => smaller(period.total.exact()?, most.exact()?),
        };
        let drawn = smaller(wanted.max(Ratio::ZERO), left.exact()?);
        let drawn = Money::from_exact(drawn, left.currency(), leasehold_types::Rounding::default());
        left = left.checked_sub(drawn)?;
        if left == zero {
            break;
        }
    }
    Ok(left)
}
