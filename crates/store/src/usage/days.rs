//! Which civil day an instant belongs to, in the zone of its lease: asked for every record, so the
//! last answers of each zone are kept.

use leasehold_books::rating::grain_of_day;
use leasehold_types::{Date, Instant, Zone};

use super::LeaseNo;

/// Days of which each zone remembers the bounds.
const REMEMBERED: usize = 64;

const DAY_S: i64 = 86_400;

/// A civil day: from its first second to the first of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    start: i64,
    end: i64,
    /// Days since 1970-01-01.
    pub(super) number: i32,
    /// Seconds of the parts in which use on it is kept.
    pub(super) grain: i64,
}

/// The zones of all leases.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    zones: Vec<ZoneDays>,
    of_lease: Vec<u16>,
}

#[derive(Debug)]
struct ZoneDays {
    zone: Zone,
    days: Vec<Option<Day>>,
}

impl Calendar {
    pub(super) fn add_lease(&mut self, zone: &Zone) -> LeaseNo {
        let known = self.zones.iter().position(|days| days.zone == *zone);
        let place = known.unwrap_or_else(|| {
            self.zones.push(ZoneDays { zone: zone.clone(), days: vec![None; REMEMBERED] });
            self.zones.len() - 1
        });
        // The tables have some 600 zones.
        self.of_lease.push(u16::try_from(place).unwrap_or(u16::MAX));
        LeaseNo(u32::try_from(self.of_lease.len() - 1).unwrap_or(u32::MAX))
    }

    /// The civil day of `lease` that holds `second`; `None` where there is no such lease.
    #[inline]
    pub(super) fn day(&mut self, lease: LeaseNo, second: i64) -> Option<Day> {
        let zone = *self.of_lease.get(usize::try_from(lease.0).ok()?)?;
        self.zones.get_mut(usize::from(zone)).map(|days| days.day(second))
    }
}

impl ZoneDays {
    #[inline]
    fn day(&mut self, second: i64) -> Day {
        let slot = second.div_euclid(DAY_S).rem_euclid(REMEMBERED as i64);
        let slot = usize::try_from(slot).unwrap_or(0);
        match self.days[slot] {
            Some(day) if day.start <= second && second < day.end => day,
            _ => {
                let day = self.find(second);
                self.days[slot] = Some(day);
                day
            }
        }
    }

    fn find(&self, second: i64) -> Day {
        let date = self.zone.date_of(Instant::from_second(second));
        let bounds = self.zone.day(date);
        Day {
            start: bounds.start().second(),
            end: bounds.end().second(),
            number: day_number(date),
            grain: grain_of_day(bounds.start()),
        }
    }
}

/// A date as days since 1970-01-01.
pub(crate) fn day_number(date: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    i32::try_from(leasehold_types::days_between(epoch, date)).unwrap_or(i32::MAX)
}

/// The date of that number.
pub(crate) fn date_of_day(number: i32) -> Option<Date> {
    let epoch = Date::constant(1970, 1, 1);
    leasehold_types::days_after(epoch, number.into()).ok()
}
