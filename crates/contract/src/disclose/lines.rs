//! The four lines, computed.

use leasehold_types::{Date, Instant, Money, Overflow, Ratio, Units};

use super::{ExpedientUsed, FourLines, reconcile};
use crate::entitlement::timeline::Standing;
use crate::exact::{Days, count, day_of, next_day, smaller};
use crate::facts::{Reduction, ReductionCause};
use crate::lease::{Expedient, Price, Recognition};
use crate::notice::NoticeBook;
use crate::schedule::evaluation::{covered, hours_at, promised};
use crate::schedule::segment::Segment;
use crate::schedule::{Evaluation, LineKind};
use crate::term::Enforceable;
use crate::{EvalError, Facts, Lease, Problem};

/// The amounts from which the four lines and their reconciliation are made.
pub(super) struct Amounts {
    pub(super) headline: Money,
    /// Fees between the end of the enforceable term and the stated end.
    pub(super) after_term: Money,
    /// Fees of recallable units after their window; not below zero.
    pub(super) recallable: Money,
    /// What was delivered but is recognised later (above zero), or recognised ahead of delivery.
    pub(super) timing: Money,
    pub(super) expedients: Vec<ExpedientUsed>,
}

impl Lease {
    /// The four lines at `as_of`, the close of a reporting date ([`Lease::close_of`]). Deliveries
    /// are as in `facts`: use [`Facts::expecting_deliveries`] to expect what is still due.
    ///
    /// Headline and non-cancellable value are sums of the schedule's lines from `as_of` on, so
    /// they agree with it to the last minor unit; only a discount for lateness counts on the day
    /// on which it is earned, not on the next invoice. The headline value disregards a notice.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn four_lines(
        &self,
        facts: &Facts,
        book: &NoticeBook,
        as_of: Instant,
    ) -> Result<FourLines, EvalError> {
        if facts.extension_days > 0 {
            let days = facts.extension_days;
            let facts = Facts { extension_days: 0, ..facts.clone() };
            return self.extended_by(days)?.four_lines(&facts, book, as_of);
        }
        let today = day_of(&self.zone, as_of);
        let stated = Facts { ends: None, ..facts.clone() };
        let stated = self.evaluate(&stated)?;
        let enforceable = self.enforceable(facts, book, as_of)?;
        let over = facts.ends.is_some_and(|ends| ends <= today);
        let from = if over { Date::MAX } else { today };
        let to_stated_end = stated.schedule_as_earned(from, Date::MAX)?;
        let ending = Facts { ends: Some(enforceable.term_end), ..facts.clone() };
        let ending = self.evaluate(&ending)?;
        let to_term_end = ending.schedule_as_earned(today, Date::MAX)?.total;
        let line = "disclosures";
        let headline = to_stated_end.total;
        let after_term = stated.ok(line, headline.checked_sub(to_term_end))?;
        let recallable = self.recallable_value(facts, &enforceable, today)?;
        let non_cancellable = stated.ok(line, to_term_end.checked_sub(recallable))?;
        let timing = self.timing(&ending, &enforceable, as_of)?;
        let expedients = self.expedients(&ending, non_cancellable, timing, today)?;
        let amounts = Amounts { headline, after_term, recallable, timing, expedients };
        let reconciliation = stated.ok(line, reconcile::lines(&amounts, &enforceable))?;
        let sums: Vec<Money> =
            reconciliation.iter().filter(|line| line.is_sum).map(|line| line.amount).collect();
        let rpo = sums.last().copied().unwrap_or(non_cancellable);
        Ok(FourLines {
            as_of,
            headline_value: headline,
            non_cancellable_value: non_cancellable,
            rpo,
            run_rate_month: ending.run_rate(today)?,
            contract_value: stated.schedule(Date::MIN, Date::MAX)?.total,
            enforceable,
            undisclosed: to_stated_end.undisclosed,
            expedients: amounts.expedients,
            reconciliation,
        })
    }

    /// The enforceable term, no longer than the facts let the lease last.
    fn enforceable(
        &self,
        facts: &Facts,
        book: &NoticeBook,
        as_of: Instant,
    ) -> Result<Enforceable, EvalError> {
        let mut enforceable = self.term_end(book, as_of)?;
        if let Some(ends) = facts.ends.filter(|ends| *ends < enforceable.term_end) {
            enforceable.term_end = ends;
            enforceable.recallable.retain(|window| window.until < ends);
        }
        Ok(enforceable)
    }

    /// Fees, from each window's end to the end of the enforceable term, of recallable units whose
    /// window is shorter: as far as the fee abates when they are taken.
    fn recallable_value(
        &self,
        facts: &Facts,
        enforceable: &Enforceable,
        today: Date,
    ) -> Result<Money, EvalError> {
        let zero = Money::zero(self.currency);
        let Some(clause) = self.recall.as_ref().filter(|_| !enforceable.recallable.is_empty())
        else {
            return Ok(zero);
        };
        let mut base = Facts { ends: Some(enforceable.term_end), ..facts.clone() };
        base.takings.clear();
        let full = self.evaluate(&base)?.schedule_as_earned(today, Date::MAX)?.total;
        for window in &enforceable.recallable {
            let tranche = self.tranches.iter().find(|tranche| tranche.id == window.tranche);
            let firm = tranche.map_or(Units::ZERO, crate::lease::Tranche::firm);
            let (from, cause) = (window.until, ReductionCause::RecallElection);
            let reductions = base.reductions.iter().filter(|r| r.tranche == window.tranche);
            let before = reductions.filter(|r| r.from <= from).map(|r| r.keeps).min();
            let keeps = before.map_or(firm, |before| before.min(firm));
            base.reductions.retain(|r| r.tranche != window.tranche || r.from <= from);
            base.reductions.push(Reduction { tranche: window.tranche.clone(), from, keeps, cause });
        }
        let firm = self.evaluate(&base)?.schedule_as_earned(today, Date::MAX)?.total;
        let multiple = smaller(clause.abatement.multiple, Ratio::ONE);
        let value = || -> Result<Money, Problem> {
            let difference = full.checked_sub(firm)?.exact()?.checked_mul(multiple)?;
            Ok(Money::from_exact(difference, self.currency, self.rules.rounding))
        };
        value().map_err(|p| p.at(&self.id, "disclosures, recallable units"))
    }

    /// What was delivered before `as_of` less what is recognised of it.
    fn timing(
        &self,
        ending: &Evaluation<'_>,
        enforceable: &Enforceable,
        as_of: Instant,
    ) -> Result<Money, EvalError> {
        if self.accounting.recognition == Recognition::AsDelivered {
            return Ok(Money::zero(self.currency));
        }
        let start = self.start_of(day_of(&self.zone, as_of));
        let delivered = ending.accrued(Instant::MIN, start)?;
        let recognised = self.recognised_by(ending, enforceable.term_end, start)?;
        let difference = ending.ok("disclosures, timing", delivered.checked_sub(recognised))?;
        Ok(Money::from_exact(difference, self.currency, self.rules.rounding))
    }

    /// The expedients in the order in which they apply, each on what the earlier ones left.
    fn expedients(
        &self,
        ending: &Evaluation<'_>,
        non_cancellable: Money,
        timing: Money,
        today: Date,
    ) -> Result<Vec<ExpedientUsed>, EvalError> {
        let mut left = ending.ok("disclosures, RPO", non_cancellable.checked_add(timing))?;
        let mut used = Vec::new();
        let mut in_use = self.accounting.expedients.clone();
        in_use.sort();
        in_use.dedup();
        for expedient in in_use {
            let (left_out, reason) = match expedient {
                Expedient::OneYearOrLess => self.one_year_or_less(left)?,
                Expedient::RightToInvoice => self.right_to_invoice(left),
                Expedient::VariableUsage => {
                    let (usage, reason) = self.variable_usage(ending, today)?;
                    let most = if left.is_negative() { Money::zero(self.currency) } else { left };
                    (if usage.minor() > most.minor() { most } else { usage }, reason)
                }
            };
            left = ending.ok("disclosures, RPO", left.checked_sub(left_out))?;
            used.push(ExpedientUsed { expedient, left_out, reason });
        }
        Ok(used)
    }

    /// ASC 606-10-50-14(a): by the duration that was enforceable when the lease was signed.
    fn one_year_or_less(&self, left: Money) -> Result<(Money, String), EvalError> {
        let signed = self.start_of(self.signed);
        let end = self.term_end(&NoticeBook::default(), signed)?.term_end;
        let first = self.tranches.iter().map(|t| t.delivery).min().unwrap_or(self.anchor);
        let year = leasehold_types::months_boundary(first, 12);
        let year = year.map_err(|e| Problem::from(e).at(&self.id, "disclosures, expedients"))?;
        Ok(if end <= year {
            (left, format!("when it was signed it was enforceable to {end}: a year or less"))
        } else {
            let reason = format!("when it was signed it was enforceable to {end}: over a year");
            (Money::zero(self.currency), reason)
        })
    }

    /// ASC 606-10-50-14(b): only where revenue is recognised as invoiced.
    fn right_to_invoice(&self, left: Money) -> (Money, String) {
        if self.accounting.recognition == Recognition::AsInvoiced {
            (left, "revenue is recognised as invoiced".to_owned())
        } else {
            let reason = "revenue is not recognised as invoiced, so it leaves out nothing";
            (Money::zero(self.currency), reason.to_owned())
        }
    }

    /// ASC 606-10-50-14A: what is priced by the hour.
    fn variable_usage(
        &self,
        ending: &Evaluation<'_>,
        today: Date,
    ) -> Result<(Money, String), EvalError> {
        let mut usage = Ratio::ZERO;
        ending.visit_fees(Days::new(today, Date::MAX), &mut |part| {
            let price = &self.fees[part.segment.phase].price;
            if matches!(price, Price::PerAcceleratorHour { .. }) && part.kind == LineKind::Fee {
                usage = usage.checked_add(part.minor)?;
            }
            Ok(())
        })?;
        let usage = Money::from_exact(usage, self.currency, self.rules.rounding);
        Ok((usage, "fees priced by the accelerator-hour".to_owned()))
    }
}

