//! Figures like those of a real replay, made up without one: three policies, two sites, five
//! pools, three leases, thirteen quarters. Everything in them adds up.

use std::collections::BTreeMap;

use leasehold_sim::figures::*;
use leasehold_types::{
    AcceleratorSeconds, Currency, Date, Instant, Money, Ratio, Rounding, Seconds, Seed, Tokens,
    Zone,
};

const POOLS: [(&str, &str, u64); 5] = [
    ("colossus-1", "h100", 150_000),
    ("colossus-1", "h200", 50_000),
    ("colossus-1", "gb200", 30_000),
    ("colossus-2", "gb200", 110_000),
    ("colossus-2", "gb300", 260_000),
];

struct Lease {
    id: &'static str,
    tenant: &'static str,
    /// The pool's place in [`POOLS`], units, and units that may be recalled.
    pools: &'static [(usize, u64, u64)],
    monthly_millions: i128,
    /// Months from May 2026 before the full fee; their fee is not disclosed.
    ramp_months: u32,
    end: &'static str,
}

const LEASES: [Lease; 3] = [
    Lease {
        id: "anthropic",
        tenant: "Anthropic",
        pools: &[(0, 135_000, 54_000), (1, 45_000, 18_000), (2, 27_000, 9_000)],
        monthly_millions: 1_250,
        ramp_months: 2,
        end: "2029-06-01",
    },
    Lease {
        id: "google",
        tenant: "Google",
        pools: &[(3, 100_000, 30_000)],
        monthly_millions: 920,
        ramp_months: 5,
        end: "2029-07-01",
    },
    Lease {
        id: "reflection-ai",
        tenant: "Reflection AI",
        pools: &[(4, 18_000, 6_000)],
        monthly_millions: 150,
        ramp_months: 2,
        end: "2030-01-01",
    },
];

/// The whole of it.
pub fn figures() -> Figures {
    spanning("2026-05-01", "2029-06-01", &Policy::ALL)
}

/// The same for other days and policies.
pub fn spanning(from: &str, until: &str, policies: &[Policy]) -> Figures {
    let zone = Zone::named("America/Chicago").unwrap();
    let days = days(from.parse().unwrap(), until.parse().unwrap());
    Figures {
        format: FIGURES_FORMAT,
        title: "Three disclosed leases on 600,000 accelerators".to_owned(),
        seed: Seed(20_260_503),
        from: zone.start_of(from.parse().unwrap()),
        until: zone.start_of(until.parse().unwrap()),
        stopped_at: None,
        tables: Tables {
            leasehold: "0.1.0".to_owned(),
            time_zones: "2025b".to_owned(),
            currencies: "ISO 4217, national currencies as of 2026-01".to_owned(),
        },
        cast: cast(),
        assumptions: assumptions(),
        inputs: inputs(),
        policies: policies.iter().map(|policy| policy_figures(*policy, &days, &zone)).collect(),
        zone,
    }
}

/// A run that was stopped in the third quarter.
pub fn stopped() -> Figures {
    let mut figures = spanning("2026-05-01", "2026-12-11", &Policy::ALL);
    figures.stopped_at = Some(figures.until);
    figures.until = figures.zone.start_of("2029-06-01".parse().unwrap());
    figures
}

/// No policy at all.
pub fn empty() -> Figures {
    let mut figures = spanning("2026-05-01", "2026-05-02", &[]);
    figures.assumptions.clear();
    figures.inputs.clear();
    figures.cast = Cast { pools: Vec::new(), leases: Vec::new() };
    figures
}

