//! The summary: what was sold, what was busy, what the owner's jobs waited.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::Fill;
use crate::report::shown::{amount_in_words, length, share};
use crate::report::table::Place;
use crate::report::{chart, notes, sums, tables};

pub const HEADING: &str = "What was sold, what was busy, what the owner's jobs waited";

pub fn render(figures: &Figures) -> Markup {
    html! {
        p.lede { (draw::joined(&notes::headline(figures))) }
        @if !figures.policies.is_empty() {
            div.measures { @for measure in measures(figures) { (draw_measure(&measure)) } }
            dl.policies {
                @for policy in &figures.policies {
                    div {
                        dt { (policy.policy.name()) }
                        dd { (notes::policy(policy.policy)) }
                    }
                }
            }
        }
        (draw::table("table-summary", &tables::summary(figures, Place::Page)))
    }
}

/// One measure, for every policy.
struct Measure {
    name: String,
    of: &'static str,
    values: Vec<Value>,
}

/// A policy's value: its words, and its size beside the others'.
struct Value {
    policy: &'static str,
    words: String,
    part: u128,
    whole: u128,
}

fn measures(figures: &Figures) -> Vec<Measure> {
    let mut all = vec![
        measure(figures, "Sold", "held by tenants, of the accelerator-time owned", |policy| {
            let capacity = sums::policy_capacity(policy);
            shared(capacity.sold().0, capacity.owned.0)
        }),
        measure(figures, "Busy", "serving requests, of the accelerator-time sold", |policy| {
            let capacity = sums::policy_capacity(policy);
            shared(capacity.busy.0, capacity.sold().0)
        }),
        waited(figures),
    ];
    all.extend(sums::currencies(figures).into_iter().map(|currency| {
        let of = |policy: &PolicyFigures| {
            sums::money(policy, |quarter| quarter.recognised).get(currency)
        };
        let size = |policy: &PolicyFigures| {
            of(policy).map_or(0, |money| money.minor().max(0).unsigned_abs())
        };
        let largest = figures.policies.iter().map(size).max().unwrap_or(0);
        let name = format!("Revenue recognised, {currency}");
        measure(figures, &name, "after credits, without undisclosed fees", |policy| {
            of(policy).map(|money| (amount_in_words(money), size(policy), largest))
        })
    }));
    all
}

fn measure(
    figures: &Figures,
    name: &str,
    of: &'static str,
    value: impl Fn(&PolicyFigures) -> Option<(String, u128, u128)>,
) -> Measure {
    let values = figures.policies.iter().map(|policy| {
        let (words, part, whole) = value(policy).unwrap_or(("\u{2013}".to_owned(), 0, 0));
        Value { policy: policy.policy.name(), words, part, whole }
    });
    Measure { name: name.to_owned(), of, values: values.collect() }
}

fn shared(part: u128, whole: u128) -> Option<(String, u128, u128)> {
    share(part, whole).map(|words| (words, part, whole))
}

fn waited(figures: &Figures) -> Measure {
    let longest = figures.policies.iter().map(|policy| policy.jobs.wait.p95).max().unwrap_or(0);
    measure(figures, "Owner's jobs waited", "95 of 100 that started at most this", |policy| {
        let wait = policy.jobs.wait.p95;
        (policy.jobs.started > 0).then(|| (length(wait), wait.into(), longest.into()))
    })
}

fn draw_measure(measure: &Measure) -> Markup {
    html! {
        div.measure {
            h3 { (measure.name) }
            p.of { (measure.of) }
            dl {
                @for value in &measure.values {
                    dt { (value.policy) }
                    dd { (value.words) }
                    dd.bar aria-hidden="true" { (chart::bar(value.part, value.whole, Fill::PLAIN)) }
                }
            }
        }
    }
}
