//! The terms of the longer clauses: recall, service level, accounting.

use super::terms::Terms;
use crate::explain::words;
use crate::lease::*;
use crate::schedule::words::{major, percent};

pub(super) fn recall(lease: &Lease, terms: &mut Terms) {
    let Some(clause) = &lease.recall else { return };
    terms.under("recall", "recall");
    terms.say("triggers", "events that allow one", words::triggers(&clause.triggers));
    limits(&clause.limits, terms);
    drain(&clause.drain, terms);
    prices(lease, clause, terms);
    terms.say("offer_back_within", "offered back within", clause.offer_back_within);
    terms.say("acknowledge_within", "acknowledged within", clause.acknowledge_within);
    for class in &clause.classes {
        let name = &class.name;
        terms.under(format!("recall.class.{name}"), format!("recall class {name}"));
        terms.say("notice", "notice", class.notice);
        terms.maybe("most_units", "most units out at once", class.most_units);
        terms.say("multiplier", "multiplier of the compensation", class.multiplier);
        if !class.triggers.is_empty() {
            terms.say("triggers", "only for", words::triggers(&class.triggers));
        }
    }
    for (i, blackout) in clause.blackouts.iter().enumerate() {
        terms.under(format!("recall.blackout.{}", i + 1), format!("recall blackout {}", i + 1));
        let yearly = if blackout.yearly { ", each year" } else { "" };
        let last = words::last_day(blackout.until);
        let says = format!("{} through {last}{yearly} ({})", blackout.from, blackout.reason);
        terms.say("span", "", says);
    }
}

fn limits(limits: &RecallLimits, terms: &mut Terms) {
    terms.maybe("most_events_per_day", "most in a day", limits.most_events_per_day);
    terms.maybe("most_events_per_month", "most in a month", limits.most_events_per_month);
    terms.maybe("most_events_per_year", "most in a year", limits.most_events_per_year);
    terms.maybe("longest", "longest", limits.longest);
    terms.maybe("least_gap", "least gap between releases", limits.least_gap);
    terms.maybe("first_not_before", "none before", limits.first_not_before);
    let rest = limits.rest_after_return;
    terms.say("rest_after_return", "rest after a return", format!("{rest} and the civil day"));
    let hours = limits.most_accelerator_hours_per_year;
    terms.maybe("most_accelerator_hours_per_year", "most accelerator-hours in a year", hours);
}

fn drain(drain: &Drain, terms: &mut Terms) {
    terms.say("drain.length", "drain", drain.length);
    let cut = match drain.cut {
        Cut::AtDeadline => "at the deadline".to_owned(),
        Cut::After(more) => format!("{more} after the deadline"),
    };
    terms.say("drain.cut", "what is left is cut", cut);
}

fn prices(lease: &Lease, clause: &RecallClause, terms: &mut Terms) {
    let multiple = format!("{} times the fee", clause.abatement.multiple);
    terms.say("abatement.multiple", "abatement", multiple);
    let cap = clause.abatement.cap.map(|cap| format!("{} of the month's fee", percent(cap)));
    terms.maybe("abatement.cap", "most abatement in a month", cap);
    let hourly = major(lease, clause.compensation.minor_per_accelerator_hour);
    terms.say(
        "compensation.per_accelerator_hour",
        "compensation",
        format!("{hourly} an accelerator-hour"),
    );
    let stop = clause.compensation.stop_loss_per_year;
    terms.maybe("compensation.stop_loss_per_year", "most compensation in a lease year", stop);
    if let Some(election) = &clause.election {
        let says = format!(
            "over {} in {} the tenant may {}, within {}",
            percent(election.more_than),
            words::count(election.within_days.into(), "day"),
            words::right(election.right),
            words::count(election.elect_within_days.into(), "day"),
        );
        terms.say("election", "if much is recalled", says);
    }
}

pub(super) fn service(lease: &Lease, terms: &mut Terms) {
    if let Some(service) = &lease.service {
        availability(service, terms);
        for target in &service.latency {
            let about = format!("service.latency.{}", target.input_tokens_to);
            let tokens = crate::exact::grouped(target.input_tokens_to.into());
            terms.under(about, format!("latency for inputs of up to {tokens} tokens"));
            terms.say("percentile", "percentile", percent(target.percentile));
            let first = format!("{} ms", target.first_token_ms);
            terms.say("first_token_ms", "to the first token", first);
            let per = target.per_token_ms.map(|ms| format!("{ms} ms"));
            terms.maybe("per_token_ms", "for each token after it", per);
        }
    }
    let Some(overage) = &lease.overage else { return };
    terms.under("overage", "use above the commitment");
    let hourly = overage.minor_per_accelerator_hour.map(|minor| major(lease, minor));
    terms.maybe("per_accelerator_hour", "an accelerator-hour", hourly);
    if let Some(tokens) = &overage.tokens {
        let price = |minor| major(lease, minor);
        terms.say("tokens.input", "a million input tokens", price(tokens.input));
        terms.say("tokens.cached", "a million cached tokens", price(tokens.cached));
        terms.say("tokens.output", "a million output tokens", price(tokens.output));
    }
    terms.maybe("up_to", "at most", overage.up_to.map(percent));
}

fn availability(service: &ServiceLevel, terms: &mut Terms) {
    terms.under("service.availability", "availability");
    if let Some(availability) = &service.availability {
        for step in &availability.ladder {
            let key = format!("ladder.{}", percent(step.below));
            let label = format!("credit below {}", percent(step.below));
            terms.say(&key, &label, percent(step.credit));
        }
        terms.say("basis", "credits are a share of", basis(availability.basis));
        terms.maybe("cap", "most credits in a month", availability.cap.map(percent));
        terms.say("interval", "interval", availability.interval);
        let excused = availability.excused.iter().map(|e| words::excuse(*e).to_owned());
        terms.say("excused", "excused", words::list(&excused.collect::<Vec<_>>()));
    }
    if let Some(chronic) = &service.chronic {
        terms.under("service", "");
        let says = format!(
            "below {} in {} of {} months",
            percent(chronic.below),
            chronic.months,
            chronic.within_months
        );
        terms.say("chronic", "availability that lets the tenant end the lease", says);
    }
}

pub(crate) fn basis(basis: AvailabilityBasis) -> &'static str {
    match basis {
        AvailabilityBasis::MonthFee => "the month's fee",
        AvailabilityBasis::PoolFee => "the month's fee for the pool that fell short",
    }
}

pub(super) fn accounting(lease: &Lease, terms: &mut Terms) {
    let accounting = &lease.accounting;
    terms.under("accounting", "");
    terms.say("standard", "accounted for as", accounting.standard.to_string());
    let recognition = accounting.recognition.to_string();
    terms.say("recognition", "revenue is recognised", recognition);
    let shortens = if accounting.owner_exit_shortens { "yes" } else { "no" };
    let label = "an exit of the owner's alone shortens the enforceable term";
    terms.say("owner_exit_shortens", label, shortens);
    let expedients: Vec<String> = accounting.expedients.iter().map(ToString::to_string).collect();
    terms.say("expedients", "expedients for RPO", words::list(&expedients));
    terms.say("judgement", "judged", accounting.judgement.to_string());
    for assumption in &lease.assumptions {
        terms.under("assumption", "");
        let label = format!("assumed about {}", assumption.about);
        terms.say(&assumption.about, &label, assumption.text.trim());
    }
}
