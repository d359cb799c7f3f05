//! The rules that an order may break, each with its numbers and the next step.

use leasehold_types::{Instant, Period, Seconds, Units};

use crate::exact::{day_of, grouped, next_day};
use crate::lease::{NoticeClass, Trigger};
use crate::recall::calendar::blackout_in;
use crate::recall::case::Case;
use crate::recall::history::rest_end;
use crate::recall::{RecallOrder, RecallRule, Violation};

/// An order with its instants.
pub(crate) struct Planned<'o> {
    pub(crate) order: &'o RecallOrder,
    pub(crate) class: &'o NoticeClass,
    /// The tranche, by its place in the lease.
    pub(crate) tranche: usize,
    /// From release to return.
    pub(crate) out: Period,
    /// When the notice of its class is over.
    pub(crate) noticed: Instant,
}

impl Planned<'_> {
    fn length(&self) -> Seconds {
        self.out.length()
    }
}

/// Every rule that the order breaks, in the order of the clause.
pub(crate) fn broken(case: &Case<'_>, planned: &Planned<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    found.extend(trigger(case, planned));
    found.extend(notice(case, planned));
    if planned.order.trigger == Trigger::Drill {
        return found;
    }
    found.extend(order(planned));
    found.extend(tranche(case, planned));
    found.extend(first_day(case, planned));
    found.extend(caps(case, planned));
    found.extend(longest(case, planned));
    found.extend(gap(case, planned));
    found.extend(blackout(case, planned));
    found.extend(class_units(case, planned));
    found.extend(recallable(case, planned));
    found.extend(year_hours(case, planned));
    found
}

fn violation(clause: RecallRule, message: String) -> Violation {
    Violation { clause, message, earliest: None, most: None }
}

fn trigger(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let (trigger, class) = (planned.order.trigger, planned.class);
    if case.allows(class, trigger) {
        return None;
    }
    let of_clause = case.clause.triggers.contains(&trigger);
    let usable: Vec<&str> = if of_clause {
        let classes = case.clause.classes.iter().filter(|c| case.allows(c, trigger));
        classes.map(|c| c.name.as_str()).collect()
    } else {
        Vec::new()
    };
    let (name, word) = (&class.name, word(trigger));
    Some(violation(
        RecallRule::Triggers,
        match usable.as_slice() {
            [] => {
                format!("{word} is no event that allows a recall; the clause names those that do")
            }
            _ => format!("class `{name}` is not for {word}; use {}", usable.join(" or ")),
        },
    ))
}

/// A trigger, as the term sheet writes it.
pub(crate) fn word(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::OwnerTraining => "owner_training",
        Trigger::OwnerInference => "owner_inference",
        Trigger::GridCurtailment => "grid_curtailment",
        Trigger::PowerEmergency => "power_emergency",
        Trigger::Maintenance => "maintenance",
        Trigger::Safety => "safety",
        Trigger::LegalOrder => "legal_order",
        Trigger::Drill => "drill",
    }
}

fn notice(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let release = planned.out.start();
    if release >= planned.noticed {
        return None;
    }
    let (name, least) = (&planned.class.name, planned.class.notice);
    let found = release.since(case.now);
    Some(Violation {
        earliest: case.earliest_release(planned.noticed, Some(planned.length())),
        ..violation(
            RecallRule::Notice,
            format!(
                "class `{name}` needs a notice of {least}, the order leaves {found}; \
                 release from {} on",
                planned.noticed
            ),
        )
    })
}

fn order(planned: &Planned<'_>) -> Option<Violation> {
    let (order, out) = (planned.order, planned.out);
    if order.units.is_zero() {
        return Some(violation(RecallRule::Order, "it recalls no units; name how many".to_owned()));
    }
    if order.expected_return <= out.start() {
        let message = format!(
            "it returns at {}, which is not after its release at {}; name a later return",
            order.expected_return,
            out.start()
        );
        return Some(violation(RecallRule::Order, message));
    }
    None
}

fn tranche(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let span = case.span_of(planned.tranche);
    let release = planned.out.start();
    if span.contains(release) {
        return None;
    }
    let message = format!(
        "tranche `{}` is with the tenant from {} to {}, the release is at {release}; \
         release within that",
        planned.order.tranche,
        span.start(),
        span.end()
    );
    let earliest = Some(span.start()).filter(|start| release < *start);
    Some(Violation { earliest, ..violation(RecallRule::Tranche, message) })
}

fn first_day(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let date = case.limits().first_not_before?;
    let first = case.lease.start_of(date);
    if planned.out.start() >= first {
        return None;
    }
    let message = format!("no units are released before {date}; release from then on");
    let earliest = case.earliest_release(first.max(planned.noticed), Some(planned.length()));
    Some(Violation { earliest, ..violation(RecallRule::FirstNotBefore, message) })
}

fn caps(case: &Case<'_>, planned: &Planned<'_>) -> Vec<Violation> {
    let reached = case.caps_reached().into_iter().map(|cap| {
        let ordered = if cap.most == 1 { "recall".to_owned() } else { "recalls".to_owned() };
        let message = format!(
            "{} {ordered} may be ordered and were ordered {}; order it from {} on",
            cap.most, cap.when, cap.next
        );
        let noticed = cap.next.saturating_add(planned.class.notice);
        let earliest = case.earliest_release(noticed, Some(planned.length()));
        Violation { earliest, ..violation(cap.rule, message) }
    });
    reached.collect()
}

