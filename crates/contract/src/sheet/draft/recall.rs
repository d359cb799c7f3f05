//! `[recall]`: what may be taken back, when, and at what price.

use leasehold_types::{Currency, Date, Ratio, Seconds, Units};
use toml::de::DeValue;

use crate::diagnostic::Span;
use crate::lease::{
    Abatement, Blackout, Compensation, Cut, Drain, NoticeClass, RecallClause, RecallElection,
    RecallLimits, RecallRight, Trigger,
};
use crate::sheet::limits::{
    ACCELERATOR_HOURS_MAX, BLACKOUTS_MAX, DAYS_MAX, DURATION_MAX_SECONDS, EVENTS_MAX,
    NOTICE_CLASSES_MAX, UNITS_MAX,
};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{schema, value};

const TRIGGERS: &[(&str, Trigger)] = &[
    ("owner_training", Trigger::OwnerTraining),
    ("owner_inference", Trigger::OwnerInference),
    ("grid_curtailment", Trigger::GridCurtailment),
    ("power_emergency", Trigger::PowerEmergency),
    ("maintenance", Trigger::Maintenance),
    ("safety", Trigger::Safety),
    ("legal_order", Trigger::LegalOrder),
    ("drill", Trigger::Drill),
];
const AT_DEADLINE: &[(&str, ())] = &[("at_deadline", ())];
const RIGHTS: &[(&str, RecallRight)] = &[
    ("terminate", RecallRight::Terminate),
    ("extend", RecallRight::Extend),
    ("reduce", RecallRight::Reduce),
];
/// Length of the drain, where the sheet says nothing.
const DRAIN_DEFAULT: Seconds = Seconds::from_minutes(30);
/// Time to offer capacity back, where the sheet says nothing.
const OFFER_BACK_DEFAULT: Seconds = Seconds::from_days(1);
/// Time to acknowledge, where the sheet says nothing.
const ACKNOWLEDGE_DEFAULT: Seconds = Seconds::from_hours(4);
/// Days to elect after much was recalled, where the sheet says nothing.
const ELECT_WITHIN_DAYS_DEFAULT: u16 = 10;

/// The word for a trigger.
pub(in crate::sheet) fn trigger_word(trigger: Trigger) -> &'static str {
    TRIGGERS.iter().find(|(_, known)| *known == trigger).map_or("?", |(word, _)| word)
}

/// The recall clause, as written.
pub(in crate::sheet) struct RecallDraft {
    pub span: Span,
    pub triggers: Field<Vec<At<Trigger>>>,
    pub classes: Vec<ClassDraft>,
    pub first_not_before: Field<Date>,
    pub per_day: Field<u32>,
    pub per_month: Field<u32>,
    pub per_year: Field<u32>,
    pub longest: Field<Seconds>,
    pub least_gap: Field<Seconds>,
    pub blackouts: Vec<BlackoutDraft>,
    /// The drain's length; the default where the sheet says nothing.
    pub drain: Field<Seconds>,
    pub has_compensation: bool,
    /// Whether anything limits how long units may be out.
    pub is_limited: bool,
    pub election: Field<RecallElection>,
    pub acknowledge: Field<Seconds>,
    cut: Option<Cut>,
    rest_after_return: Seconds,
    hours_per_year: Field<u64>,
    abatement: Abatement,
    compensation: Field<Compensation>,
    offer_back_within: Seconds,
}

/// A notice class, as written.
pub(in crate::sheet) struct ClassDraft {
    pub span: Span,
    pub path: String,
    pub name: Field<String>,
    pub notice: Field<Seconds>,
    pub most_units: Field<Units>,
    /// Its multiplier; 1 where the sheet says nothing.
    pub multiplier: Field<Ratio>,
    pub has_multiplier: bool,
    /// The triggers that it is narrowed to; empty where it is not.
    pub triggers: Vec<At<Trigger>>,
}

/// A blackout, as written.
pub(in crate::sheet) struct BlackoutDraft {
    pub path: String,
    pub from: Field<Date>,
    pub until: Field<Date>,
    pub yearly: bool,
    reason: Field<String>,
}

/// Reads the recall clause, where there is one.
pub(in crate::sheet) fn read(root: &Section<'_>, currency: Field<Currency>) -> Field<RecallDraft> {
    root.table(&schema::RECALL, |section| Some(read_section(&section, currency)))
}

