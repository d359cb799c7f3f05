//! One record for each admitted request, however it ends, and no end of an answer without it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use http_body_util::BodyExt;
use leasehold_gateway::meter::wal::{self, Log};
use leasehold_gateway::meter::{Counted, Keeper, LogId, Outcome, Record, Told, WhoCut};
use leasehold_gateway::serve::{Ended, Limits};

use crate::support::{ANSWER, Bench, Caller, Engine, Script, chat_events, text};

fn records(log: &Log<Told>) -> Vec<Record> {
    let (mut tail, mut records) = (log.tail(), Vec::new());
    tail.read(tail.first(), usize::MAX, &mut records).unwrap();
    records
}

/// Asks, and goes away after so many milliseconds; says whether there was no answer until then.
async fn leaves(client: Caller, stream: bool, after_ms: u64) -> bool {
    tokio::time::timeout(Duration::from_millis(after_ms), client.chat(stream)).await.is_err()
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_is_on_record() {
    let engine = Engine::start(Script::Silent).await;
    let bench = Bench::new(&[&engine], 1, Limits::default()).await;
    for stream in [true, false] {
        assert!(leaves(bench.alone(), stream, 200).await, "nothing answers");
        let count = 1 + usize::from(!stream);
        let entries = bench.entries(count).await;
        let last = &entries[count - 1];
        assert_eq!((last.end, last.counts, last.first), (Ended::Left, None, None));
        assert_eq!(last.replica.as_deref(), Some("r0"));
    }
    assert_eq!(bench.gateway.replicas(&["r0".to_owned()])[0].under_way(), 0);
}

#[tokio::test]
async fn a_client_that_leaves_while_it_waits_for_a_place_is_not_admitted() {
    let engine = Engine::start(Script::Stream(chat_events(30), Duration::from_millis(20))).await;
    let bench = Bench::new(&[&engine], 1, Limits::default()).await;
    let first = bench.chat(true).await;
    assert!(leaves(bench.alone(), true, 50).await, "there is one place");
    assert!(text(first).await.contains("[DONE]"));
    assert!(text(bench.chat(true).await).await.contains("[DONE]"), "the place is free again");
    assert_eq!(bench.entries(2).await.len(), 2);
}

#[tokio::test]
async fn an_answer_that_cannot_be_put_on_record_is_not_given_to_its_end() {
    let engine = Engine::start(Script::Stream(chat_events(3), Duration::ZERO)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    bench.memory.fails.store(true, Relaxed);
    let said = text(bench.chat(true).await).await;
    assert!(said.contains("t3") && !said.contains("[DONE]"), "{said}");
    assert!(said.contains("cannot be put on record"), "{said}");
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    bench.memory.fails.store(true, Relaxed);
    let answer = bench.chat(false).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    let limits = Limits { durable_first: false, ..Limits::default() };
    let bench = Bench::new(&[&engine], 8, limits).await;
    bench.memory.fails.store(true, Relaxed);
    assert_eq!(bench.chat(false).await.status(), 200, "it was told not to wait");
}

#[tokio::test]
async fn the_log_holds_what_was_served_and_what_was_cut() {
    let engine = Engine::start(Script::Stream(chat_events(40), Duration::from_millis(2))).await;
    let dir = tempfile::tempdir().unwrap();
    let log = Arc::new(Log::open(dir.path(), wal::Limits::default(), LogId(1)).unwrap());
    let keeper = Box::new(Keeper::new(log.clone()));
    let bench = Bench::with(&[&engine], 8, Limits::default(), keeper).await;
    let answer = bench.chat(true).await;
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert!(text(answer).await.ends_with("data: [DONE]\n\n"));
    let found = records(&log);
    assert_eq!(found.len(), 1, "it is durable before the answer's end");
    assert_eq!((found[0].id.to_string(), found[0].outcome), (id, Outcome::Served));
    assert_eq!(found[0].counted.counts().unwrap().output, 40);
    let client = bench.alone();
    let mut body = client.chat(true).await.into_body();
    body.frame().await.unwrap().unwrap();
    drop((body, client));
    for _ in 0..500 {
        if records(&log).len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let cut = records(&log).pop().unwrap();
    assert_eq!(cut.outcome, Outcome::Cut(WhoCut::Client));
    assert!(matches!(cut.counted, Counted::Running(counts) if counts.output < 40), "{cut:?}");
}

#[tokio::test]
async fn a_log_that_is_full_admits_nobody_until_it_is_shipped() {
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let dir = tempfile::tempdir().unwrap();
    let limits = wal::Limits {
        rooms: 1,
        frame_bytes: 2_048,
        segment_bytes: 2_200,
        log_bytes: 6_000,
        ..wal::Limits::default()
    };
    let log = Arc::new(Log::open(dir.path(), limits, LogId(1)).unwrap());
    let keeper = Box::new(Keeper::new(log.clone()));
    let bench = Bench::with(&[&engine], 8, Limits::default(), keeper).await;
    let mut served = 0;
    let refused = loop {
        let answer = bench.chat(false).await;
        if answer.status() != 200 {
            break answer;
        }
        served += 1;
        assert!(served < 100, "the log never was full");
    };
    assert_eq!(refused.status(), 503);
    assert_eq!(records(&log).len(), served, "nothing was forgotten");
    assert_eq!(engine.asked.lock().unwrap().len(), served, "no engine worked for nothing");
    let mut tail = log.tail();
    let durable = tail.durable();
    tail.forget(durable).unwrap();
    assert_eq!(bench.chat(false).await.status(), 200, "there is room again");
}
