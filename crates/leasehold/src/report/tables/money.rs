//! What was earned and billed, and from whom.

use leasehold_sim::figures::{LeaseMoney, PolicyFigures, QuarterMoney};
use leasehold_types::{Currency, Money};

use super::ALL;
use crate::report::files::{CONCENTRATION, MONEY};
use crate::report::shown::{Scale, count, share_of};
use crate::report::sums::{self, Amounts, WHOLE_SPAN};
use crate::report::table::{Column, Place, Row, Table, cell};

/// The scale in which `amounts` take at most `room` characters each; as they are on the page.
pub fn scale_of(amounts: impl IntoIterator<Item = Money>, place: Place, room: usize) -> Scale {
    if place == Place::Page {
        return Scale::ONE;
    }
    let amounts: Vec<Money> = amounts.into_iter().collect();
    let longest = |scale: Scale| amounts.iter().map(|money| scale.amount(*money).len()).max();
    let fits = |scale: &Scale| longest(*scale).unwrap_or(0) <= room;
    Scale::ALL.into_iter().find(fits).unwrap_or(Scale::MILLION)
}

/// What a table says of the scale of its amounts.
pub fn scale_note(scale: Scale, file: &str) -> Vec<String> {
    match scale {
        Scale::ONE => Vec::new(),
        Scale { name, .. } => {
            vec![format!("Amounts are in {}s, rounded; exact in {file}.", name.trim_end())]
        }
    }
}

/// The currency of all of a policy's money, where there is but one.
pub fn one_currency(policy: &PolicyFigures) -> Option<Currency> {
    let all = sums::policy_currencies(policy);
    if all.len() == 1 { all.into_iter().next() } else { None }
}

/// A title that names the currency where there is but one.
pub fn titled(title: &str, currency: Option<Currency>) -> String {
    currency.map_or_else(|| title.to_owned(), |currency| format!("{title}, {currency}"))
}

/// Whether a tenant's name alone does not say which lease a row is of.
pub fn tenants_share_names(policy: &PolicyFigures) -> bool {
    let mut names: Vec<&str> = policy.money.iter().map(|lease| lease.tenant.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Characters of a terminal that the tenant, the quarter, the currency and the months take.
const NAMES_WIDTH: usize = 40;
/// Characters of an amount that stands alone.
pub const AMOUNT_WIDTH: usize = 17;

/// By tenant, lease and quarter, with a sum for each lease and currency.
pub fn money(policy: &PolicyFigures, place: Place) -> Table {
    let scale = scale_of(all_sums(policy), place, place.room(4, NAMES_WIDTH, 0));
    let rows = policy.money.iter().flat_map(|lease| lease_rows(lease, scale));
    let leases = policy.money.iter().flat_map(|lease| sum_rows(&lease_name(lease), [lease], scale));
    let all = sum_rows(&all_tenants(), &policy.money, scale);
    let all = if policy.money.len() > 1 { all } else { Vec::new() };
    let currency = one_currency(policy);
    let mut notes = vec![
        "Revenue is after credits. Fees taken off and amounts paid for recalls are shown as \
         positive numbers; months whose fee is not disclosed are in no sum."
            .to_owned(),
    ];
    notes.extend(scale_note(scale, MONEY));
    Table {
        title: titled("Money by tenant and quarter", currency),
        notes,
        columns: money_columns(!tenants_share_names(policy), currency.is_some()),
        rows: rows.collect(),
        totals: leases.chain(all).collect(),
        checks: Vec::new(),
        file: MONEY,
        empty: "No lease earned anything under this policy.",
    }
}

type Names = [Option<String>; 3];

fn lease_name(lease: &LeaseMoney) -> Names {
    [cell(&lease.tenant), cell(&lease.lease), cell(ALL)]
}

fn all_tenants() -> Names {
    [cell("all tenants"), cell(ALL), cell(ALL)]
}

fn money_columns(lease_is_known: bool, one_currency: bool) -> Vec<Column> {
    vec![
        Column::key("tenant"),
        Column::key("lease").page_only_if(lease_is_known),
        Column::whole("quarter"),
        Column::whole("currency").page_only_if(one_currency),
        Column::number("revenue recognised"),
        Column::number("billed"),
        Column::number("taken off for recalls"),
        Column::number("paid for recalls"),
        Column::number("months not disclosed"),
    ]
}

fn lease_rows(lease: &LeaseMoney, scale: Scale) -> impl Iterator<Item = Row> + '_ {
    lease.quarters.iter().map(move |quarter| {
        let amounts = [quarter.recognised, quarter.billed, quarter.abatement, quarter.compensation];
        let names = [cell(&lease.tenant), cell(&lease.lease), cell(&quarter.quarter)];
        let currency = quarter.recognised.currency();
        money_row(names, currency, amounts.map(Some), quarter.undisclosed_months.into(), scale)
    })
}

fn money_row(
    names: Names,
    currency: Currency,
    amounts: [Option<Money>; 4],
    undisclosed: u64,
    scale: Scale,
) -> Row {
    let amounts = amounts.map(|amount| amount.map(|money| scale.amount(money)));
    let cells = names.into_iter().chain([cell(currency.code())]).chain(amounts);
    let months = (undisclosed > 0).then(|| count(undisclosed));
    Row::Cells(cells.chain([months]).collect())
}

const TAKES: [fn(&QuarterMoney) -> Money; 4] =
    [|q| q.recognised, |q| q.billed, |q| q.abatement, |q| q.compensation];

/// One row a currency with the sums over `leases`.
fn sum_rows<'a>(
    names: &Names,
    leases: impl IntoIterator<Item = &'a LeaseMoney>,
    scale: Scale,
) -> Vec<Row> {
    let quarters: Vec<&QuarterMoney> =
        leases.into_iter().flat_map(|lease| &lease.quarters).collect();
    let sums = TAKES.map(|take| Amounts::of(quarters.iter().map(|quarter| take(quarter))));
    let row = |recognised: Money| {
        let currency = recognised.currency();
        let same = quarters.iter().filter(|quarter| quarter.recognised.currency() == currency);
        let undisclosed = same.map(|quarter| u64::from(quarter.undisclosed_months)).sum();
        let amounts = [0, 1, 2, 3].map(|i: usize| sums[i].get(currency));
        money_row(names.clone(), currency, amounts, undisclosed, scale)
    };
    sums[0].iter().map(row).collect()
}

