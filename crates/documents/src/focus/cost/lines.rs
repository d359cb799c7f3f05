//! A line of a document as rows of Cost and Usage.

use std::collections::BTreeMap;

use leasehold_books::invoice::{BilledLine, LineNature, TaxTotal};
use leasehold_books::ledger::RevenueKind;
use leasehold_books::rating::{ChargeKind, Head};
use leasehold_types::Money;

use crate::focus::cell::Decimal;
use crate::focus::document::Source;
use crate::focus::error::FocusError;

use super::context::Context;
use super::row::{ChargeCategory, CostRow, Extra, Frequency};
use super::{purchase, usage};

/// The service under which capacity, and what is about it, stands.
pub(super) const CAPACITY_SERVICE: (&str, &str) = ("Accelerator Capacity", "AI Platforms");
/// The service under which tokens stand.
pub(super) const TOKEN_SERVICE: (&str, &str) = ("Model Inference", "Generative AI");

/// Of which category a line is.
pub(in crate::focus) fn category(source: Source<'_>, line: &BilledLine) -> ChargeCategory {
    let Some(head) = line.head.as_ref() else { return ChargeCategory::Adjustment };
    let moves_balance =
        matches!(line.nature, LineNature::CreditCarried | LineNature::CreditApplied);
    if moves_balance {
        return ChargeCategory::Adjustment;
    }
    if source.grants() {
        return ChargeCategory::Credit;
    }
    match head.kind.revenue() {
        RevenueKind::Fees | RevenueKind::Commitment => ChargeCategory::Purchase,
        RevenueKind::Usage => ChargeCategory::Usage,
        _ => ChargeCategory::Credit,
    }
}

/// The rows of a line.
pub(super) fn push(
    context: &Context<'_>,
    line: &BilledLine,
    rows: &mut Vec<CostRow>,
) -> Result<(), FocusError> {
    let category = category(context.document.source, line);
    let mut row = plain(context, line, category)?;
    let Some(head) = &line.head else {
        rows.push(row);
        return Ok(());
    };
    match category {
        ChargeCategory::Purchase => return purchase::push(context, line, head, row, rows),
        ChargeCategory::Usage => usage::complete(context, line, head, &mut row)?,
        _ => recalled(context, line, head, &mut row)?,
    }
    rows.push(row);
    Ok(())
}

/// The tax of one class.
pub(super) fn tax_row(
    context: &Context<'_>,
    number: u32,
    tax: &TaxTotal,
) -> Result<CostRow, FocusError> {
    let billed = Decimal::money(context.signed(tax.tax, "BilledCost")?);
    Ok(CostRow {
        document: context.shared.clone(),
        category: ChargeCategory::Tax,
        correction: context.document.source.is_correction(),
        description: format!("tax, category {}", tax.class.category.code()),
        frequency: Frequency::Recurring,
        period: context.shared.billing,
        billed,
        effective: billed,
        contracted: billed,
        pricing: None,
        consumed: None,
        commitment: None,
        applied: None,
        detail_id: Some(context.detail_id(&format!("tax/{number}"))),
        resource: None,
        region: None,
        service: CAPACITY_SERVICE,
        tags: tags(context, None),
        extra: Extra {
            tax_category: Some(tax.class.category.code()),
            tax_rate: Some(tax.class.rate.to_string()),
            ..Extra::default()
        },
    })
}

/// The row of a line, without price, quantity or commitment: billed as it is.
fn plain(
    context: &Context<'_>,
    line: &BilledLine,
    category: ChargeCategory,
) -> Result<CostRow, FocusError> {
    let money: Money = context.signed(line.amount, "BilledCost")?;
    let billed = Decimal::money(money);
    let head = line.head.as_ref();
    let (from, _) = context.document.days_of(line);
    let tranches = head.map_or_else(Vec::new, |head| context.tranches(head, from));
    let resource = head
        .and_then(|head| head.tranche.as_ref())
        .map(|tranche| (format!("{}/{tranche}", context.shared.lease), tranche.to_string()));
    Ok(CostRow {
        document: context.shared.clone(),
        category,
        correction: context.document.source.corrects(line),
        description: line.label.clone(),
        frequency: match category {
            ChargeCategory::Usage => Frequency::UsageBased,
            ChargeCategory::Purchase | ChargeCategory::Tax => Frequency::Recurring,
            ChargeCategory::Credit | ChargeCategory::Adjustment => Frequency::OneTime,
        },
        period: context.period_of(line),
        billed,
        effective: billed,
        contracted: billed,
        pricing: None,
        consumed: None,
        commitment: None,
        applied: None,
        detail_id: Some(context.detail_id(&line.number.to_string())),
        region: context.site(&tranches, from),
        resource,
        service: service(head),
        tags: tags(context, Some(line)),
        extra: extra(context, line)?,
    })
}

