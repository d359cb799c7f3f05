//! Minimum commitments: their periods, what counts towards them, their true-ups.

use std::collections::BTreeMap;

use leasehold_contract::lease::CommitmentCounts;
use leasehold_types::{Date, Money, Overflow, Ratio};

use crate::book::plan::rounding_on;
use crate::ledger::RevenueKind;
use crate::rating::{BillingDays, CommitmentPeriod, Head, RatedLine, TaxClass, fee_lines};
use crate::{BooksError, Trouble};

use super::Rater;

impl Rater<'_> {
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
                    lines.extend(
                        fees.into_iter()
                            .filter(|line| line.head.kind.revenue() == RevenueKind::Fees),
                    );
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
}
