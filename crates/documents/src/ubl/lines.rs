//! Lines (BG-25) and document level allowances (BG-20).
//!
//! EN 16931 forbids negative prices. What is billed is a line; what is taken off (abatements,
//! credits, a credit balance that is used) is an allowance of the document, with its reason. On a
//! credit note it is the other way about by itself: what is credited is a line.

use leasehold_books::invoice::{BilledLine, LineNature};
use leasehold_books::rating::{ChargeKind, QuantityUnit};
use leasehold_types::{Date, Money, Ratio};

use super::error::Problem;
use super::source::{Kind, Source};
use super::taxes::{TaxKey, key_of};

/// A line of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) note: String,
    pub(super) measure: Measure,
    pub(super) amount: Money,
    /// First and last day.
    pub(super) period: Option<(Date, Date)>,
    pub(super) tax: TaxKey,
}

/// How much at which price: quantity times price, over the base where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) quantity: String,
    /// UN/ECE Recommendation 20.
    pub(super) unit: &'static str,
    /// In major units, with all its decimals.
    pub(super) price: String,
    /// How many units the price is for, where not one.
    pub(super) base: Option<&'static str>,
}

/// Something taken off the whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowance {
    /// UNTDID 5189, where a code fits.
    pub(super) code: Option<&'static str>,
    pub(super) reason: String,
    /// Above zero.
    pub(super) amount: Money,
    pub(super) tax: TaxKey,
}

/// The lines and allowances of a document, each in the order of the books' lines.
pub(super) fn split(
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) -> (Vec<Line>, Vec<Allowance>) {
    let (mut lines, mut allowances) = (Vec::new(), Vec::new());
    for line in source.lines {
        if !line.disclosed {
            problems.push(undisclosed(line));
        }
        // A class that cannot be written is reported once, by the breakdown.
        let Ok(tax) = key_of(&line.tax) else { continue };
        if line.amount.minor() < 0 {
            match allowance(line, tax) {
                Ok(allowance) => allowances.push(allowance),
                Err(problem) => problems.push(problem),
            }
        } else {
            lines.push(billed(source.kind, line, tax));
        }
    }
    if !source.lines.iter().any(|line| line.amount.minor() >= 0) {
        let message = "nothing is billed on it (BG-25): every line is below zero";
        problems.push(Problem::new("BR-16", message));
    }
    (lines, allowances)
}

fn undisclosed(line: &BilledLine) -> Problem {
    let phase = line.phase.as_deref().unwrap_or("?");
    let message = format!(
        "line {}, the fee of phase `{phase}`, is owed but not disclosed: it has no amount (BT-131) \
         that could be written",
        line.number
    );
    Problem::new("BR-24", message).at(format!("fee.{phase}.amount"))
}

fn billed(kind: Kind, line: &BilledLine, tax: TaxKey) -> Line {
    // All of a credit note is about one invoice, which its head names.
    let note = match (kind, &line.nature) {
        (Kind::Invoice, LineNature::Correction(invoices)) if !invoices.is_empty() => {
            format!("Corrects {}", invoices.join(", "))
        }
        _ => String::new(),
    };
    Line {
        number: line.number,
        name: line.label.clone(),
        note,
        measure: measured(line).unwrap_or_else(|| once(line.amount)),
        amount: line.amount,
        period: period_of(line),
        tax,
    }
}

fn allowance(line: &BilledLine, tax: TaxKey) -> Result<Allowance, Problem> {
    let zero = Money::zero(line.amount.currency());
    let amount = zero
        .checked_sub(line.amount)
        .map_err(|error| Problem::new("BR-CO-11", error.to_string()))?;
    let reason = match period_of(line) {
        Some((first, last)) => format!("{}, {first} to {last}", line.label),
        None => line.label.clone(),
    };
    Ok(Allowance { code: reason_code(line), reason, amount, tax })
}

/// 95 is a discount, 64 what the contract says, 100 a gesture. A correction of several kinds and a
/// balance brought forward have no code of their own: the reason stands in words.
fn reason_code(line: &BilledLine) -> Option<&'static str> {
    if line.nature != LineNature::Regular {
        return None;
    }
    match line.head.as_ref()?.kind {
        ChargeKind::LateDiscount => Some("95"),
        ChargeKind::GrantedCredit => Some("100"),
        ChargeKind::CommitmentReduction
        | ChargeKind::UndeliveredReduction
        | ChargeKind::RecallAbatement
        | ChargeKind::RecallCompensation
        | ChargeKind::ServiceCredit => Some("64"),
        _ => None,
    }
}

/// The first and the last day that a line covers, where it covers any.
pub(super) fn period_of(line: &BilledLine) -> Option<(Date, Date)> {
    let last = line.until.yesterday().ok()?;
    (line.from <= last).then_some((line.from, last))
}

/// The thing itself, once, at its amount.
fn once(amount: Money) -> Measure {
    let price = amount.to_decimal();
    Measure { quantity: "1".to_owned(), unit: "C62", price, base: None }
}

/// What was measured, at its price, where both are decimals and give the amount (R120). Tokens are
/// priced by the million; accelerator-hours that have no short decimal are counted in seconds,
/// priced by the hour. Nothing is rounded.
fn measured(line: &BilledLine) -> Option<Measure> {
    let minor = line.price?;
    let (value, amount) = (line.quantity.value, line.amount);
    let off = value.checked_mul(minor).ok()?.checked_sub(amount.exact().ok()?).ok()?;
    let at_most_one = off.numerator().unsigned_abs() <= off.denominator().unsigned_abs();
    let below_zero = minor.numerator() < 0 || value.numerator() < 0;
    if below_zero || !at_most_one {
        return None;
    }
    let per_major = Ratio::whole(amount.currency().minor_per_major());
    let price = decimal(minor.checked_div(per_major).ok()?)?;
    let times = |n: i64| value.checked_mul(Ratio::whole(n)).ok();
    let (quantity, unit, base) = match line.quantity.unit {
        QuantityUnit::One => (value, "C62", None),
        QuantityUnit::AcceleratorHour if times(10_000)?.denominator() == 1 => (value, "HUR", None),
        QuantityUnit::AcceleratorHour => (times(3_600)?, "SEC", Some("3600")),
        QuantityUnit::MillionTokens => (times(1_000_000)?, "C62", Some("1000000")),
    };
    Some(Measure { quantity: decimal(quantity)?, unit, price, base })
}

fn decimal(value: Ratio) -> Option<String> {
    let text = value.to_string();
    (!text.contains('/')).then_some(text)
}
