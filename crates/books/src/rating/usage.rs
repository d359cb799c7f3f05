//! Use, counted by the hour: what exceeds the entitlement within an hour is overage, and a quiet
//! hour never pays for a busy one. Tokens are priced as they are.
//!
//! Hours are real hours of UTC, so there are 25 of them on a day when clocks go back. In a zone
//! whose days do not begin on a whole hour of UTC, use is kept by the quarter of an hour, so that a
//! day's use still ends with the day.

use std::ops::{Bound, RangeBounds};

use leasehold_types::{AcceleratorSeconds, Instant, Overflow, Period, Zone};
use serde::{Deserialize, Serialize};

use crate::event::{TokenUse, Usage};

/// Seconds of an hour.
pub(super) const HOUR_S: i64 = 3_600;

/// Seconds of a quarter of an hour, the finest offset that zones have.
const QUARTER_S: i64 = 900;

/// Most hours that one record may measure: ten days. A longer one cannot say which hour was busy.
pub const USAGE_HOURS_MAX: i64 = 240;

/// What was used in an hour, or in the part of one that [`UsageStore`] keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HourUse {
    /// All use of accelerators.
    pub accelerator_seconds: AcceleratorSeconds,
    /// Tokens of the requests that began in it.
    pub tokens: TokenUse,
}

/// What was learnt of an hour later than the books could count it from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UseChange {
    /// The beginning of the hour, or of the part of it.
    pub at: Instant,
    /// What is added.
    pub add: HourUse,
    /// What is taken back.
    pub take: HourUse,
}

/// The use of one lease, by the hour, in order of time. Most of it comes in that order, so a sorted
/// list serves: it is read at the speed of memory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UsageStore {
    hours: Vec<(Instant, HourUse)>,
}

impl UsageStore {
    /// Adds a record. Accelerator-seconds are spread evenly over what it measured, without
    /// residue; tokens belong to the hour in which it begins. `zone` is that of the lease as
    /// signed, for adding and taking back alike.
    ///
    /// # Errors
    /// [`Overflow`] where a count does not fit, or the record is longer than [`USAGE_HOURS_MAX`].
    pub fn add(&mut self, usage: &Usage, zone: &Zone) -> Result<(), Overflow> {
        self.change(usage, zone, HourUse::plus)
    }

    /// Takes back a record that was added.
    ///
    /// # Errors
    /// As [`UsageStore::add`].
    pub fn take_back(&mut self, usage: &Usage, zone: &Zone) -> Result<(), Overflow> {
        self.change(usage, zone, |held, part| Ok(held.less(part)))
    }

    /// Adds what was used in the hour, or the part of it, that begins at `at`: for whoever counts
    /// elsewhere and brings sums.
    ///
    /// # Errors
    /// [`Overflow`] where a count does not fit.
    pub fn add_hour(&mut self, at: Instant, part: HourUse) -> Result<(), Overflow> {
        self.put(at, |held| held.plus(part))
    }

    /// Makes room for so many hours more.
    pub fn reserve(&mut self, hours: usize) {
        if hours > 1 {
            self.hours.reserve(hours);
        }
    }

    /// Takes back from the hour, or the part of it, that begins at `at`; not below nothing.
    pub fn take_hour(&mut self, at: Instant, part: HourUse) {
        // Less than there is always fits.
        let _ = self.put(at, |held| Ok(held.less(part)));
    }

    /// What was used in each hour of a span, in order.
    pub fn range(
        &self,
        span: impl RangeBounds<Instant>,
    ) -> impl Iterator<Item = (Instant, HourUse)> {
        let from = match span.start_bound() {
            Bound::Included(at) => self.hours.partition_point(|(hour, _)| hour < at),
            Bound::Excluded(at) => self.hours.partition_point(|(hour, _)| hour <= at),
            Bound::Unbounded => 0,
        };
        let rest = &self.hours[from..];
        let count = match span.end_bound() {
            Bound::Included(at) => rest.partition_point(|(hour, _)| hour <= at),
            Bound::Excluded(at) => rest.partition_point(|(hour, _)| hour < at),
            Bound::Unbounded => rest.len(),
        };
        rest[..count].iter().copied()
    }

