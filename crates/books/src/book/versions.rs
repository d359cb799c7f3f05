//! The versions of a lease, one after the other, and prices that changed between them.
//!
//! From its effective date on, the highest version counts, the last agreed where two have one number.
//! A price that changes by letter changes in the versions agreed before the letter, whenever either
//! was learnt of. What an amendment says before its effective date is not read. Where the zone changes,
//! the first day under the new zone begins where the last one under the old ended.

use std::sync::Arc;

use leasehold_contract::lease::{FeePhase, Price};
use leasehold_contract::{Facts, Lease};
use leasehold_types::{Date, Instant};
use serde::{Deserialize, Serialize};

use crate::dates::previous_day;
use crate::event::{Event, EventKind, RateChange};
use crate::{BooksError, Trouble};

/// A version, and for how long it governs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) lease: Arc<Lease>,
    /// When it was agreed; the lease as signed, before anything else.
    agreed: Instant,
    /// What is known, as far as this version can say it.
    pub(crate) facts: Facts,
    /// The first day.
    pub(crate) from: Date,
    /// The first day after; the last date there is for the last version.
    pub(crate) until: Date,
    /// The first instant.
    pub(crate) start: Instant,
    /// The first instant after.
    pub(crate) end: Instant,
}

/// The versions in order, adjacent; the first from the first date there is.
pub(crate) fn spans(first: &Arc<Lease>, events: &[&Event]) -> Result<Vec<Span>, BooksError> {
    let mut versions: Vec<(Date, Instant, Arc<Lease>)> =
        vec![(Date::MIN, Instant::MIN, first.clone())];
    for event in events {
        if let EventKind::Amendment(amendment) = &event.kind {
            let line = || format!("amendment {}", event.key);
            let Some(version) = &amendment.version else {
                let sheet = amendment.sheet.clone().unwrap_or_default();
                return Err(Trouble::UnreadSheet(sheet).at(&first.id, line()));
            };
            fits(first, version).map_err(|trouble| trouble.at(&first.id, line()))?;
            versions.push((version.effective, event.moment(), Arc::new((**version).clone())));
        }
    }
    let mut cuts: Vec<Date> = versions.iter().map(|(from, ..)| *from).collect();
    for event in events {
        if let EventKind::RateChange(RateChange { from, overage: Some(_), .. }) = &event.kind {
            cuts.push(*from);
        }
    }
    cuts.sort();
    cuts.dedup();
    let mut spans = Vec::with_capacity(cuts.len());
    for (i, from) in cuts.iter().enumerate() {
        let governing = versions
            .iter()
            .filter(|(effective, ..)| effective <= from)
            .max_by_key(|(_, agreed, lease)| (lease.version, *agreed));
        let Some((_, agreed, lease)) = governing else { continue };
        spans.push(Span {
            lease: lease.clone(),
            agreed: *agreed,
            facts: Facts::default(),
            from: *from,
            until: cuts.get(i + 1).copied().unwrap_or(Date::MAX),
            start: Instant::MIN,
            end: Instant::MAX,
        });
    }
    change_rates(first, &mut spans, events)?;
    join(&mut spans);
    Ok(spans)
}

fn fits(first: &Lease, version: &Lease) -> Result<(), Trouble> {
    if version.id != first.id {
        let message = format!("the new version is of lease `{}`; amend that one", version.id);
        return Err(Trouble::Impossible(message));
    }
    if version.currency != first.currency {
        let (expected, found) = (first.currency, version.currency);
        return Err(Trouble::OtherCurrency { expected, found });
    }
    Ok(())
}

/// Puts changed prices into the versions that were agreed before they changed.
fn change_rates(
    first: &Arc<Lease>,
    spans: &mut [Span],
    events: &[&Event],
) -> Result<(), BooksError> {
    for event in events {
        let EventKind::RateChange(change) = &event.kind else { continue };
        let has = |name: &String| {
            spans.iter().any(|span| span.lease.fees.iter().any(|phase| phase.name == *name))
        };
        if let Some(phase) = change.phase.as_ref().filter(|phase| !has(phase)) {
            let line = format!("rate {}", event.key);
            return Err(Trouble::UnknownPhase(phase.clone()).at(&first.id, line));
        }
        for span in spans.iter_mut().filter(|s| s.until > change.from && s.agreed <= event.moment())
        {
            let lease = Arc::make_mut(&mut span.lease);
            if let (Some(phase), Some(price)) = (&change.phase, &change.price) {
                change_phase(lease, phase, price, change.from);
            }
            if let Some(overage) = &change.overage
                && span.from >= change.from
            {
                lease.overage = Some((**overage).clone());
            }
        }
    }
    Ok(())
}

/// Gives phase `name` the new price from `from` on, where the version has such a phase.
fn change_phase(lease: &mut Lease, name: &str, price: &Price, from: Date) {
    let of_it = |phase: &&FeePhase| phase.name == name;
    let begun = lease.fees.iter().filter(of_it).filter(|p| p.from <= from).max_by_key(|p| p.from);
    let later: Vec<usize> = (0..lease.fees.len())
        .filter(|i| lease.fees[*i].name == name && lease.fees[*i].from >= from)
        .collect();
    let added = begun.filter(|p| p.from < from && !is_over(lease, p, from)).cloned();
    for i in later {
        lease.fees[i].price = price.clone();
    }
    if let Some(phase) = added
        && !lease.fees.iter().any(|p| p.name == name && p.from == from)
    {
        lease.fees.push(FeePhase { from, price: price.clone(), ..phase });
        lease.fees.sort_by(|a, b| a.covers.cmp(&b.covers).then(a.from.cmp(&b.from)));
    }
}

/// Whether another phase of the same cover follows `phase` by `date`.
fn is_over(lease: &Lease, phase: &FeePhase, date: Date) -> bool {
    let follows = |p: &&FeePhase| p.covers == phase.covers && p.from > phase.from && p.from <= date;
    lease.fees.iter().find(follows).is_some()
}

/// Joins neighbours that say the same, and chains them.
fn join(spans: &mut Vec<Span>) {
    spans.dedup_by(|next, last| {
        let same = next.lease == last.lease;
        if same {
            last.until = next.until;
        }
        same
    });
    chain(spans);
}

/// Puts in the instants: the first day under a version begins where the last one under the version
/// before it ended, also where the zone changes.
pub(crate) fn chain(spans: &mut [Span]) {
    for i in 1..spans.len() {
        let from = spans[i].from;
        let begins = spans[i - 1].lease.start_of(from);
        spans[i - 1].end = begins;
        spans[i].start = begins;
        if spans[i].lease.start_of(from) != begins {
            let lease = Arc::make_mut(&mut spans[i].lease);
            lease.zone = lease.zone.joined(from, begins);
        }
    }
}

impl Span {
    /// The civil day that holds `at`, within the days of this version.
    pub(crate) fn day_of(&self, at: Instant) -> Date {
        self.lease.day_of(at).max(self.from).min(previous_day(self.until))
    }
}
