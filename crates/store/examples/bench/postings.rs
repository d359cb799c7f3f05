//! Durable entries of two postings, in batches of 8,190.

use std::path::Path;
use std::time::Instant as Clock;

use leasehold_store::postings::{BATCH_ENTRIES_MAX, Ledger, Leg, Posted, PostingEntry};
use leasehold_types::{Currency, Date};

use crate::Outcome;
use crate::data::Draw;

/// Accounts that entries go between.
const ACCOUNTS: u64 = 10_000;

/// Posts `entries` entries; `kind` says whether all of them are on one account.
pub(crate) fn run(dir: &str, entries: &str, kind: &str) -> Outcome {
    let (entries, hot) = (entries.parse::<u64>()?, kind == "hot");
    let (mut ledger, _) = Ledger::open(Path::new(dir), &mut |_, _| Ok(()))?;
    let usd: Currency = "USD".parse()?;
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        accounts.push(ledger.account(&format!("lease-{n:05}/assets:receivable"), usd)?);
    }
    let mut draw = Draw::new(1);
    let date = Date::constant(2027, 2, 1);
    let (mut posted, mut done, begun) = (0_u64, 0_u64, Clock::now());
    let mut legs: Vec<[Leg; 2]> = Vec::with_capacity(BATCH_ENTRIES_MAX);
    while done < entries {
        let count = (entries - done).min(BATCH_ENTRIES_MAX as u64);
        legs.clear();
        for _ in 0..count {
            let from = if hot { 0 } else { usize::try_from(draw.below(ACCOUNTS))? };
            let to = usize::try_from(draw.below(ACCOUNTS))?;
            let minor = i128::from(draw.below(1_000_000)) + 1;
            let from = Leg { account: accounts[from], minor };
            legs.push([from, Leg { account: accounts[to], minor: -minor }]);
        }
        let batch: Vec<PostingEntry<'_>> = legs
            .iter()
            .zip(u128::from(done)..)
            .map(|(legs, id)| PostingEntry { id, date, effective: date, legs, note: b"invoice" })
            .collect();
        let outcomes = ledger.post(&batch)?;
        posted += outcomes.iter().filter(|outcome| **outcome == Posted::New).count() as u64;
        done += count;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        r#"{{"what":"postings","kind":"{kind}","entries":{done},"new":{posted},"seconds":{seconds:.3},"entries_a_second":{:.0}}}"#,
        done as f64 / seconds
    );
    Ok(())
}

/// Opens the ledger again and posts its last batch again.
pub(crate) fn open(dir: &str) -> Outcome {
    let begun = Clock::now();
    let mut sum = 0_i128;
    let (ledger, opened) = Ledger::open(Path::new(dir), &mut |_, entry| {
        sum += entry.legs.iter().map(|leg| leg.minor.max(0)).sum::<i128>();
        Ok(())
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        r#"{{"what":"postings-open","entries":{},"bytes":{},"debits":{sum},"seconds":{seconds:.3}}}"#,
        ledger.len(),
        opened.bytes
    );
    Ok(())
}
