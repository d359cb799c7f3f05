//! Who, what, since when.

use crate::explain::{Section, billing, words};
use crate::lease::{Lease, Side};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("What this is");
    let (owner, tenant) = (&lease.owner.name, &lease.tenant.name);
    let first = lease.tranches.iter().map(|t| t.delivery).min().unwrap_or(lease.anchor);
    section.text(format!(
        "{owner} (the owner) leases accelerators to {tenant} (the tenant). Signed on {}, it runs \
         from {first} through {}.",
        lease.signed,
        words::last_day(lease.term.end)
    ));
    if lease.version > 1 {
        section.text(format!(
            "This is version {}, which governs from {} on. Nothing before that day changes.",
            lease.version, lease.effective
        ));
    }
    section.text(format!(
        "Dates are civil dates in {}, amounts are in {}. Lease months count from {}.",
        lease.zone, lease.currency, lease.anchor
    ));
    for side in Side::BOTH {
        section.item(notices(lease, side));
    }
    for side in Side::BOTH {
        if let Some(said) = billing::details(side, &lease.party(side).details) {
            section.item(said);
        }
    }
    for related in &lease.related {
        let until = related
            .until
            .map_or("on".to_owned(), |until| format!("through {}", words::last_day(until)));
        let (from, reference) = (related.from, &related.reference);
        section.item(format!("The parties are related from {from} {until} ({reference})."));
    }
    let known = ["tranche", "fee", "deposit", "prepayment", "rules", "term", "recall", "service"];
    let elsewhere = ["commitment", "tax", "invoicing", "overage", "accounting"];
    let heads = lease.assumptions.iter().filter_map(|a| a.about.split('.').next());
    let heads: Vec<&str> =
        heads.filter(|head| !known.contains(head) && !elsewhere.contains(head)).collect();
    section.assumed(lease, &heads)
}

fn notices(lease: &Lease, side: Side) -> String {
    let party = lease.party(side);
    if party.notices.is_empty() {
        format!("The {side} names no address for notices.")
    } else {
        format!("Notices to the {side} go to {}.", words::list(&party.notices))
    }
}
