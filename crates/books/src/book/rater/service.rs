//! Credits for availability, month by month.

use leasehold_contract::lease::{Availability, AvailabilityBasis, Excuse};
use leasehold_types::{Date, Money, Overflow, Period, Ratio};

use crate::event::ExcusedBecause;
use crate::rating::{
    ChargeKind, Head, Measured, Quantity, RatedLine, Steps, TrancheHistory, Watched, Working,
    ladder_credit, measure_watched, steps_of,
};
use crate::{BooksError, Trouble};

use super::Rater;
use crate::book::versions::Span;

impl Rater<'_> {
    /// Credits for availability of the months in `from <= day < until`.
    pub(super) fn service_lines(
        &self,
        from: Date,
        until: Date,
    ) -> Result<Vec<RatedLine>, BooksError> {
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
        let currency = self.known.spans[0].lease.currency;
        let (credit, working) = ladder_credit(rule, measured, fee, share, currency)?;
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
}