impl Evaluation<'_> {
    /// A month's fee at the terms in force on `date`: monthly amounts less undelivered and reduced
    /// units, and prices by the hour at the real hours of the civil month. Nothing after the end.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn run_rate(&self, date: Date) -> Result<Money, EvalError> {
        let mut sum = Ratio::ZERO;
        if date < self.end {
            let month = Days::new(date.first_of_month(), next_day(date.last_of_month()));
            let (seconds, standings) = (self.seconds(month), self.stages.at(date));
            let k = self.ok("run rate", self.months.index_of(date))?;
            for segment in self.segments(k)?.iter().filter(|s| s.days.contains(date)) {
                let price = &self.lease.fees[segment.phase].price;
                let part = month_price(price, segment, standings, seconds);
                sum = self.ok("run rate", part.and_then(|part| sum.checked_add(part)))?;
            }
        }
        Ok(Money::from_exact(sum, self.lease.currency, self.lease.rules.rounding))
    }
}

/// A month of `price` as the tranches stand.
fn month_price(
    price: &Price,
    segment: &Segment,
    standings: &[Standing],
    month_seconds: u128,
) -> Result<Ratio, Overflow> {
    let delivered: u128 =
        covered(segment, standings).map(|(_, standing)| u128::from(standing.delivered)).sum();
    match price {
        Price::Undisclosed => Ok(Ratio::ZERO),
        Price::PerAcceleratorHour { minor } => hours_at(*minor, delivered * month_seconds),
        Price::Monthly { amount, share } => {
            let whole = amount.exact()?.checked_mul(*share)?;
            match promised(segment, standings) {
                0 => Ok(whole),
                promised => whole.checked_mul(count(delivered)?)?.checked_div(count(promised)?),
            }
        }
    }
}
