//! What is recognised as revenue up to an instant, by the lease's recognition mode.

use leasehold_types::{Date, Instant, Ratio};

use crate::exact::{Days, count, day_of, fraction};
use crate::lease::{FeeTiming, Recognition};
use crate::notice::NoticeBook;
use crate::schedule::{Evaluation, LineKind};
use crate::{EvalError, Facts, Lease};

impl Lease {
    /// Revenue recognised from the lease's beginning to before `to`, exact minor units, by the
    /// lease's recognition mode; what is not disclosed is left out.
    ///
    /// - `as_delivered`: [`Evaluation::accrued`].
    /// - `straight_line`: fees over the enforceable term as it stands at `to`, evenly by civil day;
    ///   discounts, abatement and compensation on the days on which they were earned.
    /// - `as_invoiced`: what is invoiced for periods that have ended (in arrears) or begun (in
    ///   advance) before `to`.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn recognised(
        &self,
        facts: &Facts,
        book: &NoticeBook,
        to: Instant,
    ) -> Result<Ratio, EvalError> {
        let evaluation = self.evaluate(facts)?;
        let term_end = self.term_end(book, to)?.term_end;
        self.recognised_by(&evaluation, term_end, to)
    }

    pub(crate) fn recognised_by(
        &self,
        evaluation: &Evaluation<'_>,
        term_end: Date,
        to: Instant,
    ) -> Result<Ratio, EvalError> {
        match self.accounting.recognition {
            Recognition::AsDelivered => evaluation.accrued(Instant::MIN, to),
            Recognition::StraightLine => evaluation.straight_line(term_end, to),
            Recognition::AsInvoiced => evaluation.invoiced(to),
        }
    }
}

impl Evaluation<'_> {
    fn straight_line(&self, term_end: Date, to: Instant) -> Result<Ratio, EvalError> {
        let life = self.life();
        let term = Days::new(life.from, life.until.min(term_end));
        let fees = self.fee_due(term.from, term.until)?;
        let spread = self.spread(fees, term.from, term.until, to)?;
        let late = self.fees_between(Instant::MIN, to, |kind| kind == LineKind::LateDiscount)?;
        let recalled = self.credits_between(Instant::MIN, to)?;
        let sum = spread.checked_add(late).and_then(|sum| sum.checked_sub(recalled));
        self.ok("revenue, straight line", sum)
    }

    /// What of `amount`, spread evenly over the civil days of `from <= day < until`, has passed
    /// by `to`; part of a day by its share of that day's seconds. Exact minor units.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn spread(
        &self,
        amount: Ratio,
        from: Date,
        until: Date,
        to: Instant,
    ) -> Result<Ratio, EvalError> {
        let term = Days::new(from, until);
        let spread = || {
            let whole = count(term.count().max(1).unsigned_abs().into())?;
            amount.checked_mul(self.days_passed(term, to)?)?.checked_div(whole)
        };
        self.ok("revenue, straight line", spread())
    }

    /// Civil days of `term` that have passed by `to`, part of a day by its share of seconds.
    fn days_passed(&self, term: Days, to: Instant) -> Result<Ratio, leasehold_types::Overflow> {
        let date = day_of(&self.lease.zone, to);
        if date >= term.until {
            return count(term.count().unsigned_abs().into());
        }
        let whole = Days::new(term.from, date).count();
        if date < term.from {
            return Ok(Ratio::ZERO);
        }
        let day = self.lease.zone.day(date);
        let share = fraction(to.since(day.start()).0.max(0).into(), day.length().0.max(1).into())?;
        count(whole.unsigned_abs().into())?.checked_add(share)
    }

    fn invoiced(&self, to: Instant) -> Result<Ratio, EvalError> {
        let schedule = self.schedule(Date::MIN, Date::MAX)?;
        let lines = schedule.periods.iter().flat_map(|period| &period.lines);
        let is_due = |line: &&crate::Line| {
            let on = self.lease.start_of(line.invoiced_on);
            match line.timing {
                FeeTiming::InAdvance => on < to,
                FeeTiming::InArrears => on <= to,
            }
        };
        let sum = lines
            .filter(is_due)
            .try_fold(Ratio::ZERO, |sum, line| sum.checked_add(line.amount.exact()?));
        self.ok("revenue, as invoiced", sum)
    }
}