fn extra(context: &Context<'_>, line: &BilledLine) -> Result<Extra, FocusError> {
    let head = line.head.as_ref();
    let corrects = match &line.nature {
        LineNature::Correction(invoices) if !invoices.is_empty() => {
            Some(json_list(invoices.iter().map(|invoice| quoted(invoice))))
        }
        _ => None,
    };
    Ok(Extra {
        line: Some(line.number),
        kind: head.map(|head| kind_word(head.kind)),
        exact: Some(context.exact(line.exact)?),
        tranche: head.and_then(|head| head.tranche.as_ref()).map(ToString::to_string),
        phase: line.phase.clone(),
        tax_category: Some(line.tax.category.code()),
        tax_rate: Some(line.tax.rate.to_string()),
        corrects,
        disclosed: Some(line.disclosed),
        ..Extra::default()
    })
}

/// What was recalled, on the row of a credit for it.
fn recalled(
    context: &Context<'_>,
    line: &BilledLine,
    head: &Head,
    row: &mut CostRow,
) -> Result<(), FocusError> {
    if head.kind.revenue() != RevenueKind::RecallCredits {
        return Ok(());
    }
    let (from, until) = context.document.days_of(line);
    let tranches = context.tranches(head, from);
    let mut sum = super::context::Time::default();
    for tranche in &tranches {
        let column = "x_RecalledAcceleratorSeconds";
        let time = context.fits(column, context.time(tranche, from, until))?;
        sum = context.fits(column, sum.plus(time))?;
    }
    row.extra.recalled = Some(sum.recalled);
    let recalls: Vec<_> = context.recalls(&tranches, row.period).collect();
    let key = |source: &str, id: &str| json_list([quoted(source), quoted(id)]);
    let keys = recalls.iter().map(|recall| key(&recall.key.source, &recall.key.id));
    row.extra.recalls = Some(json_list(keys)).filter(|_| !recalls.is_empty());
    let mut classes: Vec<&str> = recalls.iter().map(|recall| recall.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    let classes = (!classes.is_empty()).then(|| json_list(classes.into_iter().map(quoted)));
    row.extra.notice_classes = classes;
    Ok(())
}

fn service(head: Option<&Head>) -> (&'static str, &'static str) {
    match head.map(|head| head.kind) {
        Some(ChargeKind::TokensInput | ChargeKind::TokensCached | ChargeKind::TokensOutput) => {
            TOKEN_SERVICE
        }
        _ => CAPACITY_SERVICE,
    }
}

fn tags(context: &Context<'_>, line: Option<&BilledLine>) -> String {
    let invoicing = &context.document.source.terms().invoicing;
    let phase = line.and_then(|line| line.phase.as_deref());
    let all = [
        ("leasehold/lease", Some(context.shared.lease.as_str())),
        ("leasehold/tenant", Some(context.shared.tenant_id.as_str())),
        ("leasehold/fee_phase", phase),
        ("leasehold/purchase_order", invoicing.purchase_order.as_deref()),
        ("leasehold/buyer_reference", invoicing.buyer_reference.as_deref()),
    ];
    let tags: BTreeMap<&str, &str> =
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let pairs = tags.into_iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

/// Text as a string of JSON.
pub(in crate::focus) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Values of JSON as a list.
pub(in crate::focus) fn json_list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}

/// What a line is for, by the word that the books' own files use.
pub(super) const fn kind_word(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Fee => "fee",
        ChargeKind::FeeUndisclosed => "fee_undisclosed",
        ChargeKind::CommitmentReduction => "commitment_reduction",
        ChargeKind::UndeliveredReduction => "undelivered_reduction",
        ChargeKind::LateDiscount => "late_discount",
        ChargeKind::RecallAbatement => "recall_abatement",
        ChargeKind::RecallCompensation => "recall_compensation",
        ChargeKind::AcceleratorOverage => "accelerator_overage",
        ChargeKind::TokensInput => "tokens_input",
        ChargeKind::TokensCached => "tokens_cached",
        ChargeKind::TokensOutput => "tokens_output",
        ChargeKind::CommitmentTrueUp => "commitment_true_up",
        ChargeKind::ServiceCredit => "service_credit",
        ChargeKind::GrantedCredit => "granted_credit",
    }
}
