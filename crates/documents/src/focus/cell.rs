//! A value of a table, before it becomes text or bytes: decimals are integers with a scale.

use std::borrow::Cow;
use std::fmt;

use leasehold_types::{Instant, Money, Ratio, Rounding};

/// Decimals of a cost: the product of a quantity and a price still fits.
pub(super) const COST_DECIMALS: u8 = QUANTITY_DECIMALS + PRICE_DECIMALS;
/// Decimals of a quantity.
pub(super) const QUANTITY_DECIMALS: u8 = 9;
/// Decimals of a unit price.
pub(super) const PRICE_DECIMALS: u8 = 9;
/// Most digits of a decimal, in Parquet and so everywhere.
const DIGITS_MAX: u32 = 38;

/// A value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// None.
    Null,
    /// Text, or JSON as text.
    Text(Cow<'a, str>),
    /// An instant.
    Instant(Instant),
    /// An exact decimal.
    Decimal(Decimal),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
}

/// An exact decimal: `unscaled` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

/// A number that has no place in a column of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Decimal {
    /// Nothing.
    pub const ZERO: Decimal = Decimal { unscaled: 0, scale: 0 };

    /// A whole number.
    pub(super) const fn whole(value: i128) -> Self {
        Decimal { unscaled: value, scale: 0 }
    }

    /// An amount in major units, with the decimals of its currency.
    pub(super) const fn money(money: Money) -> Self {
        Decimal { unscaled: money.minor(), scale: money.currency().decimals() }
    }

    /// A fraction, rounded to `decimals` where it has more; without zeros at its end.
    pub(super) fn rounded(value: Ratio, decimals: u8) -> Result<Self, TooLarge> {
        let shifted = power(decimals)
            .and_then(|shift| Ratio::new(shift, 1).map_err(|_| TooLarge))
            .and_then(|shift| value.checked_mul(shift).map_err(|_| TooLarge))?;
        let unscaled = shifted.round(Rounding::HalfAway);
        Ok(Decimal { unscaled, scale: decimals }.trimmed())
    }

    /// The exact product.
    pub(super) fn times(self, other: Self) -> Result<Self, TooLarge> {
        let unscaled = self.unscaled.checked_mul(other.unscaled).ok_or(TooLarge)?;
        let scale = self.scale.checked_add(other.scale).ok_or(TooLarge)?;
        Ok(Decimal { unscaled, scale }.trimmed())
    }

    /// Without its sign.
    pub(super) const fn absolute(self) -> Self {
        Decimal { unscaled: self.unscaled.saturating_abs(), ..self }
    }

    /// The digits, shifted to a column of `decimals`.
    pub(super) fn at_scale(self, decimals: u8) -> Result<i128, TooLarge> {
        let trimmed = self.trimmed();
        let more = decimals.checked_sub(trimmed.scale).ok_or(TooLarge)?;
        let shifted = power(more)?.checked_mul(trimmed.unscaled).ok_or(TooLarge)?;
        if shifted.unsigned_abs() < 10_u128.pow(DIGITS_MAX) { Ok(shifted) } else { Err(TooLarge) }
    }

    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.unscaled % 10 == 0 {
            self = Decimal { unscaled: self.unscaled / 10, scale: self.scale - 1 };
        }
        self
    }
}

fn power(of_ten: u8) -> Result<i128, TooLarge> {
    10_i128.checked_pow(u32::from(of_ten)).ok_or(TooLarge)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let places = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.unscaled.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

impl<'a> Cell<'a> {
    /// Text where there is some.
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Null, |text| Cell::Text(Cow::Borrowed(text)))
    }

    /// A decimal where there is one.
    pub(super) fn decimal(decimal: Option<Decimal>) -> Self {
        decimal.map_or(Cell::Null, Cell::Decimal)
    }

    /// An instant where there is one.
    pub(super) fn instant(instant: Option<Instant>) -> Self {
        instant.map_or(Cell::Null, Cell::Instant)
    }
}

impl fmt::Display for Cell<'_> {
    /// As it stands in a CSV file; nothing for [`Cell::Null`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => Ok(()),
            Cell::Text(text) => f.write_str(text),
            Cell::Instant(instant) => write!(f, "{instant}"),
            Cell::Decimal(decimal) => write!(f, "{decimal}"),
            Cell::Whole(whole) => write!(f, "{whole}"),
            Cell::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn decimals_are_printed_plainly() {
        let money = Money::parse("-0.05", "EUR".parse().unwrap()).unwrap();
        assert_eq!(Decimal::money(money).to_string(), "-0.05");
        assert_eq!(Decimal::whole(-120).to_string(), "-120");
        assert_eq!(Decimal::rounded(ratio("2/3"), 9).unwrap().to_string(), "0.666666667");
        assert_eq!(Decimal::rounded(ratio("-2/3"), 9).unwrap().to_string(), "-0.666666667");
        assert_eq!(Decimal::rounded(ratio("12.500"), 9).unwrap().to_string(), "12.5");
    }

    #[test]
    fn products_are_exact_and_shifted_to_the_scale_of_their_column() {
        let (hours, price) = (ratio("468017/3600"), ratio("3.125"));
        let hours = Decimal::rounded(hours, QUANTITY_DECIMALS).unwrap();
        let price = Decimal::rounded(price, PRICE_DECIMALS).unwrap();
        let cost = hours.times(price).unwrap();
        assert_eq!(cost.to_string(), "406.26475694375");
        assert_eq!(cost.at_scale(COST_DECIMALS), Ok(406_264_756_943_750_000_000));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let huge = Decimal::whole(10_i128.pow(20));
        assert_eq!(huge.at_scale(COST_DECIMALS), Err(TooLarge));
        assert!(Decimal::whole(10_i128.pow(20) - 1).at_scale(COST_DECIMALS).is_ok());
        assert_eq!(Decimal::rounded(ratio("1/3"), 9).unwrap().at_scale(3), Err(TooLarge));
        assert_eq!(Decimal::whole(i128::MAX).times(Decimal::whole(2)), Err(TooLarge));
    }
}
