//! The document in the syntax of UBL 2.1, element by element in the order of its schema.

use leasehold_contract::codelist as codes;
use leasehold_contract::lease::{Address, Bank, Contact, Party, TaxCategory};
use leasehold_types::{Currency, Date, Money};

use super::document::Document;
use super::lines::{Allowance, Line};
use super::source::Kind;
use super::taxes::{Group, TaxKey};
use super::xml::Xml;

const CUSTOMIZATION: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROFILE: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";
const AGGREGATES: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASICS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// A credit transfer (UNTDID 4461).
const TRANSFER: &str = "30";
/// A SEPA credit transfer.
const SEPA_TRANSFER: &str = "58";
/// Clearing between partners.
const CLEARING: &str = "97";

/// Writes the document.
pub(super) fn write(document: &Document<'_>) -> String {
    let (root, namespace) = match document.source.kind {
        Kind::Invoice => ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
        Kind::CreditNote => {
            ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2")
        }
    };
    let attributes = [("xmlns", namespace), ("xmlns:cac", AGGREGATES), ("xmlns:cbc", BASICS)];
    Xml::document(root, &attributes, |xml| {
        head(xml, document);
        references(xml, document);
        let terms = document.source.terms;
        xml.group("cac:AccountingSupplierParty", |xml| {
            party(xml, &terms.owner, document.outside_scope);
        });
        xml.group("cac:AccountingCustomerParty", |xml| {
            party(xml, &terms.tenant, document.outside_scope);
        });
        delivery(xml, document);
        payment(xml, document);
        for it in &document.allowances {
            allowance(xml, it);
        }
        tax_total(xml, document);
        monetary_total(xml, document);
        for it in &document.lines {
            line(xml, document.source.kind, it);
        }
    })
}

fn head(xml: &mut Xml, document: &Document<'_>) {
    let source = &document.source;
    xml.leaf("cbc:CustomizationID", CUSTOMIZATION);
    xml.leaf("cbc:ProfileID", PROFILE);
    xml.leaf("cbc:ID", source.number);
    xml.leaf("cbc:IssueDate", &source.issued.to_string());
    if let Some(due) = source.due {
        xml.leaf("cbc:DueDate", &due.to_string());
    }
    match source.kind {
        Kind::Invoice => xml.leaf("cbc:InvoiceTypeCode", "380"),
        Kind::CreditNote => xml.leaf("cbc:CreditNoteTypeCode", "381"),
    }
    xml.leaf("cbc:Note", &source.notes.join("\n"));
    xml.leaf("cbc:DocumentCurrencyCode", source.currency.code());
    let reference = source.terms.invoicing.buyer_reference.as_deref();
    xml.leaf("cbc:BuyerReference", reference.unwrap_or_default());
    period(xml, document.period);
}

fn period(xml: &mut Xml, period: Option<(Date, Date)>) {
    if let Some((first, last)) = period {
        xml.group("cac:InvoicePeriod", |xml| {
            xml.leaf("cbc:StartDate", &first.to_string());
            xml.leaf("cbc:EndDate", &last.to_string());
        });
    }
}

fn references(xml: &mut Xml, document: &Document<'_>) {
    let source = &document.source;
    let order = source.terms.invoicing.purchase_order.as_deref();
    xml.group("cac:OrderReference", |xml| xml.leaf("cbc:ID", order.unwrap_or_default()));
    for preceding in &source.preceding {
        xml.group("cac:BillingReference", |xml| {
            xml.group("cac:InvoiceDocumentReference", |xml| {
                xml.leaf("cbc:ID", &preceding.number);
                if let Some(issued) = preceding.issued {
                    xml.leaf("cbc:IssueDate", &issued.to_string());
                }
            });
        });
    }
    xml.group("cac:ContractDocumentReference", |xml| {
        xml.leaf("cbc:ID", &source.terms.id.to_string());
    });
}

