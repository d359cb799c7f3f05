//! Who issues a document and who receives it.

use leasehold_contract::lease::{Address, Identifier};

use super::Party;

impl Party {
    pub(super) fn of(party: &leasehold_contract::lease::Party) -> Party {
        let details = &party.details;
        let mut lines = details.address.as_ref().map(address).unwrap_or_default();
        let vat = details.vat_id.as_ref().map(|id| format!("VAT {id}"));
        let registration = details.registration.as_ref().map(register);
        lines.extend(vat.clone());
        lines.extend(registration.clone());
        if let Some(contact) = &details.contact {
            let said = [&contact.name, &contact.email, &contact.telephone];
            let said: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
            if !said.is_empty() {
                lines.push(said.join(" · "));
            }
        }
        let short: Vec<String> =
            std::iter::once(party.name.clone()).chain(vat).chain(registration).collect();
        Party { name: party.name.clone(), lines, short: short.join(" · ") }
    }
}

/// The country of a party, where its address says one.
pub(super) fn country(party: &leasehold_contract::lease::Party) -> Option<&str> {
    party.details.address.as_ref().map(|address| address.country.as_str())
}

fn register(identifier: &Identifier) -> String {
    match &identifier.scheme {
        Some(scheme) => format!("Registration {} ({scheme})", identifier.id),
        None => format!("Registration {}", identifier.id),
    }
}

/// An address in lines. In the countries that write Letter paper the postal code stands last.
fn address(address: &Address) -> Vec<String> {
    let mut lines = address.lines.clone();
    let code_last =
        super::Paper::of_country(Some(address.country.as_str())) == super::Paper::Letter;
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let (city, code) = (part(&address.city), part(&address.postal_code));
    let place = match &address.region {
        Some(region) if code_last && !city.is_empty() => format!("{city}, {region} {code}"),
        Some(region) if code_last => format!("{region} {code}"),
        _ if code_last => format!("{city} {code}"),
        _ => format!("{code} {city}"),
    };
    if !place.trim().is_empty() {
        lines.push(place.trim().to_owned());
    }
    match (&address.region, code_last) {
        (Some(region), false) => lines.push(format!("{region}, {}", address.country)),
        _ => lines.push(address.country.clone()),
    }
    lines
}
