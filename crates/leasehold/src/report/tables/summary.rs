//! The comparison of the policies: what was sold, what was busy, what the owner's jobs waited.

use std::collections::BTreeSet;

use leasehold_sim::figures::{Capacity, Figures, PolicyFigures, QuarterMoney, RecallTotals};
use leasehold_types::{AcceleratorSeconds, Currency, Money};

use super::money::{scale_note, scale_of};
use crate::report::files::JSON;
use crate::report::shown::{Scale, count, length, part_of, share};
use crate::report::sums::{self, RequestSums};
use crate::report::table::{Column, Place, Row, Table, cell, digits_in};

/// Characters of the longest labels.
const LABELS_WIDTH: usize = 42;
/// Characters of a number on the page, so that three policies fit a sheet of paper.
const PAGE_WIDTH: usize = 18;

/// One column a policy, one row a measure.
pub fn summary(figures: &Figures, place: Place) -> Table {
    let each = Policies(figures.policies.iter().map(Sums::of).collect());
    let currencies = sums::currencies(figures);
    let room = place.room(figures.policies.len(), LABELS_WIDTH, PAGE_WIDTH);
    let scale = scale_of(amounts_of(figures), place, room);
    let mut notes = vec!["Owner's jobs that run on recalled units count as recalled.".to_owned()];
    notes.extend(scale_note(scale, JSON));
    let names = figures.policies.iter().map(|policy| Column::number(policy.policy.name()));
    let mut rows = money_rows(&each, &currencies, scale);
    rows.extend(capacity_rows(&each, digits_in(room)));
    rows.extend(job_rows(&each));
    rows.extend(recall_rows(&each, digits_in(room)));
    rows.extend(amount_rows(&each, RECALLED, &currencies, scale));
    rows.extend(request_rows(&each, digits_in(room)));
    Table {
        title: "The policies compared".to_owned(),
        notes,
        columns: std::iter::once(Column::key("")).chain(names).collect(),
        rows: if figures.policies.is_empty() { Vec::new() } else { rows },
        totals: Vec::new(),
        checks: Vec::new(),
        file: JSON,
        empty: "No policy was replayed.",
    }
}

struct Sums<'a> {
    policy: &'a PolicyFigures,
    capacity: Capacity,
    recalls: RecallTotals,
    requests: RequestSums,
}

impl<'a> Sums<'a> {
    fn of(policy: &'a PolicyFigures) -> Self {
        Sums {
            policy,
            capacity: sums::policy_capacity(policy),
            recalls: sums::recalls(&policy.recalls.totals),
            requests: RequestSums::of(&policy.requests.rows),
        }
    }
}

struct Policies<'a>(Vec<Sums<'a>>);

impl Policies<'_> {
    fn row(&self, name: &str, value: impl Fn(&Sums) -> Option<String>) -> Row {
        Row::Cells(std::iter::once(cell(name)).chain(self.0.iter().map(value)).collect())
    }

    /// A row of a policy that has leases; there is nothing to say of one that has none.
    fn lease_row(&self, name: &str, value: impl Fn(&Sums) -> Option<String>) -> Row {
        self.row(name, |sums| if sums.policy.money.is_empty() { None } else { value(sums) })
    }
}

type Take = fn(&QuarterMoney) -> Money;

const EARNED: [(&str, Take); 2] =
    [("recognised", |quarter| quarter.recognised), ("billed", |quarter| quarter.billed)];
const RECALLED: [(&str, Take); 2] = [
    ("fees taken off", |quarter| quarter.abatement),
    ("compensation paid besides", |quarter| quarter.compensation),
];

fn amounts_of(figures: &Figures) -> Vec<Money> {
    let takes = || EARNED.into_iter().chain(RECALLED);
    let each = figures.policies.iter().flat_map(|policy| takes().map(move |(_, t)| (policy, t)));
    each.flat_map(|(policy, take)| sums::money(policy, take).iter().collect::<Vec<_>>()).collect()
}

/// One row a name and currency.
fn amount_rows(
    each: &Policies,
    names: [(&str, Take); 2],
    currencies: &BTreeSet<Currency>,
    scale: Scale,
) -> Vec<Row> {
    let all = currencies.iter().flat_map(|currency| names.map(|named| (*currency, named)));
    all.map(|(currency, (name, take))| {
        each.lease_row(&format!("{name}, {currency}"), |sums| {
            sums::money(sums.policy, take).get(currency).map(|money| scale.amount(money))
        })
    })
    .collect()
}

fn money_rows(each: &Policies, currencies: &BTreeSet<Currency>, scale: Scale) -> Vec<Row> {
    let mut rows = vec![Row::Heading("Revenue, after credits".to_owned())];
    rows.extend(amount_rows(each, EARNED, currencies, scale));
    if each.0.iter().any(|sums| sums::undisclosed_months(sums.policy) > 0) {
        let name = "lease-months of undisclosed fee";
        rows.push(each.lease_row(name, |sums| Some(count(sums::undisclosed_months(sums.policy)))));
    }
    if rows.len() == 1 { Vec::new() } else { rows }
}

