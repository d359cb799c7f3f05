//! The rules that `docs/ubl.md` claims, read from the standard and checked on the XML, with nothing
//! of the writer's: what others' tools check too is checked here on many more documents.

use std::collections::BTreeSet;

use leasehold_types::Ratio;
use roxmltree::{Document, Node};

use super::sums;

/// Every fault that a document has: `RULE: what`.
pub fn faults(text: &str) -> Vec<String> {
    checked(text).0
}

/// Every fault, and the rules that looked at something.
pub fn checked(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let parsed = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut check =
        Check { root: parsed.root_element(), faults: Vec::new(), seen: BTreeSet::new() };
    head(&mut check);
    parties(&mut check);
    lines(&mut check);
    allowances(&mut check);
    amounts(&mut check);
    sums::check(&mut check);
    (check.faults, check.seen)
}

/// A document and what is wrong with it.
pub struct Check<'a> {
    root: Node<'a, 'a>,
    faults: Vec<String>,
    seen: BTreeSet<String>,
}

impl<'a> Check<'a> {
    /// Says that a rule is broken unless `holds`.
    pub fn rule(&mut self, rule: &str, holds: bool, what: impl FnOnce() -> String) {
        if !self.seen.contains(rule) {
            self.seen.insert(rule.to_owned());
        }
        if !holds {
            self.faults.push(format!("{rule}: {}", what()));
        }
    }

    pub fn is_invoice(&self) -> bool {
        self.root.tag_name().name() == "Invoice"
    }

    /// All elements at a path of local names below the root.
    pub fn all(&self, path: &str) -> Vec<Node<'a, 'a>> {
        all(self.root, path)
    }

    /// The text at a path; empty where there is none.
    pub fn text(&self, path: &str) -> String {
        text(self.root, path)
    }

    pub fn lines(&self) -> Vec<Node<'a, 'a>> {
        self.all(if self.is_invoice() { "InvoiceLine" } else { "CreditNoteLine" })
    }
}

pub fn all<'a>(node: Node<'a, 'a>, path: &str) -> Vec<Node<'a, 'a>> {
    let step = |nodes: Vec<Node<'a, 'a>>, name: &str| {
        let children = nodes.into_iter().flat_map(|node| node.children());
        children.filter(|child| child.tag_name().name() == name).collect()
    };
    path.split('/').fold(vec![node], step)
}

pub fn text(node: Node<'_, '_>, path: &str) -> String {
    all(node, path).first().and_then(|node| node.text()).unwrap_or_default().to_owned()
}

/// The number at a path; nothing where there is none.
pub fn number(node: Node<'_, '_>, path: &str) -> Ratio {
    let text = text(node, path);
    if text.is_empty() { Ratio::ZERO } else { text.parse().unwrap() }
}

fn head(check: &mut Check<'_>) {
    let profile = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
    let type_code = if check.is_invoice() { "InvoiceTypeCode" } else { "CreditNoteTypeCode" };
    let expected = if check.is_invoice() { "380" } else { "381" };
    for (rules, path) in [
        (&["BR-01", "PEPPOL-EN16931-R004"][..], "CustomizationID"),
        (&["PEPPOL-EN16931-R001", "PEPPOL-EN16931-R007"], "ProfileID"),
        (&["BR-02"], "ID"),
        (&["BR-03"], "IssueDate"),
        (&["BR-04"], type_code),
        (&["BR-05"], "DocumentCurrencyCode"),
    ] {
        let found = check.text(path);
        let right = match path {
            "CustomizationID" => found == profile,
            "ProfileID" => found == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
            "IssueDate" => found.parse::<leasehold_types::Date>().is_ok(),
            path if path == type_code => found == expected,
            _ => !found.is_empty(),
        };
        for rule in rules {
            check.rule(rule, right, || format!("{path} is `{found}`"));
        }
    }
    let notes = check.all("Note").len();
    check.rule("PEPPOL-EN16931-R002", notes <= 1, || format!("{notes} notes"));
    let referred =
        !check.text("BuyerReference").is_empty() || !check.text("OrderReference/ID").is_empty();
    check.rule("PEPPOL-EN16931-R003", referred, || "no reference".to_owned());
    let preceding = check.all("BillingReference");
    let named = preceding.iter().all(|it| !text(*it, "InvoiceDocumentReference/ID").is_empty());
    check.rule("BR-55", named, || "a preceding invoice without its number".to_owned());
    check.rule("BR-55", check.is_invoice() || !preceding.is_empty(), || "none".to_owned());
    let empty = check.root.descendants().filter(|node| node.is_element()).find(|node| {
        node.descendants().all(|it| it.text().is_none_or(|text| text.trim().is_empty()))
    });
    let name = empty.map(|node| node.tag_name().name().to_owned());
    check.rule("PEPPOL-EN16931-R008", empty.is_none(), || format!("{name:?} is empty"));
    for period in check.all("InvoicePeriod") {
        ordered(check, "BR-29", period);
    }
}

