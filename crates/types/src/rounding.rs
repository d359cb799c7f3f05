//! How an exact amount becomes a whole number of minor units: once, at the end, by a named rule.

use serde::{Deserialize, Serialize};

/// What happens to a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// 0.5 becomes 1, -0.5 becomes -1.
    #[default]
    HalfAway,
    /// 0.5 becomes 0, 1.5 becomes 2.
    HalfEven,
}

impl Rounding {
    /// `numerator / denominator` rounded to a whole number. `denominator` is positive.
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> i128 {
        debug_assert!(denominator > 0);
        let quotient = numerator / denominator;
        let remainder = (numerator % denominator).unsigned_abs();
        let rest = denominator.unsigned_abs() - remainder;
        let away = match remainder.cmp(&rest) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => self == Rounding::HalfAway || quotient % 2 != 0,
        };
        if away { quotient + numerator.signum() } else { quotient }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        let (away, even) = (Rounding::HalfAway, Rounding::HalfEven);
        assert_eq!((away.divide(1, 2), even.divide(1, 2)), (1, 0));
        assert_eq!((away.divide(-1, 2), even.divide(-1, 2)), (-1, 0));
        assert_eq!((away.divide(3, 2), even.divide(3, 2)), (2, 2));
        assert_eq!((away.divide(-5, 3), even.divide(-5, 3)), (-2, -2));
        assert_eq!(away.divide(i128::MAX, 1), i128::MAX);
    }

    #[test]
    fn forty_two_by_seventeen_twenty_eighths() {
        // Floating point gives 25: 42.0 * (17.0 / 28.0) is a hair below 25.5.
        assert_eq!(Rounding::HalfAway.divide(42 * 17, 28), 26);
    }
}
