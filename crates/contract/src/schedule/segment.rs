//! Fee phases cut by fee months, each part with its price for a day or an hour.
//!
//! Within a segment every civil day costs the same, so a sum over days is one product.

use leasehold_types::{Date, Overflow, Ratio};

use crate::exact::{Days, count};
use crate::lease::{Covers, FeePhase, Lease, Price};
use crate::schedule::months::{Counted, FeeMonths};

/// Part of a phase within one fee month.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// The month's number.
    pub(crate) month: i32,
    /// The days that it covers.
    pub(crate) days: Days,
    /// The phase, by its place in the lease.
    pub(crate) phase: usize,
    /// The tranche that it charges for; all of them where absent.
    pub(crate) tranche: Option<usize>,
    /// What it charges.
    pub(crate) rate: Rate,
    /// How its days count in the month.
    pub(crate) counted: Counted,
}

/// What a segment charges.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rate {
    /// Minor units for each civil day, for all units promised.
    Daily(Ratio),
    /// Minor units for each accelerator-hour delivered.
    Hourly(Ratio),
    /// Owed but not disclosed.
    Undisclosed,
}

impl Segment {
    /// Whether it charges for `tranche` on `date`.
    pub(crate) fn charges(&self, date: Date, tranche: usize) -> bool {
        self.days.contains(date) && self.tranche.is_none_or(|only| only == tranche)
    }
}

/// The phases of one cover, each with the days on which it applies.
#[derive(Debug, Clone)]
pub(crate) struct Cover {
    tranche: Option<usize>,
    days: Days,
    phases: Vec<(usize, Days)>,
}

/// The covers of `lease`, the whole first, then the tranches in their order. `spans` are the days
/// of each tranche; nothing is charged from `end` on.
pub(crate) fn covers(lease: &Lease, spans: &[Days], end: Date) -> Vec<Cover> {
    let whole = std::iter::once((None, Days::new(Date::MIN, end)));
    let by_tranche = spans.iter().enumerate().map(|(i, span)| (Some(i), *span));
    let cover = |(tranche, limit): (Option<usize>, Days)| {
        let id = tranche.map(|i: usize| &lease.tranches[i].id);
        let mut of_it: Vec<(usize, &FeePhase)> =
            lease.fees.iter().enumerate().filter(|(_, phase)| covers_it(phase, id)).collect();
        of_it.sort_by_key(|(_, phase)| phase.from);
        let first = of_it.first()?.1.from;
        let until = |i: usize| of_it.get(i + 1).map_or(limit.until, |(_, next)| next.from);
        let phases = of_it.iter().enumerate();
        let phases = phases.map(|(i, (p, phase))| (*p, Days::new(phase.from, until(i))));
        let phases = phases.map(|(p, days)| (p, days.within(limit))).collect();
        let days = Days::new(first, limit.until).within(limit);
        Some(Cover { tranche, days, phases })
    };
    whole.chain(by_tranche).filter_map(cover).collect()
}

fn covers_it(phase: &FeePhase, tranche: Option<&leasehold_types::TrancheId>) -> bool {
    match (&phase.covers, tranche) {
        (Covers::Whole, None) => true,
        (Covers::Tranche(id), Some(tranche)) => id == tranche,
        _ => false,
    }
}

impl Cover {
    /// The days on which some phase applies.
    pub(crate) fn days(&self) -> Days {
        self.days
    }

    /// Adds the segments of month `k`.
    pub(crate) fn cut(
        &self,
        lease: &Lease,
        months: &FeeMonths,
        k: i32,
        into: &mut Vec<Segment>,
    ) -> Result<(), (usize, Overflow)> {
        let first = self.phases.first().map_or(0, |(phase, _)| *phase);
        let month = months.month(k).map_err(|e| (first, e))?;
        let covered = self.days.within(month);
        let after = self.phases.partition_point(|(_, days)| days.until <= month.from);
        for (phase, days) in &self.phases[after..] {
            if days.from >= month.until {
                break;
            }
            let days = days.within(month);
            if days.is_empty() {
                continue;
            }
            let counted = months.counted(month, covered, days);
            let rate = rate(&lease.fees[*phase].price, counted, days).map_err(|e| (*phase, e))?;
            let (phase, tranche) = (*phase, self.tranche);
            into.push(Segment { month: k, days, phase, tranche, rate, counted });
        }
        Ok(())
    }
}

fn rate(price: &Price, counted: Counted, days: Days) -> Result<Rate, Overflow> {
    Ok(match price {
        Price::Monthly { amount, share } => {
            let part = amount.exact()?.checked_mul(*share)?.checked_mul(counted.fraction()?)?;
            Rate::Daily(part.checked_div(count(days.count().unsigned_abs().into())?)?)
        }
        Price::PerAcceleratorHour { minor } => Rate::Hourly(*minor),
        Price::Undisclosed => Rate::Undisclosed,
    })
}
