//! The four lines, computed.

use leasehold_types::{Date, Instant, Money, Overflow, Ratio};

use super::horizon::{Committed, Governing, Horizon};
use super::{Band, ExpedientUsed, FourLines, RunRateBridge, reconcile};
use crate::entitlement::timeline::Standing;
use crate::exact::{Days, count, fraction, next_day};
use crate::lease::{Expedient, Price, Recognition};
use crate::notice::NoticeBook;
use crate::schedule::evaluation::{covered, hours_at, promised};
use crate::schedule::segment::Segment;
use crate::schedule::{Evaluation, LineKind};
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
        Horizon::of(self, facts, book, as_of)?.four_lines()
    }
}

impl Horizon<'_> {
    /// The four lines; see [`Lease::four_lines`]. Each version prices the days that it governs.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn four_lines(&self) -> Result<FourLines, EvalError> {
        self.lines_of(&self.committed()?)
    }

    /// The four lines, and when the non-cancellable value and the RPO fall due: the bands between
    /// `cuts`, days in order, the first from the reporting date on, the last to the end. They add
    /// up to their line exactly.
    ///
    /// The non-cancellable value falls into the band of the days that it pays for, and so does the
    /// RPO; what was delivered and is recognised later, or the other way round, is in the first
    /// band. In a straight line the RPO is spread evenly by day to the end of the enforceable term.
    ///
    /// # Errors
    /// As [`Horizon::four_lines`].
    pub fn maturity(&self, cuts: &[Date]) -> Result<(FourLines, Vec<Band>), EvalError> {
        let committed = self.committed()?;
        let four = self.lines_of(&committed)?;
        let bands = self.bands(&committed, &four, cuts)?;
        Ok((four, bands))
    }

    fn lines_of(&self, committed: &Committed<'_>) -> Result<FourLines, EvalError> {
        let stated = self.priced(|facts| facts.ends = None)?;
        let from = if self.is_over() { Date::MAX } else { self.today };
        let (headline, undisclosed) = stated.sum(from, Date::MAX)?;
        let to_term_end = committed.ending.before(self.today, Date::MAX)?;
        let (now, line) = (&committed.ending.parts[0].0, "disclosures");
        let after_term = now.ok(line, headline.checked_sub(to_term_end))?;
        let recallable = committed.recallable(self.today, Date::MAX)?;
        let non_cancellable = now.ok(line, to_term_end.checked_sub(recallable))?;
        let timing = self.timing(committed)?;
        let expedients = self.expedients(committed, non_cancellable, timing)?;
        let amounts = Amounts { headline, after_term, recallable, timing, expedients };
        let reconciliation = now.ok(line, reconcile::lines(&amounts, &committed.enforceable))?;
        let sums: Vec<Money> =
            reconciliation.iter().filter(|line| line.is_sum).map(|line| line.amount).collect();
        let run_rate_month = now.run_rate(self.today)?;
        Ok(FourLines {
            as_of: self.as_of,
            headline_value: headline,
            non_cancellable_value: non_cancellable,
            rpo: sums.last().copied().unwrap_or(non_cancellable),
            run_rate_month,
            contract_value: stated.scheduled()?,
            enforceable: committed.enforceable.clone(),
            undisclosed,
            expedients: amounts.expedients,
            reconciliation,
            bridge: self.bridge(committed, run_rate_month, non_cancellable)?,
        })
    }

    /// How many months at the run rate there are to the end of the enforceable term, and what
    /// that leaves over.
    fn bridge(
        &self,
        committed: &Committed<'_>,
        run_rate: Money,
        value: Money,
    ) -> Result<RunRateBridge, EvalError> {
        let now = &committed.ending.parts[0].0;
        let span = Days::new(self.today, committed.enforceable.term_end);
        let work = || -> Result<RunRateBridge, Problem> {
            let mut months = Ratio::ZERO;
            for k in now.months.touched(span)? {
                let month = now.months.month(k)?;
                let part = month.within(span).count();
                months = months.checked_add(fraction(part.into(), month.count().into())?)?;
            }
            let exact = run_rate.exact()?.checked_mul(months)?;
            let rounding = now.lease.rules.rounding;
            let at_run_rate = Money::from_exact(exact, run_rate.currency(), rounding);
            let difference = value.checked_sub(at_run_rate)?;
            Ok(RunRateBridge { months, at_run_rate, difference })
        };
        now.ok("disclosures, run rate", work())
    }

    /// What was delivered before the reporting date closed less what is recognised of it.
    fn timing(&self, committed: &Committed<'_>) -> Result<Money, EvalError> {
        let (now, ending) = (self.now(), &committed.ending.parts[0].0);
        let difference = match self.behind {
            Some(behind) => behind,
            None if now.lease.accounting.recognition == Recognition::AsDelivered => Ratio::ZERO,
            None => {
                let start = now.lease.start_of(self.today);
                let delivered = ending.accrued(Instant::MIN, start)?;
                let term_end = committed.enforceable.term_end;
                let recognised = now.lease.recognised_by(ending, term_end, start)?;
                ending.ok("disclosures, timing", delivered.checked_sub(recognised))?
            }
        };
        Ok(Money::from_exact(difference, now.lease.currency, now.lease.rules.rounding))
    }

    /// The expedients in the order in which they apply, each on what the earlier ones left.
    fn expedients(
        &self,
        committed: &Committed<'_>,
        non_cancellable: Money,
        timing: Money,
    ) -> Result<Vec<ExpedientUsed>, EvalError> {
        let (now, ending) = (self.now(), &committed.ending.parts[0].0);
        let mut left = ending.ok("disclosures, RPO", non_cancellable.checked_add(timing))?;
        let mut used = Vec::new();
        let mut in_use = now.lease.accounting.expedients.clone();
        in_use.sort();
        in_use.dedup();
        for expedient in in_use {
            let (left_out, reason) = match expedient {
                Expedient::OneYearOrLess => now.one_year_or_less(left)?,
                Expedient::RightToInvoice => now.right_to_invoice(left),
                Expedient::VariableUsage => {
                    let usage = self.usage_before(committed, Date::MAX)?;
                    let most = if left.is_negative() { Money::zero(left.currency()) } else { left };
                    let usage = if usage.minor() > most.minor() { most } else { usage };
                    (usage, "fees priced by the accelerator-hour".to_owned())
                }
            };
            left = ending.ok("disclosures, RPO", left.checked_sub(left_out))?;
            used.push(ExpedientUsed { expedient, left_out, reason });
        }
        Ok(used)
    }

    /// ASC 606-10-50-14A: what is priced by the hour, from the reporting date to before `cut`.
    pub(super) fn usage_before(
        &self,
        committed: &Committed<'_>,
        cut: Date,
    ) -> Result<Money, EvalError> {
        let mut usage = Ratio::ZERO;
        for (evaluation, days) in &committed.ending.parts {
            let days = days.within(Days::new(self.today, cut));
            evaluation.visit_fees(days, &mut |part| {
                let price = &evaluation.lease.fees[part.segment.phase].price;
                if matches!(price, Price::PerAcceleratorHour { .. }) && part.kind == LineKind::Fee {
                    usage = usage.checked_add(part.minor)?;
                }
                Ok(())
            })?;
        }
        let lease = &self.now().lease;
        Ok(Money::from_exact(usage, lease.currency, lease.rules.rounding))
    }
}

