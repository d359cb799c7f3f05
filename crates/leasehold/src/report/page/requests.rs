//! How the tenants' requests fared.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, Bar, Fill, Segment};
use crate::report::shown::{count, share};
use crate::report::sums::{self, RequestSums};
use crate::report::table::Place;
use crate::report::tables;

pub const HEADING: &str = "The tenants' requests";

type Part = (&'static str, Fill, fn(&RequestSums) -> u128);

/// What became of a request; together they are all that were settled in a quarter.
const PARTS: [Part; 3] = [
    ("served at once", Fill::SERIES[2], |sums| sums.served.saturating_sub(sums.queued)),
    ("served after waiting for capacity", Fill::SERIES[1], |sums| sums.queued),
    ("turned away", Fill::DOWN, |sums| sums.turned_away),
];

pub fn render(figures: &Figures) -> Markup {
    let leasing = draw::leasing(figures);
    if leasing.is_empty() {
        return draw::no_leases();
    }
    html! {
        (charts(&leasing))
        @for policy in &leasing {
            (draw::policy_heading(policy))
            (draw::long_table(&format!("table-requests-{}", policy.policy.name()), &tables::requests(policy, Place::Page)))
        }
    }
}

fn charts(policies: &[&PolicyFigures]) -> Markup {
    let all: Vec<Vec<Bar>> = policies.iter().map(|policy| bars(policy)).collect();
    if all.iter().flatten().all(|bar| bar.high() == 0) {
        return html! {};
    }
    let range = chart::range_of(all.iter().flatten());
    let figure = |(policy, bars): (&&PolicyFigures, &Vec<Bar>)| {
        let name = policy.policy.name();
        let caption = in_words(&RequestSums::of(&policy.requests.rows));
        let words = format!("Policy {name}: requests by quarter. {caption}.");
        draw::figure(name, &chart::bars(bars, range, &words), &caption)
    };
    let drawn: Vec<Markup> = policies.iter().zip(&all).map(figure).collect();
    html! {
        h3 { "What became of requests, by quarter, " (range.scale().name) "requests" }
        (draw::legend(PARTS.iter().map(|(name, fill, _)| (*fill, *name))))
        (draw::beside(&drawn))
    }
}

fn in_words(sums: &RequestSums) -> String {
    let settled = sums.served.saturating_add(sums.turned_away);
    let part =
        |(name, _, take): &Part| share(take(sums), settled).map(|share| format!("{name} {share}"));
    PARTS.iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

fn bars(policy: &PolicyFigures) -> Vec<Bar> {
    let bar = |quarter: &str| {
        let sums =
            RequestSums::of(policy.requests.rows.iter().filter(|row| row.quarter == quarter));
        let segment = |(name, fill, take): &Part| Segment {
            value: i128::try_from(take(&sums)).unwrap_or(i128::MAX),
            fill: *fill,
            title: format!("{quarter}, {name}: {}", count(take(&sums))),
        };
        Bar { name: quarter.to_owned(), segments: PARTS.iter().map(segment).collect(), above: None }
    };
    sums::quarters(policy).into_iter().map(bar).collect()
}
