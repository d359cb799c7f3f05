//! The lines of a document.

use leasehold_books::invoice::{BilledLine, LineNature};
use leasehold_books::rating::QuantityUnit;
use leasehold_types::{Money, Ratio};

use super::words::{amount, class, number, period, title};

/// A line as the table shows it.
pub(in crate::pdf) struct Row {
    pub(in crate::pdf) number: String,
    pub(in crate::pdf) label: String,
    /// That it corrects earlier invoices, where it does.
    pub(in crate::pdf) mark: Option<String>,
    pub(in crate::pdf) period: String,
    /// How it was computed, briefly.
    pub(in crate::pdf) detail: String,
    pub(in crate::pdf) quantity: String,
    pub(in crate::pdf) unit: &'static str,
    pub(in crate::pdf) price: String,
    pub(in crate::pdf) tax: String,
    /// `not disclosed` where it is not.
    pub(in crate::pdf) shown: String,
    /// What it adds to sums.
    pub(in crate::pdf) amount: Money,
}

pub(super) fn of(lines: &[BilledLine]) -> Vec<Row> {
    lines.iter().map(row).collect()
}

fn row(line: &BilledLine) -> Row {
    let moves_balance =
        matches!(line.nature, LineNature::CreditApplied | LineNature::CreditCarried);
    let hidden = !line.disclosed && line.amount.is_zero();
    let (quantity, unit, price) =
        if moves_balance || hidden { (String::new(), "", String::new()) } else { quantity(line) };
    Row {
        number: line.number.to_string(),
        label: title(line.label.strip_prefix("correction: ").unwrap_or(&line.label)),
        mark: mark(&line.nature),
        period: if moves_balance { String::new() } else { period(line.from, line.until) },
        detail: detail(line),
        quantity,
        unit,
        price,
        tax: class(&line.tax),
        shown: if hidden { "not disclosed".to_owned() } else { amount(line.amount) },
        amount: line.amount,
    }
}

/// Quantity, unit and price of one; of what is no credit and has no quantity, one at its amount.
fn quantity(line: &BilledLine) -> (String, &'static str, String) {
    let unit = match line.quantity.unit {
        QuantityUnit::One if line.amount.is_negative() => {
            return (String::new(), "", String::new());
        }
        QuantityUnit::One => return ("1".to_owned(), "", amount(line.amount)),
        QuantityUnit::AcceleratorHour => "accelerator-hours",
        QuantityUnit::MillionTokens => "million tokens",
    };
    let per = Ratio::whole(line.amount.currency().minor_per_major());
    let price = line.price.and_then(|price| price.checked_div(per).ok());
    let price = price.map_or_else(|| "several".to_owned(), |price| padded(price, line.amount));
    (rounded(line.quantity.value), unit, price)
}

/// A price with at least the decimals of its currency.
fn padded(price: Ratio, like: Money) -> String {
    let mut said = number(price);
    if said.contains('/') {
        return said;
    }
    let least = usize::from(like.currency().decimals());
    let has = said.split_once('.').map_or(0, |(_, part)| part.len());
    if has == 0 && least > 0 {
        said.push('.');
    }
    for _ in has..least {
        said.push('0');
    }
    said
}

/// A quantity: exact where it ends within six decimals, otherwise about what it is.
fn rounded(value: Ratio) -> String {
    let million = Ratio::whole(1_000_000);
    let Ok(scaled) = value.checked_mul(million) else { return number(value) };
    if scaled.denominator() == 1 {
        return number(value);
    }
    let whole = scaled.round(leasehold_types::Rounding::HalfAway);
    match Ratio::new(whole, 1_000_000) {
        Ok(near) => format!("\u{2248} {}", number(near)),
        Err(_) => number(value),
    }
}

fn mark(nature: &LineNature) -> Option<String> {
    match nature {
        LineNature::Correction(invoices) if invoices.is_empty() => {
            Some("Correction of a period that was billed nothing".to_owned())
        }
        LineNature::Correction(invoices) => Some(format!("Correction of {}", invoices.join(", "))),
        _ => None,
    }
}

fn detail(line: &BilledLine) -> String {
    match line.nature {
        LineNature::CreditCarried => {
            "No invoice is below zero: the next invoices use what is left.".to_owned()
        }
        LineNature::CreditApplied => "Credits that earlier invoices could not use.".to_owned(),
        _ if line.price.is_some() => String::new(),
        _ => title(&line.working.text),
    }
}
