//! The sums of EN 16931 and its rules for each category of tax.

use leasehold_types::Ratio;

use super::rules::{Check, number, text};
use roxmltree::Node;

/// What the document says of one category and rate.
struct Group {
    category: String,
    percent: String,
    net: Ratio,
    tax: Ratio,
    reasoned: bool,
}

pub fn check(check: &mut Check<'_>) {
    totals(check);
    let groups: Vec<Group> = check.all("TaxTotal/TaxSubtotal").into_iter().map(group).collect();
    check.rule("BR-CO-18", !groups.is_empty(), || "no breakdown".to_owned());
    let totals = check.all("TaxTotal").len();
    check.rule("PEPPOL-EN16931-R053", totals == 1, || format!("{totals} tax totals"));
    for node in check.all("TaxTotal/TaxSubtotal") {
        for (rule, path) in
            [("BR-45", "TaxableAmount"), ("BR-46", "TaxAmount"), ("BR-47", "TaxCategory/ID")]
        {
            check.rule(rule, !text(node, path).is_empty(), || path.to_owned());
        }
    }
    every_line_has_its_group(check, &groups);
    let several = groups.len() > 1 && groups.iter().any(|group| group.category == "O");
    for rule in ["BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14"] {
        check.rule(rule, !several, || "category O among others".to_owned());
    }
    for group in &groups {
        one_group(check, group);
    }
}

fn group(node: Node<'_, '_>) -> Group {
    let reason = text(node, "TaxCategory/TaxExemptionReason");
    let code = text(node, "TaxCategory/TaxExemptionReasonCode");
    Group {
        category: text(node, "TaxCategory/ID"),
        percent: text(node, "TaxCategory/Percent"),
        net: number(node, "TaxableAmount"),
        tax: number(node, "TaxAmount"),
        reasoned: !reason.is_empty() || !code.is_empty(),
    }
}

fn sum(numbers: impl Iterator<Item = Ratio>) -> Ratio {
    numbers.fold(Ratio::ZERO, |sum, number| sum.checked_add(number).unwrap())
}

fn less(a: Ratio, b: Ratio) -> Ratio {
    a.checked_sub(b).unwrap()
}

fn totals(check: &mut Check<'_>) {
    let totals = check.all("LegalMonetaryTotal");
    let Some(it) = totals.first().copied() else {
        return check.rule("BR-12", false, || "no totals".to_owned());
    };
    for (rule, path) in [
        ("BR-12", "LineExtensionAmount"),
        ("BR-13", "TaxExclusiveAmount"),
        ("BR-14", "TaxInclusiveAmount"),
        ("BR-15", "PayableAmount"),
    ] {
        check.rule(rule, !text(it, path).is_empty(), || path.to_owned());
    }
    let lines = sum(check.lines().into_iter().map(|line| number(line, "LineExtensionAmount")));
    let off = sum(check.all("AllowanceCharge").into_iter().map(|it| number(it, "Amount")));
    let taxes = check.all("TaxTotal/TaxSubtotal").into_iter().map(|it| number(it, "TaxAmount"));
    let (taxes, tax) =
        (sum(taxes), check.all("TaxTotal").first().map(|it| number(*it, "TaxAmount")));
    let (net, gross) = (number(it, "TaxExclusiveAmount"), number(it, "TaxInclusiveAmount"));
    let payable = number(it, "PayableAmount");
    for (rule, said, found) in [
        ("BR-CO-10", number(it, "LineExtensionAmount"), lines),
        ("BR-CO-11", number(it, "AllowanceTotalAmount"), off),
        ("BR-CO-13", net, less(lines, off)),
        ("BR-CO-14", tax.unwrap_or(Ratio::ZERO), taxes),
        ("BR-CO-15", gross, net.checked_add(taxes).unwrap()),
        ("BR-CO-16", payable, less(gross, number(it, "PrepaidAmount"))),
    ] {
        check.rule(rule, said == found, || format!("{said} is not {found}"));
    }
    let due = !check.text("DueDate").is_empty() || !check.text("PaymentTerms/Note").is_empty();
    check.rule("BR-CO-25", payable <= Ratio::ZERO || due, || "no due date".to_owned());
}

