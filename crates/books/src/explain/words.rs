//! Numbers as people read them: amounts before rounding, shares, counts.

use leasehold_types::{Currency, Date, Money, Ratio, Rounding};

/// Decimals of a fraction that has no end, where one is shown beside it.
const ABOUT_DECIMALS: u32 = 6;

/// Most decimals of a fraction that is shown as a decimal number alone.
const EXACT_DECIMALS_MAX: u32 = 9;

/// An exact number of minor units in major units: `EUR 160,000.00`, or where it has no end
/// `EUR 1,600,000/31, about 51,612.903226`.
pub(crate) fn exact(currency: Currency, minor: Ratio) -> String {
    if minor.denominator() == 1 {
        return Money::new(minor.numerator(), currency).to_string();
    }
    match minor.checked_div(Ratio::whole(currency.minor_per_major())) {
        Ok(major) => format!("{currency} {}", number(major)),
        Err(_) => format!("{minor} minor units of {currency}"),
    }
}

/// A number: decimal where it ends, otherwise its fraction and about what it is.
pub(crate) fn number(value: Ratio) -> String {
    if let Some(decimals) = (0..=EXACT_DECIMALS_MAX).find(|n| scaled(value, *n).is_some()) {
        return decimal(value, decimals).unwrap_or_else(|| value.to_string());
    }
    let fraction = format!(
        "{}/{}",
        grouped(&value.numerator().to_string()),
        grouped(&value.denominator().to_string())
    );
    match decimal(value, ABOUT_DECIMALS) {
        Some(about) => format!("{fraction}, about {about}"),
        None => fraction,
    }
}

/// A share as a percentage: `50 %`, or `14,763/14,880, about 99.213710 %`.
pub(crate) fn share(value: Ratio) -> String {
    let Ok(percent) = value.checked_mul(Ratio::whole(100)) else { return value.to_string() };
    if (0..=EXACT_DECIMALS_MAX).any(|n| scaled(percent, n).is_some()) {
        return format!("{} %", number(percent));
    }
    let (top, bottom) = (value.numerator().to_string(), value.denominator().to_string());
    let about = decimal(percent, ABOUT_DECIMALS).unwrap_or_default();
    format!("{}/{}, about {about} %", grouped(&top), grouped(&bottom))
}

/// A count: `267,840,000`.
pub(crate) fn count(value: u128) -> String {
    grouped(&value.to_string())
}

/// A day as people write it: `31 July 2027`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// How amounts of a currency are rounded.
pub(crate) fn rounding(rule: Rounding, currency: Currency) -> String {
    let unit = Money::new(1, currency);
    match rule {
        Rounding::HalfAway => format!("to {unit}, half away from zero"),
        Rounding::HalfEven => format!("to {unit}, half to even"),
    }
}

/// `value` times ten to the `decimals`, where that is whole.
fn scaled(value: Ratio, decimals: u32) -> Option<i128> {
    let scaled = value.checked_mul(Ratio::whole(10_i64.checked_pow(decimals)?)).ok()?;
    (scaled.denominator() == 1).then_some(scaled.numerator())
}

/// `value` with that many decimals, rounded half away from zero.
fn decimal(value: Ratio, decimals: u32) -> Option<String> {
    let scaled = value.checked_mul(Ratio::whole(10_i64.checked_pow(decimals)?)).ok()?;
    let whole = scaled.round(Rounding::HalfAway);
    let places = usize::try_from(decimals).ok()?;
    let digits = format!("{:0>width$}", whole.unsigned_abs(), width = places + 1);
    let (major, minor) = digits.split_at(digits.len() - places);
    let sign = if whole < 0 { "-" } else { "" };
    let point = if minor.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{minor}", grouped(major)))
}

/// Digits, with an optional sign, in groups of three.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    out.push_str(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_before_rounding() {
        let eur: Currency = "EUR".parse().unwrap();
        assert_eq!(exact(eur, ratio("16000000")), "EUR 160,000.00");
        assert_eq!(exact(eur, ratio("1.25")), "EUR 0.0125");
        assert_eq!(exact(eur, ratio("-160000000/31")), "EUR -1,600,000/31, about -51,612.903226");
        let jpy: Currency = "JPY".parse().unwrap();
        assert_eq!(exact(jpy, ratio("100/3")), "JPY 100/3, about 33.333333");
    }

    #[test]
    fn shares_and_counts() {
        assert_eq!(share(ratio("0.125")), "12.5 %");
        assert_eq!(share(ratio("14763/14880")), "4,921/4,960, about 99.213710 %");
        assert_eq!(count(267_840_000), "267,840,000");
        assert_eq!(number(ratio("2345.678901")), "2,345.678901");
    }
}