/// Dates as texts: in this form they are in order as texts, too.
fn ordered(check: &mut Check<'_>, rule: &str, period: Node<'_, '_>) {
    let (start, end) = (text(period, "StartDate"), text(period, "EndDate"));
    check.rule("BR-CO-19", !start.is_empty() && !end.is_empty(), || "a blank period".to_owned());
    check.rule(rule, start <= end, || format!("{start} to {end}"));
}

fn parties(check: &mut Check<'_>) {
    for (side, rules) in [
        ("AccountingSupplierParty", ["BR-06", "BR-08", "BR-09", "BR-62", "PEPPOL-EN16931-R020"]),
        ("AccountingCustomerParty", ["BR-07", "BR-10", "BR-11", "BR-63", "PEPPOL-EN16931-R010"]),
    ] {
        let at = |path: &str| format!("{side}/Party/{path}");
        let name = check.text(&at("PartyLegalEntity/RegistrationName"));
        check.rule(rules[0], !name.is_empty(), || "no name".to_owned());
        let address = check.all(&at("PostalAddress")).len();
        check.rule(rules[1], address == 1, || format!("{address} addresses"));
        let country = check.text(&at("PostalAddress/Country/IdentificationCode"));
        check.rule(rules[2], country.len() == 2, || format!("country `{country}`"));
        let endpoint = check.all(&at("EndpointID"));
        let scheme = endpoint.first().and_then(|node| node.attribute("schemeID"));
        check.rule(rules[3], scheme.is_some(), || "no scheme".to_owned());
        check.rule(rules[4], endpoint.len() == 1, || format!("{} endpoints", endpoint.len()));
        let vat_id = check.text(&at("PartyTaxScheme/CompanyID"));
        let prefix = vat_id.bytes().take(2).all(|byte| byte.is_ascii_uppercase());
        check.rule("BR-CO-09", prefix, || format!("VAT identifier `{vat_id}`"));
    }
    let seller = "AccountingSupplierParty/Party";
    let named = ["PartyTaxScheme/CompanyID", "PartyLegalEntity/CompanyID"]
        .iter()
        .any(|path| !check.text(&format!("{seller}/{path}")).is_empty());
    check.rule("BR-CO-26", named, || "the seller has no identifier".to_owned());
    for means in check.all("PaymentMeans") {
        let code = text(means, "PaymentMeansCode");
        check.rule("BR-49", !code.is_empty(), || "no code".to_owned());
        let account = text(means, "PayeeFinancialAccount/ID");
        for rule in ["BR-50", "BR-61"] {
            let holds = code == "97" || !account.is_empty();
            check.rule(rule, holds, || format!("no account for {code}"));
        }
    }
}