fn read_section(section: &Section<'_>, currency: Field<Currency>) -> RecallDraft {
    let most = || value::whole(1..=EVENTS_MAX);
    let drain = section.table(&schema::DRAIN, |drain| Some(read_drain(&drain)));
    let default = (Some(At { value: DRAIN_DEFAULT, span: section.span }), Some(Cut::AtDeadline));
    let (drain, cut) = drain.map_or(default, |drain| drain.value);
    section.need_any(&schema::CLASS);
    RecallDraft {
        span: section.span,
        triggers: section.need("triggers", value::choices(TRIGGERS)),
        classes: read_classes(section),
        first_not_before: section.may("first_not_before", value::date),
        per_day: section.may("most_events_per_day", most()),
        per_month: section.may("most_events_per_month", most()),
        per_year: section.may("most_events_per_year", most()),
        longest: section.may("longest", some_time()),
        least_gap: section.may("least_gap", some_time()),
        blackouts: read_blackouts(section),
        drain,
        has_compensation: section.has("compensation"),
        is_limited: section.has("longest") || section.has("most_accelerator_hours_per_year"),
        election: section.table(&schema::ELECTION, |election| read_election(&election)),
        acknowledge: section.may("acknowledge_within", some_time()),
        cut,
        rest_after_return: super::or_default(section.may("rest_after_return", any_time())),
        hours_per_year: section
            .may("most_accelerator_hours_per_year", value::whole(1..=ACCELERATOR_HOURS_MAX)),
        abatement: read_abatement(section),
        compensation: section
            .table(&schema::COMPENSATION, |inner| read_compensation(&inner, currency)),
        offer_back_within: section
            .may("offer_back_within", any_time())
            .map_or(OFFER_BACK_DEFAULT, |time| time.value),
    }
}

/// A length of time, or none at all.
fn any_time() -> impl Fn(crate::sheet::section::Node<'_>) -> Option<Seconds> {
    value::duration(0..=DURATION_MAX_SECONDS)
}

/// A length of time of a second at least.
fn some_time() -> impl Fn(crate::sheet::section::Node<'_>) -> Option<Seconds> {
    value::duration(1..=DURATION_MAX_SECONDS)
}

fn read_classes(section: &Section<'_>) -> Vec<ClassDraft> {
    let classes = section.tables(&schema::CLASS, NOTICE_CLASSES_MAX, |class| {
        let multiplier = class.may("multiplier", value::multiple);
        let triggers = class.may("triggers", value::choices(TRIGGERS));
        Some(ClassDraft {
            span: class.span,
            name: class.need("name", value::text),
            notice: class.need("notice", any_time()),
            most_units: class
                .may("most_units", value::whole(1..=UNITS_MAX))
                .map(|at| At { value: Units(at.value), span: at.span }),
            multiplier: if class.has("multiplier") {
                multiplier
            } else {
                Some(At { value: Ratio::ONE, span: class.span })
            },
            has_multiplier: class.has("multiplier"),
            triggers: triggers.map(|list| list.value).unwrap_or_default(),
            path: class.path,
        })
    });
    classes.into_iter().map(|class| class.value).collect()
}

fn read_blackouts(section: &Section<'_>) -> Vec<BlackoutDraft> {
    let blackouts = section.tables(&schema::BLACKOUT, BLACKOUTS_MAX, |blackout| {
        Some(BlackoutDraft {
            from: blackout.need("from", value::date),
            until: blackout.need("until", value::date),
            yearly: super::or_default(blackout.may("yearly", value::flag)),
            reason: blackout.need("reason", value::prose),
            path: blackout.path,
        })
    });
    blackouts.into_iter().map(|blackout| blackout.value).collect()
}

fn read_drain(section: &Section<'_>) -> (Field<Seconds>, Option<Cut>) {
    let length = section.may("length", any_time());
    let default = Some(At { value: DRAIN_DEFAULT, span: section.span });
    let length = if section.has("length") { length } else { default };
    let cut = if !section.has("cut") {
        Some(Cut::AtDeadline)
    } else if section.holds("cut", |v| matches!(v, DeValue::Table(_) | DeValue::Array(_))) {
        let cut = section.table(&schema::CUT, |cut| {
            cut.need("after", some_time()).map(|after| Cut::After(after.value))
        });
        cut.map(|cut| cut.value)
    } else {
        section.may("cut", value::choice(AT_DEADLINE)).map(|_| Cut::AtDeadline)
    };
    (length, cut)
}

