//! Every term of a lease by its place in the term sheet, so that two versions can be compared.

use std::collections::BTreeSet;

use super::RightChange;
use crate::explain::words;
use crate::lease::*;
use crate::schedule::words::percent;

/// One term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The heading under which it stands, `term.tenant`, and in words.
    under: (String, String),
    /// What it is called there; nothing where the heading says it all.
    key: (String, String),
    /// What it says.
    says: String,
}

/// The terms of a lease, written down heading by heading.
#[derive(Default)]
pub(super) struct Terms {
    terms: Vec<Term>,
    about: String,
    label: String,
    /// What stands already.
    places: BTreeSet<String>,
}

impl Terms {
    /// What follows stands under `about` and is called `label`, in words. A heading with a name
    /// that stands there already, like a second phase of that name, gets a number.
    pub(super) fn under(&mut self, about: impl Into<String>, label: impl Into<String>) {
        let (about, label) = (about.into(), label.into());
        let number = if label.is_empty() { None } else { self.number_of(&about) };
        (self.about, self.label) = match number {
            Some(n) => (format!("{about}.{n}"), format!("{label} ({n})")),
            None => (about, label),
        };
    }

    pub(super) fn say(&mut self, key: &str, label: &str, says: impl ToString) {
        let number = self.number_of(&format!("{}.{key}", self.about));
        let key = match number {
            Some(n) => (format!("{key}.{n}"), format!("{label} ({n})")),
            None => (key.to_owned(), label.to_owned()),
        };
        let under = (self.about.clone(), self.label.clone());
        self.terms.push(Term { under, key, says: says.to_string() });
    }

    /// The number that makes a place one of its own, where it is taken; from 2.
    fn number_of(&mut self, place: &str) -> Option<u32> {
        if self.places.insert(place.to_owned()) {
            return None;
        }
        (2..).find(|n| self.places.insert(format!("{place}.{n}")))
    }

    pub(super) fn maybe(&mut self, key: &str, label: &str, says: Option<impl ToString>) {
        if let Some(says) = says {
            self.say(key, label, says);
        }
    }
}

impl Term {
    fn about(&self) -> String {
        format!("{}.{}", self.under.0, self.key.0)
    }

    fn label(&self) -> String {
        match (self.under.1.as_str(), self.key.1.as_str()) {
            (under, "") => under.to_owned(),
            ("", key) => key.to_owned(),
            (under, key) => format!("{under}, {key}"),
        }
    }
}

/// What differs from `old` to `new`, in the order of the new version, then what is gone. A heading
/// that only one of them has (a tranche, a phase, a class) is one change.
pub(super) fn changes(old: &Lease, new: &Lease) -> Vec<RightChange> {
    let (before, after) = (of(old), of(new));
    let mut changes = Vec::new();
    for group in after.chunk_by(|a, b| a.under == b.under) {
        if is_whole(group, &before) {
            changes.push(whole(group, true));
            continue;
        }
        for term in group {
            match before.iter().find(|was| was.about() == term.about()) {
                Some(was) if was.says == term.says => {}
                was => changes.push(change(was, Some(term))),
            }
        }
    }
    for group in before.chunk_by(|a, b| a.under == b.under) {
        if is_whole(group, &after) {
            changes.push(whole(group, false));
            continue;
        }
        let gone = group.iter().filter(|term| after.iter().all(|is| is.about() != term.about()));
        changes.extend(gone.map(|term| change(Some(term), None)));
    }
    changes
}

/// Whether the heading of `group` has a name and does not exist among `others`.
fn is_whole(group: &[Term], others: &[Term]) -> bool {
    let named = group.len() > 1 && group.iter().all(|term| !term.under.1.is_empty());
    named && group.first().is_some_and(|first| others.iter().all(|o| o.under != first.under))
}

/// A heading that is new, or gone, with all that it says.
fn whole(group: &[Term], is_new: bool) -> RightChange {
    let (about, label) = group.first().map(|term| term.under.clone()).unwrap_or_default();
    let says: Vec<String> =
        group.iter().map(|term| format!("{} {}", term.key.1, term.says)).collect();
    let says = says.join("; ");
    let label = words::capital(&label);
    if is_new {
        let words = format!("{label} is new: {says}.");
        RightChange { about, before: None, after: Some(says), words }
    } else {
        let words = format!("{label} is gone; it was: {says}.");
        RightChange { about, before: Some(says), after: None, words }
    }
}

fn change(before: Option<&Term>, after: Option<&Term>) -> RightChange {
    let term = after.or(before);
    let label = words::capital(&term.map(Term::label).unwrap_or_default());
    let said = match (before, after) {
        (Some(was), Some(is)) => format!("{label}: {} instead of {}.", is.says, was.says),
        (None, Some(is)) => format!("{label}: {}, which is new.", is.says),
        (Some(was), None) => format!("{label}: gone; it was {}.", was.says),
        (None, None) => String::new(),
    };
    RightChange {
        about: term.map(Term::about).unwrap_or_default(),
        before: before.map(|term| term.says.clone()),
        after: after.map(|term| term.says.clone()),
        words: said,
    }
}

fn of(lease: &Lease) -> Vec<Term> {
    let mut terms = Terms::default();
    parties(lease, &mut terms);
    rules(lease, &mut terms);
    tranches(lease, &mut terms);
    fees(lease, &mut terms);
    held(lease, &mut terms);
    super::documents::commitments(lease, &mut terms);
    super::documents::taxes(lease, &mut terms);
    super::documents::invoicing(lease, &mut terms);
    ending(lease, &mut terms);
    super::clauses::recall(lease, &mut terms);
    super::clauses::service(lease, &mut terms);
    super::clauses::accounting(lease, &mut terms);
    terms.terms
}

