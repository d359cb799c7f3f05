//! The recall clause: limits that fit together, classes that fit the clause.

use std::collections::BTreeMap;

use leasehold_types::{Ratio, Seconds};

use crate::lease::Trigger;
use crate::sheet::codes;
use crate::sheet::draft::{ClassDraft, Draft, RecallDraft, trigger_word};
use crate::sheet::nearest::compact;
use crate::sheet::sink::Sink;

use super::{Bounds, blackout};

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let Some(recall) = draft.recall.as_ref().map(|recall| &recall.value) else { return };
    units(recall, draft, sink);
    caps(recall, sink);
    lengths(recall, sink);
    first_recall(recall, bounds, sink);
    classes(recall, draft, sink);
    election(recall, draft, sink);
    blackout::check(recall, bounds, sink);
}

fn units(recall: &RecallDraft, draft: &Draft, sink: &Sink<'_>) {
    if draft.recallable().is_some_and(|units| units.is_zero()) {
        let fault = codes::CLAUSE_WITHOUT_UNITS
            .at(recall.span, "the recall clause covers no units")
            .label("nothing to recall");
        sink.report(fault.remedy("add `recallable = ` to a tranche, or remove [recall]"));
    }
    if !recall.is_limited {
        let fault = codes::RECALL_UNLIMITED
            .at(recall.span, "nothing says how long a recall may last")
            .label("no limit in time");
        let remedy = "add `longest = ` or `most_accelerator_hours_per_year = `";
        sink.report(fault.remedy(remedy));
    }
}

fn caps(recall: &RecallDraft, sink: &Sink<'_>) {
    let caps = [(recall.per_day, "day"), (recall.per_month, "month"), (recall.per_year, "year")];
    let given: Vec<_> = caps.iter().filter_map(|(cap, of)| Some(((*cap)?, *of))).collect();
    for pair in given.windows(2) {
        let ((shorter, of_shorter), (longer, of_longer)) = (pair[0], pair[1]);
        if shorter.value > longer.value {
            let message = format!(
                "{} recalls a {of_shorter} are more than {} a {of_longer}",
                shorter.value, longer.value
            );
            let fault = codes::CAPS_CONTRADICT
                .at(longer.span, message)
                .label(format!("most of a {of_longer}"))
                .also(shorter.span, format!("most of a {of_shorter}"))
                .remedy("raise the one or lower the other");
            sink.report(fault);
        }
    }
    // As long as a day, month and year can be; a day has 25 hours where clocks go back.
    let hour = Seconds::from_hours(1).0;
    let longest = [25 * hour, (31 * 24 + 1) * hour, 366 * 24 * hour];
    for ((cap, of), length) in caps.iter().zip(longest) {
        let (Some(cap), Some(gap)) = (cap, recall.least_gap) else { continue };
        let needed = gap.value.0.saturating_mul(i64::from(cap.value) - 1);
        if cap.value > 1 && needed >= length {
            let fault = codes::CAP_NEVER_REACHED
                .at(cap.span, format!("a {of} never sees {} recalls", cap.value))
                .label("too many for the gap")
                .also(gap.span, format!("{} from one to the next", gap.value))
                .remedy("lower the cap or the gap, so that the clause says what it means");
            sink.report(fault);
        }
    }
}

fn lengths(recall: &RecallDraft, sink: &Sink<'_>) {
    let Some(drain) = recall.drain else { return };
    if let Some(longest) = recall.longest.filter(|longest| longest.value < drain.value) {
        let fault = codes::LONGEST_BELOW_DRAIN
            .at(longest.span, format!("a recall lasts at most {}", longest.value))
            .label("shorter than the drain")
            .also(drain.span, format!("the drain takes {}", drain.value))
            .remedy("raise `longest` or shorten the drain");
        sink.report(fault);
    }
    for class in &recall.classes {
        if let Some(notice) = class.notice.filter(|notice| notice.value < drain.value) {
            let fault = codes::NOTICE_BELOW_DRAIN
                .at(notice.span, format!("`{}` gives {} of notice", class.path, notice.value))
                .label("shorter than the drain")
                .also(drain.span, format!("the drain takes {}", drain.value))
                .remedy("lengthen the notice or shorten the drain");
            sink.report(fault);
        }
    }
    let longest = recall.classes.iter().filter_map(|class| class.notice).max_by_key(|n| n.value);
    let all = recall.classes.iter().all(|class| class.notice.is_some());
    if let (Some(time), Some(notice), true) = (recall.acknowledge, longest, all)
        && time.value > notice.value
    {
        let fault = codes::ACKNOWLEDGE_AFTER_RELEASE
            .at(time.span, "the acknowledgement is due after every release")
            .label(format!("{} after service", time.value))
            .also(notice.span, "the longest notice")
            .remedy(format!("write at most \"{}\"", compact(notice.value)));
        sink.report(fault);
    }
}

fn first_recall(recall: &RecallDraft, bounds: Bounds, sink: &Sink<'_>) {
    let (Some(first), Some(end)) = (recall.first_not_before, bounds.end) else { return };
    if first.value >= end {
        let fault = codes::FIRST_RECALL_AFTER_END
            .at(first.span, "the first recall may come only after the lease has ended")
            .label(format!("the lease ends as {end} begins"));
        sink.report(fault.remedy("write a day within the lease, or leave it out"));
    }
}

