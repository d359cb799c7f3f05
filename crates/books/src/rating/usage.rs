//! Use, counted by the hour: what exceeds the entitlement within an hour is overage, and a quiet
//! hour never pays for a busy one. Tokens are priced as they are.
//!
//! Hours are real hours of UTC, so there are 25 of them on a day when clocks go back. In a zone
//! whose days do not begin on a whole hour of UTC, use is kept by the quarter of an hour, so that a
//! day's use still ends with the day.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

use leasehold_types::{AcceleratorSeconds, Instant, Overflow, Period, Tokens, Zone};
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

/// The use of one lease, by the hour.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UsageStore {
    #[serde(with = "crate::pairs")]
    hours: BTreeMap<Instant, HourUse>,
}

impl UsageStore {
    /// Adds a record. Accelerator-seconds are spread evenly over what it measured, without
    /// residue; tokens belong to the hour in which it begins. `zone` is that of the lease as
    /// signed, for adding and taking back alike.
    ///
    /// # Errors
    /// [`Overflow`] where a count does not fit, or the record is longer than [`USAGE_HOURS_MAX`].
    pub fn add(&mut self, usage: &Usage, zone: &Zone) -> Result<(), Overflow> {
        self.change(usage, zone, |held, part| {
            let time = held.accelerator_seconds.checked_add(part.accelerator_seconds)?;
            let tokens = TokenUse {
                input: held.tokens.input.checked_add(part.tokens.input)?,
                cached: held.tokens.cached.checked_add(part.tokens.cached)?,
                output: held.tokens.output.checked_add(part.tokens.output)?,
            };
            Ok(HourUse { accelerator_seconds: time, tokens })
        })
    }

    /// Takes back a record that was added.
    ///
    /// # Errors
    /// As [`UsageStore::add`].
    pub fn take_back(&mut self, usage: &Usage, zone: &Zone) -> Result<(), Overflow> {
        self.change(usage, zone, |held, part| {
            let less = |held: Tokens, part: Tokens| held.saturating_sub(part);
            Ok(HourUse {
                accelerator_seconds: held
                    .accelerator_seconds
                    .saturating_sub(part.accelerator_seconds),
                tokens: TokenUse {
                    input: less(held.tokens.input, part.tokens.input),
                    cached: less(held.tokens.cached, part.tokens.cached),
                    output: less(held.tokens.output, part.tokens.output),
                },
            })
        })
    }

    /// Adds what was used in the hour, or the part of it, that begins at `at`: for whoever counts
    /// elsewhere and brings sums.
    ///
    /// # Errors
    /// [`Overflow`] where a count does not fit.
    pub fn add_hour(&mut self, at: Instant, part: HourUse) -> Result<(), Overflow> {
        let held = self.hours.entry(at).or_default();
        held.accelerator_seconds =
            held.accelerator_seconds.checked_add(part.accelerator_seconds)?;
        held.tokens.input = held.tokens.input.checked_add(part.tokens.input)?;
        held.tokens.cached = held.tokens.cached.checked_add(part.tokens.cached)?;
        held.tokens.output = held.tokens.output.checked_add(part.tokens.output)?;
        Ok(())
    }

    /// What was used in each hour of a span, in order.
    pub fn range(
        &self,
        span: impl RangeBounds<Instant>,
    ) -> impl Iterator<Item = (Instant, HourUse)> {
        self.hours.range(span).map(|(at, used)| (*at, *used))
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
        for (at, part) in parts(usage, grain(zone, usage.from))? {
            let held = self.hours.get(&at).copied().unwrap_or_default();
            let changed = how(held, part)?;
            if changed == HourUse::default() {
                self.hours.remove(&at);
            } else {
                self.hours.insert(at, changed);
            }
        }
        Ok(())
    }
}

/// How long the parts are in which use is kept there.
fn grain(zone: &Zone, at: Instant) -> i64 {
    let midnight = zone.start_of(zone.date_of(at));
    if midnight.second().rem_euclid(HOUR_S) == 0 { HOUR_S } else { QUARTER_S }
}

/// A record, cut into parts of `grain` seconds by the beginning of each.
fn parts(usage: &Usage, grain: i64) -> Result<Vec<(Instant, HourUse)>, Overflow> {
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
