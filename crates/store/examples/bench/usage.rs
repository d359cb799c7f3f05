//! Durable usage with exact deduplication: 5 % duplicates, 1 % conflicts, 2 % late.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant as Clock;

use leasehold_books::event::TokenUse;
use leasehold_store::usage::{BATCH_RECORDS_MAX, LeaseNo, UsageLog, UsageRecord};
use leasehold_types::{AcceleratorSeconds, Date, Instant, Tokens, Zone};

use crate::Outcome;
use crate::data::Draw;

/// Leases that records are about.
pub(crate) const LEASES: u64 = 1_000;

/// 2027-01-01T00:00:00Z.
pub(crate) const JANUARY: i64 = 1_798_761_600;

/// Seconds of January.
pub(crate) const JANUARY_S: u64 = 31 * 86_400;

/// A record before it has its texts.
#[derive(Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) id: u64,
    pub(crate) lease: u32,
    pub(crate) from: i64,
    pub(crate) span: i64,
    pub(crate) time: u64,
    pub(crate) tokens: [u64; 3],
    pub(crate) learnt: i64,
}

/// The `n`-th record of the first sending: all of it follows from `n`.
pub(crate) fn first(n: u64) -> Drawn {
    let mut draw = Draw::new(n.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let span = 1 + i64::try_from(draw.below(120)).unwrap_or(0);
    let from = JANUARY + i64::try_from(draw.below(JANUARY_S - 200)).unwrap_or(0);
    let lease = u32::try_from(draw.below(LEASES)).unwrap_or(0);
    let time = draw.below(8) * u64::try_from(span).unwrap_or(0);
    let tokens = [draw.below(8_000), draw.below(30_000), draw.below(2_000)];
    // One in fifty is learnt of nine days later.
    let late = if n % 50 == 7 { 9 * 86_400 } else { 0 };
    Drawn { id: n, lease, from, span, time: time + 1, tokens, learnt: from + span + late }
}

/// The record that is sent in the `n`-th place: of a hundred, five are sent before and one says
/// otherwise.
pub(crate) fn sent(n: u64) -> Drawn {
    match n % 100 {
        20 | 40 | 60 | 80 | 99 => first(n - 17),
        50 => {
            let other = first(n - 31);
            Drawn { time: other.time + 1, ..other }
        }
        _ => first(n),
    }
}

/// Takes `records` records in.
pub(crate) fn run(dir: &str, records: &str) -> Outcome {
    let records: u64 = records.parse()?;
    let zones = vec![Zone::UTC; usize::try_from(LEASES)?];
    let (mut usage, _) = UsageLog::open(Path::new(dir), &zones)?;
    let mut tally: BTreeMap<String, u64> = BTreeMap::new();
    let (mut done, mut seconds) = (0, 0.0);
    let mut ids: Vec<String> = Vec::with_capacity(BATCH_RECORDS_MAX);
    // Use of the first two days of January is late.
    usage.closed_through(Date::constant(2027, 1, 2));
    while done < records {
        let count = (records - done).min(BATCH_RECORDS_MAX as u64);
        let drawn: Vec<Drawn> = (done..done + count).map(sent).collect();
        ids.clear();
        ids.extend(drawn.iter().map(|drawn| format!("req-{:016x}", drawn.id)));
        let batch: Vec<UsageRecord<'_>> =
            drawn.iter().zip(&ids).map(|(drawn, id)| record(drawn, id)).collect();
        let begun = Clock::now();
        let outcomes = usage.ingest(&batch)?;
        seconds += begun.elapsed().as_secs_f64();
        for outcome in outcomes {
            *tally.entry(format!("{outcome:?}")).or_default() += 1;
        }
        done += count;
    }
    println!(
        r#"{{"what":"usage","records":{done},"tally":{},"seconds":{seconds:.3},"records_a_second":{:.0},"memory_bytes":{}}}"#,
        serde_json::to_string(&tally)?,
        done as f64 / seconds,
        usage.memory_bytes(),
    );
    totals(&mut usage)
}

fn record<'a>(drawn: &Drawn, id: &'a str) -> UsageRecord<'a> {
    UsageRecord {
        source: "gateway-1",
        id,
        lease: LeaseNo(drawn.lease),
        learnt: Instant::from_second(drawn.learnt),
        effective: None,
        from: Instant::from_second(drawn.from),
        until: Instant::from_second(drawn.from + drawn.span),
        accelerator_seconds: AcceleratorSeconds(drawn.time.into()),
        tokens: TokenUse {
            input: Tokens(drawn.tokens[0]),
            cached: Tokens(drawn.tokens[1]),
            output: Tokens(drawn.tokens[2]),
        },
        model: None,
    }
}

/// Opens the log again.
pub(crate) fn open(dir: &str) -> Outcome {
    let zones = vec![Zone::UTC; usize::try_from(LEASES)?];
    let begun = Clock::now();
    let (mut usage, opened) = UsageLog::open(Path::new(dir), &zones)?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        r#"{{"what":"usage-open","keys":{},"bytes":{},"seconds":{seconds:.3}}}"#,
        usage.keys(),
        opened.bytes
    );
    totals(&mut usage)
}

/// The sums over all leases, for the oracle.
fn totals(usage: &mut UsageLog) -> Outcome {
    usage.settle()?;
    let leases: Vec<LeaseNo> = (0..u32::try_from(LEASES)?).map(LeaseNo).collect();
    let (mut sums, mut hours) = ([0_u128; 4], 0_u64);
    let mut one = [0_u128; 4];
    for (lease, used) in leases.iter().zip(usage.read(&leases)?) {
        let all = used.prompt(Instant::MAX).map(|(_, used)| used);
        for used in all.chain(used.learnt().map(|(_, change)| change.add)) {
            let tokens = used.tokens;
            let counts = [
                used.accelerator_seconds.0,
                tokens.input.0.into(),
                tokens.cached.0.into(),
                tokens.output.0.into(),
            ];
            hours += 1;
            for (i, count) in counts.into_iter().enumerate() {
                sums[i] += count;
                one[i] += if lease.0 == 7 { count } else { 0 };
            }
        }
    }
    println!(r#"{{"what":"usage-totals","sums":{hours},"all":{sums:?},"lease_7":{one:?}}}"#);
    Ok(())
}
