//! `[[tax]]`: how lines are taxed, from a day of supply on.

use leasehold_types::{Date, Ratio};

use crate::diagnostic::Span;
use crate::lease::{TaxCategory, TaxClass, TaxRule, Taxed};
use crate::sheet::limits::MONEY_RULES_MAX;
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{check, codes, schema, value};

const LINES: &[(&str, Taxed)] =
    &[("all", Taxed::All), ("fees", Taxed::Fees), ("usage", Taxed::Usage)];
/// Categories by their codes in UNTDID 5305, as EN 16931 writes them.
const CATEGORIES: &[(&str, TaxCategory)] = &[
    ("S", TaxCategory::Standard),
    ("Z", TaxCategory::Zero),
    ("E", TaxCategory::Exempt),
    ("AE", TaxCategory::ReverseCharge),
    ("K", TaxCategory::IntraCommunity),
    ("G", TaxCategory::Export),
    ("O", TaxCategory::OutOfScope),
];

/// A tax rule, as written.
pub(in crate::sheet) struct TaxDraft {
    pub span: Span,
    pub path: String,
    /// Its first day: the signing, where the sheet says nothing.
    pub from: Field<Date>,
    pub on: Field<Taxed>,
    pub category: Field<TaxCategory>,
    /// Its rate; zero where none is written and none belongs there.
    rate: Option<Ratio>,
    exemption: Field<String>,
    exemption_code: Field<String>,
}

/// Reads all rules.
pub(in crate::sheet) fn read(root: &Section<'_>, signed: Field<Date>) -> Vec<TaxDraft> {
    let rules =
        root.tables(&schema::TAX, MONEY_RULES_MAX, |section| Some(read_section(&section, signed)));
    rules.into_iter().map(|rule| rule.value).collect()
}

fn read_section(section: &Section<'_>, signed: Field<Date>) -> TaxDraft {
    let from = section.may("from", value::date);
    let signing = signed.map(|signed| At { value: signed.value, span: section.span });
    let on = section.may("on", value::choice(LINES));
    let category = section.need("category", value::choice(CATEGORIES));
    let exemption = section.may("exemption", value::text);
    let exemption_code = section.may("exemption_code", value::exemption);
    if let Some(category) = category {
        check::tax_reason(section, category, exemption_code.as_ref());
    }
    TaxDraft {
        span: section.span,
        path: section.path.clone(),
        from: if section.has("from") { from } else { signing },
        on: if section.has("on") { on } else { Some(At { value: Taxed::All, span: section.span }) },
        rate: read_rate(section, category),
        category,
        exemption,
        exemption_code,
    }
}

/// The rate, where it fits the category; zero where none is needed.
fn read_rate(section: &Section<'_>, category: Field<TaxCategory>) -> Option<Ratio> {
    let rate = section.may("rate", value::share(true));
    let category = category?;
    let code = category.value.code();
    let fault = |span, message: String| {
        codes::TAX_RATE_MISMATCH.at(span, message).also(category.span, "the category")
    };
    let has_rate = category.value == TaxCategory::Standard;
    match rate {
        Some(rate) if has_rate && rate.value.is_zero() => {
            let fault = fault(rate.span, "category S has a rate of zero".to_owned());
            let remedy = "write the rate, or `category = \"Z\"`";
            section.sink().report(fault.label("zero").remedy(remedy));
            None
        }
        Some(rate) if !has_rate && !rate.value.is_zero() => {
            let fault = fault(rate.span, format!("category {code} has a rate"));
            let remedy = "remove `rate`, or write `category = \"S\"`";
            section.sink().report(fault.label("not zero").remedy(remedy));
            None
        }
        None if has_rate && !section.has("rate") => {
            let fault = codes::TAX_RATE_MISMATCH.at(section.span, "category S has no rate");
            let fault = fault.label("no `rate`").also(category.span, "the category");
            section.sink().report(fault.remedy("add `rate = ` with a share, like \"19%\""));
            None
        }
        None if section.has("rate") => None,
        rate => Some(rate.map_or(Ratio::ZERO, |rate| rate.value)),
    }
}

impl TaxDraft {
    pub(super) fn lower(&self) -> Option<TaxRule> {
        Some(TaxRule {
            from: self.from?.value,
            on: self.on?.value,
            class: TaxClass {
                category: self.category?.value,
                rate: self.rate?,
                exemption: self.exemption.clone().map(|reason| reason.value),
                exemption_code: self.exemption_code.clone().map(|code| code.value),
            },
        })
    }
}
