//! The judgements on which all of it rests, and what it was computed with.

use leasehold_books::disclose::{Disclosures, LeaseJudgements};
use leasehold_contract::lease::{Judgement, Side};

use super::page::{LEASES_MAX, Page, last_day, list};

pub(super) fn sections(page: &mut Page, found: &Disclosures) {
    page.heading("The judgements that these figures rest on");
    if found.judgements.len() > LEASES_MAX {
        page.say("These are too many leases for a page; `--format json` has each.");
    } else {
        for row in &found.judgements {
            of_lease(page, row);
        }
    }
    page.say(&format!(
        "Computed with the time-zone tables {} and the currency table {}.",
        found.tables.time_zones, found.tables.currencies
    ));
}

fn of_lease(page: &mut Page, row: &LeaseJudgements) {
    let shortens = if row.owner_exit_shortens { "shortens" } else { "does not shorten" };
    let expedients: Vec<String> = row.expedients.iter().map(ToString::to_string).collect();
    let expedients = match expedients.as_slice() {
        [] => "none".to_owned(),
        some => list(some),
    };
    page.item(&format!(
        "{}, version {}: {}; revenue {}; an exit that only the owner has {shortens} the enforceable \
         term; expedients for the RPO: {expedients}{}.",
        row.lease,
        row.version,
        row.standard,
        row.recognition,
        judged(row.judgement.as_ref())
    ));
    for penalty in &row.penalties {
        let is = if penalty.is_substantive { "" } else { ", judged not substantive" };
        let whose = match penalty.side {
            Side::Owner => "owner's",
            Side::Tenant => "tenant's",
        };
        page.item(&format!(
            "{}: the {whose} penalty for leaving early: {}{is}{}.",
            row.lease,
            penalty.penalty,
            judged(penalty.judgement.as_ref())
        ));
    }
    for relation in &row.related {
        let until =
            relation.until.map_or("on".to_owned(), |until| format!("through {}", last_day(until)));
        let reference = relation.reference.as_ref().map_or(String::new(), |r| format!(": {r}"));
        page.item(&format!(
            "{}: a related party from {} {until}{reference}",
            row.lease, relation.from
        ));
    }
    if !row.besides.is_empty() {
        page.item(&format!("{}: in no line: {}.", row.lease, list(&row.besides)));
    }
    for assumption in &row.assumptions {
        page.item(&format!(
            "{}: assumed about {}: {}",
            row.lease,
            assumption.about,
            assumption.text.trim()
        ));
    }
}

fn judged(judgement: Option<&Judgement>) -> String {
    judgement.map_or(String::new(), |judgement| format!(" ({judgement})"))
}
