//! Times by their size.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Upper bounds of buckets, in microseconds: from half a millisecond to two minutes.
pub const BOUNDS: [u64; 19] = [
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    15_000,
    20_000,
    30_000,
    50_000,
    75_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    120_000_000,
];

/// Times by their size.
#[derive(Debug, Default)]
pub struct Histogram {
    /// By bucket; those above all bounds are in none.
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    /// Of all times, in microseconds.
    sum: AtomicU64,
}

impl Histogram {
    /// Counts a time, in microseconds.
    pub fn add(&self, micros: u64) {
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.sum.fetch_add(micros, Relaxed);
    }

    /// Times that were counted.
    pub fn count(&self) -> u64 {
        self.count.load(Relaxed)
    }

    /// The bound below which at least half of them are, in microseconds; `None` where there are none
    /// or it is beyond all bounds.
    pub fn median_bound(&self) -> Option<u64> {
        let half = self.count().div_ceil(2);
        let mut below = 0;
        let found = self.buckets.iter().position(|bucket| {
            below += bucket.load(Relaxed);
            half > 0 && below >= half
        });
        found.and_then(|at| BOUNDS.get(at).copied())
    }

    /// Writes its samples as Prometheus reads them.
    pub fn write(&self, name: &str, labels: &str, out: &mut String) {
        let mut below = 0;
        for (bucket, bound) in self.buckets.iter().zip(BOUNDS) {
            below += bucket.load(Relaxed);
            let bound = seconds(bound);
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {below}");
        }
        let (count, sum) = (self.count(), seconds(self.sum.load(Relaxed)));
        let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum{{{labels}}} {sum}");
        let _ = writeln!(out, "{name}_count{{{labels}}} {count}");
    }
}

/// Microseconds as seconds, without zeros that say nothing.
pub fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_buckets() {
        let times = Histogram::default();
        for micros in [1, 500, 501, 120_000_000, 120_000_001] {
            times.add(micros);
        }
        let mut out = String::new();
        times.write("t", "a=\"b\"", &mut out);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "t_bucket{a=\"b\",le=\"0.0005\"} 2");
        assert_eq!(lines[1], "t_bucket{a=\"b\",le=\"0.001\"} 3");
        assert_eq!(lines[18], "t_bucket{a=\"b\",le=\"120\"} 4");
        assert_eq!(lines[19], "t_bucket{a=\"b\",le=\"+Inf\"} 5");
        assert_eq!(lines[20..], ["t_sum{a=\"b\"} 240.001003", "t_count{a=\"b\"} 5"]);
        assert_eq!(times.median_bound(), Some(1_000));
        assert_eq!(Histogram::default().median_bound(), None);
    }
}
