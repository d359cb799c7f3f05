//! Splitting one amount over several heads, so that the parts add up to it exactly.

use crate::Overflow;

/// Splits `total` in proportion to `weights` by largest remainder.
///
/// The parts sum to `total`. Ties go to the earlier weight, so order the weights by a stable key.
/// The split of `-total` is the mirror image. All weights zero counts as all weights equal; no
/// weights at all gives no parts (the caller checks, for then nothing can be allocated).
///
/// Source of the rule: DESIGN, section 5 ("one amount split over several heads").
///
/// # Errors
/// [`Overflow`] where `total * weight` does not fit in 128 bits.
pub fn allocate(total: i128, weights: &[u64]) -> Result<Vec<i128>, Overflow> {
    let equal = weights.iter().all(|w| *w == 0);
    let weight_of = |i: usize| if equal { 1 } else { i128::from(weights[i]) };
    let sum: i128 = (0..weights.len()).map(weight_of).sum();
    let size = total.checked_abs().ok_or(Overflow::of("an allocation"))?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for i in 0..weights.len() {
        let share = size.checked_mul(weight_of(i)).ok_or(Overflow::of("an allocation"))?;
        parts.push(share / sum);
        remainders.push((share % sum, i));
    }
    let short = size - parts.iter().sum::<i128>();
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, i) in remainders.into_iter().take(usize::try_from(short).unwrap_or(usize::MAX)) {
        parts[i] += 1;
    }
    Ok(parts.into_iter().map(|part| part * total.signum()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hundred_over_three() {
        assert_eq!(allocate(10_000, &[1, 1, 1]).unwrap(), [3_334, 3_333, 3_333]);
        assert_eq!(allocate(-10_000, &[1, 1, 1]).unwrap(), [-3_334, -3_333, -3_333]);
        assert_eq!(allocate(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
    }

    #[test]
    fn zero_weights_share_equally() {
        assert_eq!(allocate(5, &[0, 0]).unwrap(), [3, 2]);
        assert_eq!(allocate(5, &[]).unwrap(), Vec::<i128>::new());
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_total_and_are_within_one_of_exact(
            total in -1_000_000_000_000_i128..1_000_000_000_000,
            weights in prop::collection::vec(0u64..1_000_000, 1..12),
        ) {
            let parts = allocate(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let error = part * sum - total * i128::from(*weight);
                    prop_assert!(error.abs() < sum);
                }
            }
            let mirror: Vec<i128> = allocate(-total, &weights).unwrap();
            prop_assert_eq!(mirror, parts.iter().map(|p| -p).collect::<Vec<_>>());
        }
    }
}