/// Names that are long, hostile or both, yen, one quarter, and no job.
pub fn hostile() -> Figures {
    let mut figures = spanning("2026-07-01", "2026-10-01", &[Policy::Recallable]);
    figures.title = "<script>alert('title')</script> & \"quotes\" \u{1b}[31m".to_owned();
    let name = "=Société à responsabilité limitée <b>& Sons</b>, ".repeat(3);
    let yen = |money: Money| Money::new(money.minor() / 100, "JPY".parse().unwrap());
    let policy = &mut figures.policies[0];
    policy.jobs = JobFigures::default();
    for lease in &mut policy.money {
        lease.tenant = format!("{name}{}", lease.tenant);
        for quarter in &mut lease.quarters {
            quarter.recognised = yen(quarter.recognised);
            quarter.billed = yen(quarter.billed);
            quarter.abatement = yen(quarter.abatement);
            quarter.compensation = yen(quarter.compensation);
        }
        for lines in &mut lease.lines {
            lines.headline_value = yen(lines.headline_value);
            lines.non_cancellable_value = yen(lines.non_cancellable_value);
            lines.rpo = yen(lines.rpo);
            lines.run_rate_month = yen(lines.run_rate_month);
        }
    }
    for entry in &mut policy.concentration {
        entry.revenue = yen(entry.revenue);
        for (tenant, _) in &mut entry.tenants {
            *tenant = format!("{name}{tenant}");
        }
    }
    for row in &mut policy.recalls.rows {
        row.compensation = row.compensation.map(yen);
        row.class = "</td><td onmouseover=alert(1)>".to_owned();
    }
    figures
}

/// Nine tenants in two currencies, quarters of negative revenue, forty quarters.
pub fn many() -> Figures {
    let mut figures = spanning("2026-01-01", "2035-12-31", &[Policy::None, Policy::Recallable]);
    let policy = &mut figures.policies[1];
    let three = policy.money.clone();
    for more in 1..3 {
        policy.money.extend(three.iter().cloned().map(|mut lease| {
            lease.lease = format!("{}-{more}", lease.lease);
            lease.tenant = format!("{} {more}", lease.tenant);
            for quarter in lease.quarters.iter_mut().step_by(5) {
                quarter.recognised = usd(-quarter.recognised.minor() / 3);
            }
            lease
        }));
    }
    let euro = |money: Money| Money::new(money.minor(), "EUR".parse().unwrap());
    let last = policy.money.last_mut().unwrap();
    for quarter in &mut last.quarters {
        quarter.recognised = euro(quarter.recognised);
        quarter.billed = euro(quarter.billed);
        quarter.abatement = euro(quarter.abatement);
        quarter.compensation = euro(quarter.compensation);
    }
    for lines in &mut last.lines {
        lines.headline_value = euro(lines.headline_value);
        lines.non_cancellable_value = euro(lines.non_cancellable_value);
        lines.rpo = euro(lines.rpo);
        lines.run_rate_month = euro(lines.run_rate_month);
    }
    figures
}

pub fn usd(minor: i128) -> Money {
    Money::new(minor, "USD".parse::<Currency>().unwrap())
}

fn days(from: Date, until: Date) -> Vec<Date> {
    from.series(jiff::ToSpan::days(1)).take_while(|day| *day < until).collect()
}

fn quarter_of(day: Date) -> String {
    format!("{}-Q{}", day.year(), (day.month() + 2) / 3)
}

/// A number below `below` that looks random and depends on nothing else.
fn noise(seed: u64, below: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 29)) % below
}

/// Units of `pool` that tenants hold on the `nth` day.
fn sold_units(policy: Policy, pool: usize, nth: u64) -> u64 {
    let of = |lease: &Lease| {
        let here = lease.pools.iter().find(|(at, ..)| *at == pool).copied();
        let (_, units, recallable) = here.unwrap_or_default();
        let ramp = u64::from(lease.ramp_months) * 30;
        let held = match policy {
            Policy::None => 0,
            Policy::Static => units - recallable,
            Policy::Recallable => units,
        };
        held * (nth + 10).min(ramp) / ramp
    };
    LEASES.iter().map(of).sum()
}

fn recalled_units(policy: Policy, pool: usize, nth: u64) -> u64 {
    let wave = noise(nth / 9 + pool as u64 * 1_000, 5);
    let quiet = policy != Policy::Recallable || nth < 60 || wave > 1;
    if quiet { 0 } else { sold_units(policy, pool, nth) * (8 + 12 * wave) / 100 }
}

fn capacity(policy: Policy, pool: usize, nth: u64, seconds: u64) -> Capacity {
    let units = POOLS[pool].2;
    let down = units * (9 + noise(nth + pool as u64 * 77, 9)) / 1_000;
    let sold = sold_units(policy, pool, nth) * 98 / 100;
    let recalled = recalled_units(policy, pool, nth);
    let held = sold - recalled;
    let weekday = if nth % 7 > 4 { 52 } else { 66 };
    let busy = (weekday + nth / 90 + noise(nth * 3 + pool as u64, 9)).min(97);
    let busy = held * busy / 100;
    let rest = units - down - held - recalled;
    let jobs = rest * (72 + noise(nth / 5 + pool as u64 * 31, 28)) / 100;
    let time = |units: u64| AcceleratorSeconds(u128::from(units) * u128::from(seconds));
    Capacity {
        owned: time(units),
        down: time(down),
        jobs: time(jobs),
        busy: time(busy),
        quiet: time(held - busy),
        recalled: time(recalled),
        idle: time(rest - jobs),
    }
}