fn party(xml: &mut Xml, party: &Party, outside_scope: bool) {
    let details = &party.details;
    xml.group("cac:Party", |xml| {
        if let Some(endpoint) = &details.endpoint {
            identifier(xml, "cbc:EndpointID", endpoint.scheme.as_deref(), &endpoint.id);
        }
        if let Some(it) = &details.address {
            address(xml, "cac:PostalAddress", it);
        }
        if let Some(vat_id) = details.vat_id.as_ref().filter(|_| !outside_scope) {
            xml.group("cac:PartyTaxScheme", |xml| {
                xml.leaf("cbc:CompanyID", vat_id);
                tax_scheme(xml);
            });
        }
        xml.group("cac:PartyLegalEntity", |xml| {
            xml.leaf("cbc:RegistrationName", &party.name);
            if let Some(registration) = &details.registration {
                let scheme = registration.scheme.as_deref();
                identifier(xml, "cbc:CompanyID", scheme, &registration.id);
            }
        });
        if let Some(it) = &details.contact {
            contact(xml, it);
        }
    });
}

fn identifier(xml: &mut Xml, name: &str, scheme: Option<&str>, id: &str) {
    match scheme {
        Some(scheme) => xml.leaf_with(name, &[("schemeID", scheme)], id),
        None => xml.leaf(name, id),
    }
}

fn address(xml: &mut Xml, name: &str, address: &Address) {
    let mut lines = address.lines.iter().map(String::as_str);
    xml.group(name, |xml| {
        xml.leaf("cbc:StreetName", lines.next().unwrap_or_default());
        xml.leaf("cbc:AdditionalStreetName", lines.next().unwrap_or_default());
        xml.leaf("cbc:CityName", address.city.as_deref().unwrap_or_default());
        xml.leaf("cbc:PostalZone", address.postal_code.as_deref().unwrap_or_default());
        xml.leaf("cbc:CountrySubentity", address.region.as_deref().unwrap_or_default());
        let rest: Vec<&str> = lines.collect();
        xml.group("cac:AddressLine", |xml| xml.leaf("cbc:Line", &rest.join(", ")));
        xml.group("cac:Country", |xml| xml.leaf("cbc:IdentificationCode", &address.country));
    });
}

fn contact(xml: &mut Xml, contact: &Contact) {
    xml.group("cac:Contact", |xml| {
        xml.leaf("cbc:Name", contact.name.as_deref().unwrap_or_default());
        xml.leaf("cbc:Telephone", contact.telephone.as_deref().unwrap_or_default());
        xml.leaf("cbc:ElectronicMail", contact.email.as_deref().unwrap_or_default());
    });
}

/// Where the supply goes, which only a supply to another member state must say (BR-IC-12): to the
/// tenant's address.
fn delivery(xml: &mut Xml, document: &Document<'_>) {
    let intra = |group: &Group| group.key.category == TaxCategory::IntraCommunity;
    let tenant = &document.source.terms.tenant.details.address;
    if let Some(it) = tenant.as_ref().filter(|_| document.groups.iter().any(intra)) {
        xml.group("cac:Delivery", |xml| {
            xml.group("cac:DeliveryLocation", |xml| address(xml, "cac:Address", it));
        });
    }
}

/// How to pay an invoice. A credit note is not paid but set off.
fn payment(xml: &mut Xml, document: &Document<'_>) {
    let source = &document.source;
    match (source.kind, &source.terms.owner.details.bank) {
        (Kind::Invoice, Some(bank)) => account(xml, bank, source.number, source.currency),
        (Kind::Invoice, None) => {}
        (Kind::CreditNote, _) => {
            xml.group("cac:PaymentMeans", |xml| xml.leaf("cbc:PaymentMeansCode", CLEARING));
        }
    }
    let terms = source.payment_terms.as_deref();
    xml.group("cac:PaymentTerms", |xml| xml.leaf("cbc:Note", terms.unwrap_or_default()));
}

fn account(xml: &mut Xml, bank: &Bank, number: &str, currency: Currency) {
    let account: String = bank.account.split_whitespace().collect();
    let sepa = currency.code() == "EUR" && codes::is_iban(&account);
    xml.group("cac:PaymentMeans", |xml| {
        xml.leaf("cbc:PaymentMeansCode", if sepa { SEPA_TRANSFER } else { TRANSFER });
        xml.leaf("cbc:PaymentID", number);
        xml.group("cac:PayeeFinancialAccount", |xml| {
            xml.leaf("cbc:ID", &account);
            xml.leaf("cbc:Name", bank.holder.as_deref().unwrap_or_default());
            xml.group("cac:FinancialInstitutionBranch", |xml| {
                xml.leaf("cbc:ID", bank.bank.as_deref().unwrap_or_default());
            });
        });
    });
}

