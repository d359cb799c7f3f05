//! Where accelerator-time goes: exact sums by pool and by lease, kept as the clock moves.
//!
//! Each pool's counts hold from one change to the next, so a sum is counts times seconds, added
//! when something changes. What a lease holds is split into busy and quiet window by window, by
//! the serving model, and never exceeds what was granted in that window.

use leasehold_planner::PoolCount;
use leasehold_types::{AcceleratorSeconds, Instant};

use crate::figures::Capacity;

/// Sums of one pool since the last cut.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    owned: u128,
    down: u128,
    jobs: u128,
    leased: u128,
    recalled: u128,
    idle: u128,
    busy: u128,
}

/// One pool's meter.
#[derive(Debug, Clone, Copy)]
pub struct PoolMeter {
    since: Instant,
    count: PoolCount,
    sums: Sums,
}

impl PoolMeter {
    /// A meter that starts with `count` at `start`.
    pub fn new(start: Instant, count: PoolCount) -> Self {
        PoolMeter { since: start, count, sums: Sums::default() }
    }

    /// The counts held until `now`; from `now` on they are `count`.
    pub fn change(&mut self, now: Instant, count: PoolCount) {
        let seconds = u128::from(now.since(self.since).0.max(0).unsigned_abs());
        if seconds > 0 {
            let held = |units: leasehold_types::Units| u128::from(units.0) * seconds;
            self.sums.owned += held(self.count.owned);
            self.sums.down += held(self.count.down);
            self.sums.jobs += held(self.count.job);
            self.sums.leased += held(self.count.leased);
            self.sums.recalled += held(self.count.recalled);
            self.sums.idle += held(self.count.idle);
            self.since = now;
        }
        self.count = count;
    }

    /// Books accelerator-seconds of what was leased as busy.
    pub fn book_busy(&mut self, busy: u128) {
        self.sums.busy += busy;
    }

    /// The sums since the last cut, up to `now`; the next begins here.
    pub fn cut(&mut self, now: Instant) -> Capacity {
        self.change(now, self.count);
        let sums = std::mem::take(&mut self.sums);
        let busy = sums.busy.min(sums.leased);
        Capacity {
            owned: AcceleratorSeconds(sums.owned),
            down: AcceleratorSeconds(sums.down),
            jobs: AcceleratorSeconds(sums.jobs),
            busy: AcceleratorSeconds(busy),
            quiet: AcceleratorSeconds(sums.leased - busy),
            recalled: AcceleratorSeconds(sums.recalled),
            idle: AcceleratorSeconds(sums.idle),
        }
    }
}

/// What one lease holds in one pool, since the last cut.
#[derive(Debug, Clone, Copy)]
pub struct GrantMeter {
    since: Instant,
    units: u64,
    sum: u128,
}

impl GrantMeter {
    /// A meter that starts with nothing at `start`.
    pub fn new(start: Instant) -> Self {
        GrantMeter { since: start, units: 0, sum: 0 }
    }

    /// From `now` on it holds `units`.
    pub fn change(&mut self, now: Instant, units: u64) {
        let seconds = u128::from(now.since(self.since).0.max(0).unsigned_abs());
        self.sum += u128::from(self.units) * seconds;
        (self.since, self.units) = (now.max(self.since), units);
    }

    /// Accelerator-seconds since the last cut, up to `now`; the next begins here.
    pub fn cut(&mut self, now: Instant) -> u128 {
        self.change(now, self.units);
        std::mem::take(&mut self.sum)
    }
}

/// Adds one capacity to another.
pub fn add(into: &mut Capacity, more: &Capacity) {
    let sum = |a: &mut AcceleratorSeconds, b: AcceleratorSeconds| a.0 += b.0;
    sum(&mut into.owned, more.owned);
    sum(&mut into.down, more.down);
    sum(&mut into.jobs, more.jobs);
    sum(&mut into.busy, more.busy);
    sum(&mut into.quiet, more.quiet);
    sum(&mut into.recalled, more.recalled);
    sum(&mut into.idle, more.idle);
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_types::Units;

    fn count(job: u64, leased: u64, idle: u64) -> PoolCount {
        PoolCount {
            owned: Units(job + leased + idle),
            job: Units(job),
            leased: Units(leased),
            idle: Units(idle),
            ..PoolCount::default()
        }
    }

    #[test]
    fn sums_are_counts_times_seconds() {
        let at = Instant::from_second;
        let mut meter = PoolMeter::new(at(0), count(0, 4, 6));
        meter.change(at(10), count(6, 4, 0));
        meter.book_busy(25);
        let capacity = meter.cut(at(30));
        assert_eq!(capacity.jobs.0, 120);
        assert_eq!((capacity.busy.0, capacity.quiet.0), (25, 95));
        assert_eq!(capacity.idle.0, 60);
        assert!(capacity.adds_up());
        assert_eq!(meter.cut(at(31)).owned.0, 10);
    }

    #[test]
    fn grants_likewise() {
        let at = Instant::from_second;
        let mut meter = GrantMeter::new(at(0));
        meter.change(at(5), 8);
        meter.change(at(10), 16);
        assert_eq!(meter.cut(at(20)), 8 * 5 + 16 * 10);
        assert_eq!(meter.cut(at(20)), 0);
    }
}
