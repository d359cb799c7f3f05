//! Exact fractions, for rates, shares and everything else between an input and its one rounding.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Overflow, Rounding};

/// An exact fraction in lowest terms; the denominator is positive.
///
/// Written as a whole number, a decimal where it has one of at most 18 places, or `n/d`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

/// A text or a pair that is no fraction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number: write it like 12, 0.75, 12.5% or 17/28")]
pub struct BadRatio(pub String);

const DECIMAL_PLACES_MAX: usize = 18;

impl Ratio {
    /// Nothing.
    pub const ZERO: Ratio = Ratio { numerator: 0, denominator: 1 };
    /// The whole.
    pub const ONE: Ratio = Ratio { numerator: 1, denominator: 1 };

    /// `numerator / denominator` in lowest terms.
    ///
    /// # Errors
    /// [`BadRatio`] where the denominator is zero or the sign cannot be normalised.
    pub fn new(numerator: i128, denominator: i128) -> Result<Self, BadRatio> {
        let bad = || BadRatio(format!("{numerator}/{denominator}"));
        if denominator == 0 || numerator == i128::MIN || denominator == i128::MIN {
            return Err(bad());
        }
        let sign = denominator.signum();
        Ok(Self::reduced(numerator * sign, denominator * sign))
    }

    /// A whole number.
    pub const fn whole(value: i64) -> Self {
        Ratio { numerator: value as i128, denominator: 1 }
    }