/// The whole fee of what was taken abates, without a cap, where the sheet says nothing.
fn read_abatement(section: &Section<'_>) -> Abatement {
    let default = Abatement { multiple: Ratio::ONE, cap: None };
    let abatement = section.table(&schema::ABATEMENT, |inner| {
        let multiple = inner.may("multiple", value::multiple);
        let cap = inner.may("cap", value::share(true));
        Some(Abatement {
            multiple: multiple.map_or(Ratio::ONE, |multiple| multiple.value),
            cap: cap.map(|cap| cap.value),
        })
    });
    abatement.map_or(default, |abatement| abatement.value)
}

fn read_compensation(section: &Section<'_>, currency: Field<Currency>) -> Option<Compensation> {
    let rate = section.need("per_accelerator_hour", value::rate(currency));
    let stop_loss = section.may("stop_loss_per_year", value::amount(currency));
    Some(Compensation {
        minor_per_accelerator_hour: rate?.value,
        stop_loss_per_year: stop_loss.map(|stop| stop.value),
    })
}

fn read_election(section: &Section<'_>) -> Option<RecallElection> {
    let more_than = section.need("more_than", value::share(true));
    let within_days = section.need("within_days", value::whole(1..=DAYS_MAX));
    let right = section.need("right", value::choice(RIGHTS));
    let elect = section.may("elect_within_days", value::whole(1..=DAYS_MAX));
    Some(RecallElection {
        more_than: more_than?.value,
        within_days: within_days?.value,
        right: right?.value,
        elect_within_days: elect.map_or(ELECT_WITHIN_DAYS_DEFAULT, |elect| elect.value),
    })
}

impl RecallDraft {
    pub(super) fn lower(&self) -> Option<RecallClause> {
        let mut classes: Vec<NoticeClass> =
            self.classes.iter().map(ClassDraft::lower).collect::<Option<_>>()?;
        classes.sort_by_key(|class| std::cmp::Reverse(class.notice));
        let none =
            Compensation { minor_per_accelerator_hour: Ratio::ZERO, stop_loss_per_year: None };
        let compensation = match &self.compensation {
            Some(compensation) => compensation.value.clone(),
            None if self.has_compensation => return None,
            None => none,
        };
        Some(RecallClause {
            triggers: self.triggers.as_ref()?.value.iter().map(|at| at.value).collect(),
            classes,
            limits: self.lower_limits(),
            blackouts: self.blackouts.iter().map(BlackoutDraft::lower).collect::<Option<_>>()?,
            drain: Drain { length: self.drain?.value, cut: self.cut? },
            abatement: self.abatement.clone(),
            compensation,
            election: self.election.clone().map(|election| election.value),
            offer_back_within: self.offer_back_within,
            acknowledge_within: self.acknowledge.map_or(ACKNOWLEDGE_DEFAULT, |time| time.value),
        })
    }

    fn lower_limits(&self) -> RecallLimits {
        RecallLimits {
            most_events_per_day: self.per_day.map(|at| at.value),
            most_events_per_month: self.per_month.map(|at| at.value),
            most_events_per_year: self.per_year.map(|at| at.value),
            longest: self.longest.map(|at| at.value),
            least_gap: self.least_gap.map(|at| at.value),
            first_not_before: self.first_not_before.map(|at| at.value),
            rest_after_return: self.rest_after_return,
            most_accelerator_hours_per_year: self.hours_per_year.map(|at| at.value),
        }
    }
}

impl ClassDraft {
    fn lower(&self) -> Option<NoticeClass> {
        Some(NoticeClass {
            name: self.name.clone()?.value,
            notice: self.notice?.value,
            most_units: self.most_units.map(|at| at.value),
            multiplier: self.multiplier?.value,
            triggers: self.triggers.iter().map(|at| at.value).collect(),
        })
    }
}

impl BlackoutDraft {
    fn lower(&self) -> Option<Blackout> {
        Some(Blackout {
            from: self.from?.value,
            until: self.until?.value,
            yearly: self.yearly,
            reason: self.reason.clone()?.value,
        })
    }
}