fn longest(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let longest = case.limits().longest?;
    let found = planned.length();
    if found <= longest {
        return None;
    }
    let latest = planned.out.start().saturating_add(longest);
    let message = format!("a recall lasts at most {longest}, this one {found}; return by {latest}");
    Some(violation(RecallRule::Longest, message))
}

fn gap(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let least = case.limits().least_gap?;
    let release = planned.out.start();
    let near = case.history.release_near(release, least)?;
    let earliest = case.earliest_release(release, Some(planned.length()));
    let next = earliest.map_or(String::new(), |at| format!("; release at {at}"));
    let message = format!(
        "releases are at least {least} apart, there is one at {near} and this one at {release}{next}"
    );
    Some(Violation { earliest, ..violation(RecallRule::LeastGap, message) })
}

fn blackout(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let (period, reason) = blackout_in(case.lease, case.clause, planned.out)?;
    let zone = &case.lease.zone;
    let (from, until) = (zone.date_of(period.start()), zone.date_of(period.end()));
    let earliest = case.earliest_release(planned.out.start(), Some(planned.length()));
    let next = earliest.map_or(String::new(), |at| format!(" or release at {at}"));
    let message = format!(
        "no recall may be in force from {from} to before {until} ({reason}); return before{next}"
    );
    Some(Violation { earliest, ..violation(RecallRule::Blackout, message) })
}

fn class_units(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let most = planned.class.most_units?;
    let out = case.most_by_class(&planned.class.name, planned.out);
    let left = most.0.saturating_sub(out);
    if planned.order.units.0 <= left {
        return None;
    }
    let message = format!(
        "at most {} units may be out by class `{}` at once, {} are or will be; recall at most {}",
        grouped(most.0.into()),
        planned.class.name,
        grouped(out.into()),
        grouped(left.into()),
    );
    Some(Violation { most: Some(Units(left)), ..violation(RecallRule::MostUnits, message) })
}

fn recallable(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let (tranche, out, units) = (planned.tranche, planned.out, planned.order.units.0);
    if !case.span_of(tranche).contains(out.start()) {
        return None;
    }
    let recallable = case.recallable(tranche, out);
    let is_out = case.most_out(tranche, out);
    let left = recallable.saturating_sub(is_out);
    let id = &planned.order.tranche;
    if units > left {
        let message = format!(
            "{} units of tranche `{id}` are delivered and recallable, {} of them are or will be \
             out; recall at most {}",
            grouped(recallable.into()),
            grouped(is_out.into()),
            grouped(left.into()),
        );
        let violation = violation(RecallRule::Recallable, message);
        return Some(Violation { most: Some(Units(left)), ..violation });
    }
    let held = case.most_held(tranche, Period::new(out.start(), rest_end(case.lease, out.end())));
    let left = recallable.saturating_sub(held);
    if units <= left {
        return None;
    }
    let rest = case.limits().rest_after_return;
    let earliest = rested(case, planned);
    let next = earliest.map_or(String::new(), |at| format!(", or release at {at}"));
    let message = format!(
        "units that came back stay with the tenant for {rest}, and until the next civil day; {} of \
         {} are out or resting; recall at most {}{next}",
        grouped(held.into()),
        grouped(recallable.into()),
        grouped(left.into()),
    );
    let violation = violation(RecallRule::RestAfterReturn, message);
    Some(Violation { earliest, most: Some(Units(left)), ..violation })
}

/// The first release at which enough units have rested.
fn rested(case: &Case<'_>, planned: &Planned<'_>) -> Option<Instant> {
    let mut ends: Vec<Instant> =
        case.history.current().iter().map(|r| r.held(case.lease, case.now).end()).collect();
    ends.sort();
    let ends = ends.into_iter().filter(|end| *end > planned.out.start() && *end < Instant::MAX);
    ends.filter_map(|end| case.earliest_release(end, Some(planned.length()))).find(|release| {
        let out = Period::new(*release, release.saturating_add(planned.length()));
        let held = Period::new(out.start(), rest_end(case.lease, out.end()));
        let recallable = case.recallable(planned.tranche, out);
        let taken = case.most_held(planned.tranche, held);
        planned.order.units.0 <= recallable.saturating_sub(taken)
    })
}

fn year_hours(case: &Case<'_>, planned: &Planned<'_>) -> Option<Violation> {
    let cap = case.limits().most_accelerator_hours_per_year?;
    let zone = &case.lease.zone;
    let last = planned.out.end().saturating_add(Seconds(-1)).max(planned.out.start());
    let (first, last) = (day_of(zone, planned.out.start()), day_of(zone, last));
    let mut date = first;
    while date <= last {
        let until = next_day(date.last_of_year());
        let year =
            Period::new(case.lease.start_of(date.first_of_year()), case.lease.start_of(until));
        let seconds = planned.out.intersection(year).length();
        let left = case.seconds_left(date)?;
        let units = u128::from(planned.order.units.0);
        let wanted = units * u128::from(seconds.0.max(0).unsigned_abs());
        if wanted > left {
            let most = left / u128::from(seconds.0.max(1).unsigned_abs());
            let message = format!(
                "{} accelerator-hours may be taken in {}, {} are left and this order takes {}; \
                 recall at most {} units for that long",
                grouped(cap.into()),
                date.year(),
                grouped(left / 3_600),
                grouped(wanted.div_ceil(3_600)),
                grouped(most),
            );
            let most = Some(Units(u64::try_from(most).unwrap_or(u64::MAX)));
            let violation = violation(RecallRule::MostAcceleratorHoursPerYear, message);
            return Some(Violation { most, ..violation });
        }
        if until <= date {
            break;
        }
        date = until;
    }
    None
}
