//! What either side may do from a date, and what it would cost.

use leasehold_types::{Instant, Ratio};

use crate::exact::{decimal, grouped, previous_day};
use crate::explain::{Section, words};
use crate::lease::{Lease, Side, Trigger};
use crate::notice::NoticeBook;
use crate::quote::{CostNature, Quote, exit};
use crate::recall::{RecallHistory, RecallOffer, offers};
use crate::{EvalError, Facts};

pub(in crate::explain) fn section(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    as_of: Instant,
) -> Result<Section, EvalError> {
    let mut section = Section::new("What either side may do now, and what it would cost");
    let today = lease.zone.date_of(as_of);
    section.text(format!(
        "As things stand at the close of {}: for notices received on {today} or later.",
        previous_day(today)
    ));
    for side in Side::BOTH {
        let quote = exit(lease, facts, book, side, as_of)?;
        section.item(ending(lease, side, as_of, &quote));
        for line in &quote.lines {
            section.item(cost(line.borne_by, line.nature, &line.amount.to_string(), &line.label));
        }
    }
    let found = all_offers(lease, facts, as_of)?;
    if !found.is_empty() {
        section.text(
            "The owner may recall, if it has recalled nothing yet (cost before caps, of one unit \
             for an hour):",
        );
        let cost = format!("{} for a unit and hour", lease.currency);
        let head = ["tranche", "class", "at most", "released at", cost.as_str()];
        section.table(&head, found.iter().map(|offer| row(lease, offer)).collect());
    }
    Ok(section)
}

fn ending(lease: &Lease, side: Side, as_of: Instant, quote: &Quote) -> String {
    let Some(ends) = quote.ends else {
        return format!("The {side} cannot end it: {}.", quote.objections.join("; "));
    };
    let last = words::last_day(ends);
    if ends >= lease.term.end {
        return format!("A notice of the {side} would end it no earlier than its stated end.");
    }
    match lease.earliest_exit(side, as_of) {
        Some(_) if quote.objections.is_empty() => {
            format!("The {side} can end it: with notice now, the last day is {last}.")
        }
        _ => format!(
            "The {side} cannot end it yet: {}. The last day is then {last}.",
            quote.objections.join("; ")
        ),
    }
}

fn cost(side: Side, nature: CostNature, amount: &str, label: &str) -> String {
    let verb = match nature {
        CostNature::Paid => "pays",
        CostNature::Forgone => "no longer earns",
        CostNature::Returned => "gives back",
    };
    format!("The {side} then {verb} {amount}: {label}.")
}

/// Offers over all events that allow a recall, each tranche and class once.
fn all_offers(lease: &Lease, facts: &Facts, as_of: Instant) -> Result<Vec<RecallOffer>, EvalError> {
    let triggers = lease.recall.iter().flat_map(|clause| &clause.triggers);
    let mut found: Vec<RecallOffer> = Vec::new();
    for trigger in triggers.filter(|trigger| **trigger != Trigger::Drill) {
        for offer in offers(lease, facts, &RecallHistory::default(), *trigger, as_of)? {
            if !found.iter().any(|f| f.tranche == offer.tranche && f.class == offer.class) {
                found.push(offer);
            }
        }
    }
    let place = |offer: &RecallOffer| {
        let tranche = lease.tranches.iter().position(|t| t.id == offer.tranche);
        let classes = lease.recall.iter().flat_map(|clause| &clause.classes);
        (tranche, classes.map(|c| &c.name).position(|name| *name == offer.class))
    };
    found.sort_by_key(place);
    Ok(found)
}

fn row(lease: &Lease, offer: &RecallOffer) -> Vec<String> {
    let per = Ratio::whole(lease.currency.minor_per_major());
    let cost = offer.cost_per_unit_hour.checked_div(per);
    let cost = cost.map_or_else(|_| "too large".to_owned(), |cost| decimal(cost, 4));
    let besides = if offer.cost_disclosed { "" } else { " and undisclosed" };
    vec![
        offer.tranche.to_string(),
        offer.class.clone(),
        grouped(offer.most.0.into()),
        offer.ready_at.to_string(),
        format!("{cost}{besides}"),
    ]
}
