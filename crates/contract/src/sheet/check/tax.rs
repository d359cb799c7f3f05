//! Taxes: on each day each line has one rule, and what a rule says fits its category.

use std::collections::BTreeMap;

use leasehold_types::Date;

use crate::lease::{TaxCategory, Taxed};
use crate::sheet::codes;
use crate::sheet::draft::{Draft, TaxDraft};
use crate::sheet::section::{At, Section};
use crate::sheet::sink::Sink;

use super::Bounds;

/// How messages call lines that are taxed alike.
const fn lines_word(on: Taxed) -> &'static str {
    match on {
        Taxed::All => "all lines",
        Taxed::Fees => "fees",
        Taxed::Usage => "use above the commitment",
    }
}

/// The words and the code for a category that need no lawyer, where there are such.
const fn usual_reason(category: TaxCategory) -> Option<(&'static str, &'static str)> {
    match category {
        TaxCategory::ReverseCharge => Some(("Reverse charge", "VATEX-EU-AE")),
        TaxCategory::IntraCommunity => Some(("Intra-community supply", "VATEX-EU-IC")),
        TaxCategory::Export => Some(("Export outside the EU", "VATEX-EU-G")),
        TaxCategory::OutOfScope => Some(("Not subject to VAT", "VATEX-EU-O")),
        TaxCategory::Standard | TaxCategory::Zero | TaxCategory::Exempt => None,
    }
}

/// Whether a rule says why nothing is charged, where it must, and nothing where it must not.
pub(in crate::sheet) fn reason(
    section: &Section<'_>,
    category: At<TaxCategory>,
    exemption_code: Option<&At<String>>,
) {
    let code = category.value.code();
    let taxed = matches!(category.value, TaxCategory::Standard | TaxCategory::Zero);
    let given = ["exemption", "exemption_code"].into_iter().find(|key| section.has(key));
    match given {
        Some(key) if taxed => {
            let message = format!("category {code} has a reason why nothing is charged");
            let fault = codes::TAX_REASON_MISMATCH.at(section.key_span(key), message);
            let fault = fault.label("does not belong here").also(category.span, "the category");
            section.sink().report(fault.remedy(format!("remove `{key}`, or check the category")));
        }
        None if !taxed => {
            let message = format!("category {code} does not say why nothing is charged");
            let fault = codes::TAX_REASON_MISMATCH.at(category.span, message);
            let remedy = match usual_reason(category.value) {
                Some((words, code)) => {
                    format!("add `exemption = \"{words}\"` or `exemption_code = \"{code}\"`")
                }
                None => "add `exemption = ` with the reason, or `exemption_code = `".to_owned(),
            };
            section.sink().report(fault.label("no reason").remedy(remedy));
        }
        _ => {}
    }
    let Some(written) = exemption_code else { return };
    let all = [
        TaxCategory::ReverseCharge,
        TaxCategory::IntraCommunity,
        TaxCategory::Export,
        TaxCategory::OutOfScope,
    ];
    let belongs =
        |of: &TaxCategory| usual_reason(*of).is_some_and(|(_, code)| code == written.value);
    if let Some(other) = all.into_iter().find(belongs).filter(|other| *other != category.value) {
        let message = format!("`{}` is the reason of category {}", written.value, other.code());
        let fault =
            codes::EXEMPTION_DOUBTFUL.at(written.span, message).label("of another category");
        let fault = fault.also(category.span, "the category");
        section.sink().report(fault.remedy("check the category and the code"));
    }
}

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    overlaps(draft, sink);
    for rule in &draft.taxes {
        after_end(rule, bounds, sink);
    }
    let known = |rule: &TaxDraft| rule.from.is_some() && rule.on.is_some();
    if !draft.taxes.is_empty() && draft.taxes.iter().all(known) {
        coverage(draft, bounds, sink);
    }
    identifiers(draft, sink);
}

fn overlaps(draft: &Draft, sink: &Sink<'_>) {
    let mut seen = BTreeMap::new();
    for rule in &draft.taxes {
        let (Some(from), Some(on)) = (rule.from, rule.on) else { continue };
        if let Some((first, path)) = seen.insert((on.value, from.value), (from.span, &rule.path)) {
            let (mine, day) = (&rule.path, from.value);
            let message = format!("`{path}` and `{mine}` both begin on {day}");
            let fault = codes::TAX_RULES_OVERLAP
                .at(from.span, message)
                .label(format!("for {}, too", lines_word(on.value)))
                .also(first, "the other")
                .remedy("change the day or `on` of one of them, or remove one");
            sink.report(fault);
        }
    }
}

