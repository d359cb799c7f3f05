//! `[[tranche]]`: capacity with its own delivery date, grace and remedies.

use leasehold_types::{Date, PoolId, Ratio, TrancheId, Units};

use crate::diagnostic::Span;
use crate::lease::{Late, Remedy, Tranche};
use crate::sheet::limits::{DAYS_MAX, TRANCHES_MAX, UNITS_MAX};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, schema, value};

const REMEDIES: &[(&str, Remedy)] = &[
    ("wait", Remedy::Wait),
    ("accept_fewer", Remedy::AcceptFewer),
    ("terminate", Remedy::Terminate),
];
/// Days to elect after the grace, where the sheet says nothing.
const ELECT_WITHIN_DAYS_DEFAULT: u16 = 30;

/// A tranche, as written.
pub(in crate::sheet) struct TrancheDraft {
    pub span: Span,
    pub path: String,
    pub id: Field<TrancheId>,
    pub pool: Field<PoolId>,
    pub units: Field<Units>,
    pub delivery: Field<Date>,
    pub until: Field<Date>,
    /// Recallable units by either key, where they can be known; 0 where neither is written.
    pub recallable: Field<Units>,
    pub grace: Field<u16>,
    late: Late,
}

/// Reads all tranches.
pub(in crate::sheet) fn read(root: &Section<'_>) -> Vec<TrancheDraft> {
    root.need_any(&schema::TRANCHE);
    let tranches = root.tables(&schema::TRANCHE, TRANCHES_MAX, |s| Some(read_section(&s)));
    tranches.into_iter().map(|tranche| tranche.value).collect()
}

fn read_section(section: &Section<'_>) -> TrancheDraft {
    let units = section.need("units", whole_units(1));
    let late = section.table(&schema::LATE, |late| Some(read_late(&late)));
    let (late, grace) = late.map_or_else(|| (no_consequence(), None), |late| late.value);
    TrancheDraft {
        span: section.span,
        path: section.path.clone(),
        id: section.need("id", value::name(TrancheId::new)),
        pool: section.need("pool", value::name(PoolId::new)),
        units,
        delivery: section.need("delivery", value::date),
        until: section.may("until", value::date),
        recallable: read_recallable(section, units),
        grace,
        late,
    }
}

fn whole_units(least: u64) -> impl Fn(crate::sheet::section::Node<'_>) -> Option<Units> {
    move |node| value::whole(least..=UNITS_MAX)(node).map(Units)
}

/// The recallable units, from `recallable` or from `firm`; both may be written if they add up.
fn read_recallable(section: &Section<'_>, units: Field<Units>) -> Field<Units> {
    let recallable = section.may("recallable", whole_units(0));
    let firm = section.may("firm", whole_units(0));
    if !section.has("recallable") && !section.has("firm") {
        return Some(At { value: Units::ZERO, span: section.span });
    }
    let units = units?;
    for (part, what) in [(recallable, "recallable"), (firm, "firm")] {
        if let Some(part) = part.filter(|part| part.value > units.value) {
            let message = format!("{} of {} units are {what}", part.value, units.value);
            let fault = codes::RECALLABLE_EXCEEDS_UNITS.at(part.span, message);
            let fault =
                fault.label(format!("more than {}", units.value)).also(units.span, "all units");
            section.sink().report(fault.remedy(format!("write at most {}", units.value)));
            return None;
        }
    }
    match (recallable, firm) {
        (Some(recallable), Some(firm)) => {
            add_up(units, recallable, firm, section).then_some(recallable)
        }
        (None, Some(firm)) if !section.has("recallable") => {
            Some(At { value: units.value.saturating_sub(firm.value), span: firm.span })
        }
        (Some(recallable), None) if !section.has("firm") => Some(recallable),
        _ => None,
    }
}