    fn reduced(numerator: i128, denominator: i128) -> Self {
        if denominator == 1 {
            return Ratio { numerator, denominator };
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()) as i128;
        Ratio { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// The numerator in lowest terms.
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator in lowest terms; positive.
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] past 128 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        if self.is_zero() {
            return Ok(other);
        }
        let divisor =
            gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs()) as i128;
        let left = self.numerator.checked_mul(other.denominator / divisor);
        let right = other.numerator.checked_mul(self.denominator / divisor);
        let bottom = self.denominator.checked_mul(other.denominator / divisor);
        match (left.zip(right).and_then(|(l, r)| l.checked_add(r)), bottom) {
            (Some(top), Some(bottom)) => Ok(Self::reduced(top, bottom)),
            _ => Err(Overflow::of("a sum of fractions")),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`] past 128 bits.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.checked_add(Ratio { numerator: -other.numerator, denominator: other.denominator })
    }

    /// The product.
    ///
    /// # Errors
    /// [`Overflow`] past 128 bits.
    pub fn checked_mul(self, other: Self) -> Result<Self, Overflow> {
        let a = Self::reduced(self.numerator, other.denominator);
        let b = Self::reduced(other.numerator, self.denominator);
        match (a.numerator.checked_mul(b.numerator), a.denominator.checked_mul(b.denominator)) {
            (Some(numerator), Some(denominator)) => Ok(Ratio { numerator, denominator }),
            _ => Err(Overflow::of("a product of fractions")),
        }
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`Overflow`] past 128 bits, or where `other` is zero.
    pub fn checked_div(self, other: Self) -> Result<Self, Overflow> {
        if other.is_zero() {
            return Err(Overflow::of("a division by zero"));
        }
        let sign = other.numerator.signum();
        self.checked_mul(Ratio {
            numerator: other.denominator * sign,
            denominator: other.numerator * sign,
        })
    }

    /// The nearest whole number by `rounding`.
    pub fn round(self, rounding: Rounding) -> i128 {
        rounding.divide(self.numerator, self.denominator)
    }

    /// The largest whole number not above it.
    pub fn floor(self) -> i128 {
        self.numerator.div_euclid(self.denominator)
    }

    /// As a decimal, where it has one of at most [`DECIMAL_PLACES_MAX`] places.
    fn decimal(self) -> Option<String> {
        let mut left = self.denominator;
        let mut times = |factor: i128| {
            let mut count = 0;
            while left % factor == 0 && count <= DECIMAL_PLACES_MAX {
                (left, count) = (left / factor, count + 1);
            }
            count
        };
        let places = times(2).max(times(5));
        if left != 1 || places > DECIMAL_PLACES_MAX {
            return None;
        }
        let scale = 10_i128.checked_pow(u32::try_from(places).ok()?)? / self.denominator;
        let scaled = self.numerator.checked_mul(scale)?;
        let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        let sign = if scaled < 0 { "-" } else { "" };
        let dot = if places > 0 { "." } else { "" };
        Some([sign, whole, dot, part].concat())
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// Compares without overflow, by the continued fraction.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (*self, *other);
        loop {
            let (x, y) = (a.floor(), b.floor());
            if x != y {
                return x.cmp(&y);
            }
            let (p, q) =
                (a.numerator.rem_euclid(a.denominator), b.numerator.rem_euclid(b.denominator));
            match (p, q) {
                (0, 0) => return Ordering::Equal,
                (0, _) => return Ordering::Less,
                (_, 0) => return Ordering::Greater,
                // p/a.d < q/b.d exactly when b.d/q < a.d/p.
                _ => {
                    (a, b) = (
                        Ratio { numerator: b.denominator, denominator: q },
                        Ratio { numerator: a.denominator, denominator: p },
                    );
                }
            }
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimal() {
            Some(text) => f.pad(&text),
            None => f.pad(&format!("{}/{}", self.numerator, self.denominator)),
        }
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Ratio {
    type Err = BadRatio;
    fn from_str(text: &str) -> Result<Self, BadRatio> {
        let bad = || BadRatio(text.chars().take(80).collect());
        if let Some((top, bottom)) = text.split_once('/') {
            let top = parse_whole(top).ok_or_else(bad)?;
            let bottom = parse_whole(bottom).ok_or_else(bad)?;
            return Ratio::new(top, bottom);
        }
        let (number, scale) = match text.strip_suffix('%') {
            Some(rest) => (rest.trim_end(), 100),
            None => (text, 1),
        };
        let value = parse_decimal(number).ok_or_else(bad)?;
        value.checked_div(Ratio::whole(scale)).map_err(|_| bad())
    }
}

fn parse_whole(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let ok = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if ok { text.parse().ok() } else { None }
}

/// Digits with at most one point; `_` may separate digits, as in TOML.
fn parse_decimal(text: &str) -> Option<Ratio> {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['-', '+']);
    if text.len() - digits.len() > 1 {
        return None;
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let has_point = digits.contains('.');
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || (has_point && part.is_empty()) || !all_digits(whole) || !all_digits(part)
    {
        return None;
    }
    if part.len() > DECIMAL_PLACES_MAX {
        return None;
    }
    let size: i128 = format!("{whole}{part}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    Ratio::new(if negative { -size } else { size }, scale).ok()
}

impl TryFrom<String> for Ratio {
    type Error = BadRatio;
    fn try_from(text: String) -> Result<Self, BadRatio> {
        text.parse()
    }
}

impl From<Ratio> for String {
    fn from(ratio: Ratio) -> String {
        ratio.to_string()
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return gcd_of_words(a, b).into();
        }
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// Nearly all fractions are small, and a division of 64 bits costs a fraction of one of 128.
fn gcd_of_words(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn texts() {
        for (text, shown) in [
            ("0.50", "0.5"),
            ("12.5%", "0.125"),
            ("17/28", "17/28"),
            ("-3", "-3"),
            ("1_000.25", "1000.25"),
            ("-0.05", "-0.05"),
            ("2/4", "0.5"),
            ("-7/1250", "-0.0056"),
            ("1/262144", "0.000003814697265625"),
            ("1/1048576", "1/1048576"),
            ("52/31", "52/31"),
        ] {
            assert_eq!(ratio(text).to_string(), shown, "{text}");
        }
        for bad in ["", "1.", ".5", "1e3", "1/0", "--1", "0.5.5", "nan", "1,000"] {
            assert!(bad.parse::<Ratio>().is_err(), "{bad}");
        }
    }

    #[test]
    fn overflow_is_an_error() {
        let huge = Ratio::new(i128::MAX, 1).unwrap();
        assert!(huge.checked_add(Ratio::ONE).is_err());
        assert!(huge.checked_mul(Ratio::whole(2)).is_err());
        assert!(Ratio::ONE.checked_div(Ratio::ZERO).is_err());
    }

    proptest! {
        #[test]
        fn arithmetic_agrees_with_cross_multiplication(
            a in -10_000i128..10_000, b in 1i128..10_000, c in -10_000i128..10_000, d in 1i128..10_000,
        ) {
            let (x, y) = (Ratio::new(a, b).unwrap(), Ratio::new(c, d).unwrap());
            prop_assert_eq!(x.checked_add(y).unwrap(), Ratio::new(a * d + c * b, b * d).unwrap());
            prop_assert_eq!(x.checked_mul(y).unwrap(), Ratio::new(a * c, b * d).unwrap());
            prop_assert_eq!(x.cmp(&y), (a * d).cmp(&(c * b)));
            prop_assert_eq!(x.to_string().parse::<Ratio>().unwrap(), x);
            prop_assert_eq!(x.checked_sub(y).unwrap().checked_add(y).unwrap(), x);
        }
    }
}
