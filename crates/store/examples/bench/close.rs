//! The close of many leases over their use: made once, closed, killed, closed again.

use std::path::Path;
use std::time::Instant as Clock;

use leasehold_books::Policy;
use leasehold_books::event::{Event, EventKey, Recalled, TokenUse};
use leasehold_books::rating::HourUse;
use leasehold_contract::Lease;
use leasehold_store::close::Pace;
use leasehold_store::directory::Directory;
use leasehold_store::usage::{BATCH_RECORDS_MAX, HourFeed, LeaseNo, UsageRecord};
use leasehold_types::{AcceleratorSeconds, Instant, LeaseId, Tokens, TrancheId, Units};

use crate::Outcome;
use crate::data::Draw;
use crate::lease::lease;
use crate::usage::{JANUARY, JANUARY_S};

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

/// Leases that are registered together.
const LEASES_A_BATCH: u64 = 4_096;

/// Makes a directory of `leases` leases with two overlapping recalls each, and `records` usage
/// records of January, or a feed of 24 hours for each lease and each of 30 days.
pub(crate) fn make(dir: &str, leases: &str, records: &str) -> Outcome {
    let leases: u64 = leases.parse()?;
    let mut books = Directory::create(Path::new(dir), Policy::default())?;
    let begun = Clock::now();
    for first in (0..leases).step_by(usize::try_from(LEASES_A_BATCH)?) {
        let until = leases.min(first + LEASES_A_BATCH);
        let batch: Vec<Lease> = (first..until).map(lease).collect();
        books.register(&batch)?;
        let events: Vec<Event> = (first..until).flat_map(recalls).collect();
        for part in events.chunks(8_192) {
            books.take(part)?;
        }
    }
    match records {
        "hours" => feed(&mut books, leases)?,
        records => raw(&mut books, leases, records.parse()?)?,
    }
    println!(
        r#"{{"what":"made","leases":{leases},"use":"{records}","seconds":{:.1}}}"#,
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

fn lease_id(n: u64) -> Result<LeaseId, leasehold_types::BadName> {
    LeaseId::new(&format!("lease-{n:06}"))
}

/// Two recalls that overlap, learnt of in January.
fn recalls(n: u64) -> Vec<Event> {
    let mut draw = Draw::new(n ^ 0xabcd);
    let mut recall = |k: u64, from: i64, days: i64| {
        let from = JANUARY + from * DAY_S + i64::try_from(draw.below(24)).unwrap_or(0) * HOUR_S;
        let until = from + days * DAY_S;
        let kind = Recalled {
            tranche: TrancheId::new("main").ok()?,
            from: Instant::from_second(from),
            until: Instant::from_second(until),
            class: "standard".to_owned(),
            units: Some(Units(10 + draw.below(30))),
            numbered: None,
            within_clause: true,
        };
        Some(Event {
            key: EventKey::new("desk", &format!("{n}-{k}")),
            at: Instant::from_second(until),
            effective: None,
            lease: lease_id(n).ok()?,
            kind: kind.into(),
        })
    };
    [recall(0, 8, 10), recall(1, 13, 10)].into_iter().flatten().collect()
}

fn raw(books: &mut Directory, leases: u64, records: u64) -> Outcome {
    let mut ids: Vec<String> = Vec::with_capacity(BATCH_RECORDS_MAX);
    for first in (0..records).step_by(BATCH_RECORDS_MAX) {
        let until = records.min(first + BATCH_RECORDS_MAX as u64);
        ids.clear();
        ids.extend((first..until).map(|n| format!("req-{n:016x}")));
        let batch: Vec<UsageRecord<'_>> =
            (first..until).zip(&ids).map(|(n, id)| record(n, id, leases)).collect();
        books.usage_mut().ingest(&batch)?;
    }
    Ok(())
}

fn record(n: u64, id: &str, leases: u64) -> UsageRecord<'_> {
    let mut draw = Draw::new(n.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let span = 60 + i64::try_from(draw.below(600)).unwrap_or(0);
    let from = JANUARY + i64::try_from(draw.below(JANUARY_S - 1_000)).unwrap_or(0);
    let number = draw.below(leases);
    UsageRecord {
        source: "gateway-1",
        id,
        lease: LeaseNo(u32::try_from(number).unwrap_or(0)),
        learnt: Instant::from_second(from + span + 5),
        effective: None,
        from: Instant::from_second(from),
        until: Instant::from_second(from + span),
        accelerator_seconds: AcceleratorSeconds((draw.below(96) * span.unsigned_abs() + 1).into()),
        tokens: TokenUse {
            input: Tokens(draw.below(800_000)),
            cached: Tokens(draw.below(3_000_000)),
            output: Tokens(draw.below(200_000)),
        },
        model: None,
    }
}

fn feed(books: &mut Directory, leases: u64) -> Outcome {
    for day in 0..30_i64 {
        for first in (0..leases).step_by(16_384) {
            let until = leases.min(first + 16_384);
            let ids: Vec<String> = (first..until).map(|n| format!("day-{day}-{n}")).collect();
            let hours: Vec<Vec<(Instant, HourUse)>> =
                (first..until).map(|n| hours(n, day)).collect();
            let feeds: Vec<HourFeed<'_>> = (first..until)
                .zip(&ids)
                .zip(&hours)
                .map(|((n, id), hours)| HourFeed {
                    source: "meter",
                    id,
                    lease: LeaseNo(u32::try_from(n).unwrap_or(0)),
                    learnt: Instant::from_second(JANUARY + (day + 1) * DAY_S + HOUR_S),
                    hours,
                })
                .collect();
            books.usage_mut().ingest_hours(&feeds)?;
        }
    }
    Ok(())
}

fn hours(lease: u64, day: i64) -> Vec<(Instant, HourUse)> {
    let mut draw = Draw::new(lease << 8 | day.unsigned_abs());
    let hour = |h: i64| {
        let at = Instant::from_second(JANUARY + day * DAY_S + h * HOUR_S);
        let used = HourUse {
            accelerator_seconds: AcceleratorSeconds((250_000 + draw.below(150_000)).into()),
            tokens: TokenUse {
                input: Tokens(draw.below(20_000_000)),
                cached: Tokens(draw.below(60_000_000)),
                output: Tokens(draw.below(5_000_000)),
            },
        };
        (at, used)
    };
    (0..24).map(hour).collect()
}

/// Closes through `through` on `threads` threads.
pub(crate) fn run(dir: &str, through: &str, threads: &str) -> Outcome {
    let begun = Clock::now();
    let mut books = Directory::open(Path::new(dir))?;
    let opened = begun.elapsed().as_secs_f64();
    let (begun, cpu) = (Clock::now(), cpu_seconds());
    let pace = Pace { threads: threads.parse()?, ..Pace::default() };
    let report = books.close(through.parse()?, pace, &mut |_| true)?;
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        r#"{{"what":"close","threads":{threads},"open_seconds":{opened:.3},"seconds":{seconds:.3},"cpu_seconds":{cpu:.2},"leases":{},"invoices":{},"entries":{},"parked":{},"peak_bytes":{}}}"#,
        report.leases,
        report.invoices,
        report.entries,
        report.parked_count,
        peak_bytes()
    );
    Ok(())
}

/// Takes one late record of January in, then works out what that changes on the next bill.
pub(crate) fn late(dir: &str) -> Outcome {
    let mut books = Directory::open(Path::new(dir))?;
    let at = Instant::from_second(JANUARY + 5 * DAY_S);
    let learnt = Instant::from_second(JANUARY + 40 * DAY_S);
    let record = UsageRecord { learnt, from: at, ..record(17, "late", 1) };
    let until = Instant::from_second(at.second() + 600);
    let begun = Clock::now();
    let counted = books.usage_mut().ingest(&[UsageRecord { until, ..record }])?;
    let taken = begun.elapsed().as_secs_f64();
    let (mut best, mut lines) = (f64::MAX, 0);
    for _ in 0..20 {
        let begun = Clock::now();
        let plan = books.draft(&lease_id(0)?, "2027-02-28".parse()?)?;
        best = best.min(begun.elapsed().as_secs_f64());
        lines = plan.draft.map_or(0, |draft| draft.lines.len());
    }
    println!(
        r#"{{"what":"late","counted":"{:?}","durable_ms":{:.2},"recomputed_ms":{:.3},"lines":{lines}}}"#,
        counted[0],
        taken * 1e3,
        best * 1e3
    );
    Ok(())
}

/// Processor time that the process took so far, over all its threads, in seconds.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok());
    // Linux counts a hundred ticks a second.
    ticks.sum::<u64>() as f64 / 100.0
}

/// The most memory that the process had.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1_024
}