fn policy_figures(policy: Policy, days: &[Date], zone: &Zone) -> PolicyFigures {
    let series = series(policy, days, zone);
    let quarters = quarters(days);
    let money: Vec<LeaseMoney> = match policy {
        Policy::None => Vec::new(),
        _ => LEASES.iter().map(|lease| lease_money(policy, lease, &quarters)).collect(),
    };
    let documents = documents(&money, &quarters);
    let concentration = if money.is_empty() { Vec::new() } else { concentration(&money) };
    PolicyFigures {
        policy,
        capacity: by_quarter(&series, days),
        series,
        recalls: recalls(policy, days, zone),
        jobs: jobs(policy),
        requests: requests(policy, &quarters),
        concentration,
        money,
        documents,
        events: 1_234_567,
        state_digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
    }
}

fn series(policy: Policy, days: &[Date], zone: &Zone) -> Vec<SeriesRow> {
    let row = |(nth, day): (usize, &Date), pool: usize| {
        let nth = u64::try_from(nth).unwrap();
        let seconds = zone.day(*day).length().0.unsigned_abs();
        let waiting_jobs =
            noise(nth / 4 + pool as u64, 40) * (recalled_units(policy, pool, nth) + 1).min(3);
        SeriesRow {
            from: *day,
            until: day.tomorrow().unwrap(),
            pool: format!("{}/{}", POOLS[pool].0, POOLS[pool].1),
            capacity: capacity(policy, pool, nth, seconds),
            waiting_jobs,
            waiting_units: waiting_jobs * 64,
        }
    };
    let each = days.iter().enumerate();
    each.flat_map(|day| (0..POOLS.len()).map(move |pool| row(day, pool))).collect()
}

fn quarters(days: &[Date]) -> Vec<(String, Vec<Date>)> {
    let mut quarters: BTreeMap<String, Vec<Date>> = BTreeMap::new();
    for day in days {
        quarters.entry(quarter_of(*day)).or_default().push(*day);
    }
    quarters.into_iter().collect()
}

fn by_quarter(series: &[SeriesRow], days: &[Date]) -> Vec<CapacityRow> {
    let mut rows = Vec::new();
    for (quarter, days) in quarters(days) {
        for (site, accelerator, _) in POOLS {
            let pool = format!("{site}/{accelerator}");
            let until = days.last().unwrap().tomorrow().unwrap();
            let of = |row: &&SeriesRow| row.pool == pool && row.from >= days[0] && row.from < until;
            let capacity = series.iter().filter(of).map(|row| row.capacity).reduce(add).unwrap();
            rows.push(CapacityRow {
                quarter: quarter.clone(),
                from: days[0],
                until,
                site: site.to_owned(),
                pool,
                capacity,
            });
        }
    }
    rows
}

pub fn add(a: Capacity, b: Capacity) -> Capacity {
    let sum = |a: AcceleratorSeconds, b: AcceleratorSeconds| a.checked_add(b).unwrap();
    Capacity {
        owned: sum(a.owned, b.owned),
        down: sum(a.down, b.down),
        jobs: sum(a.jobs, b.jobs),
        busy: sum(a.busy, b.busy),
        quiet: sum(a.quiet, b.quiet),
        recalled: sum(a.recalled, b.recalled),
        idle: sum(a.idle, b.idle),
    }
}

fn firm_share(policy: Policy, lease: &Lease) -> Ratio {
    let units: u64 = lease.pools.iter().map(|(_, units, _)| units).sum();
    let firm: u64 = lease.pools.iter().map(|(_, units, recallable)| units - recallable).sum();
    match policy {
        Policy::Static => Ratio::new(firm.into(), units.into()).unwrap(),
        _ => Ratio::ONE,
    }
}

