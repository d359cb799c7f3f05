//! How the owner's jobs fared.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, Spread};
use crate::report::shown::{count, length};
use crate::report::tables;

pub const HEADING: &str = "The owner's jobs";

pub fn render(figures: &Figures) -> Markup {
    html! {
        @if figures.policies.iter().any(|policy| policy.jobs.started > 0) {
            p {
                "How long jobs waited before they started. The dot is the median; the thick bar reaches \
                 the 95th, the thinner one the 99th of 100 jobs, the hair the longest wait. The scale \
                 is logarithmic."
            }
            (draw::beside(&spreads(figures)))
        }
        (waiting(figures))
        (draw::table("table-jobs", &tables::jobs(figures)))
    }
}

fn spreads(figures: &Figures) -> Vec<Markup> {
    let spread = |policy: &PolicyFigures, quantiles| Spread {
        name: policy.policy.name().to_owned(),
        quantiles,
    };
    let started = figures.policies.iter().filter(|policy| policy.jobs.started > 0);
    let waits: Vec<Spread> = started.map(|policy| spread(policy, policy.jobs.wait)).collect();
    let delays: Vec<Spread> = figures
        .policies
        .iter()
        .filter_map(|policy| {
            let delay = policy.jobs.delay.filter(|delay| delay.jobs > 0)?;
            Some(spread(policy, delay.delay))
        })
        .collect();
    let figure = |name: &str, spreads: &[Spread]| {
        let words = format!("{name}. {}", in_words(spreads));
        draw::figure(name, &chart::spreads(spreads, &words), "")
    };
    let mut all = vec![figure("Wait of the jobs that started", &waits)];
    if !delays.is_empty() {
        all.push(figure("Delay against the same jobs under none", &delays));
    }
    all
}

fn in_words(spreads: &[Spread]) -> String {
    let one = |spread: &Spread| {
        let q = spread.quantiles;
        format!(
            "{}: p50 {}, p95 {}, p99 {}, longest {}.",
            spread.name,
            length(q.p50),
            length(q.p95),
            length(q.p99),
            length(q.max)
        )
    };
    spreads.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What jobs waited for over time, all charts on one axis.
fn waiting(figures: &Figures) -> Markup {
    let most = |policy: &PolicyFigures| chart::most_waiting(policy.series.iter());
    let highest = figures.policies.iter().map(most).max().unwrap_or(0);
    let figure = |policy: &PolicyFigures| {
        let name = policy.policy.name();
        let most = count(most(policy));
        let words = format!("Policy {name}: accelerators that jobs waited for; at most {most}.");
        let chart = chart::waiting(policy.series.iter(), highest, &words);
        draw::figure(name, &chart, &format!("at most {most}"))
    };
    let drawn: Vec<Markup> = figures.policies.iter().map(figure).collect();
    html! {
        @if highest > 0 {
            h3 { "Accelerators that jobs waited for, " (chart::waiting_unit(highest)) "accelerators" }
            p.note { "As each step of the series ends; the most of the steps that are drawn as one." }
            (draw::beside(&drawn))
        }
    }
}