fn classes(recall: &RecallDraft, draft: &Draft, sink: &Sink<'_>) {
    let mut seen = BTreeMap::new();
    for class in &recall.classes {
        if let Some(name) = &class.name
            && let Some(first) = seen.insert(&name.value, name.span)
        {
            let fault = codes::DUPLICATE_CLASS
                .at(name.span, format!("two notice classes are called `{}`", name.value))
                .label("again")
                .also(first, "first")
                .remedy("rename one of them");
            sink.report(fault);
        }
        class_units(class, draft, sink);
        class_triggers(class, recall, sink);
        let multiplier = class.multiplier.filter(|_| class.has_multiplier);
        if let Some(multiplier) = multiplier.filter(|_| !recall.has_compensation) {
            let fault = codes::MULTIPLIER_IDLE
                .at(
                    multiplier.span,
                    format!("the multiplier of `{}` multiplies nothing", class.path),
                )
                .label("no compensation");
            sink.report(fault.remedy("add [recall.compensation], or remove the multiplier"));
        }
    }
    unused_triggers(recall, sink);
    prices(&recall.classes, sink);
}

fn class_units(class: &ClassDraft, draft: &Draft, sink: &Sink<'_>) {
    let (Some(most), Some(all)) = (class.most_units, draft.recallable()) else { return };
    if most.value > all && !all.is_zero() {
        let fault = codes::CLASS_EXCEEDS_RECALLABLE
            .at(most.span, format!("`{}` may take {} units", class.path, most.value))
            .label(format!("{all} are recallable"));
        sink.report(fault.remedy(format!("write at most {all}, or leave it out")));
    }
}

fn class_triggers(class: &ClassDraft, recall: &RecallDraft, sink: &Sink<'_>) {
    let Some(clause) = &recall.triggers else { return };
    for trigger in &class.triggers {
        if clause.value.iter().all(|known| known.value != trigger.value) {
            let word = trigger_word(trigger.value);
            let fault = codes::CLASS_TRIGGER_NOT_IN_CLAUSE
                .at(trigger.span, format!("`{word}` does not allow a recall"))
                .label("not in the clause")
                .also(clause.span, "the clause's triggers")
                .remedy("add it to the clause, or remove it here");
            sink.report(fault);
        }
    }
}

fn unused_triggers(recall: &RecallDraft, sink: &Sink<'_>) {
    let Some(clause) = &recall.triggers else { return };
    if recall.classes.is_empty() {
        return;
    }
    for trigger in &clause.value {
        if !recall.classes.iter().any(|class| may_use(class, trigger.value)) {
            let word = trigger_word(trigger.value);
            let fault = codes::TRIGGER_WITHOUT_CLASS
                .at(trigger.span, format!("no notice class may be used for `{word}`"))
                .label("allows nothing");
            sink.report(fault.remedy("add it to the triggers of a class, or remove it"));
        }
    }
}

fn may_use(class: &ClassDraft, trigger: Trigger) -> bool {
    class.triggers.is_empty() || class.triggers.iter().any(|own| own.value == trigger)
}

/// Among classes that share a trigger, shorter notice costs no less.
fn prices(classes: &[ClassDraft], sink: &Sink<'_>) {
    let share = |a: &ClassDraft, b: &ClassDraft| {
        a.triggers.is_empty() || a.triggers.iter().any(|own| may_use(b, own.value))
    };
    let price = |class: &ClassDraft| Some((class.notice?, class.multiplier?));
    for short in classes {
        let cheaper = classes.iter().find(|long| {
            let (Some(a), Some(b)) = (price(short), price(long)) else { return false };
            a.0.value < b.0.value && a.1.value < b.1.value && share(short, long)
        });
        if let (Some(long), Some((_, multiplier))) = (cheaper, price(short)) {
            let fault = codes::SHORT_NOTICE_CHEAPER
                .at(multiplier.span, format!("`{}` gives less notice and pays less", short.path))
                .label("the lower multiplier")
                .also(long.span, "longer notice");
            sink.report(fault.remedy("check the two multipliers"));
        }
    }
}

fn election(recall: &RecallDraft, draft: &Draft, sink: &Sink<'_>) {
    let (Some(election), Some(recallable), Some(units)) =
        (&recall.election, draft.recallable(), draft.units())
    else {
        return;
    };
    let Ok(share) = Ratio::new(i128::from(recallable.0), i128::from(units.0)) else { return };
    if election.value.more_than >= share && !recallable.is_zero() {
        let least = percent(election.value.more_than);
        let message = format!("the tenant may elect only if more than {least} is recalled");
        let fault = codes::ELECTION_NEVER_ARISES
            .at(election.span, message)
            .label(format!("{recallable} of {units} units are recallable"));
        sink.report(fault.remedy("lower `more_than`, or remove the election"));
    }
}

/// A share as people write it: `20%`.
fn percent(share: Ratio) -> String {
    share.checked_mul(Ratio::whole(100)).map_or_else(|_| share.to_string(), |p| format!("{p}%"))
}