fn lease_money(policy: Policy, lease: &Lease, quarters: &[(String, Vec<Date>)]) -> LeaseMoney {
    let fee = usd(lease.monthly_millions * 100_000_000).exact().unwrap();
    let fee = fee.checked_mul(firm_share(policy, lease)).unwrap();
    let times = |months: u64| {
        let amount = fee.checked_mul(Ratio::whole(months.try_into().unwrap())).unwrap();
        Money::from_exact(amount, "USD".parse().unwrap(), Rounding::HalfAway)
    };
    let mut ramp = u64::from(lease.ramp_months);
    let mut left = 37 - ramp;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (nth, (quarter, days)) in quarters.iter().enumerate() {
        let months: u64 = days.iter().filter(|day| day.day() == 1).count().try_into().unwrap();
        let undisclosed = months.min(ramp);
        ramp -= undisclosed;
        let paid = (months - undisclosed).min(left);
        left -= paid;
        let taken = i128::from(noise(nth as u64 * 7 + lease.monthly_millions as u64, 4));
        let taken = if policy == Policy::Recallable && paid > 0 { taken } else { 0 };
        let (abatement, compensation) = (usd(taken * 123_456_789), usd(taken * 2_345_678));
        let gross = times(paid);
        let net = gross.checked_sub(abatement).unwrap().checked_sub(compensation).unwrap();
        rows.push(QuarterMoney {
            quarter: quarter.clone(),
            recognised: net,
            billed: if nth == 0 { gross } else { net },
            abatement,
            compensation,
            undisclosed_months: undisclosed.try_into().unwrap(),
        });
        let as_of = days.last().unwrap();
        lines.push(QuarterLines {
            quarter: quarter.clone(),
            as_of: *as_of,
            headline_value: times(left),
            non_cancellable_value: times(left.min(4)),
            rpo: times(left.min(3)),
            run_rate_month: times(u64::from(ramp == 0)),
            term_end: as_of.checked_add(jiff::ToSpan::days(91)).unwrap(),
        });
    }
    let (lease, tenant) = (lease.id.to_owned(), lease.tenant.to_owned());
    LeaseMoney { lease, tenant, quarters: rows, lines }
}

/// An invoice a lease and quarter, and in the first quarter a credit note on the first of them.
fn documents(money: &[LeaseMoney], quarters: &[(String, Vec<Date>)]) -> Vec<DocumentRow> {
    let mut rows: Vec<DocumentRow> = Vec::new();
    for (nth, (name, days)) in quarters.iter().enumerate() {
        for lease in money {
            let row = lease.quarters.iter().find(|row| row.quarter == *name).unwrap();
            rows.push(DocumentRow {
                kind: DocumentKind::Invoice,
                number: format!("A/2026 {}", rows.len() + 1),
                lease: lease.lease.clone(),
                tenant: lease.tenant.clone(),
                issued: *days.last().unwrap(),
                due: Some(days.last().unwrap().checked_add(jiff::ToSpan::days(30)).unwrap()),
                credits: None,
                net: row.billed,
                tax: Money::zero(row.billed.currency()),
                total: row.billed,
                undisclosed: row.undisclosed_months > 0,
            });
        }
        if nth == 0 && !money.is_empty() {
            let of = rows[0].clone();
            rows.push(DocumentRow {
                kind: DocumentKind::CreditNote,
                number: "C/2026 1".to_owned(),
                due: None,
                credits: Some(of.number.clone()),
                ..of
            });
        }
    }
    rows
}

fn concentration(money: &[LeaseMoney]) -> Vec<Concentration> {
    let entry = |name: &str, take: &dyn Fn(&LeaseMoney) -> i128| {
        let total: i128 = money.iter().map(take).sum();
        let share = |lease: &LeaseMoney| Ratio::new(take(lease), total.max(1)).unwrap();
        let mut tenants: Vec<(String, Ratio)> =
            money.iter().map(|lease| (lease.tenant.clone(), share(lease))).collect();
        tenants.retain(|(_, share)| *share >= "0.1".parse().unwrap());
        tenants.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
        Concentration { quarter: name.to_owned(), revenue: usd(total), tenants }
    };
    let quarters = money[0].quarters.iter().enumerate();
    let mut rows: Vec<Concentration> = quarters
        .map(|(i, quarter)| entry(&quarter.quarter, &|lease| lease.quarters[i].recognised.minor()))
        .collect();
    let all = |lease: &LeaseMoney| lease.quarters.iter().map(|q| q.recognised.minor()).sum();
    rows.push(entry("all", &all));
    rows
}

