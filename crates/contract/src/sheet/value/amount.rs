//! Amounts of money and rates: exact, in the lease's currency.
//!
//! Where the lease's currency itself could not be read, amounts are not judged: they give `None`
//! and report nothing.

use leasehold_types::{Currency, Money, Ratio, Rounding};
use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::limits::{AMOUNT_MAX_MAJOR, RATE_DECIMALS_MAX};
use crate::sheet::nearest::quoted;
use crate::sheet::section::{Field, Node};

/// An amount of the lease's currency, in whole minor units.
pub(in crate::sheet) fn amount(currency: Field<Currency>) -> impl Fn(Node<'_>) -> Option<Money> {
    move |node| {
        let of = currency?;
        let minor = minor_units(&node, of.value, "12.50")?;
        if minor.denominator() != 1 {
            let decimals = of.value.decimals();
            let message = format!("{} has more decimals than {}", node.source(), of.value);
            let nearest = Money::from_exact(minor, of.value, Rounding::default());
            let fault = codes::TOO_MANY_DECIMALS
                .at(node.span, message)
                .label(format!("{} has {decimals} decimals", of.value))
                .also(of.span, "the lease's currency")
                .remedy(format!("write \"{}\" or another whole amount", nearest.to_decimal()));
            node.sink.report(fault);
            return None;
        }
        Some(Money::new(minor.numerator(), of.value))
    }
}

/// A price for one of something, in minor units; may be finer than the currency.
pub(in crate::sheet) fn rate(currency: Field<Currency>) -> impl Fn(Node<'_>) -> Option<Ratio> {
    move |node| {
        let of = currency?;
        let minor = minor_units(&node, of.value, "2.10")?;
        let major = minor.checked_div(Ratio::whole(of.value.minor_per_major())).ok()?;
        if major.denominator() > 10_i128.pow(RATE_DECIMALS_MAX) {
            let message = format!("{} has too many decimals", node.source());
            let fault = codes::TOO_MANY_DECIMALS.at(node.span, message).label("too fine");
            node.sink.report(fault.remedy(format!("write at most {RATE_DECIMALS_MAX} decimals")));
            return None;
        }
        Some(minor)
    }
}

/// What stands there in minor units of `currency`, exactly.
fn minor_units(node: &Node<'_>, currency: Currency, example: &str) -> Option<Ratio> {
    let text: &str = match node.value {
        DeValue::String(text) => text.trim(),
        DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
        DeValue::Float(digits) => digits.as_str(),
        _ => {
            node.wrong_type("an amount", &format!("\"{example}\""));
            return None;
        }
    };
    let digits = without_currency(node, text, currency)?;
    let plain = !digits.contains(['/', '%']);
    let Some(major) = digits.parse::<Ratio>().ok().filter(|_| plain) else {
        report_wrong(node, digits, example);
        return None;
    };
    if major.is_negative() || major > Ratio::whole(AMOUNT_MAX_MAJOR) {
        let message = format!("`{}` is {}", node.path, quoted(text));
        let problem = if major.is_negative() { "negative" } else { "too large" };
        let fault = codes::AMOUNT_OUT_OF_RANGE.at(node.span, message).label(problem);
        node.sink.report(fault.remedy("write an amount from 0 to a quadrillion"));
        return None;
    }
    major.checked_mul(Ratio::whole(currency.minor_per_major())).ok()
}

/// The text without its currency, where it names the right one.
fn without_currency<'t>(node: &Node<'_>, text: &'t str, currency: Currency) -> Option<&'t str> {
    let Some((code, rest)) = text.split_once(' ') else { return Some(text) };
    if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Some(text);
    }
    match code.parse::<Currency>() {
        Ok(written) if written == currency => Some(rest.trim_start()),
        Ok(written) => {
            let message =
                format!("`{}` is in {written}, but the lease is in {currency}", node.path);
            let fault = codes::MIXED_CURRENCIES.at(node.span, message).label("another currency");
            let remedy = format!("write it in {currency}, or make a lease of its own in {written}");
            node.sink.report(fault.remedy(remedy));
            None
        }
        Err(_) => {
            let fault = codes::UNKNOWN_CURRENCY.at(node.span, format!("`{code}` is no currency"));
            node.sink
                .report(fault.label("unknown").remedy(format!("write {currency}, or no code")));
            None
        }
    }
}

fn report_wrong(node: &Node<'_>, digits: &str, example: &str) {
    let message = format!("`{}` is not an amount", quoted(digits));
    let fault = codes::WRONG_AMOUNT.at(node.span, message).label("not understood");
    let remedy = match plain(digits) {
        Some(plain) => format!("write \"{plain}\""),
        None => format!("write it like \"{example}\""),
    };
    node.sink.report(fault.remedy(remedy));
}

/// What is probably meant by an amount with separators, a sign of its currency, or the code at its
/// end: `1,460,000.00`, `$1460000`, `1460000 USD`.
fn plain(written: &str) -> Option<String> {
    let (digits, code) = match written.rsplit_once(' ') {
        Some((digits, code)) if code.parse::<Currency>().is_ok() => (digits, Some(code)),
        _ => (written, None),
    };
    let ornament = |c: char| matches!(c, ',' | '\'' | ' ' | '\u{a0}' | '$' | '\u{20ac}' | '\u{a3}');
    let plain: String = digits.chars().filter(|c| !ornament(*c)).collect();
    let is_number = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') && plain != written;
    plain.parse::<Ratio>().ok().filter(|_| is_number)?;
    Some(code.map_or_else(|| plain.clone(), |code| format!("{code} {plain}")))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_probably_meant() {
        for (written, meant) in [
            ("1,460,000.00", Some("1460000.00")),
            ("$1460000", Some("1460000")),
            ("1 460 000.00", Some("1460000.00")),
            ("1460000 USD", Some("USD 1460000")),
            ("1.460.000,00", None),
            ("1.46 million", None),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(plain(written).as_deref(), meant, "{written}");
        }
    }
}
