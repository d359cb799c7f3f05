//! Amounts of money: whole minor units of one currency.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Currency, Overflow, Ratio, Rounding};

/// An amount in minor units of its currency (cents of USD, yen of JPY, fils of KWD).
///
/// Serialised as `{"amount": "51612.90", "currency": "USD"}`: major units, the currency's own
/// number of decimals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Money {
    minor: i128,
    currency: Currency,
}

/// A text that is no amount of that currency, or two currencies where there must be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAmount {
    /// The text is not a decimal number with at most the currency's decimals.
    #[error("`{text}` is not an amount of {currency}: write digits with at most {} decimals, like {}", currency.decimals(), Money::new(125_000, *currency).to_decimal())]
    Text {
        /// What was given.
        text: String,
        /// The currency that it should be of.
        currency: Currency,
    },
    /// Two currencies met.
    #[error("{left} and {right} cannot be added: convert one outside, or keep two totals")]
    Mixed {
        /// The first currency.
        left: Currency,
        /// The second.
        right: Currency,
    },
    /// The result does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

#[derive(Serialize, Deserialize)]
struct Written {
    amount: String,
    currency: Currency,
}

impl Money {
    /// `minor` minor units of `currency`.
    pub const fn new(minor: i128, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Money { minor: 0, currency }
    }

    /// Minor units.
    pub const fn minor(self) -> i128 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Reads major units: `"1250000000.00"`, `"1250000000"`, `"1_250_000_000"`.
    ///
    /// # Errors
    /// [`BadAmount`] where the text is no number or has more decimals than the currency.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, BadAmount> {
        let bad = || BadAmount::Text { text: text.chars().take(80).collect(), currency };
        if text.contains(['/', '%']) {
            return Err(bad());
        }
        let value: Ratio = text.parse().map_err(|_| bad())?;
        let minor = value.checked_mul(Ratio::whole(currency.minor_per_major()))?;
        if minor.denominator() == 1 {
            Ok(Money::new(minor.numerator(), currency))
        } else {
            Err(bad())
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`BadAmount`] where the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, BadAmount> {
        if self.currency != other.currency {
            return Err(BadAmount::Mixed { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(Overflow::of("a sum of amounts"))?;
        Ok(Money { minor, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Money::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self, BadAmount> {
        self.checked_add(Money {
            minor: other.minor.checked_neg().ok_or(Overflow::of("a difference of amounts"))?,
            ..other
        })
    }

    /// The sum of `amounts`, which are all of `currency`.
    ///
    /// # Errors
    /// As [`Money::checked_add`].
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Money>,
    ) -> Result<Self, BadAmount> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)
    }

    /// The exact amount in minor units, for arithmetic that is rounded once at its end.
    ///
    /// # Errors
    /// [`Overflow`] at the far end of 128 bits.
    pub fn exact(self) -> Result<Ratio, Overflow> {
        Ratio::new(self.minor, 1).map_err(|_| Overflow::of("an amount"))
    }

    /// An exact number of minor units, rounded once.
    pub fn from_exact(minor: Ratio, currency: Currency, rounding: Rounding) -> Self {
        Money { minor: minor.round(rounding), currency }
    }

    /// The amount in major units with the currency's decimals: `-51612.90`, `100`, `1.250`.
    pub fn to_decimal(self) -> String {
        let digits = self.digits();
        let (sign, whole, part) = self.split(&digits);
        let dot = if part.is_empty() { "" } else { "." };
        [sign, whole, dot, part].concat()
    }

    /// The digits of the minor units: at least one before the point.
    fn digits(self) -> String {
        let width = usize::from(self.currency.decimals()) + 1;
        match u64::try_from(self.minor.unsigned_abs()) {
            Ok(small) => format!("{small:0>width$}"),
            Err(_) => format!("{:0>width$}", self.minor.unsigned_abs()),
        }
    }

    fn split(self, digits: &str) -> (&'static str, &str, &str) {
        let sign = if self.minor < 0 { "-" } else { "" };
        let places = usize::from(self.currency.decimals());
        let (whole, part) = digits.split_at(digits.len() - places);
        (sign, whole, part)
    }
}

impl fmt::Display for Money {
    /// `USD 1,250,000,000.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let (sign, whole, part) = self.split(&digits);
        let mut grouped = String::with_capacity(whole.len() * 4 / 3);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let dot = if part.is_empty() { "" } else { "." };
        f.pad(&format!("{} {sign}{grouped}{dot}{part}", self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<Written> for Money {
    type Error = BadAmount;
    fn try_from(written: Written) -> Result<Self, BadAmount> {
        Money::parse(&written.amount, written.currency)
    }
}

impl From<Money> for Written {
    fn from(money: Money) -> Written {
        Written { amount: money.to_decimal(), currency: money.currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn decimals_are_the_currency_s_own() {
        for (code, text, minor, shown) in [
            ("USD", "1250000000.00", 125_000_000_000, "USD 1,250,000,000.00"),
            ("USD", "-0.05", -5, "USD -0.05"),
            ("JPY", "100", 100, "JPY 100"),
            ("KWD", "1.25", 1_250, "KWD 1.250"),
        ] {
            let money = Money::parse(text, currency(code)).unwrap();
            assert_eq!(money.minor(), minor);
            assert_eq!(money.to_string(), shown);
        }
        assert!(Money::parse("1.005", currency("USD")).is_err());
        assert!(Money::parse("0.5", currency("JPY")).is_err());
        assert!(Money::parse("1/2", currency("USD")).is_err());
    }

    #[test]
    fn currencies_never_mix() {
        let (usd, eur) = (Money::new(1, currency("USD")), Money::new(1, currency("EUR")));
        assert_eq!(
            usd.checked_add(eur).unwrap_err().to_string(),
            "USD and EUR cannot be added: convert one outside, or keep two totals"
        );
        assert!(Money::new(i128::MAX, currency("USD")).checked_add(usd).is_err());
    }

    #[test]
    fn json_is_major_units() {
        let money = Money::new(5_161_290, currency("USD"));
        let json = serde_json::to_string(&money).unwrap();
        assert_eq!(json, r#"{"amount":"51612.90","currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }
}
