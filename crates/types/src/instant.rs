//! Instants and lengths of time, in whole seconds of UTC.
//!
//! Capacity is counted in accelerator-seconds, so a second is the finest grain that anything here
//! needs; whoever measures finer rounds down at the edge. A leap second belongs to the second
//! before it, as in POSIX time.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Overflow;

/// A point in time, in seconds since 1970-01-01T00:00:00Z. Written as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(i64);

/// A length of time in seconds; may be negative.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seconds(pub i64);

/// A text that is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an instant: write it like 2026-05-03T05:00:00Z")]
pub struct BadInstant(pub String);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a length of time: write whole numbers with d, h, min or s, like 72h or 1d12h"
)]
pub struct BadSeconds(pub String);

impl Instant {
    /// The first instant that can be written (year 1).
    pub const MIN: Instant = Instant(-62_135_596_800);
    /// The last instant that can be written (year 9999, less the room that a zone may need).
    pub const MAX: Instant = Instant(253_402_207_200);
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Instant = Instant(0);

    /// The instant `second` seconds after the epoch, held within [`Instant::MIN`] and
    /// [`Instant::MAX`].
    pub const fn from_second(second: i64) -> Self {
        if second < Self::MIN.0 {
            Self::MIN
        } else if second > Self::MAX.0 {
            Self::MAX
        } else {
            Instant(second)
        }
    }

    /// Seconds since the epoch.
    pub const fn second(self) -> i64 {
        self.0
    }

    /// The instant `span` later.
    ///
    /// # Errors
    /// [`Overflow`] outside [`Instant::MIN`] and [`Instant::MAX`].
    pub fn checked_add(self, span: Seconds) -> Result<Self, Overflow> {
        self.0
            .checked_add(span.0)
            .filter(|second| (Self::MIN.0..=Self::MAX.0).contains(second))
            .map(Instant)
            .ok_or(Overflow::of("an instant"))
    }

    /// The instant `span` later, held within [`Instant::MIN`] and [`Instant::MAX`].
    pub const fn saturating_add(self, span: Seconds) -> Self {
        Self::from_second(self.0.saturating_add(span.0))
    }

    /// The time from `earlier` to `self`.
    pub const fn since(self, earlier: Instant) -> Seconds {
        Seconds(self.0 - earlier.0)
    }

    /// As jiff's timestamp.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl Seconds {
    /// No time at all.
    pub const ZERO: Seconds = Seconds(0);

    /// `minutes` minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Seconds(minutes.saturating_mul(60))
    }

    /// `hours` hours.
    pub const fn from_hours(hours: i64) -> Self {
        Seconds(hours.saturating_mul(3_600))
    }

    /// `days` days of 24 hours each.
    pub const fn from_days(days: i64) -> Self {
        Seconds(days.saturating_mul(86_400))
    }
}

impl FromStr for Seconds {
    type Err = BadSeconds;
    /// Reads whole numbers with a unit, largest first: `72h`, `1d12h`, `30min`, `45s`.
    fn from_str(text: &str) -> Result<Self, BadSeconds> {
        let bad = || BadSeconds(text.chars().take(80).collect());
        let units = [("d", 86_400_i64), ("h", 3_600), ("min", 60), ("s", 1)];
        let (mut rest, mut next, mut total) = (text, 0, 0_i64);
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let count: i64 = rest[..digits].parse().map_err(|_| bad())?;
            let unit = rest[digits..].bytes().take_while(u8::is_ascii_lowercase).count();
            let name = &rest[digits..digits + unit];
            let found = units.iter().skip(next).position(|(known, _)| *known == name);
            let place = next + found.ok_or_else(bad)?;
            let seconds = count.checked_mul(units[place].1).ok_or_else(bad)?;
            total = total.checked_add(seconds).ok_or_else(bad)?;
            (next, rest) = (place + 1, &rest[digits + unit..]);
        }
        if text.is_empty() { Err(bad()) } else { Ok(Seconds(total)) }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = BadInstant;
    fn from_str(text: &str) -> Result<Self, BadInstant> {
        let stamp: Timestamp = text.parse().map_err(|_| BadInstant(text.to_owned()))?;
        let second = stamp.as_second();
        if stamp.subsec_nanosecond() != 0 || !(Self::MIN.0..=Self::MAX.0).contains(&second) {
            return Err(BadInstant(text.to_owned()));
        }
        Ok(Instant(second))
    }
}

impl TryFrom<String> for Instant {
    type Error = BadInstant;
    fn try_from(text: String) -> Result<Self, BadInstant> {
        text.parse()
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> String {
        instant.to_string()
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        let (days, hours, minutes, seconds) =
            (all / 86_400, all / 3_600 % 24, all / 60 % 60, all % 60);
        f.write_str(sign)?;
        let parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")];
        let mut shown = parts.iter().filter(|(n, _)| *n > 0).peekable();
        if shown.peek().is_none() {
            return f.write_str("0 s");
        }
        for (i, (n, unit)) in shown.enumerate() {
            write!(f, "{}{n} {unit}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_rfc_3339() {
        let instant: Instant = "2026-05-03T05:00:00Z".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-05-03T05:00:00Z");
        assert_eq!(serde_json::to_string(&instant).unwrap(), "\"2026-05-03T05:00:00Z\"");
        assert_eq!("2026-05-03T00:00:00-05:00".parse(), Ok(instant));
        assert!("2026-05-03".parse::<Instant>().is_err());
        assert!("2026-05-03T05:00:00.5Z".parse::<Instant>().is_err());
    }

    #[test]
    fn the_ends_of_time_are_stated() {
        assert_eq!(Instant::MIN.to_string(), "0001-01-01T00:00:00Z");
        assert!(Instant::MAX.to_string().starts_with("9999-12-30"));
        assert!(Instant::MAX.checked_add(Seconds(1)).is_err());
        assert_eq!(Instant::MAX.saturating_add(Seconds(1)), Instant::MAX);
    }

    #[test]
    fn lengths_are_read() {
        for (text, seconds) in [("72h", 259_200), ("1d12h", 129_600), ("30min", 1_800), ("0s", 0)] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
        for bad in ["", "72", "h", "1h1d", "1.5h", "-1h", "1h 2min", "9999999999999999d", "1é"] {
            assert!(bad.parse::<Seconds>().is_err(), "{bad}");
        }
    }

    #[test]
    fn lengths_are_written_for_people() {
        assert_eq!(Seconds(90_061).to_string(), "1 d 1 h 1 min 1 s");
        assert_eq!(Seconds::from_hours(72).to_string(), "3 d");
        assert_eq!(Seconds(-1_800).to_string(), "-30 min");
        assert_eq!(Seconds(0).to_string(), "0 s");
    }
}
