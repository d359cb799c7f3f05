//! Recognition: revenue month by month, on a schedule of its own beside billing.
//!
//! As each month closes, what has been earned to date is rounded once for each kind of revenue and
//! what was recognised before is taken off; a month that is closed is never opened again, what was
//! learnt late is earned in the month in which it was learnt. The residues of rounding bills are
//! earned with the periods that they belong to, so that over its life a lease earns exactly what
//! it bills.
//!
//! - `as_delivered`: each day's fee on that day, less what was taken off it.
//! - `straight_line`: fees evenly by day over the enforceable term; an amendment spreads what is
//!   left over what is left of the term. What varies (use, credits) as it is earned.
//! - `as_invoiced`: as it is invoiced.
//!
//! Use is earned in the month of use, a true-up and a credit for availability as their period ends.

mod behind;
mod position;
mod roll_forward;

use std::collections::BTreeMap;

use leasehold_contract::lease::Recognition as Mode;
use leasehold_contract::schedule::Accrued;
use leasehold_types::{Date, Money, Ratio};

use crate::book::{ACCRUED, DayPlan, LeaseBook, Rater, rounding_on};
use crate::dates::next_day;
use crate::invoice::HeadState;
use crate::ledger::RevenueKind;
use crate::limits::check_exact;
use crate::rating::Head;
use crate::{BooksError, Trouble};

pub use roll_forward::{POSITIONS, RollForward, roll_forwards};

pub(crate) use behind::behind;
pub(crate) use position::position_postings;

/// What the close of a month recognises.
#[derive(Debug, Clone)]
pub(crate) struct Recognition {
    /// What each kind of revenue comes to; contra-revenue is below zero.
    pub(crate) to_date: BTreeMap<RevenueKind, Money>,
    /// Whether the lease is over and earned all that it billed.
    pub(crate) finished: bool,
    /// Heads that were rated on the way.
    pub(crate) heads: Vec<(Head, HeadState)>,
}

/// What the lease has earned by the close of `date`, once `plan` is carried out.
pub(crate) fn recognise(
    book: &LeaseBook,
    rater: &Rater<'_>,
    date: Date,
    plan: &DayPlan,
    rated: &[(Head, HeadState)],
) -> Result<Recognition, BooksError> {
    let at = |trouble: Trouble| trouble.at(&book.first.id, format!("revenue to the end of {date}"));
    let close = next_day(date);
    let heads = overlay(book, plan, rated);
    let finished = is_finished(book, plan, &heads, close).map_err(at)?;
    let mode = rater.known.lease_on(date).accounting.recognition;
    let to_date = if finished || mode == Mode::AsInvoiced {
        billed(&heads, book.zero()).map_err(at)?
    } else {
        let exact = earned(book, rater, &heads, mode, close)?;
        let (currency, by) = (book.first.currency, rounding_on(rater.known, date));
        let round = |(kind, exact)| {
            check_exact(exact).map(|()| (kind, Money::from_exact(exact, currency, by)))
        };
        exact.into_iter().map(round).collect::<Result<_, _>>().map_err(at)?
    };
    Ok(Recognition { to_date, finished, heads: rated.to_vec() })
}

type Heads<'a> = BTreeMap<&'a Head, &'a HeadState>;

fn overlay<'a>(
    book: &'a LeaseBook,
    plan: &'a DayPlan,
    rated: &'a [(Head, HeadState)],
) -> Heads<'a> {
    let mut heads: Heads<'a> = book.heads.iter().collect();
    heads.extend(plan.heads.iter().map(|(head, state)| (head, state)));
    heads.extend(rated.iter().map(|(head, state)| (head, state)));
    heads
}