fn capacity_rows(each: &Policies, digits: u32) -> Vec<Row> {
    let scale = Scale::of_hours(each.0.iter().map(|sums| sums.capacity.owned.0), digits);
    let of_owned = |name: &str, part: fn(&Capacity) -> AcceleratorSeconds| {
        each.row(name, |sums| share(part(&sums.capacity).0, sums.capacity.owned.0))
    };
    let owned = format!("owned, {}accelerator-hours", scale.name);
    vec![
        Row::Heading("Accelerator-time".to_owned()),
        each.row(&owned, |sums| Some(scale.hours(sums.capacity.owned.0))),
        of_owned("sold (held by tenants), of owned", |c| c.sold()),
        each.row("busy (serving requests), of sold", |sums| {
            share(sums.capacity.busy.0, sums.capacity.sold().0)
        }),
        of_owned("busy (serving requests), of owned", |c| c.busy),
        of_owned("owner's jobs, of owned", |c| c.jobs),
        of_owned("recalled from tenants, of owned", |c| c.recalled),
        of_owned("down, of owned", |c| c.down),
        of_owned("idle (the owner's, unused), of owned", |c| c.idle),
    ]
}

fn job_rows(each: &Policies) -> Vec<Row> {
    let wait = |name: &str, of: fn(&Sums) -> u64| {
        each.row(name, |sums| (sums.policy.jobs.started > 0).then(|| length(of(sums))))
    };
    let delay = |sums: &Sums| sums.policy.jobs.delay.filter(|delay| delay.jobs > 0);
    vec![
        Row::Heading("The owner's jobs".to_owned()),
        each.row("submitted", |sums| Some(count(sums.policy.jobs.submitted))),
        each.row("of these, started", |sums| Some(count(sums.policy.jobs.started))),
        wait("wait p50", |sums| sums.policy.jobs.wait.p50),
        wait("wait p95", |sums| sums.policy.jobs.wait.p95),
        wait("wait p99", |sums| sums.policy.jobs.wait.p99),
        each.row("started under none too", |sums| delay(sums).map(|delay| count(delay.jobs))),
        each.row("of these, started later here", |sums| delay(sums).map(|d| count(d.later))),
        each.row("delay against none, p50", |sums| delay(sums).map(|d| length(d.delay.p50))),
        each.row("delay against none, p95", |sums| delay(sums).map(|d| length(d.delay.p95))),
        each.row("delay against none, p99", |sums| delay(sums).map(|d| length(d.delay.p99))),
    ]
}

fn recall_rows(each: &Policies, digits: u32) -> Vec<Row> {
    let hours = Scale::of_hours(each.0.iter().map(|sums| sums.recalls.taken.0), digits);
    let number = |name: &str, of: fn(&Sums) -> u128| each.lease_row(name, |s| Some(count(of(s))));
    let taken = format!("taken, {}accelerator-hours", hours.name);
    vec![
        Row::Heading("Recalls".to_owned()),
        number("ordered", |sums| sums.recalls.ordered.into()),
        number("withdrawn before the release", |sums| sums.recalls.withdrawn.into()),
        number("units released", |sums| sums.recalls.units.into()),
        each.lease_row(&taken, |sums| Some(hours.hours(sums.recalls.taken.0))),
        each.lease_row("whole notice kept, of ordered", |sums| {
            let recalls = &sums.recalls;
            (recalls.ordered > 0).then(|| part_of(recalls.notice_kept, recalls.ordered))
        }),
        number("breaches (outside the clause or late)", |sums| sums.recalls.breaches.into()),
        each.lease_row("evicted, for units that jobs lacked", |sums| {
            let recalls = &sums.policy.recalls;
            let text = || format!("{} for {}", count(recalls.evicted), count(recalls.asked));
            (recalls.asked > 0).then(text)
        }),
        number("times no lawful recall could help", |sums| {
            sums.policy.recalls.refused.iter().map(|(_, times)| u128::from(*times)).sum()
        }),
    ]
}

fn request_rows(each: &Policies, digits: u32) -> Vec<Row> {
    let scale =
        Scale::fitting(each.0.iter().map(|s| s.requests.arrived).max().unwrap_or(0), digits);
    let number = |name: &str, of: fn(&Sums) -> u128| {
        each.lease_row(name, |sums| Some(scale.number(of(sums))))
    };
    vec![
        Row::Heading(match scale {
            Scale::ONE => "Tenants' requests".to_owned(),
            _ => format!("Tenants' requests, {}requests", scale.name),
        }),
        number("arrived", |sums| sums.requests.arrived),
        number("served", |sums| sums.requests.served),
        number("of these, queued first", |sums| sums.requests.queued),
        number("turned away", |sums| sums.requests.turned_away),
        number("waiting at the end", |sums| sums.requests.waiting),
        each.lease_row("turned away, of arrived", |sums| {
            share(sums.requests.turned_away, sums.requests.arrived)
        }),
    ]
}
