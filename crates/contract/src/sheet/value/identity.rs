//! What documents quote of a party: country, identifiers, VAT identifier, account, mail.

use toml::de::DeValue;

use crate::codelist;
use crate::sheet::codes;
use crate::sheet::nearest::quoted;
use crate::sheet::section::Node;

use super::text::text;

/// What is often written for a country, and its code.
const MEANT_COUNTRIES: &[(&str, &str)] = &[
    ("UK", "GB"),
    ("EL", "GR"),
    ("USA", "US"),
    ("GERMANY", "DE"),
    ("DEUTSCHLAND", "DE"),
    ("NETHERLANDS", "NL"),
    ("FRANCE", "FR"),
];

/// A country by ISO 3166-1 alpha-2.
pub(in crate::sheet) fn country(node: Node<'_>) -> Option<String> {
    let (span, sink) = (node.span, node.sink);
    let found = text(node)?;
    if codelist::is_country(&found) {
        return Some(found);
    }
    let upper = found.to_uppercase();
    let meant = MEANT_COUNTRIES.iter().find(|(word, _)| *word == upper).map(|(_, code)| *code);
    let meant = meant.or(codelist::is_country(&upper).then_some(upper.as_str()));
    let message = format!("`{}` is not the code of a country", quoted(&found));
    let fault = codes::UNKNOWN_COUNTRY.at(span, message);
    sink.report(match meant {
        Some(code) => {
            fault.label(format!("did you mean `{code}`?")).remedy(format!("write \"{code}\""))
        }
        None => fault.label("unknown").remedy("write its two letters, like \"DE\" or \"NL\""),
    });
    None
}

/// Which codes a scheme may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum Schemes {
    /// Of identifiers: ICD.
    Identifiers,
    /// Of electronic addresses: EAS.
    Addresses,
}

/// The scheme of an identifier or an electronic address.
pub(in crate::sheet) fn scheme(of: Schemes) -> impl Fn(Node<'_>) -> Option<String> {
    move |node| {
        let DeValue::String(found) = node.value else {
            node.wrong_type("the code of a scheme", "\"0088\"");
            return None;
        };
        let (known, remedy) = match of {
            Schemes::Identifiers => (
                codelist::is_identifier_scheme(found),
                "write its ICD code, like \"0088\" for a GLN or \"0106\" for a KvK number, or leave \
                 `scheme` out",
            ),
            Schemes::Addresses => (
                codelist::is_address_scheme(found),
                "write its EAS code, like \"0088\" for a GLN or \"9930\" for a German VAT identifier",
            ),
        };
        if known {
            return Some(found.to_string());
        }
        let message = format!("`{}` is not the code of a scheme", quoted(found));
        node.sink
            .report(codes::UNKNOWN_SCHEME.at(node.span, message).label("unknown").remedy(remedy));
        None
    }
}

/// A VAT identifier. One of an unusual form is taken as it is written: registers know better.
pub(in crate::sheet) fn vat_id(node: Node<'_>) -> Option<String> {
    let (span, sink) = (node.span, node.sink);
    let found = text(node)?;
    let said = quoted(&found);
    let doubt = match codelist::has_vat_form(&found) {
        Some(true) => None,
        Some(false) => Some(format!("`{said}` has not the form of its country")),
        None if codelist::has_country_prefix(&found) => None,
        None => Some(format!("`{said}` does not begin with its country")),
    };
    if let Some(message) = doubt {
        let fault = codes::VAT_ID_DOUBTFUL.at(span, message).label("check it");
        let compact: String = found.chars().filter(|c| c.is_alphanumeric()).collect();
        let compact = compact.to_uppercase();
        let remedy = match codelist::has_vat_form(&compact) {
            Some(true) if compact != found => format!("write \"{compact}\""),
            _ => "write it like \"DE123456788\", and compare it with the register".to_owned(),
        };
        sink.report(fault.remedy(remedy));
    }
    Some(found)
}

/// An account: an IBAN, without its blanks, or another number as it is written.
pub(in crate::sheet) fn account(node: Node<'_>) -> Option<String> {
    let (span, sink) = (node.span, node.sink);
    let found = text(node)?;
    let compact: String = found.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.to_uppercase();
    if !looks_like_iban(&compact) {
        return Some(found);
    }
    if codelist::is_iban(&compact) {
        return Some(compact);
    }
    let fault = codes::WRONG_IBAN.at(span, format!("`{}` is no IBAN", quoted(&found)));
    let remedy = "compare it with the bank's letter: a digit is wrong, missing or misplaced";
    sink.report(fault.label("its check digits are wrong").remedy(remedy));
    None
}

/// Whether an account begins as IBANs do: a country, two digits, and then much more.
fn looks_like_iban(account: &str) -> bool {
    let front = account.get(..4).unwrap_or_default();
    let (country, check) = front.split_at_checked(2).unwrap_or_default();
    codelist::is_country(country)
        && check.len() == 2
        && check.bytes().all(|b| b.is_ascii_digit())
        && account.len() > 8
}

/// The reason why no tax is charged, as a code.
#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
pub(in crate::sheet) fn exemption(node: Node<'_>) -> Option<String> {
    let DeValue::String(found) = node.value else {
        node.wrong_type("a code of the VATEX list", "\"VATEX-EU-AE\"");
        return None;
    };
    if codelist::is_exemption(found) {
        return Some(found.to_string());
    }
    let message = format!("`{}` is no code of the VATEX list", quoted(found));
    let fault = codes::UNKNOWN_EXEMPTION.at(node.span, message);
    let upper = found.trim().to_ascii_uppercase();
    let forms = [upper.clone(), format!("VATEX-{upper}"), format!("VATEX-EU-{upper}")];
    node.sink.report(match forms.iter().find(|form| codelist::is_exemption(form)) {
        Some(near) => {
            fault.label(format!("did you mean `{near}`?")).remedy(format!("write \"{near}\""))
        }
        None => fault
            .label("unknown")
            .remedy("write it like \"VATEX-EU-AE\", or say the reason in `exemption`"),
    });
    None
}

/// An address for mail.
pub(in crate::sheet) fn email(node: Node<'_>) -> Option<String> {
    let (span, sink) = (node.span, node.sink);
    let found = text(node)?;
    let parts = found
        .split_once('@')
        .filter(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.contains('@'));
    if parts.is_some() && !found.contains(char::is_whitespace) && !found.contains(':') {
        return Some(found);
    }
    let fault = codes::WRONG_EMAIL.at(span, format!("`{}` is no address", quoted(&found)));
    let bare = found.strip_prefix("mailto:").filter(|rest| rest.contains('@'));
    let remedy = match bare {
        Some(bare) => format!("write \"{bare}\""),
        None => "write it like \"billing@example.com\"".to_owned(),
    };
    sink.report(fault.label("not understood").remedy(remedy));
    None
}