/// Whether the lease is over, everything was billed, and nothing waits to be rated anew.
fn is_finished(
    book: &LeaseBook,
    plan: &DayPlan,
    heads: &Heads<'_>,
    close: Date,
) -> Result<bool, Trouble> {
    let Some(end) = book.end() else { return Ok(false) };
    let billed_at = if plan.bills { Some(plan.date) } else { book.billed_at };
    let all_billed = billed_at.is_some_and(|billed_at| billed_at >= end);
    if end > close || !all_billed || (book.is_dirty() && !plan.bills) {
        return Ok(false);
    }
    for state in heads.values() {
        if !state.is_billed_in_full()? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What was billed, by kind; nothing of a kind of which nothing is billed any more.
fn billed(heads: &Heads<'_>, zero: Money) -> Result<BTreeMap<RevenueKind, Money>, Trouble> {
    let mut sums: BTreeMap<RevenueKind, Money> = RevenueKind::ALL.map(|kind| (kind, zero)).into();
    for (head, state) in heads {
        let sum = sums.entry(head.kind.revenue()).or_insert(zero);
        *sum = sum.checked_add(state.billed(zero)?)?;
    }
    Ok(sums)
}

/// What was earned before `close`, exact, by kind.
fn earned(
    book: &LeaseBook,
    rater: &Rater<'_>,
    heads: &Heads<'_>,
    mode: Mode,
    close: Date,
) -> Result<BTreeMap<RevenueKind, Ratio>, BooksError> {
    let at = |trouble: Trouble| trouble.at(&book.first.id, format!("revenue before {close}"));
    let accrued = rater.accrued(close)?;
    let fees = match mode {
        Mode::StraightLine => straight_line(rater, rater.known.spans.len() - 1, close)?,
        _ => accrued.fees,
    };
    let mut sums: BTreeMap<RevenueKind, Ratio> = RevenueKind::ALL.map(|k| (k, Ratio::ZERO)).into();
    sums.insert(RevenueKind::Fees, fees);
    sums.insert(RevenueKind::LateCredits, accrued.late);
    sums.insert(RevenueKind::RecallCredits, accrued.recalled);
    let mut add = |kind: RevenueKind, amount: Ratio| -> Result<(), Trouble> {
        let sum = sums.entry(kind).or_insert(Ratio::ZERO);
        *sum = sum.checked_add(amount)?;
        Ok(())
    };
    let mut billed: BTreeMap<RevenueKind, Money> = BTreeMap::new();
    for (head, state) in heads {
        if state.until.is_none_or(|until| until > close) {
            continue;
        }
        // The residue of rounding, what was billed less the exact amounts of it; and where the
        // contract does not accrue it, what it comes to, most often just those exact amounts.
        let kind = head.kind.revenue();
        let sum = billed.entry(kind).or_insert(book.zero());
        *sum = state.billed(*sum).and_then(|more| Ok(sum.checked_add(more)?)).map_err(at)?;
        let exact = state.exact().map_err(|e| at(e.into()))?;
        let owed = if ACCRUED.contains(&kind) { Ratio::ZERO } else { state.owed };
        if owed != exact {
            let more = owed.checked_sub(exact).map_err(|e| at(e.into()))?;
            add(kind, more).map_err(at)?;
        }
    }
    for (kind, billed) in billed {
        add(kind, billed.exact().map_err(|e| at(e.into()))?).map_err(at)?;
    }
    let begun = book.boundaries().windows(2).find(|pair| pair[0] < close && close < pair[1]);
    if let Some(pair) = begun {
        add(RevenueKind::Usage, rater.usage_exact(pair[0], close)?).map_err(at)?;
    }
    Ok(sums)
}

impl Rater<'_> {
    /// What accrued as delivered before `close`, over all versions.
    pub(crate) fn accrued(&self, close: Date) -> Result<Accrued, BooksError> {
        let mut sum = Accrued { fees: Ratio::ZERO, late: Ratio::ZERO, recalled: Ratio::ZERO };
        for (span, evaluation) in self.known.spans.iter().zip(&self.evaluations) {
            if span.from >= close {
                break;
            }
            let part = evaluation.accrued_on_days(span.from, span.until.min(close))?;
            let add = || -> Result<Accrued, leasehold_types::Overflow> {
                Ok(Accrued {
                    fees: sum.fees.checked_add(part.fees)?,
                    late: sum.late.checked_add(part.late)?,
                    recalled: sum.recalled.checked_add(part.recalled)?,
                })
            };
            sum = add().map_err(|e| Trouble::from(e).at(&span.lease.id, "revenue as delivered"))?;
        }
        Ok(sum)
    }
}

/// Fees earned in a straight line before `close` under version `k` and those before it.
///
/// A new version takes what was earned under the last one as it is. What is left (all fees of the
/// past and of the new enforceable term, less what was earned) is spread over the days that are
/// left.
fn straight_line(rater: &Rater<'_>, k: usize, close: Date) -> Result<Ratio, BooksError> {
    let span = &rater.known.spans[k];
    if k > 0 && close <= span.from {
        return straight_line(rater, k - 1, close);
    }
    let to = rater.start_of(close).min(span.end);
    let evaluation = &rater.evaluations[k];
    let life = evaluation.billing_boundaries()?;
    let (Some(first), Some(last)) = (life.first(), life.last()) else { return Ok(Ratio::ZERO) };
    let term_end = span.lease.term_end(&rater.known.notices, to)?.term_end.min(*last);
    let (from, before, earned) = if k == 0 {
        (*first, Ratio::ZERO, Ratio::ZERO)
    } else {
        let before = rater.fee_due(Date::MIN, span.from);
        let before = before.map_err(|e| e.at(&span.lease.id, "revenue, straight line"))?;
        (span.from, before, straight_line(rater, k - 1, span.from)?)
    };
    let fees = evaluation.fee_due(from, term_end)?;
    let left = before.checked_add(fees).and_then(|all| all.checked_sub(earned));
    let at = |e| Trouble::from(e).at(&span.lease.id, "revenue, straight line");
    let left = left.map_err(at)?;
    let spread = evaluation.spread(left, from, term_end, to)?;
    earned.checked_add(spread).map_err(at)
}
