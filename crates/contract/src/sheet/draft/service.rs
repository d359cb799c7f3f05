//! `[service]` and `[overage]`.

use leasehold_types::{Currency, Ratio, Seconds};

use crate::lease::{
    Availability, AvailabilityBasis, Chronic, Excuse, LadderStep, LatencyTarget, Overage,
    ServiceLevel, TokenPrices,
};
use crate::sheet::check;
use crate::sheet::limits::{INPUT_TOKENS_MAX, LATENCY_MAX_MS, MONTHS_MAX, SERVICE_STEPS_MAX};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, schema, value};

const BASES: &[(&str, AvailabilityBasis)] =
    &[("month_fee", AvailabilityBasis::MonthFee), ("pool_fee", AvailabilityBasis::PoolFee)];
const EXCUSES: &[(&str, Excuse)] = &[
    ("recall", Excuse::Recall),
    ("maintenance", Excuse::Maintenance),
    ("tenant_fault", Excuse::TenantFault),
    ("force_majeure", Excuse::ForceMajeure),
];
/// What is excused, where the sheet says nothing: a recall within its clause, and no more.
const EXCUSED_DEFAULT: &[Excuse] = &[Excuse::Recall];
/// The interval in which a surplus may not hide a deficit, where the sheet says nothing.
const INTERVAL_DEFAULT: Seconds = Seconds::from_hours(1);
/// Shortest and longest such interval, in seconds: a minute, a day.
const INTERVAL_MIN_SECONDS: i64 = 60;
const INTERVAL_MAX_SECONDS: i64 = 86_400;

/// A step of the ladder, as written.
pub(in crate::sheet) struct StepDraft {
    pub below: Field<Ratio>,
    pub credit: Field<Ratio>,
}

/// Reads `[service]`, where there is one.
pub(in crate::sheet) fn read(root: &Section<'_>) -> Option<ServiceLevel> {
    let service = root.table(&schema::SERVICE, |section| {
        let availability = section.table(&schema::AVAILABILITY, |inner| read_availability(&inner));
        let chronic = section.table(&schema::CHRONIC, |inner| read_chronic(&inner));
        Some(ServiceLevel {
            availability: availability.map(|at| at.value),
            chronic: chronic.map(|at| at.value),
            latency: read_latency(&section),
        })
    });
    service.map(|service| service.value)
}

fn read_availability(section: &Section<'_>) -> Option<Availability> {
    section.need_any(&schema::LADDER);
    let steps = section.tables(&schema::LADDER, SERVICE_STEPS_MAX, |step| {
        Some(StepDraft {
            below: step.need("below", value::share(false)),
            credit: step.need("credit", value::share(false)),
        })
    });
    let cap = section.may("cap", value::share(false));
    check::ladder(&steps, cap, section.sink());
    let interval = value::duration(INTERVAL_MIN_SECONDS..=INTERVAL_MAX_SECONDS);
    let interval = section.may("interval", interval);
    let excused = section.may("excused", value::choices(EXCUSES));
    let basis = super::or_default(section.may("basis", value::choice(BASES)));
    let lower = |step: &At<StepDraft>| {
        Some(LadderStep { below: step.value.below?.value, credit: step.value.credit?.value })
    };
    Some(Availability {
        ladder: steps.iter().map(lower).collect::<Option<_>>()?,
        basis,
        cap: cap.map(|cap| cap.value),
        interval: interval.map_or(INTERVAL_DEFAULT, |interval| interval.value),
        excused: match excused {
            Some(list) => list.value.into_iter().map(|at| at.value).collect(),
            None => EXCUSED_DEFAULT.to_vec(),
        },
    })
}

fn read_chronic(section: &Section<'_>) -> Option<Chronic> {
    let below = section.need("below", value::share(false));
    let months = section.need("months", value::whole(1..=MONTHS_MAX));
    let within = section.need("within_months", value::whole(1..=MONTHS_MAX));
    let (months, within): (At<u16>, At<u16>) = (months?, within?);
    if months.value > within.value {
        let message = format!("{} months of {} cannot be poor", months.value, within.value);
        let fault = codes::CHRONIC_IMPOSSIBLE
            .at(months.span, message)
            .label(format!("more than {}", within.value))
            .also(within.span, "of this many")
            .remedy(format!("write at most {}, or raise `within_months`", within.value));
        section.sink().report(fault);
    }
    Some(Chronic { below: below?.value, months: months.value, within_months: within.value })
}

fn read_latency(section: &Section<'_>) -> Vec<LatencyTarget> {
    let targets = section.tables(&schema::LATENCY, SERVICE_STEPS_MAX, |target| {
        let tokens = target.need("input_tokens_to", value::whole(1..=INPUT_TOKENS_MAX));
        let percentile = target.may("percentile", value::share(false));
        let first = target.need("first_token_ms", value::whole(1..=LATENCY_MAX_MS));
        let each = target.may("per_token_ms", value::multiple);
        let usual = Ratio::new(95, 100).ok()?;
        Some(LatencyTarget {
            input_tokens_to: tokens?.value,
            percentile: percentile.map_or(usual, |percentile| percentile.value),
            first_token_ms: first?.value,
            per_token_ms: each.map(|each| each.value),
        })
    });
    check::latency(&targets, section.sink());
    let mut targets: Vec<LatencyTarget> = targets.into_iter().map(|at| at.value).collect();
    targets.sort_by_key(|target| (target.input_tokens_to, target.percentile));
    targets
}

/// Reads `[overage]`, where there is one.
pub(in crate::sheet) fn read_overage(
    root: &Section<'_>,
    currency: Field<Currency>,
) -> Option<Overage> {
    let overage = root.table(&schema::OVERAGE, |section| {
        if !section.has("per_accelerator_hour") && !section.has("tokens") {
            let message = "use above the commitment has no price";
            let fault = codes::OVERAGE_WITHOUT_PRICE.at(section.span, message).label("no price");
            let remedy = "add `per_accelerator_hour` or `tokens`, or remove [overage]";
            section.sink().report(fault.remedy(remedy));
        }
        let hourly = section.may("per_accelerator_hour", value::rate(currency));
        let up_to = section.may("up_to", value::multiple);
        let tokens = section.table(&schema::TOKENS, |inner| read_tokens(&inner, currency));
        Some(Overage {
            minor_per_accelerator_hour: hourly.map(|hourly| hourly.value),
            tokens: tokens.map(|tokens| tokens.value),
            up_to: up_to.map(|up_to| up_to.value),
        })
    });
    overage.map(|overage| overage.value)
}

fn read_tokens(section: &Section<'_>, currency: Field<Currency>) -> Option<TokenPrices> {
    let price = |key| section.need(key, value::rate(currency));
    let (input, cached, output) = (price("input"), price("cached"), price("output"));
    Some(TokenPrices { input: input?.value, cached: cached?.value, output: output?.value })
}
