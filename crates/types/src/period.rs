//! Half-open periods: `start <= t < end`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Instant, Seconds};

/// A half-open period. `end` is never before `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    start: Instant,
    end: Instant,
}

impl Period {
    /// The period from `start` to before `end`; empty where `end` is not after `start`.
    pub fn new(start: Instant, end: Instant) -> Self {
        Period { start, end: end.max(start) }
    }

    /// The first instant inside.
    pub const fn start(self) -> Instant {
        self.start
    }

    /// The first instant after.
    pub const fn end(self) -> Instant {
        self.end
    }

    /// How long it lasts.
    pub const fn length(self) -> Seconds {
        self.end.since(self.start)
    }

    /// Whether it holds no instant.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `instant` lies in it.
    pub fn contains(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    /// What both share; empty where they do not meet.
    pub fn intersection(self, other: Period) -> Period {
        Period::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// Whether some instant lies in both.
    pub fn overlaps(self, other: Period) -> bool {
        !self.intersection(other).is_empty()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)
    }
}

/// The union of periods as disjoint periods in order; empty ones vanish, touching ones join.
pub fn union_of(mut periods: Vec<Period>) -> Vec<Period> {
    periods.retain(|p| !p.is_empty());
    periods.sort();
    let mut union: Vec<Period> = Vec::with_capacity(periods.len());
    for period in periods {
        match union.last_mut() {
            Some(last) if period.start <= last.end => last.end = last.end.max(period.end),
            _ => union.push(period),
        }
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period(start: i64, end: i64) -> Period {
        Period::new(Instant::from_second(start), Instant::from_second(end))
    }

    #[test]
    fn a_boundary_belongs_to_the_later_period() {
        let boundary = Instant::from_second(10);
        assert!(!period(0, 10).contains(boundary));
        assert!(period(10, 20).contains(boundary));
        assert!(period(10, 5).is_empty());
    }

    proptest! {
        #[test]
        fn the_union_counts_each_second_once(spans in prop::collection::vec((0i64..60, 0i64..20), 0..12)) {
            let periods: Vec<Period> = spans.iter().map(|(s, l)| period(*s, s + l)).collect();
            let union = union_of(periods.clone());
            for second in 0..90 {
                let t = Instant::from_second(second);
                let in_any = periods.iter().any(|p| p.contains(t));
                prop_assert_eq!(union.iter().filter(|p| p.contains(t)).count(), usize::from(in_any));
            }
            prop_assert!(union.windows(2).all(|w| w[0].end() < w[1].start()));
        }
    }
}