    /// Whether nothing was used.
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty()
    }

    fn change(
        &mut self,
        usage: &Usage,
        zone: &Zone,
        how: impl Fn(HourUse, HourUse) -> Result<HourUse, Overflow>,
    ) -> Result<(), Overflow> {
        for (at, part) in usage_parts(usage, usage_grain(zone, usage.from))? {
            self.put(at, |held| how(held, part))?;
        }
        Ok(())
    }

    /// Changes what is held of one hour; an hour of nothing is not kept.
    fn put(
        &mut self,
        at: Instant,
        how: impl FnOnce(HourUse) -> Result<HourUse, Overflow>,
    ) -> Result<(), Overflow> {
        let place = match self.hours.last() {
            None => Err(0),
            Some((last, _)) if *last < at => Err(self.hours.len()),
            Some(_) => self.hours.binary_search_by_key(&at, |(hour, _)| *hour),
        };
        let held = place.map_or(HourUse::default(), |i| self.hours[i].1);
        let changed = how(held)?;
        match (place, changed == HourUse::default()) {
            (Ok(i), true) => drop(self.hours.remove(i)),
            (Ok(i), false) => self.hours[i].1 = changed,
            (Err(_), true) => {}
            (Err(i), false) => self.hours.insert(i, (at, changed)),
        }
        Ok(())
    }
}

impl HourUse {
    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] where a count does not fit.
    pub fn plus(self, other: HourUse) -> Result<HourUse, Overflow> {
        Ok(HourUse {
            accelerator_seconds: self.accelerator_seconds.checked_add(other.accelerator_seconds)?,
            tokens: TokenUse {
                input: self.tokens.input.checked_add(other.tokens.input)?,
                cached: self.tokens.cached.checked_add(other.tokens.cached)?,
                output: self.tokens.output.checked_add(other.tokens.output)?,
            },
        })
    }

    /// What is left without `other`; not below nothing.
    #[must_use]
    pub fn less(self, other: HourUse) -> HourUse {
        HourUse {
            accelerator_seconds: self.accelerator_seconds.saturating_sub(other.accelerator_seconds),
            tokens: TokenUse {
                input: self.tokens.input.saturating_sub(other.tokens.input),
                cached: self.tokens.cached.saturating_sub(other.tokens.cached),
                output: self.tokens.output.saturating_sub(other.tokens.output),
            },
        }
    }
}

/// How long the parts are in which use is kept there: an hour, or a quarter of one in a zone whose
/// day does not begin on an hour of UTC. In seconds.
pub fn usage_grain(zone: &Zone, at: Instant) -> i64 {
    grain_of_day(zone.start_of(zone.date_of(at)))
}

/// The same of the civil day that begins at `midnight`.
pub const fn grain_of_day(midnight: Instant) -> i64 {
    if midnight.second().rem_euclid(HOUR_S) == 0 { HOUR_S } else { QUARTER_S }
}

/// A record, cut into parts of `grain` seconds by the beginning of each: the accelerator-seconds
/// spread evenly, without residue, the tokens in the first.
///
/// # Errors
/// [`Overflow`] where a count does not fit, or the record is longer than [`USAGE_HOURS_MAX`].
pub fn usage_parts(usage: &Usage, grain: i64) -> Result<Vec<(Instant, HourUse)>, Overflow> {
    let span = usage.period();
    let length = u128::from(span.length().0.max(1).unsigned_abs());
    if span.length().0 > USAGE_HOURS_MAX * HOUR_S {
        return Err(Overflow::of("a usage record of more than ten days"));
    }
    let total = usage.accelerator_seconds.0;
    let until = |at: i64| {
        let passed = u128::from((at - span.start().second()).max(0).unsigned_abs());
        total.checked_mul(passed).map(|all| all / length).ok_or(Overflow::of("accelerator-seconds"))
    };
    let mut parts = Vec::with_capacity(1);
    let mut from = span.start().second();
    while from < span.end().second() {
        let begins = from.div_euclid(grain) * grain;
        let next = (begins + grain).min(span.end().second());
        let used = AcceleratorSeconds(until(next)? - until(from)?);
        let tokens = if parts.is_empty() { usage.tokens } else { TokenUse::default() };
        let at = Instant::from_second(begins);
        parts.push((at, HourUse { accelerator_seconds: used, tokens }));
        from = next;
    }
    Ok(parts)
}

/// Use above the entitlement in a span, hour by hour, and the tokens in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Above {
    /// All use.
    pub(crate) used: u128,
    /// Of it, above the entitlement of its hour.
    pub(crate) above: u128,
    /// Tokens.
    pub(crate) tokens: TokenUse,
}

