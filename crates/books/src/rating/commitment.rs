//! Minimum commitments: what falls short of one is charged as a true-up.
//!
//! A true-up is what was committed less what was charged, rounded as it was charged: together they
//! come to the commitment exactly. Use that arrives late raises the one and lowers the other.

use leasehold_contract::lease::{Commitment, CommitmentCounts, DayCount};
use leasehold_types::{Date, Money, Overflow, Ratio, days_between, months_boundary};

use super::{ChargeKind, Head, Quantity, RatedLine, Working};

/// A period of a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommitmentPeriod {
    pub(crate) name: String,
    pub(crate) counts: CommitmentCounts,
    pub(crate) from: Date,
    pub(crate) until: Date,
    pub(crate) every_months: u16,
    /// The first day after the whole period; `until` is earlier where the lease ends before.
    whole_until: Date,
}

impl CommitmentPeriod {
    /// The periods of `commitment` that begin before `ends` and end after `after`.
    pub(crate) fn of(
        commitment: &Commitment,
        after: Date,
        ends: Date,
    ) -> Result<Vec<CommitmentPeriod>, Overflow> {
        let last = commitment.until.map_or(ends, |until| until.min(ends));
        let every = i32::from(commitment.every_months.max(1));
        let mut periods = Vec::new();
        for n in 0_i32.. {
            let begins = n.checked_mul(every).ok_or(Overflow::of("a date"))?;
            let from = months_boundary(commitment.from, begins)?;
            let whole_until = months_boundary(commitment.from, begins + every)?;
            if from >= last {
                break;
            }
            if whole_until > after {
                periods.push(CommitmentPeriod {
                    name: commitment.name.clone(),
                    counts: commitment.counts,
                    from,
                    until: whole_until.min(last),
                    every_months: commitment.every_months,
                    whole_until,
                });
            }
        }
        Ok(periods)
    }

    /// The head under which its true-up is billed.
    pub(crate) fn head(&self) -> Head {
        Head {
            period: self.from,
            kind: ChargeKind::CommitmentTrueUp,
            tranche: None,
            phase: None,
            name: Some(self.name.clone()),
        }
    }

    /// What is committed over the days of this period from `from` to before `until`.
    pub(crate) fn committed(
        &self,
        amount: Money,
        count: DayCount,
        from: Date,
        until: Date,
    ) -> Result<Ratio, Overflow> {
        let whole = match count {
            DayCount::None => days_between(self.from, self.until),
            _ => days_between(self.from, self.whole_until),
        };
        let part = days_between(from, until).max(0);
        let share = Ratio::new(i128::from(part), i128::from(whole.max(1)))
            .map_err(|_| Overflow::of("a share of a commitment"))?;
        amount.exact()?.checked_mul(share)
    }

    /// The true-up: what was committed less what was charged, not below zero. `None` where the
    /// commitment was reached.
    pub(crate) fn true_up(
        &self,
        committed: Ratio,
        charged: Money,
        rounding: leasehold_types::Rounding,
        invoiced_on: Date,
    ) -> Result<Option<RatedLine>, Overflow> {
        let exact = committed.checked_sub(charged.exact()?)?;
        if exact <= Ratio::ZERO {
            return Ok(None);
        }
        let currency = charged.currency();
        let committed = Money::from_exact(committed, currency, rounding);
        let working = Working::by("minimum commitment, `commitment`")
            .with("commitment", &self.name)
            .with("committed", committed)
            .with("charged", charged)
            .saying(format!("{committed} committed less {charged} charged"));
        Ok(Some(RatedLine {
            head: self.head(),
            phase: None,
            from: self.from,
            until: self.until,
            exact,
            amount: Money::from_exact(exact, currency, rounding),
            quantity: Quantity::ONE,
            price: None,
            disclosed: true,
            invoiced_on,
            due_on: None,
            working,
        }))
    }
}
