//! Billing periods and their lines.

use std::collections::BTreeMap;

use leasehold_types::{Date, Money, Overflow, Ratio};

use crate::EvalError;
use crate::exact::{Days, add_days, negative, previous_day};
use crate::lease::FeeTiming;
use crate::schedule::evaluation::{Evaluation, FeePart};
use crate::schedule::recalls::ByTranche;
use crate::schedule::words;
use crate::schedule::{BillingPeriod, Line, LineKind, Schedule};

/// Most billing periods that one schedule may have: a thousand years of months.
pub const SCHEDULE_PERIODS_MAX: usize = 12_000;

/// What a line sums up while it grows.
pub(crate) struct Sum {
    pub(crate) exact: Ratio,
    pub(crate) days: Days,
    pub(crate) accelerator_seconds: u128,
    pub(crate) parts: Vec<words::Part>,
    pub(crate) stretches: Vec<words::Stretch>,
}

/// On which invoice the discount for a late day goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lateness {
    /// The next one: that of the same period in arrears, that of the next period in advance (or
    /// the same, where it is the last).
    OnTheNextInvoice,
    /// That of the day itself.
    AsEarned,
}

type Key = (LineKind, usize, Option<usize>);

impl Evaluation<'_> {
    /// The billing periods that `from <= day < until` touches, cut to it. Cut at period boundaries
    /// to get what is really invoiced.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit, or there are more than [`SCHEDULE_PERIODS_MAX`]
    /// periods.
    pub fn schedule(&self, from: Date, until: Date) -> Result<Schedule, EvalError> {
        self.schedule_with(from, until, Lateness::OnTheNextInvoice)
    }

    /// As [`Evaluation::schedule`], with discounts for lateness on the days on which they are
    /// earned.
    ///
    /// # Errors
    /// As [`Evaluation::schedule`].
    pub fn schedule_as_earned(&self, from: Date, until: Date) -> Result<Schedule, EvalError> {
        self.schedule_with(from, until, Lateness::AsEarned)
    }

    fn schedule_with(
        &self,
        from: Date,
        until: Date,
        lateness: Lateness,
    ) -> Result<Schedule, EvalError> {
        let span = Days::new(from, until).within(self.life());
        let mut periods = Vec::new();
        let mut at = span.from;
        while at < span.until {
            if periods.len() == SCHEDULE_PERIODS_MAX {
                let problem = Overflow::of("a schedule of more than 12,000 periods");
                return self.ok("schedule", Err(problem));
            }
            let period = self.period_of(at)?;
            let days = period.within(span);
            periods.push(self.billing_period(period, days, lateness)?);
            at = days.until;
        }
        let currency = self.lease.currency;
        let total = Money::sum(currency, periods.iter().map(|period| period.total));
        Ok(Schedule {
            lease: self.lease.id.clone(),
            version: self.lease.version,
            currency,
            periods,
            total: self.ok("schedule, total", total)?,
            undisclosed: self.undisclosed(span)?,
        })
    }

    /// The boundaries of the billing periods from the lease's beginning to its end, both included.
    ///
    /// # Errors
    /// As [`Evaluation::schedule`].
    pub fn billing_boundaries(&self) -> Result<Vec<Date>, EvalError> {
        let life = self.life();
        let mut boundaries = vec![life.from];
        let mut at = life.from;
        while at < life.until && boundaries.len() <= SCHEDULE_PERIODS_MAX {
            at = self.period_of(at)?.until;
            boundaries.push(at);
        }
        Ok(boundaries)
    }

    /// The months by which fees are counted, as far as `from <= day < until` touches them and cut
    /// to it: adjacent, in order.
    ///
    /// # Errors
    /// As [`Evaluation::schedule`].
    pub fn fee_months(&self, from: Date, until: Date) -> Result<Vec<(Date, Date)>, EvalError> {
        let span = Days::new(from, until);
        let touched = self.ok("months of the fee", self.months.touched(span))?;
        let month = |k| {
            let month = self.ok("months of the fee", self.months.month(k))?.within(span);
            Ok((month.from, month.until))
        };
        touched.map(month).collect()
    }

    /// The billing period that holds `date`, cut to the lease's life.
    fn period_of(&self, date: Date) -> Result<Days, EvalError> {
        let period = self.months.period_index_of(date).and_then(|j| self.months.period(j));
        Ok(self.ok("billing periods", period)?.within(self.life()))
    }

    fn billing_period(
        &self,
        period: Days,
        days: Days,
        lateness: Lateness,
    ) -> Result<BillingPeriod, EvalError> {
        let mut lines = self.fee_lines(period, days, lateness)?;
        let days_to_pay = lines.iter().map(|line| line.due_on).max();
        let due_on = days_to_pay.unwrap_or(period.until).max(period.until);
        for (kind, credits) in [
            (LineKind::RecallAbatement, self.abatement(days)?),
            (LineKind::RecallCompensation, self.compensation(days)?),
        ] {
            lines.extend(self.recall_lines(kind, &credits, period, days, due_on)?);
        }
        let amounts = lines.iter().map(|line| line.amount);
        let total = Money::sum(self.lease.currency, amounts);
        let total = self.ok(&format!("schedule, {} to {}", days.from, days.until), total)?;
        Ok(BillingPeriod { from: days.from, until: days.until, lines, total })
    }

    fn fee_lines(
        &self,
        period: Days,
        days: Days,
        lateness: Lateness,
    ) -> Result<Vec<Line>, EvalError> {
        let moves = |part: &FeePart<'_>| {
            let timing = self.lease.fees[part.segment.phase].timing;
            part.kind == LineKind::LateDiscount
                && timing == FeeTiming::InAdvance
                && lateness == Lateness::OnTheNextInvoice
        };
        let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
        let is_last = period.until >= self.end;
        self.visit_fees(days, &mut |part| {
            if moves(part) && !is_last { Ok(()) } else { add(&mut sums, part) }
        })?;
        if days.from == period.from && period.from > self.life().from {
            let before = self.period_of(previous_day(period.from))?;
            self.visit_fees(before, &mut |part| {
                if moves(part) { add(&mut sums, part) } else { Ok(()) }
            })?;
        }
        sums.into_iter().map(|(key, sum)| self.fee_line(key, &sum, period)).collect()
    }

    fn fee_line(&self, key: Key, sum: &Sum, period: Days) -> Result<Line, EvalError> {
        let (kind, phase, tranche) = key;
        let phase = &self.lease.fees[phase];
        let invoiced_on = match phase.timing {
            FeeTiming::InAdvance => period.from,
            FeeTiming::InArrears => period.until,
        };
        let line = format!("fee `{}`, {} to {}", phase.name, sum.days.from, sum.days.until);
        let due_on = self.ok(&line, add_days(invoiced_on, i64::from(phase.days_to_pay)))?;
        Ok(Line {
            kind,
            phase: Some(phase.name.clone()),
            tranche: tranche.map(|i| self.lease.tranches[i].id.clone()),
            from: sum.days.from,
            until: sum.days.until,
            exact: sum.exact,
            amount: self.rounded(sum.exact),
            disclosed: kind != LineKind::FeeUndisclosed,
            timing: phase.timing,
            invoiced_on,
            due_on,
            working: words::of_fee(self.lease, kind, phase, tranche, sum),
        })
    }

    fn recall_lines(
        &self,
        kind: LineKind,
        credits: &ByTranche,
        period: Days,
        days: Days,
        due_on: Date,
    ) -> Result<Vec<Line>, EvalError> {
        let mut lines = Vec::with_capacity(credits.minor.len());
        for (tranche, minor) in &credits.minor {
            let exact = self.ok("recall credits", negative(*minor))?;
            let taken = credits.accelerator_seconds.get(tranche).copied().unwrap_or(0);
            lines.push(Line {
                kind,
                phase: None,
                tranche: Some(self.lease.tranches[*tranche].id.clone()),
                from: days.from,
                until: days.until,
                exact,
                amount: self.rounded(exact),
                disclosed: !credits.undisclosed,
                timing: FeeTiming::InArrears,
                invoiced_on: period.until,
                due_on,
                working: words::of_recall(self.lease, kind, taken, credits),
            });
        }
        Ok(lines)
    }

    fn rounded(&self, exact: Ratio) -> Money {
        Money::from_exact(exact, self.lease.currency, self.lease.rules.rounding)
    }
}