fn parties(lease: &Lease, terms: &mut Terms) {
    terms.under("lease", "");
    terms.say("title", "the title", &lease.title);
    terms.say("currency", "the currency", lease.currency);
    terms.say("zone", "the time zone", &lease.zone);
    terms.say("anchor", "the day from which lease months count", lease.anchor);
    for (about, party) in [("owner", &lease.owner), ("tenant", &lease.tenant)] {
        terms.under(about, format!("the {about}"));
        terms.say("name", "name", &party.name);
        terms.say("notices", "addresses for notices", words::list(&party.notices));
        super::documents::details(&party.details, terms);
    }
    for (i, related) in lease.related.iter().enumerate() {
        terms.under(format!("tenant.related.{}", i + 1), "");
        let until = related.until.map_or("open".to_owned(), |until| until.to_string());
        let label = "a span in which the parties are related";
        terms.say("span", label, format!("{} to {until}", related.from));
    }
}

fn rules(lease: &Lease, terms: &mut Terms) {
    terms.under("rules", "");
    let rules = &lease.rules;
    terms.say("proration", "how parts of a month count", words::day_count(rules.proration));
    terms.say("rounding", "how a line is rounded", words::rounding(rules.rounding));
    terms.say("billing", "when it is billed", words::billing(rules.billing));
}

fn tranches(lease: &Lease, terms: &mut Terms) {
    for tranche in &lease.tranches {
        terms.under(format!("tranche.{}", tranche.id), format!("tranche {}", tranche.id));
        terms.say("pool", "pool", &tranche.pool);
        terms.say("units", "units", words::count(tranche.units.0, "unit"));
        terms.say("delivery", "delivery", tranche.delivery);
        terms.say("until", "last day", words::last_day(tranche.until));
        terms.say("recallable", "recallable", words::count(tranche.recallable.0, "unit"));
        let late = &tranche.late;
        terms.say("late.grace_days", "grace if late", words::count(late.grace_days.into(), "day"));
        if !late.discount_per_day.is_zero() {
            let share = percent(late.discount_per_day);
            terms.say("late.discount_per_day", "discount for each day late", share);
        }
        if !late.remedies.is_empty() {
            let remedies = late.remedies.iter().map(|r| words::remedy(*r).to_owned());
            let remedies: Vec<String> = remedies.collect();
            terms.say("late.remedies", "what the tenant may elect if late", words::list(&remedies));
            let within = words::count(late.elect_within_days.into(), "day");
            terms.say("late.elect_within_days", "time to elect if late", within);
            terms.say("late.silence", "what silence means", words::remedy(late.silence));
        }
    }
}

fn fees(lease: &Lease, terms: &mut Terms) {
    for fee in &lease.fees {
        let label = match &fee.covers {
            Covers::Whole => format!("fee {}", fee.name),
            Covers::Tranche(tranche) => format!("fee {} of tranche {tranche}", fee.name),
        };
        terms.under(format!("fee.{}", fee.name), label);
        terms.say("price", "price", words::price(lease, &fee.price));
        terms.say("from", "first day", fee.from);
        terms.say("covers", "charges for", words::covers(&fee.covers));
        terms.say("invoiced", "invoiced", words::timing(fee.timing));
        terms.say("days_to_pay", "time to pay", words::count(fee.days_to_pay.into(), "day"));
    }
}

fn held(lease: &Lease, terms: &mut Terms) {
    for (i, deposit) in lease.deposits.iter().enumerate() {
        terms.under(format!("deposit.{}", i + 1), format!("deposit {}", i + 1));
        terms.say("amount", "amount", deposit.amount);
        terms.say("due", "due", deposit.due);
        let within = words::count(deposit.returned_within_days.into(), "day");
        terms.say("returned_within_days", "given back within", within);
    }
    for (i, prepayment) in lease.prepayments.iter().enumerate() {
        terms.under(format!("prepayment.{}", i + 1), format!("prepayment {}", i + 1));
        terms.say("amount", "amount", prepayment.amount);
        terms.say("due", "due", prepayment.due);
        terms.say("draw_from", "drawn on from", prepayment.draw_from);
        terms.say("draw_down", "draws", words::draw_down(&prepayment.draw_down));
    }
}

fn ending(lease: &Lease, terms: &mut Terms) {
    terms.under("term", "");
    terms.say("last_day", "the last day", words::last_day(lease.term.end));
    let initial = lease.term.initial_period_end;
    terms.maybe("initial_period_end", "no notice ends the lease before", initial);
    for side in Side::BOTH {
        let Some(right) = lease.term.exit(side) else { continue };
        terms.under(format!("term.{side}"), format!("early end by the {side}"));
        terms.say("notice", "notice", words::notice_length(right.notice));
        let served = right.earliest_notice_served;
        terms.maybe("earliest_notice_served", "notice may be served from", served);
        terms.maybe("earliest_effective", "takes effect no earlier than", right.earliest_effective);
        let at = match right.effective_at {
            Effect::Start => "as its date begins",
            Effect::End => "as its date ends",
        };
        terms.say("effective_at", "takes effect", at);
        let to = match right.to {
            NoticeTo::Exact => "the day itself",
            NoticeTo::MonthEnd => "the first month's end at or after",
        };
        terms.say("to", "ends on", to);
        terms.maybe("penalty", "penalty", right.penalty.as_ref().map(ToString::to_string));
    }
}