fn allowance(xml: &mut Xml, allowance: &Allowance) {
    xml.group("cac:AllowanceCharge", |xml| {
        xml.leaf("cbc:ChargeIndicator", "false");
        xml.leaf("cbc:AllowanceChargeReasonCode", allowance.code.unwrap_or_default());
        xml.leaf("cbc:AllowanceChargeReason", &allowance.reason);
        amount(xml, "cbc:Amount", allowance.amount);
        tax_category(xml, "cac:TaxCategory", &allowance.tax, None);
    });
}

fn tax_total(xml: &mut Xml, document: &Document<'_>) {
    xml.group("cac:TaxTotal", |xml| {
        amount(xml, "cbc:TaxAmount", document.source.tax);
        for group in &document.groups {
            xml.group("cac:TaxSubtotal", |xml| {
                amount(xml, "cbc:TaxableAmount", group.net);
                amount(xml, "cbc:TaxAmount", group.tax);
                tax_category(xml, "cac:TaxCategory", &group.key, Some(group));
            });
        }
    });
}

/// A category; with the reason why nothing is charged in the breakdown alone.
fn tax_category(xml: &mut Xml, name: &str, key: &TaxKey, group: Option<&Group>) {
    xml.group(name, |xml| {
        xml.leaf("cbc:ID", key.category.code());
        xml.leaf("cbc:Percent", key.percent.as_deref().unwrap_or_default());
        if let Some(group) = group {
            xml.leaf("cbc:TaxExemptionReasonCode", group.code.as_deref().unwrap_or_default());
            xml.leaf("cbc:TaxExemptionReason", &group.reason);
        }
        tax_scheme(xml);
    });
}

fn tax_scheme(xml: &mut Xml) {
    xml.group("cac:TaxScheme", |xml| xml.leaf("cbc:ID", "VAT"));
}

fn monetary_total(xml: &mut Xml, document: &Document<'_>) {
    let (source, totals) = (&document.source, &document.totals);
    xml.group("cac:LegalMonetaryTotal", |xml| {
        amount(xml, "cbc:LineExtensionAmount", totals.lines);
        amount(xml, "cbc:TaxExclusiveAmount", source.net);
        amount(xml, "cbc:TaxInclusiveAmount", source.total);
        if !document.allowances.is_empty() {
            amount(xml, "cbc:AllowanceTotalAmount", totals.allowances);
        }
        if !source.prepaid.is_zero() {
            amount(xml, "cbc:PrepaidAmount", source.prepaid);
        }
        amount(xml, "cbc:PayableAmount", totals.payable);
    });
}

fn line(xml: &mut Xml, kind: Kind, line: &Line) {
    let (name, quantity) = match kind {
        Kind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
        Kind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    };
    let unit = [("unitCode", line.measure.unit)];
    let currency = line.amount.currency();
    xml.group(name, |xml| {
        xml.leaf("cbc:ID", &line.number.to_string());
        xml.leaf("cbc:Note", &line.note);
        xml.leaf_with(quantity, &unit, &line.measure.quantity);
        amount(xml, "cbc:LineExtensionAmount", line.amount);
        period(xml, line.period);
        xml.group("cac:Item", |xml| {
            xml.leaf("cbc:Name", &line.name);
            tax_category(xml, "cac:ClassifiedTaxCategory", &line.tax, None);
        });
        xml.group("cac:Price", |xml| {
            let attributes = [("currencyID", currency.code())];
            xml.leaf_with("cbc:PriceAmount", &attributes, &line.measure.price);
            xml.leaf_with("cbc:BaseQuantity", &unit, line.measure.base.unwrap_or_default());
        });
    });
}

fn amount(xml: &mut Xml, name: &str, money: Money) {
    xml.leaf_with(name, &[("currencyID", money.currency().code())], &money.to_decimal());
}
