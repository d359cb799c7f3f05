//! What was promised, and use above the commitment.

use crate::exact::grouped;
use crate::explain::{Section, words};
use crate::lease::{Availability, Chronic, LatencyTarget, Lease, Overage};
use crate::schedule::words::{major, percent};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Service level and overage");
    match &lease.service {
        None => section.text("No service level is promised."),
        Some(service) => {
            if let Some(availability) = &service.availability {
                self::availability(availability, &mut section);
            }
            if let Some(chronic) = &service.chronic {
                section.item(self::chronic(chronic));
            }
            for target in &service.latency {
                section.item(latency(target));
            }
        }
    }
    match &lease.overage {
        None => section.text("Use above the commitment is not allowed."),
        Some(overage) => section.text(self::overage(lease, overage)),
    }
    section.assumed(lease, &["service", "overage"])
}

fn availability(availability: &Availability, section: &mut Section) {
    section.text(format!(
        "Availability is healthy granted accelerator-time over committed accelerator-time, so that \
         a surplus never hides a deficit within {}.",
        availability.interval
    ));
    let steps = availability.ladder.iter();
    let row = steps.map(|step| vec![percent(step.below), percent(step.credit)]);
    section.table(&["below", "credit"], row.collect());
    let cap = availability
        .cap
        .map_or(String::new(), |cap| format!(", at most {} of the month's fee", percent(cap)));
    section
        .item(format!("Credits are a share of {}{cap}.", crate::diff::basis(availability.basis)));
    if !availability.excused.is_empty() {
        let excused: Vec<String> =
            availability.excused.iter().map(|e| words::excuse(*e).to_owned()).collect();
        section.item(format!("It is excused by {}.", words::list(&excused)));
    }
}

fn chronic(chronic: &Chronic) -> String {
    format!(
        "Availability below {} in {} of {} in a row lets the tenant end the lease.",
        percent(chronic.below),
        words::count(chronic.months.into(), "month"),
        words::count(chronic.within_months.into(), "month")
    )
}

fn latency(target: &LatencyTarget) -> String {
    let per_token = target
        .per_token_ms
        .map_or(String::new(), |ms| format!(" and {ms} ms for each token after it"));
    format!(
        "For inputs of up to {} tokens, {} of requests take at most {} ms to the first token{per_token}.",
        grouped(target.input_tokens_to.into()),
        percent(target.percentile),
        grouped(target.first_token_ms.into())
    )
}

fn overage(lease: &Lease, overage: &Overage) -> String {
    let mut prices = Vec::new();
    if let Some(minor) = overage.minor_per_accelerator_hour {
        prices.push(format!("{} an accelerator-hour", major(lease, minor)));
    }
    if let Some(tokens) = &overage.tokens {
        prices.push(format!(
            "{} a million input tokens, {} cached, {} of output",
            major(lease, tokens.input),
            major(lease, tokens.cached),
            major(lease, tokens.output)
        ));
    }
    let most = overage
        .up_to
        .map_or(String::new(), |most| format!(", up to {} above the entitlement", percent(most)));
    let prices = if prices.is_empty() { "nothing".to_owned() } else { words::list(&prices) };
    format!("Use above the commitment is allowed{most} and costs {prices}.")
}