/// Sums up the use of `span`. `entitled` gives the accelerator-seconds of a span of one hour or
/// less; spans come in order.
pub(crate) fn above(
    store: &UsageStore,
    span: Period,
    mut entitled: impl FnMut(Period) -> u128,
) -> Result<Above, Overflow> {
    let mut sum = Above::default();
    let mut hour: Option<(i64, u128)> = None;
    let mut close = |hour: Option<(i64, u128)>, sum: &mut Above| -> Result<(), Overflow> {
        let Some((begins, used)) = hour else { return Ok(()) };
        let whole =
            Period::new(Instant::from_second(begins), Instant::from_second(begins + HOUR_S));
        let above = used.saturating_sub(entitled(whole.intersection(span)));
        let over = || Overflow::of("accelerator-seconds");
        sum.used = sum.used.checked_add(used).ok_or_else(over)?;
        sum.above = sum.above.checked_add(above).ok_or_else(over)?;
        Ok(())
    };
    for (at, used) in store.range(span.start()..span.end()) {
        let begins = at.second().div_euclid(HOUR_S) * HOUR_S;
        let time = used.accelerator_seconds.0;
        hour = match hour {
            Some((same, held)) if same == begins => Some((same, held.saturating_add(time))),
            last => {
                close(last, &mut sum)?;
                Some((begins, time))
            }
        };
        sum.tokens.input = sum.tokens.input.checked_add(used.tokens.input)?;
        sum.tokens.cached = sum.tokens.cached.checked_add(used.tokens.cached)?;
        sum.tokens.output = sum.tokens.output.checked_add(used.tokens.output)?;
    }
    close(hour, &mut sum)?;
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_types::Tokens;

    fn usage(from: &str, until: &str, accelerator_seconds: u128) -> Usage {
        Usage {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            accelerator_seconds: AcceleratorSeconds(accelerator_seconds),
            tokens: TokenUse { input: Tokens(7), ..TokenUse::default() },
            model: None,
        }
    }

    fn shown(store: &UsageStore) -> Vec<(String, u128, u64)> {
        let all = store.range(Instant::MIN..Instant::MAX);
        all.map(|(at, u)| (at.to_string(), u.accelerator_seconds.0, u.tokens.input.0)).collect()
    }

    #[test]
    fn a_record_over_two_hours_is_spread_without_residue() {
        let mut store = UsageStore::default();
        let record = usage("2027-03-01T00:40:00Z", "2027-03-01T01:20:00Z", 1_001);
        store.add(&record, &Zone::UTC).unwrap();
        let expected = [
            ("2027-03-01T00:00:00Z".to_owned(), 500, 7),
            ("2027-03-01T01:00:00Z".to_owned(), 501, 0),
        ];
        assert_eq!(shown(&store), expected);
        store.take_back(&record, &Zone::UTC).unwrap();
        assert!(store.is_empty());
    }

    #[test]
    fn where_days_begin_between_hours_quarters_are_kept() {
        let kolkata = Zone::named("Asia/Kolkata").unwrap();
        let mut store = UsageStore::default();
        let record = usage("2027-03-01T18:15:00Z", "2027-03-01T18:45:00Z", 1_800);
        store.add(&record, &kolkata).unwrap();
        let times: Vec<String> = shown(&store).into_iter().map(|(at, ..)| at).collect();
        assert_eq!(times, ["2027-03-01T18:15:00Z", "2027-03-01T18:30:00Z"]);
    }

    #[test]
    fn a_quiet_hour_does_not_pay_for_a_busy_one() {
        let mut store = UsageStore::default();
        store
            .add(&usage("2027-03-01T00:00:00Z", "2027-03-01T01:00:00Z", 110 * 3_600), &Zone::UTC)
            .unwrap();
        store
            .add(&usage("2027-03-01T01:00:00Z", "2027-03-01T02:00:00Z", 90 * 3_600), &Zone::UTC)
            .unwrap();
        let span = Period::new(Instant::MIN, Instant::MAX);
        let sum = above(&store, span, |hour| 100 * hour.length().0.unsigned_abs() as u128).unwrap();
        assert_eq!((sum.used, sum.above, sum.tokens.input.0), (200 * 3_600, 10 * 3_600, 14));
    }

    #[test]
    fn a_record_of_weeks_is_refused() {
        let record = usage("2027-03-01T00:00:00Z", "2027-03-21T00:00:00Z", 1);
        assert!(UsageStore::default().add(&record, &Zone::UTC).is_err());
    }
}
