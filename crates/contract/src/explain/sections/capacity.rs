//! What capacity, from when, and what follows if it comes late.

use crate::exact::grouped;
use crate::explain::{Section, words};
use crate::lease::{Lease, Tranche};
use crate::schedule::words::percent;

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Capacity");
    let row = |tranche: &Tranche| {
        vec![
            tranche.id.to_string(),
            tranche.pool.to_string(),
            grouped(tranche.units.0.into()),
            grouped(tranche.firm().0.into()),
            grouped(tranche.recallable.0.into()),
            tranche.delivery.to_string(),
            words::last_day(tranche.until).to_string(),
        ]
    };
    section.table(
        &["tranche", "pool", "units", "firm", "recallable", "from", "through"],
        lease.tranches.iter().map(row).collect(),
    );
    section.text("Units that are not delivered are not charged.");
    for tranche in &lease.tranches {
        if let Some(said) = late(tranche) {
            section.item(said);
        }
    }
    section.assumed(lease, &["tranche"])
}

/// What follows if a tranche is late, besides that it is not charged; nothing where nothing does.
fn late(tranche: &Tranche) -> Option<String> {
    let late = &tranche.late;
    let mut said = Vec::new();
    if !late.discount_per_day.is_zero() {
        let share = percent(late.discount_per_day);
        said.push(format!("each day then takes {share} of its fee for a day off the next invoice"));
    }
    if !late.remedies.is_empty() {
        let may: Vec<&str> = late.remedies.iter().map(|r| words::remedy(*r)).collect();
        said.push(format!(
            "the tenant may {}, within {}; silence means to {}",
            may.join(" or "),
            words::count(late.elect_within_days.into(), "day"),
            words::remedy(late.silence)
        ));
    }
    if said.is_empty() {
        return None;
    }
    let grace = match late.grace_days {
        0 => "is late".to_owned(),
        days => format!("is more than {} late", words::count(days.into(), "day")),
    };
    Some(format!("If tranche {} {grace}: {}.", tranche.id, said.join("; ")))
}
