//! `[term]`, `[term.owner]`, `[term.tenant]`: when the lease ends, and who may end it.

use leasehold_types::{Currency, Date};

use crate::diagnostic::Span;
use crate::lease::{Effect, ExitRight, NoticeLength, NoticeTo, Penalty, PenaltyAmount, Term};
use crate::sheet::limits::{DAYS_MAX, MONTHS_MAX};
use crate::sheet::schema::{self, Table};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, value};

use super::judgement;

const EFFECTS: &[(&str, Effect)] = &[("start", Effect::Start), ("end", Effect::End)];
const NOTICE_ENDS: &[(&str, NoticeTo)] =
    &[("exact", NoticeTo::Exact), ("month_end", NoticeTo::MonthEnd)];
const PENALTIES: &[&str] = &["fixed", "months_of_fee", "share_of_remaining"];

/// The term, as written.
#[derive(Default)]
pub(in crate::sheet) struct TermDraft {
    /// The first day after the lease, by either key; the span is that of the key's value.
    pub end: Field<Date>,
    pub initial_period_end: Field<Date>,
    pub exits: Vec<ExitDraft>,
}

/// An exit right of one side, as written.
pub(in crate::sheet) struct ExitDraft {
    pub span: Span,
    pub path: String,
    pub is_owners: bool,
    pub earliest_notice_served: Field<Date>,
    pub earliest_effective: Field<Date>,
    pub notice: Field<NoticeLength>,
    effective_at: Effect,
    to: NoticeTo,
    penalty: Option<Penalty>,
}

/// Reads the term.
pub(in crate::sheet) fn read(root: &Section<'_>, currency: Field<Currency>) -> TermDraft {
    let term = root.need_table(&schema::TERM, |section| {
        let exit = |spec: &'static Table| {
            section.table(spec, |inner| Some(read_exit(&inner, currency))).map(|exit| exit.value)
        };
        Some(TermDraft {
            end: read_end(&section),
            initial_period_end: section.may("initial_period_end", value::date),
            exits: [&schema::TERM_OWNER, &schema::TERM_TENANT]
                .into_iter()
                .filter_map(exit)
                .collect(),
        })
    });
    term.map(|term| term.value).unwrap_or_default()
}

fn read_end(section: &Section<'_>) -> Field<Date> {
    let only = section.exactly_one(&["last_day", "end"]);
    let last = section.may("last_day", value::date);
    let after =
        last.and_then(|last| Some(At { value: last.value.tomorrow().ok()?, span: last.span }));
    section.may("end", value::date).or(after).filter(|_| only)
}

fn read_exit(section: &Section<'_>, currency: Field<Currency>) -> ExitDraft {
    let penalty = section.table(&schema::PENALTY, |inner| read_penalty(&inner, currency));
    ExitDraft {
        span: section.span,
        path: section.path.clone(),
        is_owners: section.path.ends_with("owner"),
        earliest_notice_served: section.may("earliest_notice_served", value::date),
        earliest_effective: section.may("earliest_effective", value::date),
        notice: read_notice(section),
        effective_at: super::or_default(section.may("effective_at", value::choice(EFFECTS))),
        to: super::or_default(section.may("to", value::choice(NOTICE_ENDS))),
        penalty: penalty.map(|penalty| penalty.value),
    }
}

fn read_notice(section: &Section<'_>) -> Field<NoticeLength> {
    let only = section.exactly_one(&["notice_days", "notice_months"]);
    let days = section.may("notice_days", value::whole(0..=DAYS_MAX));
    let months = section.may("notice_months", value::whole(0..=MONTHS_MAX));
    let days = days.map(|at| At { value: NoticeLength::Days(at.value), span: at.span });
    let months = months.map(|at| At { value: NoticeLength::Months(at.value), span: at.span });
    let notice = days.or(months).filter(|_| only)?;
    if matches!(notice.value, NoticeLength::Days(0) | NoticeLength::Months(0)) {
        let message = format!("{} has a notice of nothing", section.name());
        let fault = codes::NOTICE_ZERO.at(notice.span, message).label("no notice");
        section.sink().report(fault.remedy("write at least 1"));
        return None;
    }
    Some(notice)
}

fn read_penalty(section: &Section<'_>, currency: Field<Currency>) -> Option<Penalty> {
    let only = section.exactly_one(PENALTIES);
    let fixed = section.may("fixed", value::amount(currency));
    let months = section.may("months_of_fee", value::multiple);
    let share = section.may("share_of_remaining", value::share(true));
    let substantive = super::or_default(section.may("substantive", value::flag));
    let what = if substantive {
        "a substantive penalty is"
    } else {
        "whether a penalty is substantive is"
    };
    let judgement = judgement::read(section, Some(what));
    let zeros = [
        fixed.filter(|at| at.value.is_zero()).map(|at| at.span),
        months.filter(|at| at.value.is_zero()).map(|at| at.span),
        share.filter(|at| at.value.is_zero()).map(|at| at.span),
    ];
    if let Some(span) = zeros.into_iter().flatten().next() {
        let message = format!("{} costs nothing", section.name());
        let fault = codes::PENALTY_ZERO.at(span, message).label("zero");
        section.sink().report(fault.remedy("write what leaving costs, or remove the penalty"));
        return None;
    }
    let amount = fixed
        .map(|fixed| PenaltyAmount::Fixed(fixed.value))
        .or(months.map(|months| PenaltyAmount::MonthsOfFee(months.value)))
        .or(share.map(|share| PenaltyAmount::ShareOfRemaining(share.value)));
    Some(Penalty { amount: amount.filter(|_| only)?, substantive, judgement })
}

impl ExitDraft {
    fn lower(&self) -> Option<ExitRight> {
        Some(ExitRight {
            earliest_notice_served: self.earliest_notice_served.map(|at| at.value),
            earliest_effective: self.earliest_effective.map(|at| at.value),
            notice: self.notice?.value,
            effective_at: self.effective_at,
            to: self.to,
            penalty: self.penalty.clone(),
        })
    }
}

impl TermDraft {
    pub(super) fn lower(&self) -> Option<Term> {
        let of = |owners: bool| self.exits.iter().find(|exit| exit.is_owners == owners);
        let exit = |owners: bool| match of(owners) {
            Some(exit) => exit.lower().map(Some),
            None => Some(None),
        };
        Some(Term {
            end: self.end?.value,
            initial_period_end: self.initial_period_end.map(|at| at.value),
            owner_exit: exit(true)?,
            tenant_exit: exit(false)?,
        })
    }
}
