//! What EN 16931 and Peppol ask of the owner (the seller, BG-4) and the tenant (the buyer, BG-7).

use leasehold_contract::codelist as codes;
use leasehold_contract::lease::{Address, Identifier, Party, TaxCategory};

use super::error::Problem;
use super::source::Source;
use super::taxes::Group;

/// The owner, or the tenant; with their words in the rules.
struct Side<'a> {
    party: &'a Party,
    /// The section of the term sheet.
    section: &'static str,
    name: (&'static str, &'static str),
    address: (&'static str, &'static str),
    country: (&'static str, &'static str),
    endpoint: (&'static str, &'static str),
}

/// Checks both sides, and what must be said between them.
pub(super) fn check(source: &Source<'_>, groups: &[Group], problems: &mut Vec<Problem>) {
    let owner = Side {
        party: &source.terms.owner,
        section: "owner",
        name: ("BR-06", "BT-27"),
        address: ("BR-08", "BG-5"),
        country: ("BR-09", "BT-40"),
        endpoint: ("PEPPOL-EN16931-R020", "BT-34"),
    };
    let tenant = Side {
        party: &source.terms.tenant,
        section: "tenant",
        name: ("BR-07", "BT-44"),
        address: ("BR-10", "BG-8"),
        country: ("BR-11", "BT-55"),
        endpoint: ("PEPPOL-EN16931-R010", "BT-49"),
    };
    for side in [&owner, &tenant] {
        check_side(side, problems);
    }
    check_tax_ids(source, groups, problems);
    check_reference(source, problems);
    check_account(source, problems);
}

fn check_side(side: &Side<'_>, problems: &mut Vec<Problem>) {
    let section = side.section;
    if side.party.name.trim().is_empty() {
        let (rule, term) = side.name;
        let message = format!("the {section} has no name ({term})");
        problems.push(Problem::new(rule, message).at(format!("{section}.name")));
    }
    match &side.party.details.address {
        None => {
            let (rule, term) = side.address;
            let message = format!("the {section} has no postal address ({term})");
            problems.push(Problem::new(rule, message).at(format!("{section}.address")));
        }
        Some(address) => problems.extend(check_country(side, address)),
    }
    problems.extend(check_endpoint(side));
    problems.extend(check_registration(side));
    if let Some(vat_id) = &side.party.details.vat_id
        && !codes::has_country_prefix(vat_id)
    {
        let message =
            format!("the {section}'s VAT identifier `{vat_id}` does not begin with its country");
        problems.push(Problem::new("BR-CO-09", message).at(format!("{section}.vat_id")));
    }
}

fn check_registration(side: &Side<'_>) -> Option<Problem> {
    let registration = side.party.details.registration.as_ref()?;
    let (section, scheme) = (side.section, registration.scheme.as_deref()?);
    let key = format!("{section}.registration");
    if codes::is_identifier_scheme(scheme) {
        return check_digits(&key, registration);
    }
    let message = format!(
        "`{scheme}` is no scheme of ISO 6523, like 0088 or 0106, for the {section}'s registration \
         (BT-30, BT-47)"
    );
    Some(Problem::new("BR-CL-11", message).at(format!("{key}.scheme")))
}

fn check_country(side: &Side<'_>, address: &Address) -> Option<Problem> {
    let (section, (rule, term)) = (side.section, side.country);
    let country = address.country.trim();
    let rule = if country.is_empty() { rule } else { "BR-CL-14" };
    let message = format!(
        "the {section}'s country ({term}) is `{country}`: write its ISO 3166-1 code, like DE"
    );
    let key = format!("{section}.address.country");
    (!codes::is_country(country)).then(|| Problem::new(rule, message).at(key))
}

