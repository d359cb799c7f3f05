//! Phrases about sides, taxes and documents that several sections share.

use crate::lease::*;
use crate::schedule::words::percent;

use super::words::count;

/// "Praterstern 5, 1020 Wien, AT".
pub(crate) fn address(address: &Address) -> String {
    let mut parts = address.lines.clone();
    let code = address.postal_code.iter().chain(&address.city);
    let city: Vec<&str> = code.map(String::as_str).collect();
    if !city.is_empty() {
        parts.push(city.join(" "));
    }
    parts.extend(address.region.clone());
    parts.push(address.country.clone());
    parts.join(", ")
}

/// "4012345000009 (scheme 0088)".
pub(crate) fn identifier(identifier: &Identifier) -> String {
    match &identifier.scheme {
        Some(scheme) => format!("{} (scheme {scheme})", identifier.id),
        None => identifier.id.clone(),
    }
}

/// "Accounts payable, +43 1 5550100, payables@meridian.example".
pub(crate) fn contact(contact: &Contact) -> String {
    let parts = [&contact.name, &contact.telephone, &contact.email];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}

/// "account DE89370400440532013000 at COBADEFF, in the name of …".
pub(crate) fn bank(bank: &Bank) -> String {
    let mut said = format!("account {}", bank.account);
    if let Some(at) = &bank.bank {
        said.push_str(&format!(" at {at}"));
    }
    if let Some(holder) = &bank.holder {
        said.push_str(&format!(", in the name of {holder}"));
    }
    said
}

/// "19 % (category S)", "nothing (category AE: Reverse charge; VATEX-EU-AE)".
pub(crate) fn tax_class(class: &TaxClass) -> String {
    let category = format!("category {}", class.category.code());
    let reasons: Vec<&str> =
        class.exemption.iter().chain(&class.exemption_code).map(|said| said.trim()).collect();
    let rate = if class.rate.is_zero() { "nothing".to_owned() } else { percent(class.rate) };
    match reasons.join("; ") {
        none if none.is_empty() => format!("{rate} ({category})"),
        reasons => format!("{rate} ({category}: {})", reasons.trim_end_matches('.')),
    }
}

pub(crate) fn taxed(on: Taxed) -> &'static str {
    match on {
        Taxed::All => "all lines",
        Taxed::Fees => "fees and what is taken off them",
        Taxed::Usage => "use above the commitment and what a minimum adds to it",
    }
}

pub(crate) fn counts(counts: CommitmentCounts) -> &'static str {
    match counts {
        CommitmentCounts::Usage => "use above the entitlement and tokens",
        CommitmentCounts::Everything => "fees, use above the entitlement and tokens",
    }
}

/// "a month", "every 3 months".
pub(crate) fn every(months: u16) -> String {
    match months {
        1 => "a month".to_owned(),
        months => format!("every {}", count(months.into(), "month")),
    }
}

/// What is known of a side besides its name and its account; nothing where nothing is.
pub(crate) fn details(side: Side, details: &PartyDetails) -> Option<String> {
    let parts = [
        details.address.as_ref().map(address),
        details.vat_id.as_ref().map(|id| format!("VAT identifier {id}")),
        details.registration.as_ref().map(|id| format!("registered as {}", identifier(id))),
        details.endpoint.as_ref().map(|id| format!("electronic address {}", identifier(id))),
        details.contact.as_ref().map(|whom| format!("contact {}", contact(whom))),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("Details of the {side}: {}.", said.join("; ")))
}
