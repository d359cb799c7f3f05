//! What a lease owes for a period: the contract's lines of every version that governs in it, and
//! what the books add.

use std::collections::BTreeMap;

use leasehold_contract::lease::{
    Availability, AvailabilityBasis, CommitmentCounts, Excuse, Overage,
};
use leasehold_contract::{Evaluation, Facts};
use leasehold_types::{Date, Instant, Money, Overflow, Period, Ratio, Tokens};

use crate::event::ExcusedBecause;
use crate::rating::{
    Above, BillingDays, ChargeKind, CommitmentPeriod, Head, Measured, Quantity, QuantityUnit,
    RatedLine, Steps, TaxClass, TrancheHistory, UsageStore, Watched, Working, above, fee_lines,
    ladder_credit, measure_watched, steps_of,
};
use crate::{BooksError, Trouble};

use super::known::Known;
use super::plan::rounding_on;
use super::versions::Span;

/// Tokens by which they are priced.
const TOKENS_PER_PRICE: i64 = 1_000_000;

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// A lease, prepared to be rated as it is known.
pub(crate) struct Rater<'a> {
    pub(crate) known: &'a Known,
    pub(crate) evaluations: Vec<Evaluation<'a>>,
    usage: &'a UsageStore,
}

impl<'a> Rater<'a> {
    pub(crate) fn new(known: &'a Known, usage: &'a UsageStore) -> Result<Self, BooksError> {
        let evaluate = |span: &'a Span| span.lease.evaluate(&span.facts);
        let evaluations = known.spans.iter().map(evaluate).collect::<Result<_, _>>()?;
        Ok(Rater { known, evaluations, usage })
    }

    /// Each version, with the days of `from <= day < until` that it governs.
    pub(super) fn versions(
        &self,
        from: Date,
        until: Date,
    ) -> impl Iterator<Item = (&Span, &Evaluation<'a>, Date, Date)> {
        let all = self.known.spans.iter().zip(&self.evaluations);
        all.map(move |(span, evaluation)| {
            (span, evaluation, from.max(span.from), until.min(span.until))
        })
        .filter(|(_, _, from, until)| from < until)
    }

