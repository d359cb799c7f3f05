//! What was taken back.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, Bar, Segment};
use crate::report::shown::{count, part_of};
use crate::report::table::Place;
use crate::report::{sums, tables};

pub const HEADING: &str = "Recalls";

pub fn render(figures: &Figures) -> Markup {
    let leasing = draw::leasing(figures);
    if leasing.is_empty() {
        return draw::no_leases();
    }
    let recalling: Vec<&PolicyFigures> =
        leasing.iter().copied().filter(|policy| !policy.recalls.totals.is_empty()).collect();
    html! {
        p {
            "A recall takes units back from a tenant for a job of the owner's, within the clause \
             of the lease. Firm units are never recalled; a recall outside its clause, or one returned \
             late, is a breach and counted as one."
        }
        @if !recalling.is_empty() { (charts(figures, &recalling)) }
        @for policy in &leasing {
            @let name = policy.policy.name();
            (draw::policy_heading(policy))
            @if policy.recalls.totals.is_empty() {
                p.nothing { "Nothing was recalled under this policy." }
            } @else {
                (draw::long_table(&format!("table-recalls-{name}"), &tables::recall_totals(policy, Place::Page)))
                (draw::long_table(&format!("table-recall-list-{name}"), &tables::recall_list(policy)))
            }
            @if !policy.recalls.refused.is_empty() {
                (draw::table(&format!("table-refusals-{name}"), &tables::refusals(policy)))
            }
        }
    }
}

fn charts(figures: &Figures, policies: &[&PolicyFigures]) -> Markup {
    let leases = leases(figures, policies);
    let all: Vec<Vec<Bar>> = policies.iter().map(|policy| bars(policy, &leases)).collect();
    let range = chart::range_of(all.iter().flatten());
    let figure = |(policy, bars): (&&PolicyFigures, &Vec<Bar>)| {
        let name = policy.policy.name();
        let sum = sums::recalls(&policy.recalls.totals);
        let caption = format!(
            "{} recalls ordered, {} units released, whole notice kept for {}, {} breaches",
            count(sum.ordered),
            count(sum.units),
            part_of(sum.notice_kept, sum.ordered),
            count(sum.breaches),
        );
        let words = format!("Policy {name}: units released by quarter and lease. {caption}.");
        draw::figure(name, &chart::bars(bars, range, &words), &caption)
    };
    let drawn: Vec<Markup> = policies.iter().zip(&all).map(figure).collect();
    html! {
        h3 { "Units released by quarter, " (range.scale().name) "units" }
        p.note { "Above each bar stands the number of recalls ordered in that quarter." }
        (draw::legend_of(&leases))
        (draw::beside(&drawn))
    }
}

/// The leases that were recalled, in the scenario's order.
fn leases(figures: &Figures, policies: &[&PolicyFigures]) -> Vec<String> {
    let known = figures.cast.leases.iter().map(|entry| &entry.lease);
    let rows = policies.iter().flat_map(|policy| &policy.recalls.totals);
    let rows: Vec<&String> = rows.map(|row| &row.lease).collect();
    let mut leases: Vec<String> = known.filter(|lease| rows.contains(lease)).cloned().collect();
    for lease in rows {
        if !leases.contains(lease) {
            leases.push(lease.clone());
        }
    }
    leases
}

fn bars(policy: &PolicyFigures, leases: &[String]) -> Vec<Bar> {
    let bar = |quarter: &str| {
        let here = || policy.recalls.totals.iter().filter(|row| row.quarter == quarter);
        let segment = |(nth, lease): (usize, &String)| {
            let units = sums::recalls(here().filter(|row| row.lease == *lease)).units;
            Segment {
                value: units.into(),
                fill: draw::fill_of(nth),
                title: format!("{lease}, {quarter}: {} units", count(units)),
            }
        };
        let ordered = sums::recalls(here()).ordered;
        Bar {
            name: quarter.to_owned(),
            segments: leases.iter().enumerate().map(segment).collect(),
            above: (ordered > 0).then(|| count(ordered)),
        }
    };
    sums::quarters(policy).into_iter().map(bar).collect()
}
