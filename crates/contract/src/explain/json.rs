//! The figures behind an explanation, for machines.

use leasehold_types::{CURRENCY_TABLE, Date, Instant, TZDB_VERSION};

use super::{CommitmentJson, ExplainJson, LineJson, PeriodJson, TaxJson};
use crate::lease::{Commitment, TaxRule};
use crate::notice::NoticeBook;
use crate::schedule::{BillingPeriod, Line, LineKind};
use crate::{EvalError, Facts, Lease};

/// The figures behind [`explain()`](super::explain()), for machines.
///
/// # Errors
/// As [`explain()`](super::explain()).
pub fn explain_json(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    as_of: Instant,
) -> Result<ExplainJson, EvalError> {
    let four = lease.four_lines(facts, book, as_of)?;
    let schedule = lease.schedule(facts, Date::MIN, Date::MAX)?;
    let names = four.expedients.iter().map(|e| e.expedient.to_string());
    Ok(ExplainJson {
        lease: lease.id.to_string(),
        version: lease.version,
        title: lease.title.clone(),
        currency: lease.currency.code().to_owned(),
        zone: lease.zone.name().to_owned(),
        as_of,
        headline_value: four.headline_value.to_decimal(),
        non_cancellable_value: four.non_cancellable_value.to_decimal(),
        rpo: four.rpo.to_decimal(),
        run_rate_month: four.run_rate_month.to_decimal(),
        contract_value: four.contract_value.to_decimal(),
        term_end: four.term_end(),
        stated_end: four.enforceable.stated_end,
        earliest_exit: four.earliest_exit(),
        schedule: schedule.periods.iter().map(period).collect(),
        undisclosed: schedule.undisclosed,
        expedients: names.collect(),
        assumptions: lease.assumptions.clone(),
        owner: lease.owner.clone(),
        tenant: lease.tenant.clone(),
        commitments: lease.commitments.iter().map(|c| commitment(lease, c)).collect(),
        taxes: lease.taxes.iter().map(tax).collect(),
        invoicing: lease.invoicing.clone(),
        time_zone_tables: TZDB_VERSION.to_owned(),
        currency_table: CURRENCY_TABLE.to_owned(),
    })
}

fn commitment(lease: &Lease, commitment: &Commitment) -> CommitmentJson {
    CommitmentJson {
        name: commitment.name.clone(),
        from: commitment.from,
        until: commitment.until.unwrap_or(lease.term.end),
        amount: commitment.amount.to_decimal(),
        every_months: commitment.every_months,
        counts: commitment.counts,
    }
}

fn tax(rule: &TaxRule) -> TaxJson {
    TaxJson {
        from: rule.from,
        on: rule.on,
        category: rule.class.category.code().to_owned(),
        rate: rule.class.rate,
        exemption: rule.class.exemption.clone(),
        exemption_code: rule.class.exemption_code.clone(),
    }
}

fn period(period: &BillingPeriod) -> PeriodJson {
    PeriodJson {
        period_start: period.from,
        period_end: period.until,
        lines: period.lines.iter().map(line).collect(),
        total: period.total.to_decimal(),
    }
}

fn line(line: &Line) -> LineJson {
    LineJson {
        kind: line.kind,
        phase: line.phase.clone(),
        tranche: line.tranche.as_ref().map(ToString::to_string),
        from: line.from,
        until: line.until,
        amount: line.amount.to_decimal(),
        disclosed: line.disclosed && line.kind != LineKind::FeeUndisclosed,
        working: line.working.clone(),
    }
}