    /// The boundaries of the billing periods over all versions, in order. A period that an
    /// amendment cuts goes on under the new version, to that version's next boundary.
    pub(crate) fn boundaries(&self) -> Result<Vec<Date>, BooksError> {
        let mut all = Vec::new();
        let mut last: Vec<Date> = Vec::new();
        for (span, evaluation) in self.known.spans.iter().zip(&self.evaluations) {
            let own = evaluation.billing_boundaries()?;
            if own.first() == Some(&span.from) || last.contains(&span.from) {
                all.push(span.from);
            }
            let within = own.iter().filter(|date| span.from < **date && **date < span.until);
            all.extend(within.copied());
            last = own;
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// Every line of the billing period `from <= day < until` but those of commitments.
    pub(crate) fn period(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = self.fees(from, until)?;
        lines.extend(self.variable(from, until)?);
        Ok(lines)
    }

    /// The lines of the period that come from the contract's schedule.
    pub(crate) fn fees(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = Vec::new();
        for (_, evaluation, first, end) in self.versions(from, until) {
            lines.extend(fee_lines(evaluation, BillingDays { from, until }, first, end)?);
        }
        Ok(lines)
    }

    /// The lines of the period that do not come from the contract's schedule.
    pub(crate) fn variable(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = self.usage_lines(from, from, until)?;
        lines.extend(self.service_lines(from, until)?);
        Ok(lines)
    }

    /// What was used on `from <= day < until`, priced, under the period that begins on `period`.
    pub(crate) fn usage_lines(
        &self,
        period: Date,
        from: Date,
        until: Date,
    ) -> Result<Vec<RatedLine>, BooksError> {
        let mut sorts: Vec<Priced> = Vec::new();
        for (span, evaluation, first, end) in self.versions(from, until) {
            let days = self.known.period(first, end);
            if self.usage.range(days.start()..days.end()).next().is_none() {
                continue;
            }
            let used = self
                .above(evaluation, &span.facts, days)
                .map_err(|trouble| trouble.at(&span.lease.id, format!("use, {first} to {end}")))?;
            price(&mut sorts, used, span.lease.overage.as_ref())
                .map_err(|trouble| trouble.at(&span.lease.id, format!("use, {first} to {end}")))?;
        }
        let rules = &self.known.lease_on(from).rules;
        let currency = self.known.spans[0].lease.currency;
        let line = |sort: Priced| RatedLine {
            head: Head { period, kind: sort.kind, tranche: None, phase: None, name: None },
            phase: None,
            from,
            until,
            exact: sort.exact,
            amount: Money::from_exact(sort.exact, currency, rules.rounding),
            quantity: Quantity { value: sort.quantity, unit: sort.unit },
            price: sort.price,
            disclosed: true,
            invoiced_on: until,
            due_on: None,
            working: sort.working(),
        };
        Ok(sorts.into_iter().filter(|sort| !sort.quantity.is_zero()).map(line).collect())
    }

    fn above(
        &self,
        evaluation: &Evaluation<'_>,
        facts: &Facts,
        days: Period,
    ) -> Result<Above, Trouble> {
        let steps = steps_of(evaluation, facts, days).map_err(|error| error.trouble)?;
        Ok(above(self.usage, days, |hour| entitled(&steps, hour))?)
    }

    /// Credits for availability of the months in `from <= day < until`.
    fn service_lines(&self, from: Date, until: Date) -> Result<Vec<RatedLine>, BooksError> {
        let mut lines = Vec::new();
        let (first, evaluation) = match self.versions(from, until).next() {
            Some((span, evaluation, ..)) => (span, evaluation),
            None => return Ok(lines),
        };
        let service = first.lease.service.as_ref().and_then(|s| s.availability.as_ref());
        let Some(rule) = service else { return Ok(lines) };
        for (month, next) in evaluation.fee_months(from, until)? {
            if self.is_healthy(rule, month, next) {
                continue;
            }
            let groups = self.groups(rule, month, next);
            for (pool, watched) in groups {
                let at = |trouble: Trouble| {
                    trouble.at(&first.lease.id, format!("availability, {month} to {next}"))
                };
                let credit =
                    self.credit(rule, pool.as_deref(), &watched, month, next).map_err(at)?;
                lines.extend(credit.map(|(exact, working)| RatedLine {
                    head: Head {
                        period: month,
                        kind: ChargeKind::ServiceCredit,
                        tranche: None,
                        phase: None,
                        name: pool.clone(),
                    },
                    phase: None,
                    from: month,
                    until: next,
                    exact,
                    amount: Money::from_exact(
                        exact,
                        first.lease.currency,
                        first.lease.rules.rounding,
                    ),
                    quantity: Quantity::ONE,
                    price: None,
                    disclosed: true,
                    invoiced_on: until,
                    due_on: None,
                    working,
                }));
            }
        }
        Ok(lines)
    }

    /// Whether nothing happened in the month that could lower availability: the usual case, found
    /// without measuring.
    fn is_healthy(&self, rule: &Availability, from: Date, until: Date) -> bool {
        let month = self.known.period(from, until);
        let down = self
            .known
            .health
            .iter()
            .any(|(_, history)| history.outages.iter().any(|(span, ..)| span.overlaps(month)));
        let excused = rule.excused.contains(&Excuse::Recall);
        let taken = self.versions(from, until).any(|(span, ..)| {
            let takings = span.facts.takings.iter().filter(|t| t.period.overlaps(month));
            takings.into_iter().any(|t| !(excused && t.within_clause))
        });
        !down && !taken
    }

    /// What is measured together: everything, or each pool by itself.
    fn groups(
        &self,
        rule: &Availability,
        from: Date,
        until: Date,
    ) -> Vec<(Option<String>, Vec<String>)> {
        let mut groups: Vec<(Option<String>, Vec<String>)> = Vec::new();
        for (span, ..) in self.versions(from, until) {
            for tranche in &span.lease.tranches {
                let pool = match rule.basis {
                    AvailabilityBasis::MonthFee => None,
                    AvailabilityBasis::PoolFee => Some(tranche.pool.to_string()),
                };
                let found = groups.iter().position(|(known, _)| *known == pool);
                let i = found.unwrap_or_else(|| {
                    groups.push((pool, Vec::new()));
                    groups.len() - 1
                });
                if !groups[i].1.iter().any(|id| *id == tranche.id.as_str()) {
                    groups[i].1.push(tranche.id.to_string());
                }
            }
        }
        groups
    }

    fn credit(
        &self,
        rule: &Availability,
        pool: Option<&str>,
        tranches: &[String],
        from: Date,
        until: Date,
    ) -> Result<Option<(Ratio, Working)>, Trouble> {
        let measured = self.measured(rule, tranches, from, until)?;
        let share = match pool {
            None => Ratio::ONE,
            Some(_) => self.share_of(rule, measured, from, until)?,
        };
        let fee = self.fee_due(from, until)?;
        let (credit, working) = ladder_credit(rule, measured, fee, share)?;
        let exact = Ratio::ZERO.checked_sub(credit)?;
        Ok((!exact.is_zero()).then_some((exact, working)))
    }

    /// The share of a group in all committed accelerator-time of the month.
    fn share_of(
        &self,
        rule: &Availability,
        group: Measured,
        from: Date,
        until: Date,
    ) -> Result<Ratio, Trouble> {
        let mut all = Measured::default();
        for (_, tranches) in self.groups(rule, from, until) {
            all = all.plus(self.measured(rule, &tranches, from, until)?)?;
        }
        let part = |value: u128| i128::try_from(value).map_err(|_| Overflow::of("a share"));
        let (top, bottom) = (part(group.committed)?, part(all.committed)?.max(1));
        Ratio::new(top, bottom).map_err(|_| Overflow::of("a share").into())
    }

    fn measured(
        &self,
        rule: &Availability,
        tranches: &[String],
        from: Date,
        until: Date,
    ) -> Result<Measured, Trouble> {
        let mut sum = Measured::default();
        let origin = self.known.start_of(from);
        for (span, evaluation, first, end) in self.versions(from, until) {
            let days = self.known.period(first, end);
            let steps = steps_of(evaluation, &span.facts, days).map_err(|e| e.trouble)?;
            let excused = self.excused_recalls(rule, span, days)?;
            let mine = |steps: &&Steps| tranches.iter().any(|id| *id == steps.tranche.as_str());
            let histories: Vec<TrancheHistory> =
                steps.iter().filter(mine).map(|steps| self.history(rule, steps)).collect();
            let of = |steps: &Steps| excused.iter().find(|e| e.tranche == steps.tranche);
            let watched: Vec<Watched<'_>> = steps
                .iter()
                .filter(mine)
                .zip(&histories)
                .map(|(steps, history)| Watched { steps, excused_recalls: of(steps), history })
                .collect();
            sum = sum.plus(measure_watched(&watched, days, origin, rule.interval)?)?;
        }
        Ok(sum)
    }

    /// How the tranches stand with those recalls only that are excused.
    fn excused_recalls(
        &self,
        rule: &Availability,
        span: &Span,
        days: Period,
    ) -> Result<Vec<Steps>, Trouble> {
        if !rule.excused.contains(&Excuse::Recall) {
            return Ok(Vec::new());
        }
        let mut facts = span.facts.clone();
        facts.takings.retain(|taking| taking.within_clause);
        let evaluation = span.lease.evaluate(&facts).map_err(|e| BooksError::from(e).trouble)?;
        steps_of(&evaluation, &facts, days).map_err(|e| e.trouble)
    }

    fn history(&self, rule: &Availability, steps: &Steps) -> TrancheHistory {
        let found = self.known.health.iter().find(|(id, _)| *id == steps.tranche);
        let mut history = found.map(|(_, history)| history.clone()).unwrap_or_default();
        let accepted = |because| {
            rule.excused.contains(&match because {
                ExcusedBecause::Maintenance => Excuse::Maintenance,
                ExcusedBecause::TenantFault => Excuse::TenantFault,
                ExcusedBecause::ForceMajeure => Excuse::ForceMajeure,
            })
        };
        let about = self.known.excusals.iter().filter(|e| {
            accepted(e.because) && e.tranche.as_ref().is_none_or(|id| *id == steps.tranche)
        });
        history.excuses = about.map(|e| (e.period, e.units)).collect();
        history
    }

    /// The fee owed on `from <= day < until`, exact, over all versions.
    pub(crate) fn fee_due(&self, from: Date, until: Date) -> Result<Ratio, Trouble> {
        let mut sum = Ratio::ZERO;
        for (_, evaluation, first, end) in self.versions(from, until) {
            let fee = evaluation.fee_due(first, end).map_err(|e| BooksError::from(e).trouble)?;
            sum = sum.checked_add(fee)?;
        }
        Ok(sum)
    }

    /// The periods of every commitment that end after `after` and no later than `by`.
    pub(crate) fn commitment_periods(
        &self,
        after: Date,
        by: Date,
        ends: Date,
    ) -> Result<Vec<CommitmentPeriod>, BooksError> {
        let mut periods: Vec<CommitmentPeriod> = Vec::new();
        for span in &self.known.spans {
            for commitment in &span.lease.commitments {
                let at = |overflow: Overflow| {
                    let line = format!("commitment `{}`", commitment.name);
                    Trouble::from(overflow).at(&span.lease.id, line)
                };
                for period in CommitmentPeriod::of(commitment, after, ends).map_err(at)? {
                    let governs = span.from <= period.from && period.from < span.until;
                    let governs = governs || span.from == Date::MIN && period.from < span.until;
                    if governs && period.until <= by {
                        periods.push(period);
                    }
                }
            }
        }
        Ok(periods)
    }

    /// The true-up of a commitment's period, where less was charged.
    pub(crate) fn true_up(
        &self,
        period: &CommitmentPeriod,
        boundaries: &[Date],
    ) -> Result<Option<RatedLine>, BooksError> {
        let lease = self.known.lease_on(period.from);
        let line = format!("commitment `{}`, {} to {}", period.name, period.from, period.until);
        let charged = self.charged(period, boundaries)?;
        let sum = || -> Result<Option<RatedLine>, Trouble> {
            let committed = self.committed(period)?;
            let charged = Money::sum(lease.currency, charged.iter().copied())?;
            Ok(period.true_up(committed, charged, lease.rules.rounding, period.until)?)
        };
        sum().map_err(|trouble| trouble.at(&lease.id, line))
    }

    /// What is committed in that period, over all versions.
    pub(crate) fn committed(&self, period: &CommitmentPeriod) -> Result<Ratio, Trouble> {
        let mut committed = Ratio::ZERO;
        for (span, _, from, until) in self.versions(period.from, period.until) {
            let named = span.lease.commitments.iter().find(|c| c.name == period.name);
            if let Some(commitment) = named {
                let count = span.lease.rules.proration;
                let part = period.committed(commitment.amount, count, from, until)?;
                committed = committed.checked_add(part)?;
            }
        }
        Ok(committed)
    }

    /// What counts towards the commitment, rounded as it is charged: by billing period.
    fn charged(
        &self,
        period: &CommitmentPeriod,
        boundaries: &[Date],
    ) -> Result<Vec<Money>, BooksError> {
        let inner = boundaries.iter().filter(|date| period.from < **date && **date < period.until);
        let mut cuts = vec![period.from];
        cuts.extend(inner);
        cuts.push(period.until);
        let mut charged = Vec::new();
        for pair in cuts.windows(2) {
            let mut lines = self.usage_lines(pair[0], pair[0], pair[1])?;
            if period.counts == CommitmentCounts::Everything {
                let days = BillingDays { from: pair[0], until: pair[1] };
                for (_, evaluation, from, until) in self.versions(pair[0], pair[1]) {
                    let fees = fee_lines(evaluation, days, from, until)?;
                    lines.extend(fees.into_iter().filter(|line| {
                        line.head.kind.revenue() == crate::ledger::RevenueKind::Fees
                    }));
                }
            }
            charged.extend(self.rounded(lines).map_err(|trouble| {
                let line = format!("commitment `{}`, {} to {}", period.name, pair[0], pair[1]);
                trouble.at(&self.known.spans[0].lease.id, line)
            })?);
        }
        Ok(charged)
    }

    /// What the lines come to as they are billed: each head rounded once, class by class.
    fn rounded(&self, lines: Vec<RatedLine>) -> Result<Vec<Money>, Trouble> {
        let mut sums: BTreeMap<(Head, TaxClass), Ratio> = BTreeMap::new();
        for line in lines {
            let class = self.known.class_of(&line);
            let sum = sums.entry((line.head, class)).or_insert(Ratio::ZERO);
            *sum = sum.checked_add(line.exact)?;
        }
        let currency = self.known.spans[0].lease.currency;
        let rounded = sums.into_iter().map(|((head, _), sum)| {
            Money::from_exact(sum, currency, rounding_on(self.known, head.period))
        });
        Ok(rounded.collect())
    }

    /// Use of `from <= day < until`, exact minor units, for recognition before a period ends.
    pub(crate) fn usage_exact(&self, from: Date, until: Date) -> Result<Ratio, BooksError> {
        let lines = self.usage_lines(from, from, until)?;
        let sum = lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.checked_add(line.exact));
        let id = &self.known.spans[0].lease.id;
        sum.map_err(|e| Trouble::from(e).at(id, format!("use, {from} to {until}")))
    }

    /// The first instant of `date`.
    pub(crate) fn start_of(&self, date: Date) -> Instant {
        self.known.start_of(date)
    }
}

/// Accelerator-seconds that the tenant may use in `span`.
fn entitled(steps: &[Steps], span: Period) -> u128 {
    let mut sum = 0_u128;
    for tranche in steps {
        let mut at = span.start();
        let next = tranche.steps.partition_point(|(instant, _)| *instant <= at);
        let inner = tranche.steps[next..].iter().map(|(instant, _)| *instant);
        for cut in inner.take_while(|instant| *instant < span.end()).chain([span.end()]) {
            let seconds = u128::from(cut.since(at).0.unsigned_abs());
            sum = sum.saturating_add(u128::from(tranche.at(at).entitled.0) * seconds);
            at = cut;
        }
    }
    sum
}

/// Use of one sort, priced.
struct Priced {
    kind: ChargeKind,
    unit: QuantityUnit,
    quantity: Ratio,
    exact: Ratio,
    /// `None` where it had several.
    price: Option<Ratio>,
    used: u128,
}

impl Priced {
    fn working(&self) -> Working {
        let mut working = Working::by(match self.unit {
            QuantityUnit::AcceleratorHour => "use above the entitlement, `overage`",
            _ => "use by token, `overage.tokens`",
        });
        let unit = match self.unit {
            QuantityUnit::AcceleratorHour => {
                let used =
                    Ratio::new(i128::try_from(self.used).unwrap_or(i128::MAX), HOUR_S.into());
                if let Ok(used) = used {
                    working = working.with("used", format!("{used} accelerator-hours"));
                }
                "accelerator-hours"
            }
            _ => "million tokens",
        };
        working = working.with("charged", format!("{} {unit}", self.quantity));
        match self.price {
            Some(price) => working
                .with("price", format!("{price} minor units for one"))
                .saying(format!("{} {unit} at {price} minor units", self.quantity)),
            None => working.saying(format!("{} {unit} at several prices", self.quantity)),
        }
    }
}

/// Adds the use of one version at its prices.
fn price(sorts: &mut Vec<Priced>, used: Above, overage: Option<&Overage>) -> Result<(), Trouble> {
    let hours = overage.and_then(|o| o.minor_per_accelerator_hour);
    let tokens = overage.and_then(|o| o.tokens.as_ref());
    let count = |value: u128| {
        let value = i128::try_from(value).map_err(|_| Overflow::of("a quantity"))?;
        Ratio::new(value, 1).map_err(|_| Overflow::of("a quantity"))
    };
    let wide = |tokens: Tokens| u128::from(tokens.0);
    let (hour, million) = (Ratio::whole(HOUR_S), Ratio::whole(TOKENS_PER_PRICE));
    let (time, token) = (QuantityUnit::AcceleratorHour, QuantityUnit::MillionTokens);
    let all = [
        (ChargeKind::AcceleratorOverage, time, used.above, hour, hours, used.used),
        (
            ChargeKind::TokensInput,
            token,
            wide(used.tokens.input),
            million,
            tokens.map(|t| t.input),
            0,
        ),
        (
            ChargeKind::TokensCached,
            token,
            wide(used.tokens.cached),
            million,
            tokens.map(|t| t.cached),
            0,
        ),
        (
            ChargeKind::TokensOutput,
            token,
            wide(used.tokens.output),
            million,
            tokens.map(|t| t.output),
            0,
        ),
    ];
    for (kind, unit, amount, per, price, all_used) in all {
        if amount == 0 {
            continue;
        }
        let price = price.ok_or_else(|| Trouble::MissingRate(kind.to_string()))?;
        let quantity = count(amount)?.checked_div(per)?;
        let exact = quantity.checked_mul(price)?;
        match sorts.iter_mut().find(|sort| sort.kind == kind) {
            Some(sort) => {
                sort.quantity = sort.quantity.checked_add(quantity)?;
                sort.exact = sort.exact.checked_add(exact)?;
                sort.price = sort.price.filter(|other| *other == price);
                sort.used = sort.used.saturating_add(all_used);
            }
            None => {
                let (price, used) = (Some(price), all_used);
                sorts.push(Priced { kind, unit, quantity, exact, price, used });
            }
        }
    }
    Ok(())
}
