//! What invoices need to know besides amounts: who is who, and how documents are named.

use serde::{Deserialize, Serialize};

/// What an invoice says of a party besides its name. All of it may be missing: only what EN 16931
/// asks for is then missing from the structured invoice, and whoever writes one says so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PartyDetails {
    /// The postal address.
    pub address: Option<Address>,
    /// The VAT identifier, with its country prefix.
    pub vat_id: Option<String>,
    /// The number in a register of companies.
    pub registration: Option<Identifier>,
    /// The electronic address at which invoices are sent or received.
    pub endpoint: Option<Identifier>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// Where to pay.
    pub bank: Option<Bank>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number, one or two lines.
    #[serde(default)]
    pub lines: Vec<String>,
    /// City.
    #[serde(default)]
    pub city: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// State or province.
    #[serde(default)]
    pub region: Option<String>,
    /// Country, by ISO 3166-1 alpha-2.
    pub country: String,
}

/// An identifier and the scheme that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The scheme: an ICD or EAS code (`0088` for GLN, `0060` for DUNS), where it has one.
    #[serde(default)]
    pub scheme: Option<String>,
    /// The identifier.
    pub id: String,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// A person or a desk.
    pub name: Option<String>,
    /// A telephone number.
    pub telephone: Option<String>,
    /// An address for mail.
    pub email: Option<String>,
}

/// Where to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// IBAN or another account number.
    pub account: String,
    /// BIC or another code of the bank.
    #[serde(default)]
    pub bank: Option<String>,
    /// In whose name.
    #[serde(default)]
    pub holder: Option<String>,
}

/// How documents of a lease are named and what they say besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Invoicing {
    /// What invoice numbers begin with. Numbers are gapless for each issuer and prefix.
    pub invoice_prefix: String,
    /// What numbers of credit notes begin with.
    pub credit_note_prefix: String,
    /// What the tenant asks to be quoted: its reference.
    pub buyer_reference: Option<String>,
    /// The tenant's purchase order.
    pub purchase_order: Option<String>,
    /// The terms of payment, in words.
    pub payment_terms: Option<String>,
    /// A note on every document.
    pub note: Option<String>,
}

impl Default for Invoicing {
    fn default() -> Self {
        Invoicing {
            invoice_prefix: "INV-".to_owned(),
            credit_note_prefix: "CN-".to_owned(),
            buyer_reference: None,
            purchase_order: None,
            payment_terms: None,
            note: None,
        }
    }
}