fn lines(check: &mut Check<'_>) {
    let lines = check.lines();
    check.rule("BR-16", !lines.is_empty(), || "no line".to_owned());
    let name = if check.is_invoice() { "InvoicedQuantity" } else { "CreditedQuantity" };
    let (first, last) =
        (check.text("InvoicePeriod/StartDate"), check.text("InvoicePeriod/EndDate"));
    for line in lines {
        let id = text(line, "ID");
        let quantities = all(line, name);
        let unit = quantities.first().and_then(|node| node.attribute("unitCode"));
        for (rule, there) in [
            ("BR-21", !id.is_empty()),
            ("BR-22", quantities.len() == 1),
            ("BR-23", unit.is_some()),
            ("BR-24", !text(line, "LineExtensionAmount").is_empty()),
            ("BR-25", !text(line, "Item/Name").is_empty()),
            ("BR-26", !text(line, "Price/PriceAmount").is_empty()),
            ("BR-27", number(line, "Price/PriceAmount") >= Ratio::ZERO),
            ("BR-CO-04", !text(line, "Item/ClassifiedTaxCategory/ID").is_empty()),
        ] {
            check.rule(rule, there, || format!("line {id}"));
        }
        for period in all(line, "InvoicePeriod") {
            ordered(check, "BR-30", period);
            let inside = first <= text(period, "StartDate");
            check.rule("PEPPOL-EN16931-R110", inside, || format!("line {id} begins before"));
            let inside = text(period, "EndDate") <= last;
            check.rule("PEPPOL-EN16931-R111", inside, || format!("line {id} ends after"));
        }
        for base in all(line, "Price/BaseQuantity") {
            let above = base.text().unwrap_or_default().parse::<Ratio>().unwrap() > Ratio::ZERO;
            check.rule("PEPPOL-EN16931-R121", above, || format!("line {id}"));
            let same = base.attribute("unitCode") == unit;
            check.rule("PEPPOL-EN16931-R130", same, || format!("line {id}"));
        }
        line_amount(check, line, name);
    }
}

/// Quantity times price over base is the amount, but for half a minor unit: R120 allows 0.02.
fn line_amount(check: &mut Check<'_>, line: Node<'_, '_>, quantity: &str) {
    let base = number(line, "Price/BaseQuantity");
    let base = if base == Ratio::ZERO { Ratio::ONE } else { base };
    let product = number(line, quantity).checked_mul(number(line, "Price/PriceAmount")).unwrap();
    let product = product.checked_div(base).unwrap();
    let amount = number(line, "LineExtensionAmount");
    let off = product.checked_sub(amount).unwrap();
    let slack =
        Ratio::new(if text(line, "LineExtensionAmount").contains('.') { 1 } else { 100 }, 200);
    let slack = slack.unwrap();
    let minus = Ratio::ZERO.checked_sub(slack).unwrap();
    check.rule("PEPPOL-EN16931-R120", off <= slack && off >= minus, || {
        format!("line {}: {product} is not {amount}", text(line, "ID"))
    });
}

fn allowances(check: &mut Check<'_>) {
    for allowance in check.all("AllowanceCharge") {
        let reason = text(allowance, "AllowanceChargeReason");
        let coded = !reason.is_empty() || !text(allowance, "AllowanceChargeReasonCode").is_empty();
        for (rule, there) in [
            ("PEPPOL-EN16931-R043", text(allowance, "ChargeIndicator") == "false"),
            ("BR-31", number(allowance, "Amount") > Ratio::ZERO),
            ("BR-32", !text(allowance, "TaxCategory/ID").is_empty()),
            ("BR-33", coded),
            ("BR-CO-21", coded),
        ] {
            check.rule(rule, there, || format!("allowance `{reason}`"));
        }
    }
}

/// Every amount in the currency of the document, none but a price with more than two decimals.
fn amounts(check: &mut Check<'_>) {
    let currency = check.text("DocumentCurrencyCode");
    for node in check.root.descendants().filter(|node| node.has_attribute("currencyID")) {
        let (name, text) = (node.tag_name().name(), node.text().unwrap_or_default());
        let same = node.attribute("currencyID") == Some(currency.as_str());
        check.rule("PEPPOL-EN16931-R051", same, || format!("{name} {text}"));
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let few = name == "PriceAmount" || decimals <= 2;
        check.rule("BR-DEC", few, || format!("{name} {text}"));
    }
}
