//! `[[fee]]`: phases, each a price from a date on.

use leasehold_types::{Currency, Date, Ratio, TrancheId, months_boundary};

use crate::lease::{Covers, FeePhase, FeeTiming, Price};
use crate::sheet::limits::{DAYS_MAX, FEE_PHASES_MAX, LEASE_MONTH_MAX};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, schema, value};

const TIMINGS: &[(&str, FeeTiming)] =
    &[("in_advance", FeeTiming::InAdvance), ("in_arrears", FeeTiming::InArrears)];
/// Days from the invoice to its due date, where the sheet says nothing.
const DAYS_TO_PAY_DEFAULT: u16 = 30;
const PRICES: &[&str] = &["monthly", "per_accelerator_hour", "undisclosed"];

/// A phase, as written.
pub(in crate::sheet) struct FeeDraft {
    pub path: String,
    pub name: Field<String>,
    /// What it covers, where that can be known.
    pub covers: Field<Covers>,
    /// Its first day, by either key; the span is that of the key's value.
    pub from: Field<Date>,
    price: Option<Price>,
    timing: FeeTiming,
    days_to_pay: u16,
}

/// Reads all phases. Lease months are counted from `anchor`.
pub(in crate::sheet) fn read(
    root: &Section<'_>,
    currency: Field<Currency>,
    anchor: Option<Date>,
) -> Vec<FeeDraft> {
    root.need_any(&schema::FEE);
    let phases = root.tables(&schema::FEE, FEE_PHASES_MAX, |section| {
        Some(read_section(&section, currency, anchor))
    });
    phases.into_iter().map(|phase| phase.value).collect()
}

fn read_section(
    section: &Section<'_>,
    currency: Field<Currency>,
    anchor: Option<Date>,
) -> FeeDraft {
    let tranche = section.may("tranche", value::name(TrancheId::new));
    let covers = if section.has("tranche") {
        tranche.map(|tranche| At { value: Covers::Tranche(tranche.value), span: tranche.span })
    } else {
        Some(At { value: Covers::Whole, span: section.span })
    };
    let timing = section.may("invoiced", value::choice(TIMINGS));
    let days = section.may("days_to_pay", value::whole(0..=DAYS_MAX));
    FeeDraft {
        path: section.path.clone(),
        name: section.need("name", value::text),
        covers,
        from: read_from(section, anchor),
        price: read_price(section, currency),
        timing: super::or_default(timing),
        days_to_pay: days.map_or(DAYS_TO_PAY_DEFAULT, |days| days.value),
    }
}

fn read_from(section: &Section<'_>, anchor: Option<Date>) -> Field<Date> {
    let only = section.exactly_one(&["from", "from_lease_month"]);
    let date = section.may("from", value::date);
    let month = section.may("from_lease_month", value::whole(1..=LEASE_MONTH_MAX));
    let counted = month.and_then(|month: At<i32>| {
        let value = months_boundary(anchor?, month.value - 1).ok()?;
        Some(At { value, span: month.span })
    });
    date.or(counted).filter(|_| only)
}

fn read_price(section: &Section<'_>, currency: Field<Currency>) -> Option<Price> {
    let only = section.exactly_one(PRICES);
    let monthly = section.may("monthly", value::amount(currency));
    let hourly = section.may("per_accelerator_hour", value::rate(currency));
    let undisclosed = section.may("undisclosed", value::only_true);
    let share = section.may("share", value::share(true));
    if section.has("share") && !section.has("monthly") {
        let message = format!("{} has a share of nothing", section.name());
        let fault = codes::SHARE_WITHOUT_MONTHLY.at(section.key_span("share"), message);
        let remedy = "add `monthly = ` with the whole amount, or remove `share`";
        section.sink().report(fault.label("needs `monthly`").remedy(remedy));
    }
    let whole = Ratio::ONE;
    let price = monthly
        .map(|m| Price::Monthly { amount: m.value, share: share.map_or(whole, |s| s.value) })
        .or(hourly.map(|hourly| Price::PerAcceleratorHour { minor: hourly.value }))
        .or(undisclosed.map(|_| Price::Undisclosed));
    price.filter(|_| only)
}

impl FeeDraft {
    /// Whether it is priced by the hour.
    pub(in crate::sheet) fn is_hourly(&self) -> bool {
        matches!(self.price, Some(Price::PerAcceleratorHour { .. }))
    }

    pub(super) fn lower(&self) -> Option<FeePhase> {
        Some(FeePhase {
            name: self.name.clone()?.value,
            from: self.from?.value,
            covers: self.covers.clone()?.value,
            price: self.price.clone()?,
            timing: self.timing,
            days_to_pay: self.days_to_pay,
        })
    }
}