/// The category and rate of a line or an allowance.
fn taxed(node: Node<'_, '_>) -> (String, String) {
    let at = if node.tag_name().name() == "AllowanceCharge" {
        "TaxCategory"
    } else {
        "Item/ClassifiedTaxCategory"
    };
    (text(node, &format!("{at}/ID")), text(node, &format!("{at}/Percent")))
}

fn every_line_has_its_group(check: &mut Check<'_>, groups: &[Group]) {
    for node in [check.lines(), check.all("AllowanceCharge")].concat() {
        let (category, percent) = taxed(node);
        let of_it = groups.iter().filter(|g| g.category == category && g.percent == percent);
        let rule = format!("BR-{}-01", prefix(&category));
        check.rule(&rule, of_it.count() == 1, || format!("{category} {percent}"));
    }
}

/// How the rules of a category are named.
fn prefix(category: &str) -> &str {
    if category == "K" { "IC" } else { category }
}

fn one_group(check: &mut Check<'_>, group: &Group) {
    let (category, name) = (group.category.as_str(), prefix(&group.category));
    let of_it =
        |node: &Node<'_, '_>| taxed(*node) == (group.category.clone(), group.percent.clone());
    let lines = check.lines().into_iter().filter(of_it);
    let lines = sum(lines.map(|line| number(line, "LineExtensionAmount")));
    let off = check.all("AllowanceCharge").into_iter().filter(of_it);
    let net = less(lines, sum(off.map(|it| number(it, "Amount"))));
    let said = group.net;
    check.rule(&format!("BR-{name}-08"), said == net, || format!("{said} is not {net}"));
    let rate = match category {
        "O" => Ratio::ZERO,
        _ => format!("{}%", group.percent).parse().unwrap(),
    };
    check.rule("BR-48", (category == "O") == group.percent.is_empty(), || category.to_owned());
    check.rule(&format!("BR-{name}-05"), (category == "S") == (rate > Ratio::ZERO), || {
        format!("rate {rate}")
    });
    let reasoned = !matches!(category, "S" | "Z");
    check.rule(&format!("BR-{name}-10"), group.reasoned == reasoned, || "reason".to_owned());
    tax(check, group, rate, name);
    identifiers(check, category, name);
}

/// Net times rate but for a minor unit: as near as two rounded sums can be.
fn tax(check: &mut Check<'_>, group: &Group, rate: Ratio, name: &str) {
    let exact = group.net.checked_mul(rate).unwrap();
    let off = less(group.tax, exact);
    let whole = !check.text("TaxTotal/TaxAmount").contains('.');
    let minor = Ratio::new(1, if whole { 1 } else { 100 }).unwrap();
    let near = off <= minor && less(Ratio::ZERO, off) <= minor;
    for rule in ["BR-CO-17".to_owned(), format!("BR-{name}-09")] {
        check.rule(&rule, near, || format!("{} is not {exact}", group.tax));
    }
}

fn identifiers(check: &mut Check<'_>, category: &str, name: &str) {
    let vat_id = |side: &str| check.text(&format!("{side}/Party/PartyTaxScheme/CompanyID"));
    let (seller, buyer) = (vat_id("AccountingSupplierParty"), vat_id("AccountingCustomerParty"));
    let legal = check.text("AccountingCustomerParty/Party/PartyLegalEntity/CompanyID");
    let holds = match category {
        "O" => seller.is_empty() && buyer.is_empty(),
        "AE" => !seller.is_empty() && [&buyer, &legal].iter().any(|id| !id.is_empty()),
        "K" => ![&seller, &buyer].iter().any(|id| id.is_empty()),
        _ => !seller.is_empty(),
    };
    for number in ["02", "03"] {
        check.rule(&format!("BR-{name}-{number}"), holds, || format!("`{seller}`, `{buyer}`"));
    }
    if category == "K" {
        let period = check.all("InvoicePeriod").len() == 1;
        check.rule("BR-IC-11", period, || "no period".to_owned());
        let country = "Delivery/DeliveryLocation/Address/Country/IdentificationCode";
        check.rule("BR-IC-12", !check.text(country).is_empty(), || "no country".to_owned());
    }
}