fn recalls(policy: Policy, days: &[Date], zone: &Zone) -> RecallFigures {
    if policy != Policy::Recallable {
        return RecallFigures::default();
    }
    let rows: Vec<RecallRow> = days
        .iter()
        .enumerate()
        .skip(60)
        .step_by(5)
        .map(|(nth, day)| recall(nth as u64, *day, zone))
        .collect();
    let mut totals: BTreeMap<(String, String), RecallTotals> = BTreeMap::new();
    for row in &rows {
        let quarter = quarter_of(zone.date_of(row.ordered));
        let total = totals.entry((row.lease.clone(), quarter.clone())).or_insert(RecallTotals {
            lease: row.lease.clone(),
            quarter,
            ordered: 0,
            withdrawn: 0,
            notice_kept: 0,
            breaches: 0,
            units: 0,
            taken: AcceleratorSeconds::ZERO,
        });
        total.ordered += 1;
        total.withdrawn += u64::from(row.state == "withdrawn");
        let Some(released) = row.released else { continue };
        let late = row.recall % 47 == 0;
        total.notice_kept += u64::from(!late);
        total.breaches += u64::from(late);
        total.units += row.units;
        let held = row.returned.map_or(0, |returned| returned.since(released).0);
        total.taken.0 += u128::from(row.units) * held.unsigned_abs() as u128;
    }
    RecallFigures {
        evicted: rows.iter().map(|row| row.units).sum(),
        asked: rows.iter().map(|row| row.units * 9 / 10).sum(),
        totals: totals.into_values().collect(),
        rows,
        refused: vec![
            ("most events of the month are used up".to_owned(), 412),
            ("only firm units are left".to_owned(), 2_031),
            ("within the least gap after a return".to_owned(), 96),
        ],
    }
}

fn recall(nth: u64, day: Date, zone: &Zone) -> RecallRow {
    let number = (nth - 60) / 5 + 1;
    let lease = &LEASES[noise(nth, 8) as usize % 3];
    let (pool, _, recallable) = lease.pools[noise(nth + 1, 9) as usize % lease.pools.len()];
    let ordered = zone.start_of(day).saturating_add(Seconds(noise(nth, 80_000) as i64));
    let withdrawn = noise(nth + 5, 11) == 0;
    let after = |hours| -> Option<Instant> {
        (!withdrawn).then(|| ordered.saturating_add(Seconds::from_hours(hours)))
    };
    RecallRow {
        recall: number,
        lease: lease.id.to_owned(),
        pool: format!("{}/{}", POOLS[pool].0, POOLS[pool].1),
        class: if noise(nth, 3) == 0 { "short" } else { "regular" }.to_owned(),
        units: recallable * (1 + noise(nth, 4)) / 4,
        ordered,
        released: after(if noise(nth, 3) == 0 { 4 } else { 72 }),
        returned: after(72 + 24 + noise(nth, 90) as i64),
        state: if withdrawn { "withdrawn" } else { "returned" }.to_owned(),
        job: Some(40_000 + number * 13),
        compensation: (noise(nth, 3) == 0 && !withdrawn)
            .then(|| usd(i128::from(number) * 1_005_099)),
    }
}

fn jobs(policy: Policy) -> JobFigures {
    let later = match policy {
        Policy::None => 0,
        Policy::Static => 8_120,
        Policy::Recallable => 2_304,
    };
    let waits = match policy {
        Policy::None => [0, 5_400, 61_200, 402_000, 2_210],
        Policy::Static => [95, 131_000, 640_000, 2_900_000, 31_044],
        Policy::Recallable => [12, 21_700, 190_800, 911_000, 6_120],
    };
    let quantiles = |[p50, p95, p99, max, mean]: [u64; 5]| Quantiles { p50, p95, p99, max, mean };
    let delays = [0, waits[1] - 5_400, waits[2] - 61_200, waits[3] - 402_000, waits[4] - 2_210];
    JobFigures {
        submitted: 48_211,
        started: 48_180 - later / 100,
        ended: 47_002,
        impossible: 4,
        interrupted: 611,
        backfilled: 20_333 + later,
        on_recalled: if policy == Policy::Recallable { 1_877 } else { 0 },
        wait: quantiles(waits),
        delay: (policy != Policy::None).then(|| Delay {
            jobs: 48_000,
            later,
            delay: quantiles(delays),
        }),
        demand: AcceleratorSeconds(9_123_456_789_012),
        waiting_at_end: 27 + later / 100,
    }
}

