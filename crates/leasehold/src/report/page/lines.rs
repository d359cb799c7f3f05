//! Headline value, non-cancellable value, RPO and run rate.

use leasehold_sim::figures::{Figures, PolicyFigures};
use leasehold_types::Currency;
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, Line, Range};
use crate::report::shown::amount_in_words;
use crate::report::sums;
use crate::report::table::Place;
use crate::report::tables::{self, FOUR, Standing, standings};

pub const HEADING: &str = "Headline, non-cancellable, RPO and run rate";

pub fn render(figures: &Figures) -> Markup {
    let leasing = draw::leasing(figures);
    if leasing.is_empty() {
        return draw::no_leases();
    }
    html! {
        p {
            "Four different numbers, always shown together: the fees to the stated end, the fees to \
             the end of the enforceable term, the remaining performance obligations, and a month's \
             fee as it is in force. They hold at the close of each quarter's last day."
        }
        @for currency in sums::currencies(figures) { (charts(&leasing, currency)) }
        @for policy in &leasing {
            @let name = policy.policy.name();
            (draw::policy_heading(policy))
            (draw::table(&format!("table-lines-{name}"), &tables::lines_of_all(policy, Place::Page)))
            (draw::long_table(&format!("table-lines-lease-{name}"), &tables::lines_by_lease(policy, Place::Page)))
        }
    }
}

fn charts(policies: &[&PolicyFigures], currency: Currency) -> Markup {
    let of = |policy: &&PolicyFigures| {
        let all = standings(policy).into_iter();
        all.filter(|standing| standing.currency == currency).collect::<Vec<_>>()
    };
    let all: Vec<Vec<Standing>> = policies.iter().map(of).collect();
    let values = all.iter().flatten().flat_map(|standing| standing.sums);
    let major = |minor: i128| minor / i128::from(currency.minor_per_major());
    let (mut low, mut high) = (0, 0);
    for value in values.map(|money| major(money.minor())) {
        (low, high) = (value.min(low), value.max(high));
    }
    let range = Range::of(low, high);
    let figures: Vec<Markup> =
        policies.iter().zip(&all).map(|(policy, rows)| figure(policy, rows, range)).collect();
    html! {
        h3 { "At each quarter's end, all leases, " (currency) " " (range.scale().name) }
        ul.legend aria-label="Legend" {
            @for (nth, (name, _)) in FOUR.iter().enumerate() { li { (chart::sample(nth)) " " (name) } }
        }
        (draw::beside(&figures))
    }
}

fn figure(policy: &PolicyFigures, rows: &[Standing], range: Range) -> Markup {
    let name = policy.policy.name();
    let names: Vec<&str> = rows.iter().map(|standing| standing.quarter.as_str()).collect();
    let line = |nth: usize| Line {
        nth,
        values: rows.iter().map(|standing| Some(major(standing, nth))).collect(),
        titles: rows
            .iter()
            .map(|row| format!("{}, {}: {}", FOUR[nth].0, row.quarter, row.sums[nth]))
            .collect(),
    };
    let lines: Vec<Line> = (0..FOUR.len()).map(line).collect();
    let last = rows.last().map(in_words).unwrap_or_default();
    let words = format!("Policy {name}: the four lines at each quarter's end. {last}");
    draw::figure(
        name,
        &chart::lines(&names, &lines, range, &words),
        &rows.first().map(in_words).unwrap_or_default(),
    )
}

fn major(standing: &Standing, nth: usize) -> i128 {
    standing.sums[nth].minor() / i128::from(standing.currency.minor_per_major())
}

fn in_words(standing: &Standing) -> String {
    let each = FOUR
        .iter()
        .zip(standing.sums)
        .map(|((name, _), sum)| format!("{name} {}", amount_in_words(sum)));
    format!("{}: {}.", standing.as_of, each.collect::<Vec<_>>().join(", "))
}
