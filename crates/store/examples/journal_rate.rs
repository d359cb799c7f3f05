//! How many durable batches a second a journal takes from one writer: `journal_rate URL SECONDS SIZE`
//! commits batches of SIZE entries, each with an item of the outbox and a row of a projection, into an
//! empty database.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    reason = "it measures time and tells it"
)]

use std::time::{Duration, Instant as Wall};

use leasehold_store::journal::tables::{AUDIT, ActRow};
use leasehold_store::journal::{Batch, Draft, Header, Journal, Lead, Post};
use leasehold_types::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().collect();
    let [_, url, seconds, size] = &words[..] else { return Err("URL SECONDS SIZE".into()) };
    let (limit, size) = (Duration::from_secs(seconds.parse()?), size.parse::<u64>()?);
    let journal = Journal::open(&url.parse()?)?;
    journal.begin(&Header::new("owner", "site", Instant::EPOCH))?;
    let Lead::Won(mut writer) = journal.lead("rate", Duration::from_secs(3_600))? else {
        return Err("another leads".into());
    };
    writer.projections(&[&AUDIT])?;
    let (begun, mut batches, mut slowest) = (Wall::now(), 0_u32, Duration::ZERO);
    while begun.elapsed() < limit {
        let mut batch = Batch::on(writer.head());
        for _ in 0..size {
            add(&mut batch)?;
        }
        let from = Wall::now();
        writer.commit(&batch)?;
        (batches, slowest) = (batches + 1, slowest.max(from.elapsed()));
    }
    let rate = f64::from(batches) / begun.elapsed().as_secs_f64();
    println!(
        "{}: {rate:.0} batches/s of {size}, {:.0} entries/s, the slowest {} ms",
        journal.address(),
        rate * size as f64,
        slowest.as_millis()
    );
    Ok(())
}

fn add(batch: &mut Batch) -> Result<(), Box<dyn std::error::Error>> {
    let (at, actor, kind) = (Instant::EPOCH, "ada".to_owned(), "node.marked".to_owned());
    let body = br#"{"node":"hall-1/rack-07/node-3","state":"down","reason":"xid 79"}"#.to_vec();
    let seq =
        batch.append(Draft { at, actor: actor.clone(), kind: kind.clone(), version: 1, body })?;
    batch.post(Post {
        topic: "webhook".into(),
        target: "t".into(),
        body: vec![1; 200],
        due: at,
    })?;
    let (lease, tenant) = (String::new(), String::new());
    batch.put(&ActRow {
        seq,
        at,
        actor,
        kind,
        lease,
        tenant,
        summary: "marked a node down".into(),
    });
    Ok(())
}