fn all_sums(policy: &PolicyFigures) -> Vec<Money> {
    TAKES.iter().flat_map(|take| sums::money(policy, take).iter().collect::<Vec<_>>()).collect()
}

/// Most tenants that have a column of their own in [`revenue`].
const TENANTS_MAX: usize = 6;

/// Revenue recognised in `currency`: one row a quarter, one column a tenant, in the order of
/// `tenants`; those past [`TENANTS_MAX`] share one.
pub fn revenue(policy: &PolicyFigures, currency: Currency, tenants: &[String]) -> Table {
    let own = tenants.len().min(TENANTS_MAX);
    let sum = |quarter: Option<&str>, of: &[String]| {
        let leases = policy.money.iter().filter(|lease| of.contains(&lease.tenant));
        let rows = leases.flat_map(|lease| &lease.quarters);
        let rows = rows.filter(|row| quarter.is_none_or(|quarter| row.quarter == quarter));
        let earned = Amounts::of(rows.map(|row| row.recognised)).get(currency);
        earned.map(|money| Scale::ONE.amount(money))
    };
    let row = |name: &str, quarter: Option<&str>| {
        let each = tenants[..own].iter().map(|tenant| sum(quarter, std::slice::from_ref(tenant)));
        let others = (own < tenants.len()).then(|| sum(quarter, &tenants[own..]));
        let cells = each.chain(others).chain([sum(quarter, tenants)]);
        Row::Cells(std::iter::once(cell(name)).chain(cells).collect())
    };
    let heads = tenants[..own].iter().map(Column::number);
    let others = (own < tenants.len()).then(|| Column::number("other tenants"));
    let heads = heads.chain(others).chain([Column::number("all tenants")]);
    Table {
        title: titled("Revenue recognised by quarter and tenant", Some(currency)),
        notes: Vec::new(),
        columns: std::iter::once(Column::whole("quarter")).chain(heads).collect(),
        rows: sums::quarters(policy)
            .into_iter()
            .map(|quarter| row(quarter, Some(quarter)))
            .collect(),
        totals: vec![row(ALL, None)],
        checks: Vec::new(),
        file: MONEY,
        empty: "There was no revenue under this policy.",
    }
}

/// Tenants at or above a tenth of revenue.
pub fn concentration(policy: &PolicyFigures, place: Place) -> Table {
    let scale =
        scale_of(policy.concentration.iter().map(|entry| entry.revenue), place, AMOUNT_WIDTH);
    let rows = policy.concentration.iter().map(|entry| {
        let named = |(tenant, ratio): &(String, _)| {
            format!("{tenant} {}", share_of(*ratio).unwrap_or_else(|| "-".to_owned()))
        };
        let tenants: Vec<String> = entry.tenants.iter().map(named).collect();
        let whole = entry.quarter == WHOLE_SPAN;
        Row::Cells(vec![
            cell(if whole { "whole span" } else { &entry.quarter }),
            cell(entry.revenue.currency().code()),
            cell(scale.amount(entry.revenue)),
            cell(if tenants.is_empty() { "none".to_owned() } else { tenants.join("; ") }),
        ])
    });
    let mut notes =
        vec!["Names are for use inside the owner; outside, they are left out.".to_owned()];
    notes.extend(scale_note(scale, CONCENTRATION));
    Table {
        title: "Tenants at or above a tenth of revenue".to_owned(),
        notes,
        columns: vec![
            Column::whole("quarter"),
            Column::whole("currency"),
            Column::number("revenue of all tenants"),
            Column::text("tenants and their share"),
        ],
        rows: rows.collect(),
        totals: Vec::new(),
        checks: Vec::new(),
        file: CONCENTRATION,
        empty: "There was no revenue under this policy.",
    }
}
