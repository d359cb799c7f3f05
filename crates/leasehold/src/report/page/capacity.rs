//! Where the accelerator-time went.

use leasehold_sim::figures::{Capacity, Figures, PolicyFigures, SeriesRow};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, PARTS, Part};
use crate::report::shown::{count, share};
use crate::report::table::Place;
use crate::report::{sums, tables};

pub const HEADING: &str = "Where the accelerator-time went";

pub fn render(figures: &Figures) -> Markup {
    if figures.policies.is_empty() {
        return html! { p.nothing { "No policy was replayed." } };
    }
    html! {
        p {
            "Each chart is all the accelerator-time owned, by what became of it, as a share of what \
             was owned. What tenants hold is sold; it is busy while it serves requests and quiet \
             while it waits for them."
        }
        (draw::legend(PARTS.iter().map(|(name, fill, _)| (*fill, *name))))
        h3 { "All pools" }
        (draw::beside(&figures.policies.iter().map(all_pools).collect::<Vec<_>>()))
        @for pool in pools(figures) {
            h3 { (pool) (units(figures, pool)) }
            (draw::beside(&each_policy(figures, pool)))
        }
        @for policy in &figures.policies {
            @let name = policy.policy.name();
            (draw::policy_heading(policy))
            (draw::table(&format!("table-capacity-quarter-{name}"), &tables::by_quarter(policy, Place::Page)))
            (draw::table(&format!("table-capacity-pool-{name}"), &tables::by_pool(policy, Place::Page)))
            (draw::long_table(&format!("table-capacity-{name}"), &tables::by_quarter_and_pool(policy, Place::Page)))
        }
    }
}

/// The pools in the fleet's order, then any that only the rows know.
fn pools(figures: &Figures) -> Vec<&str> {
    let cast = figures.cast.pools.iter().map(|entry| entry.pool.as_str());
    let rows = figures.policies.iter().flat_map(|policy| &policy.capacity);
    let mut pools: Vec<&str> = Vec::new();
    for pool in cast.chain(rows.map(|row| row.pool.as_str())) {
        if !pools.contains(&pool) {
            pools.push(pool);
        }
    }
    pools
}

fn units(figures: &Figures, pool: &str) -> Markup {
    let entry = figures.cast.pools.iter().find(|entry| entry.pool == pool);
    html! {
        @if let Some(entry) = entry { " " span.units { (count(entry.units)) " accelerators" } }
    }
}

fn all_pools(policy: &PolicyFigures) -> Markup {
    chart_of(
        policy,
        "all pools",
        &policy.series.iter().collect::<Vec<_>>(),
        sums::policy_capacity(policy),
    )
}

fn each_policy(figures: &Figures, pool: &str) -> Vec<Markup> {
    let of = |policy: &PolicyFigures| {
        let rows: Vec<&SeriesRow> = policy.series.iter().filter(|row| row.pool == pool).collect();
        let here = policy.capacity.iter().filter(|row| row.pool == pool);
        chart_of(policy, pool, &rows, sums::capacity(here.map(|row| &row.capacity)))
    };
    figures.policies.iter().map(of).collect()
}

/// The chart over the whole span, with the shares of the whole span in words below it.
fn chart_of(policy: &PolicyFigures, of: &str, rows: &[&SeriesRow], whole: Capacity) -> Markup {
    let name = policy.policy.name();
    let part = |(part, _, take): &Part| {
        let time = take(&whole);
        let share = share(time, whole.owned.0).filter(|_| time > 0)?;
        Some(format!("{part} {share}"))
    };
    let shares: Vec<String> = PARTS.iter().filter_map(part).collect();
    let caption = shares.join(", ");
    let words = format!("Policy {name}, {of}: accelerator-time over time. Whole span: {caption}.");
    draw::figure(name, &chart::area(rows.iter().copied(), &words), &caption)
}
