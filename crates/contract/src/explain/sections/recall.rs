//! What may be taken back.

use crate::explain::{Section, words};
use crate::lease::{Blackout, Cut, Lease, NoticeClass, RecallClause, RecallLimits};
use crate::schedule::words::{major, percent};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Recall");
    let Some(clause) = &lease.recall else {
        section.text("There is no recall clause: every unit is firm.");
        return section.assumed(lease, &["recall"]);
    };
    section.text(format!(
        "The owner may take recallable units back for a time, for {}.",
        words::triggers(&clause.triggers)
    ));
    section.table(
        &["class", "notice", "most units at once", "compensation times"],
        clause.classes.iter().map(class).collect(),
    );
    for class in clause.classes.iter().filter(|class| !class.triggers.is_empty()) {
        let only = words::triggers(&class.triggers);
        section.item(format!("Class {} is only for {only}.", class.name));
    }
    for said in limits(&clause.limits) {
        section.item(said);
    }
    for blackout in &clause.blackouts {
        section.item(closed(blackout));
    }
    section.item(drain(clause));
    for said in prices(lease, clause) {
        section.item(said);
    }
    section.text(format!(
        "The tenant is asked to acknowledge within {}; silence is assent. Once the need is over, \
         the units are offered back within {}.",
        clause.acknowledge_within, clause.offer_back_within
    ));
    section.assumed(lease, &["recall"])
}

fn class(class: &NoticeClass) -> Vec<String> {
    let most =
        class.most_units.map_or("no limit".to_owned(), |most| crate::exact::grouped(most.0.into()));
    vec![class.name.clone(), class.notice.to_string(), most, class.multiplier.to_string()]
}

fn limits(limits: &RecallLimits) -> Vec<String> {
    let caps = [
        (limits.most_events_per_day, "day"),
        (limits.most_events_per_month, "month"),
        (limits.most_events_per_year, "year"),
    ];
    let caps: Vec<String> = caps
        .into_iter()
        .filter_map(|(most, per)| most.map(|most| format!("{most} in a civil {per}")))
        .collect();
    let mut said = Vec::new();
    if !caps.is_empty() {
        said.push(format!("At most {} may be ordered.", words::list(&caps)));
    }
    if let Some(longest) = limits.longest {
        said.push(format!("A recall lasts at most {longest}."));
    }
    if let Some(gap) = limits.least_gap {
        said.push(format!("Releases are at least {gap} apart, or together."));
    }
    if let Some(first) = limits.first_not_before {
        said.push(format!("Nothing is released before {first}."));
    }
    said.push(match limits.rest_after_return.0 {
        0 => "Units that came back are not taken again on the same civil day.".to_owned(),
        _ => format!(
            "Units that came back stay for {}, and until the next civil day.",
            limits.rest_after_return
        ),
    });
    if let Some(hours) = limits.most_accelerator_hours_per_year {
        let hours = crate::exact::grouped(hours.into());
        said.push(format!("At most {hours} accelerator-hours are taken in a civil year."));
    }
    said
}

fn closed(blackout: &Blackout) -> String {
    let (from, last) = (blackout.from, words::last_day(blackout.until));
    let each = if blackout.yearly { ", and on the same days of each later year" } else { "" };
    let reason = blackout.reason.trim_end_matches('.');
    format!("No recall is in force from {from} through {last}{each} ({reason}).")
}

fn drain(clause: &RecallClause) -> String {
    let cut = match clause.drain.cut {
        Cut::AtDeadline => "at the deadline what is left is cut".to_owned(),
        Cut::After(more) => format!("what is left may finish within {more} after the deadline"),
    };
    format!("In the last {} of the notice nothing new is admitted; {cut}.", clause.drain.length)
}

fn prices(lease: &Lease, clause: &RecallClause) -> Vec<String> {
    let abatement = &clause.abatement;
    let mut said = Vec::new();
    if abatement.multiple.is_zero() {
        said.push("The fee does not abate.".to_owned());
    } else {
        let cap = abatement.cap.map_or(String::new(), |cap| {
            format!(", at most {} of the fee due in that month", percent(cap))
        });
        let times = if abatement.multiple == leasehold_types::Ratio::ONE {
            "for what is really taken".to_owned()
        } else {
            format!("by {} times what is really taken", abatement.multiple)
        };
        said.push(format!("The fee abates {times}, each day at that day's fee{cap}."));
    }
    let compensation = &clause.compensation;
    if !compensation.minor_per_accelerator_hour.is_zero() {
        let price = major(lease, compensation.minor_per_accelerator_hour);
        let stop = compensation
            .stop_loss_per_year
            .map_or(String::new(), |stop| format!(", at most {stop} in a lease year"));
        said.push(format!(
            "Besides, {price} is paid for each accelerator-hour taken, times the factor of its \
             class{stop}."
        ));
    }
    if let Some(election) = &clause.election {
        said.push(format!(
            "If more than {} of the committed accelerator-time of {} in a row is recalled, the \
             tenant may {}; it says so within {} or waives it.",
            percent(election.more_than),
            words::count(election.within_days.into(), "day"),
            words::right(election.right),
            words::count(election.elect_within_days.into(), "day")
        ));
    }
    said
}
