//! The tax breakdown (BG-23): one group for each category and rate.
//!
//! The books keep a class for each reason why nothing is charged; EN 16931 wants one group for each
//! category and rate, so classes that differ in the reason alone are added up and their reasons
//! stand side by side.

use leasehold_books::invoice::TaxTotal;
use leasehold_contract::codelist as codes;
use leasehold_contract::lease::{TaxCategory, TaxClass};
use leasehold_types::{Money, Ratio};

use super::error::Problem;
use super::source::Source;

/// A category and its rate, as lines and allowances quote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaxKey {
    pub(super) category: TaxCategory,
    /// In percent; absent outside the scope of the tax (BR-O-05).
    pub(super) percent: Option<String>,
}

/// A group of the breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) key: TaxKey,
    pub(super) net: Money,
    pub(super) tax: Money,
    pub(super) reason: String,
    pub(super) code: Option<String>,
}

/// The category and rate of a class.
pub(super) fn key_of(class: &TaxClass) -> Result<TaxKey, Problem> {
    let category = class.category;
    let code = category.code();
    if (class.rate.numerator() > 0) != (category == TaxCategory::Standard) {
        let message = format!(
            "tax category {code} goes with the rate {} (BT-119): category S has a rate above zero, \
             every other a rate of zero",
            class.rate
        );
        return Err(Problem::new("BR-S-05", message).at("tax.rate"));
    }
    if category == TaxCategory::OutOfScope {
        return Ok(TaxKey { category, percent: None });
    }
    let percent = class.rate.checked_mul(Ratio::whole(100)).map(|rate| rate.to_string());
    match percent {
        Ok(percent) if !percent.contains('/') => Ok(TaxKey { category, percent: Some(percent) }),
        _ => {
            let message =
                format!("the tax rate {} (BT-119) cannot be written as a decimal", class.rate);
            Err(Problem::new("BR-48", message).at("tax.rate"))
        }
    }
}

/// The groups of a document, in the order of its classes.
pub(super) fn groups(source: &Source<'_>, problems: &mut Vec<Problem>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for total in source.taxes {
        if let Err(problem) = add(&mut groups, total) {
            problems.push(problem);
        }
    }
    check_scope(&groups, problems);
    for group in &groups {
        problems.extend(check_tax(group).err());
    }
    groups
}

fn add(groups: &mut Vec<Group>, total: &TaxTotal) -> Result<(), Problem> {
    let key = key_of(&total.class)?;
    let (reason, code) = exemption(&total.class)?;
    let Some(group) = groups.iter_mut().find(|group| group.key == key) else {
        groups.push(Group { key, net: total.net, tax: total.tax, reason, code });
        return Ok(());
    };
    let sum = |a: Money, b: Money| {
        a.checked_add(b).map_err(|error| Problem::new("BR-CO-14", error.to_string()))
    };
    group.net = sum(group.net, total.net)?;
    group.tax = sum(group.tax, total.tax)?;
    if !reason.is_empty() && group.reason != reason {
        group.reason = format!("{}; {reason}", group.reason);
    }
    // One code for two reasons would be wrong for one of them.
    if group.code != code {
        group.code = None;
    }
    Ok(())
}

/// Codes that go with one category alone, and the rules that say so.
const BOUND_CODES: [(&str, TaxCategory, &str); 8] = [
    ("VATEX-EU-G", TaxCategory::Export, "PEPPOL-EN16931-P0104"),
    ("VATEX-EU-O", TaxCategory::OutOfScope, "PEPPOL-EN16931-P0105"),
    ("VATEX-EU-IC", TaxCategory::IntraCommunity, "PEPPOL-EN16931-P0106"),
    ("VATEX-EU-AE", TaxCategory::ReverseCharge, "PEPPOL-EN16931-P0107"),
    ("VATEX-EU-D", TaxCategory::Exempt, "PEPPOL-EN16931-P0108"),
    ("VATEX-EU-F", TaxCategory::Exempt, "PEPPOL-EN16931-P0109"),
    ("VATEX-EU-I", TaxCategory::Exempt, "PEPPOL-EN16931-P0110"),
    ("VATEX-EU-J", TaxCategory::Exempt, "PEPPOL-EN16931-P0111"),
];

/// Why nothing is charged, in words and as a code; nothing at a rate, zero among them.
fn exemption(class: &TaxClass) -> Result<(String, Option<String>), Problem> {
    let rule = match class.category {
        TaxCategory::Standard | TaxCategory::Zero => return Ok((String::new(), None)),
        TaxCategory::Exempt => "BR-E-10",
        TaxCategory::ReverseCharge => "BR-AE-10",
        TaxCategory::IntraCommunity => "BR-IC-10",
        TaxCategory::Export => "BR-G-10",
        TaxCategory::OutOfScope => "BR-O-10",
    };
    let category = class.category.code();
    let reason = class.exemption.clone().unwrap_or_default().trim().to_owned();
    let code = class.exemption_code.as_deref().map(str::to_ascii_uppercase);
    let Some(code) = code else {
        if reason.is_empty() {
            let message = format!(
                "nothing is charged in tax category {category}, and no reason is given (BT-120)"
            );
            return Err(Problem::new(rule, message).at("tax.exemption"));
        }
        return Ok((reason, None));
    };
    if !codes::is_exemption(&code) {
        let message = format!("`{code}` is no code of the VATEX list (BT-121)");
        return Err(Problem::new("BR-CL-22", message).at("tax.exemption_code"));
    }
    let bound = BOUND_CODES.iter().find(|(bound, _, _)| *bound == code);
    if let Some((_, _, rule)) = bound.filter(|(_, category, _)| *category != class.category) {
        let message =
            format!("the code `{code}` (BT-121) is not for tax category {category} (BT-118)");
        return Err(Problem::new(rule, message).at("tax.exemption_code"));
    }
    Ok((reason, Some(code)))
}

fn check_scope(groups: &[Group], problems: &mut Vec<Problem>) {
    let outside = |group: &Group| group.key.category == TaxCategory::OutOfScope;
    if groups.len() > 1 && groups.iter().any(outside) {
        let message = "some lines are outside the scope of the tax (BT-118 is O), others are not; \
                       one document cannot hold both: make a tax rule for all lines";
        problems.push(Problem::new("BR-O-11", message).at("tax"));
    }
}

/// The tax is net times rate but for a minor unit: rounded at once on an invoice, and on a credit
/// note as the difference of two rounded sums. CEN's own check leaves room for less than one major
/// unit, so where there are no minor ones, a difference of one does not pass.
fn check_tax(group: &Group) -> Result<(), Problem> {
    let rate: Ratio = match &group.key.percent {
        Some(percent) => format!("{percent}%").parse().unwrap_or(Ratio::ZERO),
        None => Ratio::ZERO,
    };
    let close = || -> Option<bool> {
        let exact = group.net.exact().ok()?.checked_mul(rate).ok()?;
        let off = group.tax.exact().ok()?.checked_sub(exact).ok()?;
        let (off, one) = (off.numerator().unsigned_abs(), off.denominator().unsigned_abs());
        Some(off < one || (off == one && group.tax.currency().decimals() > 0))
    };
    if close() == Some(true) {
        return Ok(());
    }
    let message = format!(
        "the tax {} (BT-117) is further from the rate {rate} of {} (BT-116) than the rule allows",
        group.tax, group.net
    );
    Err(Problem::new("BR-CO-17", message))
}
