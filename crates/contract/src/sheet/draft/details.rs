//! What documents say of a side besides its name: `[owner.address]` and the like.

use crate::lease::{Address, Bank, Contact, Identifier, PartyDetails};
use crate::sheet::schema::{self, Table};
use crate::sheet::section::{Field, Node, Section};
use crate::sheet::value::{self, Schemes};
use crate::sheet::{check, codes};

/// The details of a side, as written.
pub(in crate::sheet) struct DetailsDraft {
    pub vat_id: Field<String>,
    pub address: Field<Address>,
    pub registration: Field<Identifier>,
    pub endpoint: Field<Identifier>,
    contact: Field<Contact>,
    bank: Field<Bank>,
    /// Which of the keys are written, right or wrong.
    written: Vec<&'static str>,
}

const KEYS: &[&str] = &["vat_id", "address", "registration", "endpoint", "contact", "bank"];

/// Reads the details in the table of a side.
pub(super) fn read(section: &Section<'_>) -> DetailsDraft {
    DetailsDraft {
        vat_id: section.may("vat_id", value::vat_id),
        address: section.table(&schema::ADDRESS, |inner| read_address(&inner)),
        registration: read_identifier(section, &schema::REGISTRATION, Schemes::Identifiers),
        endpoint: read_identifier(section, &schema::ENDPOINT, Schemes::Addresses),
        contact: section.table(&schema::CONTACT, |inner| read_contact(&inner)),
        bank: section.table(&schema::BANK, |inner| read_bank(&inner)),
        written: KEYS.iter().copied().filter(|key| section.has(key)).collect(),
    }
}

fn read_address(section: &Section<'_>) -> Option<Address> {
    let lines = section.may("lines", value::address_lines);
    let city = said(section, "city", value::text);
    let postal_code = said(section, "postal_code", value::text);
    let region = said(section, "region", value::text);
    let country = section.need("country", value::country)?.value;
    let lines = lines.map(|lines| lines.value).unwrap_or_default();
    Some(Address { lines, city, postal_code, region, country })
}

fn read_identifier<'a>(
    section: &Section<'a>,
    spec: &'static Table,
    schemes: Schemes,
) -> Field<Identifier> {
    section.table(spec, |inner: Section<'a>| {
        let id = inner.need("id", value::text);
        let scheme = match schemes {
            Schemes::Identifiers => inner.may("scheme", value::scheme(schemes)),
            Schemes::Addresses => inner.need("scheme", value::scheme(schemes)),
        };
        check::check_digit(id.as_ref(), scheme.as_ref(), inner.sink());
        let wrong = scheme.is_none() && inner.has("scheme");
        let scheme = scheme.map(|scheme| scheme.value);
        let needed = schemes == Schemes::Addresses && scheme.is_none();
        id.filter(|_| !wrong && !needed).map(|id| Identifier { scheme, id: id.value })
    })
}

fn read_contact(section: &Section<'_>) -> Option<Contact> {
    let keys = ["name", "telephone", "email"];
    if !keys.iter().any(|key| section.has(key)) && !section.sink().is_incomplete() {
        let message = format!("{} says nothing", section.name());
        let fault = codes::EMPTY_CONTACT.at(section.span, message).label("empty");
        section.sink().report(fault.remedy("add `name`, `telephone` or `email`, or remove it"));
    }
    Some(Contact {
        name: said(section, "name", value::text),
        telephone: said(section, "telephone", value::text),
        email: said(section, "email", value::email),
    })
}

fn read_bank(section: &Section<'_>) -> Option<Bank> {
    let account = section.need("account", value::account);
    let bank = section.may("bank", value::text);
    check::bank_code(account.as_ref(), bank.as_ref(), section.sink());
    let holder = said(section, "holder", value::text);
    Some(Bank { account: account?.value, bank: bank.map(|bank| bank.value), holder })
}

/// What a key holds, where it is there and right.
fn said<'a>(
    section: &Section<'a>,
    key: &'static str,
    read: impl FnOnce(Node<'a>) -> Option<String>,
) -> Option<String> {
    section.may(key, read).map(|at| at.value)
}

impl DetailsDraft {
    /// Whether that key is written, right or wrong.
    pub(in crate::sheet) fn has(&self, key: &str) -> bool {
        self.written.contains(&key)
    }

    pub(super) fn lower(&self) -> PartyDetails {
        PartyDetails {
            address: self.address.clone().map(|at| at.value),
            vat_id: self.vat_id.clone().map(|at| at.value),
            registration: self.registration.clone().map(|at| at.value),
            endpoint: self.endpoint.clone().map(|at| at.value),
            contact: self.contact.clone().map(|at| at.value),
            bank: self.bank.clone().map(|at| at.value),
        }
    }
}