fn after_end(rule: &TaxDraft, bounds: Bounds, sink: &Sink<'_>) {
    let (Some(from), Some(end)) = (rule.from, bounds.end) else { return };
    if from.value >= end {
        let message = format!("`{}` begins after the lease has ended", rule.path);
        let fault = codes::TAX_AFTER_END.at(from.span, message);
        let fault = fault.label(format!("the lease ends as {end} begins"));
        sink.report(fault.remedy("write a day within the lease, or remove the rule"));
    }
}

/// Whether all lines have a rule from the first delivery on, and none is out of scope beside others
/// that are not.
fn coverage(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let Some(first) = bounds.first else { return };
    let has_usage = draft.has_overage || !draft.commitments.is_empty();
    let sorts = if has_usage { &[Taxed::Fees, Taxed::Usage][..] } else { &[Taxed::Fees][..] };
    for sort in sorts {
        let about = draft.taxes.iter().filter(|rule| is_about(rule, *sort));
        let Some(earliest) = about.filter_map(|rule| rule.from).min_by_key(|from| from.value)
        else {
            let Some(rule) = draft.taxes.first() else { return };
            let message = format!("no rule is about {}", lines_word(*sort));
            let fault = codes::TAX_GAP.at(rule.span, message).label("the first rule");
            sink.report(fault.remedy("add a rule without `on`, for all other lines"));
            continue;
        };
        if earliest.value > first {
            let message =
                format!("no rule is about {} before {}", lines_word(*sort), earliest.value);
            let fault = codes::TAX_GAP.at(earliest.span, message);
            let fault = fault.label(format!("the first delivery is on {first}"));
            sink.report(fault.remedy(format!("write {first} or earlier, or add a rule before it")));
        }
    }
    if let Some(end) = bounds.end.filter(|_| has_usage) {
        mixed(draft, first, end, sink);
    }
}

fn is_about(rule: &TaxDraft, sort: Taxed) -> bool {
    rule.on.is_some_and(|on| on.value == sort || on.value == Taxed::All)
}

/// The rule for lines of that sort on a day: the latest of those for it alone, else for all.
fn rule_on(draft: &Draft, sort: Taxed, day: Date) -> Option<&TaxDraft> {
    let begun = |rule: &&TaxDraft| rule.from.is_some_and(|from| from.value <= day);
    let about = draft.taxes.iter().filter(|rule| is_about(rule, sort)).filter(begun);
    about.max_by_key(|rule| {
        (rule.on.map(|on| on.value) == Some(sort), rule.from.map(|from| from.value))
    })
}

/// Whether on some day fees are out of scope and use is not, or the other way round.
fn mixed(draft: &Draft, first: Date, end: Date, sink: &Sink<'_>) {
    let days = draft.taxes.iter().filter_map(|rule| rule.from).map(|from| from.value.max(first));
    for day in days.filter(|day| *day < end) {
        let (Some(fees), Some(usage)) =
            (rule_on(draft, Taxed::Fees, day), rule_on(draft, Taxed::Usage, day))
        else {
            continue;
        };
        let (Some(a), Some(b)) = (fees.category, usage.category) else { continue };
        let outside = |category: At<TaxCategory>| category.value == TaxCategory::OutOfScope;
        if outside(a) != outside(b) {
            let message = format!(
                "on {day} fees are of category {} and use of {}",
                a.value.code(),
                b.value.code()
            );
            let fault = codes::TAX_SCOPE_MIXED
                .at(b.span, message)
                .label("of use")
                .also(a.span, "of fees")
                .remedy("choose E for the one that is exempt, or tax both alike");
            return sink.report(fault);
        }
    }
}

/// Each category but O names the owner's VAT identifier, some the tenant's; once each.
fn identifiers(draft: &Draft, sink: &Sink<'_>) {
    let (Some(owner), Some(tenant)) = (&draft.owner, &draft.tenant) else { return };
    let categories = || draft.taxes.iter().filter_map(|rule| rule.category);
    let missing = |of: At<TaxCategory>, side: &str| {
        let message = format!("category {} asks for the {side}'s VAT identifier", of.value.code());
        let fault = codes::TAX_ID_MISSING.at(of.span, message).label("asks for it");
        sink.report(fault.remedy(format!("add `vat_id = ` to [{side}]")));
    };
    if !owner.details.has("vat_id")
        && let Some(category) = categories().find(|c| c.value != TaxCategory::OutOfScope)
    {
        missing(category, "owner");
    }
    let asks = |category: &At<TaxCategory>| match category.value {
        TaxCategory::IntraCommunity => true,
        TaxCategory::ReverseCharge => !tenant.details.has("registration"),
        _ => false,
    };
    if !tenant.details.has("vat_id")
        && let Some(category) = categories().find(asks)
    {
        missing(category, "tenant");
    }
}