fn check_endpoint(side: &Side<'_>) -> Option<Problem> {
    let (section, (rule, term)) = (side.section, side.endpoint);
    let key = format!("{section}.endpoint");
    let Some(endpoint) = &side.party.details.endpoint else {
        let message = format!("the {section} has no electronic address ({term})");
        return Some(Problem::new(rule, message).at(key));
    };
    if endpoint.id.trim().is_empty() {
        let message = format!("the {section}'s electronic address ({term}) is empty");
        return Some(Problem::new(rule, message).at(format!("{key}.id")));
    }
    let (rule, message) = match endpoint.scheme.as_deref() {
        None => {
            let rule = if section == "owner" { "BR-62" } else { "BR-63" };
            (rule, format!("the {section}'s electronic address ({term}) has no scheme"))
        }
        Some(scheme) if !codes::is_address_scheme(scheme) => {
            let message = format!(
                "`{scheme}` is no scheme of electronic addresses (EAS), like 0088 or 9930, for the \
                 {section} ({term})"
            );
            ("BR-CL-25", message)
        }
        Some(_) => return check_digits(&key, endpoint),
    };
    Some(Problem::new(rule, message).at(format!("{key}.scheme")))
}

/// Whether an identifier's check digits are right, where its scheme has any.
fn check_digits(key: &str, identifier: &Identifier) -> Option<Problem> {
    let (scheme, id) = (identifier.scheme.as_deref()?, identifier.id.trim());
    let (rule, what) = codes::check_digit_fault(scheme, id)?;
    let message = format!("`{id}` is no {what}, which scheme {scheme} is for");
    Some(Problem::new(rule, message).at(format!("{key}.id")))
}

/// Which identifiers each category of tax asks for.
fn check_tax_ids(source: &Source<'_>, groups: &[Group], problems: &mut Vec<Problem>) {
    let (owner, tenant) = (&source.terms.owner.details, &source.terms.tenant.details);
    for group in groups {
        let code = group.key.category.code();
        let owner_rule = match group.key.category {
            TaxCategory::Standard => "BR-S-02",
            TaxCategory::Zero => "BR-Z-02",
            TaxCategory::Exempt => "BR-E-02",
            TaxCategory::ReverseCharge => "BR-AE-02",
            TaxCategory::IntraCommunity => "BR-IC-02",
            TaxCategory::Export => "BR-G-02",
            TaxCategory::OutOfScope => continue,
        };
        if owner.vat_id.is_none() {
            let message =
                format!("tax category {code} asks for the owner's VAT identifier (BT-31)");
            problems.push(Problem::new(owner_rule, message).at("owner.vat_id"));
        }
        let missing = match group.key.category {
            TaxCategory::ReverseCharge => tenant.vat_id.is_none() && tenant.registration.is_none(),
            TaxCategory::IntraCommunity => tenant.vat_id.is_none(),
            _ => false,
        };
        if missing {
            let message =
                format!("tax category {code} asks for the tenant's VAT identifier (BT-48)");
            problems.push(Problem::new(owner_rule, message).at("tenant.vat_id"));
        }
    }
    let named_by_vat = owner.vat_id.is_some() && !is_outside(groups);
    if !named_by_vat && owner.registration.is_none() {
        let message = "the owner has neither a registration (BT-30) nor a VAT identifier (BT-31) \
                       that this document may show";
        problems.push(Problem::new("BR-CO-26", message).at("owner.registration"));
    }
}

/// Whether the document is outside the scope of the tax: then it shows no VAT identifier (BR-O-02).
pub(super) fn is_outside(groups: &[Group]) -> bool {
    groups.iter().any(|group| group.key.category == TaxCategory::OutOfScope)
}

fn check_reference(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let invoicing = &source.terms.invoicing;
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if !said(&invoicing.buyer_reference) && !said(&invoicing.purchase_order) {
        let message = "there is neither a reference of the tenant's (BT-10) nor a purchase order \
                       (BT-13)";
        let problem = Problem::new("PEPPOL-EN16931-R003", message);
        problems.push(problem.at("invoicing.buyer_reference"));
    }
}

fn check_account(source: &Source<'_>, problems: &mut Vec<Problem>) {
    if let Some(bank) = &source.terms.owner.details.bank
        && bank.account.trim().is_empty()
    {
        let message = "the owner's account (BT-84) is empty";
        problems.push(Problem::new("BR-50", message).at("owner.bank.account"));
    }
}