impl Governing<'_> {
    /// ASC 606-10-50-14(a): by the duration that was enforceable when the lease was signed.
    fn one_year_or_less(&self, left: Money) -> Result<(Money, String), EvalError> {
        let lease = &self.lease;
        let signed = lease.start_of(lease.signed);
        let end = lease.term_end(&NoticeBook::default(), signed)?.term_end;
        let first = lease.tranches.iter().map(|t| t.delivery).min().unwrap_or(lease.anchor);
        let year = leasehold_types::months_boundary(first, 12);
        let year = year.map_err(|e| Problem::from(e).at(&lease.id, "disclosures, expedients"))?;
        Ok(if end <= year {
            (left, format!("when it was signed it was enforceable to {end}: a year or less"))
        } else {
            let reason = format!("when it was signed it was enforceable to {end}: over a year");
            (Money::zero(lease.currency), reason)
        })
    }

    /// ASC 606-10-50-14(b): only where revenue is recognised as invoiced.
    fn right_to_invoice(&self, left: Money) -> (Money, String) {
        if self.lease.accounting.recognition == Recognition::AsInvoiced {
            (left, "revenue is recognised as invoiced".to_owned())
        } else {
            let reason = "revenue is not recognised as invoiced, so it leaves out nothing";
            (Money::zero(self.lease.currency), reason.to_owned())
        }
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