fn requests(policy: Policy, quarters: &[(String, Vec<Date>)]) -> RequestFigures {
    let mut rows = Vec::new();
    if policy == Policy::None {
        return RequestFigures { rows };
    }
    for (at, lease) in LEASES.iter().enumerate() {
        let mut before = 0;
        for (nth, (quarter, days)) in quarters.iter().enumerate() {
            let (nth, at) = (nth as u64, at as u64);
            let arrived = days.len() as u64 * (61_300_411 >> (2 * at)) * (20 + nth) / 20;
            let lost = if policy == Policy::Static { 38 } else { 7 + noise(nth + at, 12) };
            let turned_away = arrived * lost / 1_000;
            let waiting = noise(nth * 3 + at, 900);
            let served = before + arrived - turned_away - waiting;
            before = waiting;
            let granted = u128::from(served) * 260;
            rows.push(RequestRow {
                lease: lease.id.to_owned(),
                quarter: quarter.clone(),
                arrived,
                served,
                queued: served * lost * 3 / 1_000,
                turned_away,
                waiting,
                input: Tokens(served * 1_523),
                output: Tokens(served * 311),
                granted: AcceleratorSeconds(granted),
                busy: AcceleratorSeconds(granted * (62 + u128::from(noise(nth, 14))) / 100),
            });
        }
    }
    RequestFigures { rows }
}

fn cast() -> Cast {
    let pool = |(site, accelerator, units): (&str, &str, u64)| PoolEntry {
        pool: format!("{site}/{accelerator}"),
        site: site.to_owned(),
        accelerator: accelerator.to_owned(),
        units,
    };
    let lease = |lease: &Lease| LeaseEntry {
        lease: lease.id.to_owned(),
        title: format!("Capacity lease with {}", lease.tenant),
        tenant: lease.tenant.to_owned(),
        units: lease.pools.iter().map(|(_, units, _)| units).sum(),
        recallable: lease.pools.iter().map(|(_, _, recallable)| recallable).sum(),
        end: lease.end.parse().unwrap(),
    };
    Cast { pools: POOLS.map(pool).into(), leases: LEASES.iter().map(lease).collect() }
}

fn assumptions() -> Vec<AssumptionRow> {
    let row = |source: &str, about: &str, text: &str| AssumptionRow {
        source: source.to_owned(),
        about: about.to_owned(),
        text: text.to_owned(),
    };
    vec![
        row(
            "fleets/colossus.toml",
            "fleet",
            "About 600,000 accelerators over two sites; the split by type is not public.",
        ),
        row(
            "leases/anthropic.toml",
            "recall clause",
            "The owner may reallocate capacity; classes, caps and notice are assumed, as no mechanism is disclosed.",
        ),
        row(
            "leases/anthropic.toml",
            "ramp fee",
            "The fee of May and June 2026 is reduced and not disclosed; it is in no sum.",
        ),
        row(
            "leases/google.toml",
            "ramp fee",
            "The fee to September 2026 is reduced and not disclosed; it is in no sum.",
        ),
        row(
            "leases/reflection-ai.toml",
            "units",
            "The number of GB300 units is not disclosed; 18,000 are assumed.",
        ),
        row(
            "scenario",
            "owner's jobs",
            "Jobs of 2020 stand for jobs of 2026: scaled by 40 in number and tiled 19 times.",
        ),
    ]
}

fn inputs() -> Vec<InputRow> {
    let facts = |facts: &[(&str, &str)]| {
        facts.iter().map(|(what, value)| ((*what).to_owned(), (*value).to_owned())).collect()
    };
    vec![
        InputRow {
            source: "itp_jobs.csv".to_owned(),
            facts: facts(&[
                ("rows", "5,778"),
                ("skipped: bad duration", "3"),
                ("tiled", "19 times"),
            ]),
        },
        InputRow {
            source: "generator: conversations".to_owned(),
            facts: facts(&[("clients", "1,200"), ("requests a day", "61.3 million")]),
        },
    ]
}
