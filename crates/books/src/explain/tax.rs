//! The taxes of a document, class by class.

use leasehold_contract::lease::TaxCategory;
use leasehold_types::{Currency, Money, Ratio, Rounding};

use crate::Trouble;
use crate::invoice::TaxTotal;
use crate::rating::TaxClass;

use super::words::{exact, rounding, share};
use super::{Exact, ExplainedTax};

/// The tax of one class of an invoice: net times rate, rounded once.
pub(super) fn of_invoice(total: &TaxTotal, rule: Rounding) -> Result<ExplainedTax, Trouble> {
    let product = total.net.exact()?.checked_mul(total.class.rate)?;
    let currency = total.net.currency();
    let working = if total.class.rate.is_zero() {
        format!("nothing is charged on {}", total.net)
    } else {
        let rate = share(total.class.rate);
        format!("{rate} of {}, rounded {}", total.net, rounding(rule, currency))
    };
    Ok(explained(total, product, working, currency))
}

/// The tax of one class of a credit note: that on all that was credited on the invoice to date,
/// rounded, less what was credited of it before.
pub(super) fn of_note(
    total: &TaxTotal,
    before: (Money, Money),
    rule: Rounding,
) -> Result<ExplainedTax, Trouble> {
    let currency = total.net.currency();
    let (net_before, tax_before) = before;
    let net = net_before.checked_add(total.net)?;
    let to_date = net.exact()?.checked_mul(total.class.rate)?;
    let product = to_date.checked_sub(tax_before.exact()?)?;
    let working = if total.class.rate.is_zero() {
        format!("nothing is charged on {}, so nothing is credited", total.net)
    } else if net_before.is_zero() {
        format!("{} of {net}, rounded {}", share(total.class.rate), rounding(rule, currency))
    } else {
        let rounded = Money::from_exact(to_date, currency, rule);
        format!(
            "{} of {net} credited on this invoice to date, rounded {}, is {rounded}; less \
             {tax_before} of tax credited before",
            share(total.class.rate),
            rounding(rule, currency)
        )
    };
    Ok(explained(total, product, working, currency))
}

fn explained(total: &TaxTotal, minor: Ratio, working: String, currency: Currency) -> ExplainedTax {
    ExplainedTax {
        class: total.class.clone(),
        rule: rule(&total.class),
        net: total.net,
        exact: Exact { minor, text: exact(currency, minor) },
        working,
        tax: total.tax,
    }
}

/// What is charged on a class, and why.
pub(crate) fn rule(class: &TaxClass) -> String {
    let code = class.category.code();
    let what = match class.category {
        TaxCategory::Standard => format!("Standard rate, {} (category {code}).", share(class.rate)),
        TaxCategory::Zero => format!("Rate of zero (category {code})."),
        TaxCategory::Exempt => format!("Exempt (category {code})."),
        TaxCategory::ReverseCharge => {
            format!("Reverse charge (category {code}): the tenant accounts for the tax.")
        }
        TaxCategory::IntraCommunity => {
            format!("Supply to another member state (category {code}).")
        }
        TaxCategory::Export => format!("Export (category {code})."),
        TaxCategory::OutOfScope => format!("Outside the scope of the tax (category {code})."),
    };
    let exemption = class.exemption.as_deref().map(sentence);
    match (&exemption, &class.exemption_code) {
        (Some(why), Some(code)) if what.starts_with(why.as_str()) => format!("{what} {code}."),
        (Some(why), None) if what.starts_with(why.as_str()) => what,
        (Some(why), Some(code)) => format!("{what} {why} ({code})."),
        (Some(why), None) => format!("{what} {why}."),
        (None, Some(code)) => format!("{what} {code}."),
        (None, None) => what,
    }
}

/// With a capital, without its full stop.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut rest = text.chars();
    let first = rest.next();
    first.into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}
