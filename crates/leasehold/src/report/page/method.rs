//! How the figures were computed, and how to compute them again.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use crate::report::files;
use crate::report::shown::count;

pub const HEADING: &str = "How it was computed";

const RULES: [(&str, &str); 9] = [
    (
        "Accelerator-time",
        "is counted in whole accelerator-seconds and shown as accelerator-hours. Owned is down, the \
         owner's jobs, busy, quiet, recalled and idle added up, exactly, in every row.",
    ),
    (
        "Shares",
        "name what they are of: sold is held by tenants, of owned; busy is serving requests, of sold \
         or of granted. They are exact fractions, rounded once to a tenth of a per cent.",
    ),
    (
        "Rounded rows",
        "of hours add up to the rounded whole by largest remainder. Columns are rounded row by row, \
         so their last digit may differ from the sum below.",
    ),
    (
        "Money",
        "is a whole number of minor units by ISO 4217; amounts are rounded once, half away from zero, \
         and two currencies are never added. Fees that are not disclosed are in no sum.",
    ),
    (
        "Days and quarters",
        "are civil ones in the zone named at the top, which may have 23 or 25 hours; every period \
         includes its first instant and not its last.",
    ),
    (
        "The policies",
        "replay the same jobs, requests and failures: none without leases; static with leases cut \
         down to what is never recalled and fees in proportion; recallable with the leases as they are.",
    ),
    (
        "Jobs",
        "start first come, first served, with backfill that delays no reservation. Quantiles are by \
         nearest rank over the jobs that started; delay compares jobs that started under both policies.",
    ),
    (
        "Recalls",
        "are ordered when a job waits and the lease's clause allows it. Notice is kept where the units \
         were released after the whole notice of the class; the fee abates for the time really taken.",
    ),
    (
        "The four lines",
        "differ in their ends: headline to the stated end, non-cancellable to the end of the enforceable \
         term, RPO after the expedients in use, run rate one month as in force.",
    ),
];

pub fn render(figures: &Figures) -> Markup {
    html! {
        dl.rules { @for (name, rule) in RULES { div { dt { (name) } dd { (rule) } } } }
        h3 { "To compute it again" }
        p {
            "The same scenario, seed and version of Leasehold give the same files, to the byte, on any \
             machine. SCENARIO.toml stands for the scenario file titled as this page is."
        }
        pre { code { (command(figures)) } }
        (versions(figures))
        h3 { "Files beside this page" }
        ul.files {
            @for (name, what) in files::LISTED { li { a href=(name) { (name) } " " (what) } }
        }
    }
}

fn command(figures: &Figures) -> String {
    let named = |policy: &PolicyFigures| format!(" --policy {}", policy.policy.name());
    let policies: String = figures.policies.iter().map(named).collect();
    format!("leasehold replay SCENARIO.toml{policies} --seed {} --out DIR", figures.seed)
}

fn versions(figures: &Figures) -> Markup {
    let tables = &figures.tables;
    html! {
        dl.rules {
            div { dt { "Leasehold" } dd { (tables.leasehold) ", figures format " (figures.format) } }
            div { dt { "Time zones" } dd { "IANA " (tables.time_zones) ", " (figures.zone) } }
            div { dt { "Currencies" } dd { (tables.currencies) } }
            div { dt { "Span" } dd { (figures.from) " to " (figures.until) } }
            @if let Some(stopped) = figures.stopped_at { div { dt { "Stopped at" } dd { (stopped) } } }
            div { dt { "Seed" } dd { (figures.seed) } }
            @for policy in &figures.policies {
                div {
                    dt { "Last state under " (policy.policy.name()) }
                    dd { "after " (count(policy.events)) " events, SHA-256 " code { (policy.state_digest) } }
                }
            }
        }
    }
}
