//! `[lease]`: what the lease is, and which version of it this is.

use leasehold_types::{Currency, Date, LeaseId, Zone};
use toml::de::DeValue;

use crate::sheet::limits::VERSION_MAX;
use crate::sheet::nearest::{nearest, quoted};
use crate::sheet::section::{Field, Node, Section};
use crate::sheet::{codes, schema, value};

/// What `[lease]` says.
#[derive(Default)]
pub(in crate::sheet) struct Head {
    pub id: Field<LeaseId>,
    pub title: Field<String>,
    pub currency: Field<Currency>,
    pub zone: Field<Zone>,
    pub signed: Field<Date>,
    pub anchor: Field<Date>,
    pub version: Field<u32>,
    pub effective: Field<Date>,
}

/// Reads `[lease]`; where it is not there, everything in it is missing.
pub(in crate::sheet) fn read(root: &Section<'_>) -> Head {
    let head = root.need_table(&schema::LEASE, |section| Some(read_section(&section)));
    head.map(|head| head.value).unwrap_or_default()
}

fn read_section(section: &Section<'_>) -> Head {
    let head = Head {
        id: section.need("id", value::name(LeaseId::new)),
        title: section.need("title", value::text),
        currency: section.need("currency", currency),
        zone: section.need("zone", zone),
        signed: section.need("signed", value::date),
        anchor: section.may("anchor", value::date),
        version: section.may("version", value::whole(1..=VERSION_MAX)),
        effective: section.may("effective", value::date),
    };
    if let Some(version) = head.version.filter(|v| v.value > 1 && !section.has("effective")) {
        let message = format!("version {} does not say from when it governs", version.value);
        let fault = codes::EFFECTIVE_MISSING.at(version.span, message).label("an amendment");
        section.sink().report(fault.remedy("add `effective = ` with the first day it governs"));
    }
    head
}

#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
fn currency(node: Node<'_>) -> Option<Currency> {
    let DeValue::String(code) = node.value else {
        node.wrong_type("a currency code", "\"USD\"");
        return None;
    };
    let found = code.parse();
    if found.is_err() {
        let message = format!("`{}` is not a currency", quoted(code));
        let fault = codes::UNKNOWN_CURRENCY.at(node.span, message).label("unknown");
        let upper = code.to_ascii_uppercase();
        let known = upper.parse::<Currency>().is_ok();
        let meant = if known { upper.as_str() } else { "USD" };
        node.sink.report(fault.remedy(format!("write its three-letter code, like \"{meant}\"")));
    }
    found.ok()
}

#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
fn zone(node: Node<'_>) -> Option<Zone> {
    /// Zones that are often meant, for suggestions.
    const COMMON: &[&str] = &[
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/New_York",
        "Asia/Dubai",
        "Asia/Kolkata",
        "Asia/Singapore",
        "Asia/Tokyo",
        "Europe/Berlin",
        "Europe/London",
        "Europe/Paris",
        "UTC",
    ];
    let DeValue::String(name) = node.value else {
        node.wrong_type("a time zone", "\"America/Chicago\"");
        return None;
    };
    let found = Zone::named(name);
    if found.is_err() {
        let message = format!("`{}` is not a time zone", quoted(name));
        let fault = codes::UNKNOWN_ZONE.at(node.span, message);
        let words = name.replace('_', " ");
        let near = COMMON.iter().find(|zone| zone.eq_ignore_ascii_case(&words.replace(' ', "_")));
        let near = near.copied().or_else(|| nearest(name, COMMON.iter().copied()));
        node.sink.report(match near {
            Some(near) => {
                fault.label(format!("did you mean `{near}`?")).remedy(format!("write \"{near}\""))
            }
            None => {
                fault.label("unknown").remedy("write region and city, like \"America/Chicago\"")
            }
        });
    }
    found.ok()
}