fn add_up(units: At<Units>, recallable: At<Units>, firm: At<Units>, section: &Section<'_>) -> bool {
    let both = recallable.value.0 + firm.value.0;
    if both == units.value.0 {
        return true;
    }
    let (recalled, kept) = (recallable.value, firm.value);
    let message =
        format!("{recalled} recallable and {kept} firm units are {both}, not {}", units.value);
    let fault = codes::UNITS_DO_NOT_ADD_UP
        .at(firm.span, message)
        .label("firm")
        .also(recallable.span, "recallable")
        .also(units.span, "all units")
        .remedy("leave `firm` out: it is what is not recallable");
    section.sink().report(fault);
    false
}

/// What follows from lateness where the sheet says nothing: undelivered units are not charged.
fn no_consequence() -> Late {
    Late {
        grace_days: 0,
        discount_per_day: Ratio::ZERO,
        remedies: Vec::new(),
        elect_within_days: ELECT_WITHIN_DAYS_DEFAULT,
        silence: Remedy::Wait,
    }
}

fn read_late(section: &Section<'_>) -> (Late, Field<u16>) {
    let grace = section.may("grace_days", value::whole(0..=DAYS_MAX));
    let discount = section.may("discount_per_day", value::share(true));
    let remedies = section.may("remedies", value::choices(REMEDIES));
    let elect = section.may("elect_within_days", value::whole(1..=DAYS_MAX));
    let silence = section.may("silence", value::choice(REMEDIES));
    check_election(section, remedies.as_ref(), silence);
    let remedies = remedies.map(|list| list.value).unwrap_or_default();
    let late = Late {
        grace_days: grace.map_or(0, |grace| grace.value),
        discount_per_day: discount.map_or(Ratio::ZERO, |discount| discount.value),
        remedies: remedies.into_iter().map(|remedy| remedy.value).collect(),
        elect_within_days: elect.map_or(ELECT_WITHIN_DAYS_DEFAULT, |elect| elect.value),
        silence: silence.map_or(Remedy::Wait, |silence| silence.value),
    };
    (late, grace)
}

/// What silence means, and until when to speak, must fit what may be elected.
fn check_election(
    section: &Section<'_>,
    remedies: Option<&At<Vec<At<Remedy>>>>,
    silence: Field<Remedy>,
) {
    if !section.has("remedies") {
        if let Some(key) = ["silence", "elect_within_days"].into_iter().find(|key| section.has(key))
        {
            let message = format!("{} has `{key}` and nothing to elect", section.name());
            let fault = codes::ELECTION_WITHOUT_REMEDIES.at(section.key_span(key), message);
            let remedy = format!("add `remedies = [\u{2026}]`, or remove `{key}`");
            section.sink().report(fault.label("no remedies").remedy(remedy));
        }
        return;
    }
    let Some(remedies) = remedies else { return };
    if section.has("silence") && silence.is_none() {
        return;
    }
    let meant = silence.map_or(Remedy::Wait, |silence| silence.value);
    if remedies.value.iter().any(|remedy| remedy.value == meant) {
        return;
    }
    let word =
        REMEDIES.iter().find(|(_, remedy)| *remedy == meant).map_or("wait", |(word, _)| word);
    let fault = match silence {
        Some(silence) => codes::SILENCE_NOT_OFFERED
            .at(silence.span, format!("silence means `{word}`, which may not be elected"))
            .label("not among the remedies"),
        None => codes::SILENCE_NOT_OFFERED
            .at(remedies.span, "silence means `wait` by default, which may not be elected")
            .label("`wait` is not among them"),
    };
    let fault = fault.also(remedies.span, "what may be elected");
    section
        .sink()
        .report(fault.remedy("write `silence = ` with one of the remedies, or add it to them"));
}

impl TrancheDraft {
    /// The first day after it, given the lease's end.
    pub(in crate::sheet) fn last(&self, end: Option<Date>) -> Option<Date> {
        self.until.map(|until| until.value).or(end)
    }

    pub(super) fn lower(&self, end: Date) -> Option<Tranche> {
        Some(Tranche {
            id: self.id.clone()?.value,
            pool: self.pool.clone()?.value,
            units: self.units?.value,
            delivery: self.delivery?.value,
            until: self.until.map_or(end, |until| until.value),
            recallable: self.recallable?.value,
            late: self.late.clone(),
        })
    }
}
