//! Revenue by tenant and quarter.

use std::collections::BTreeMap;

use leasehold_sim::figures::{Figures, PolicyFigures, QuarterMoney};
use leasehold_types::{Currency, Money};
use maud::{Markup, html};

use super::draw;
use crate::report::chart::{self, Bar, Segment};
use crate::report::shown::amount_in_words;
use crate::report::sums::{self, Amounts};
use crate::report::table::Place;
use crate::report::tables;

pub const HEADING: &str = "Revenue by tenant and quarter";

pub fn render(figures: &Figures) -> Markup {
    let leasing = draw::leasing(figures);
    if leasing.is_empty() {
        return draw::no_leases();
    }
    html! {
        p {
            "Revenue recognised, after credits. Fees whose amount is not disclosed are in no sum; the \
             tables count their months. All of this is arithmetic on stated judgements, not \
             accounting advice."
        }
        @for currency in sums::currencies(figures) { (charts(&leasing, currency)) }
        @for policy in &leasing {
            (draw::policy_heading(policy))
            (tables_of(policy))
        }
    }
}

fn tables_of(policy: &PolicyFigures) -> Markup {
    let name = policy.policy.name();
    html! {
        @for currency in sums::policy_currencies(policy) {
            @let id = format!("table-revenue-{name}-{currency}");
            (draw::table(&id, &tables::revenue(policy, currency, &tenants(&[policy], currency))))
        }
        (draw::table(&format!("table-tenth-{name}"), &tables::concentration(policy, Place::Page)))
        (draw::long_table(&format!("table-money-{name}"), &tables::money(policy, Place::Page)))
    }
}

/// One chart a policy, on one axis.
fn charts(policies: &[&PolicyFigures], currency: Currency) -> Markup {
    let tenants = tenants(policies, currency);
    let all: Vec<Vec<Bar>> =
        policies.iter().map(|policy| bars(policy, currency, &tenants)).collect();
    let range = chart::range_of(all.iter().flatten());
    let figure = |(policy, bars): (&&PolicyFigures, &Vec<Bar>)| {
        let name = policy.policy.name();
        let total = sums::money(policy, |quarter| quarter.recognised).get(currency);
        let total = amount_in_words(total.unwrap_or(Money::zero(currency)));
        let words = format!(
            "Policy {name}: revenue recognised in {currency} by quarter and tenant; {total} in all."
        );
        draw::figure(name, &chart::bars(bars, range, &words), &format!("{total} in all"))
    };
    let figures: Vec<Markup> = policies.iter().zip(&all).map(figure).collect();
    html! {
        h3 { "Recognised by quarter, " (currency) " " (range.scale().name) }
        (draw::legend_of(&tenants))
        (draw::beside(&figures))
    }
}

/// Tenants with revenue in `currency`, by how much they have under all policies, most first.
fn tenants(policies: &[&PolicyFigures], currency: Currency) -> Vec<String> {
    let mut revenue: BTreeMap<&str, i128> = BTreeMap::new();
    for lease in policies.iter().flat_map(|policy| &policy.money) {
        let earned = Amounts::of(lease.quarters.iter().map(|quarter| quarter.recognised));
        if let Some(earned) = earned.get(currency) {
            let sum = revenue.entry(&lease.tenant).or_default();
            *sum = sum.saturating_add(earned.minor());
        }
    }
    let mut tenants: Vec<(&str, i128)> = revenue.into_iter().collect();
    tenants.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    tenants.into_iter().map(|(tenant, _)| tenant.to_owned()).collect()
}

fn bars(policy: &PolicyFigures, currency: Currency, tenants: &[String]) -> Vec<Bar> {
    let segment = |quarter: &str, (nth, tenant): (usize, &String)| {
        let leases = policy.money.iter().filter(|lease| lease.tenant == *tenant);
        let quarters = leases.flat_map(|lease| &lease.quarters);
        let here = quarters.filter(|row| row.quarter == quarter);
        let earned = Amounts::of(here.map(|row: &QuarterMoney| row.recognised)).get(currency)?;
        Some(Segment {
            value: earned.minor() / i128::from(currency.minor_per_major()),
            fill: draw::fill_of(nth),
            title: format!("{tenant}, {quarter}: {earned}"),
        })
    };
    let bar = |quarter: &str| Bar {
        name: quarter.to_owned(),
        segments: tenants
            .iter()
            .enumerate()
            .filter_map(|tenant| segment(quarter, tenant))
            .collect(),
        above: None,
    };
    sums::quarters(policy).into_iter().map(bar).collect()
}