fn add(sums: &mut BTreeMap<Key, Sum>, part: &FeePart<'_>) -> Result<(), Overflow> {
    let key = (part.kind, part.segment.phase, part.tranche);
    let sum = sums.entry(key).or_insert_with(|| Sum {
        exact: Ratio::ZERO,
        days: part.days,
        accelerator_seconds: 0,
        parts: Vec::new(),
        stretches: Vec::new(),
    });
    sum.exact = sum.exact.checked_add(part.minor)?;
    sum.days.from = sum.days.from.min(part.days.from);
    sum.days.until = sum.days.until.max(part.days.until);
    sum.accelerator_seconds += part.accelerator_seconds;
    words::note(&mut sum.parts, part);
    words::note_units(&mut sum.stretches, part);
    Ok(())
}

/// The next bill for something billed as it grows: what it has come to, rounded once, less what
/// was billed for it before. However often it is billed, the bills add up to the rounded whole.
///
/// Source: DESIGN, section 5 ("What was billed is never edited").
///
/// # Errors
/// [`leasehold_types::BadAmount`] where the difference does not fit.
pub fn next_bill(
    to_date: Ratio,
    billed: Money,
    rounding: leasehold_types::Rounding,
) -> Result<Money, leasehold_types::BadAmount> {
    Money::from_exact(to_date, billed.currency(), rounding).checked_sub(billed)
}
