//! Quantiles of waits, by the nearest-rank rule.

use crate::figures::Quantiles;

/// Quantiles of `values`, which are put in order on the way.
pub fn quantiles(values: &mut [u32]) -> Quantiles {
    values.sort_unstable();
    let count = values.len();
    let rank = |hundredths: usize| -> u64 {
        let place = (count * hundredths).div_ceil(100).max(1) - 1;
        values.get(place).copied().map_or(0, u64::from)
    };
    let sum: u64 = values.iter().copied().map(u64::from).sum();
    Quantiles {
        p50: rank(50),
        p95: rank(95),
        p99: rank(99),
        max: rank(100),
        mean: sum.checked_div(count as u64).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let mut values: Vec<u32> = (1..=100).rev().collect();
        let found = quantiles(&mut values);
        assert_eq!((found.p50, found.p95, found.p99, found.max, found.mean), (50, 95, 99, 100, 50));
        assert_eq!(quantiles(&mut []), Quantiles::default());
        assert_eq!(quantiles(&mut [7]).p50, 7);
    }
}
