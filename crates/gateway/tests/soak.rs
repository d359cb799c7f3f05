//! The short form of a soak: cuts, drains, returns, new tables and a replica that breaks, all at
//! once; in the end every gauge is back at zero and every request is on record once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use leasehold_gateway::meter::wal::{self, Log};
use leasehold_gateway::meter::{Keeper, LogId, Outcome, Record, Told};
use leasehold_gateway::serve::Limits;

use crate::support::{Bench, Engine, Script, chat_events, terms};

const CLIENTS: u64 = 24;
const REQUESTS: u64 = 40;
const TOKENS: u64 = 12;

/// What a client saw of an answer that it was given an id for.
struct Seen {
    id: String,
    tokens: u64,
    whole: bool,
}

/// Asks again and again, and goes away in the middle now and then.
async fn client(bench: Arc<Bench>, mut random: u64) -> Vec<Seen> {
    let mut all = Vec::new();
    for _ in 0..REQUESTS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let cut_after = match random >> 33 & 3 {
            0 => Some(random >> 40 & 7),
            _ => None,
        };
        let own = bench.alone();
        let answer = own.chat(true).await;
        let Some(id) = answer.headers().get("x-request-id") else { continue };
        let id = id.to_str().unwrap().to_owned();
        let (mut body, mut said) = (answer.into_body(), String::new());
        while let Some(Ok(frame)) = body.frame().await {
            said.push_str(std::str::from_utf8(&frame.into_data().unwrap_or_default()).unwrap());
            if cut_after.is_some_and(|after| said.matches("\"t").count() as u64 > after) {
                break;
            }
        }
        let tokens = said.matches("\"content\":\"t").count() as u64;
        all.push(Seen { id, tokens, whole: said.contains("[DONE]") });
    }
    all
}

/// Drains replicas and gives them back, and brings new tables, until it is stopped.
async fn operator(bench: Arc<Bench>, engines: Arc<[Engine; 3]>) {
    for round in 2_u64.. {
        let name = format!("r{}", round % 3);
        let replicas = bench.gateway.replicas(&[name]);
        bench.gateway.drain(replicas.clone(), Duration::from_millis(15)).await;
        for replica in replicas {
            replica.stay();
        }
        let mut next = terms(&[&engines[0], &engines[1], &engines[2]], 256);
        next.version = round;
        next.models[0].replicas[0].slots = 4 + u32::try_from(round % 5).unwrap();
        bench.gateway.push(next).unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn records(log: &Log<Told>) -> Vec<Record> {
    let (mut tail, mut records) = (log.tail(), Vec::new());
    tail.read(tail.first(), usize::MAX, &mut records).unwrap();
    records
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_gauges_return_to_zero_and_the_sums_are_equal() {
    let events = || Script::Stream(chat_events(TOKENS), Duration::from_millis(2));
    let engines = Arc::new([
        Engine::start(events()).await,
        Engine::start(events()).await,
        Engine::start(Script::Break(chat_events(TOKENS)[..5].to_vec())).await,
    ]);
    let dir = tempfile::tempdir().unwrap();
    let log = Arc::new(Log::open(dir.path(), wal::Limits::default(), LogId(1)).unwrap());
    let keeper = Box::new(Keeper::new(log.clone()));
    let all = [&engines[0], &engines[1], &engines[2]];
    let bench = Arc::new(Bench::with(&all, 256, Limits::default(), keeper).await);
    let operator = tokio::spawn(operator(bench.clone(), engines.clone()));
    let clients: Vec<_> =
        (0..CLIENTS).map(|n| tokio::spawn(client(bench.clone(), n * 77 + 5))).collect();
    let mut seen = Vec::new();
    for client in clients {
        seen.extend(client.await.unwrap());
    }
    operator.abort();
    until_quiet(&bench).await;
    log.close().unwrap();
    let on_record: BTreeMap<String, Record> =
        records(&log).into_iter().map(|record| (record.id.to_string(), record)).collect();
    assert_eq!(on_record.len(), records(&log).len(), "a record is there twice");
    let served = seen.iter().filter(|seen| seen.whole).count();
    assert!(served > seen.len() / 4, "{served} of {} were served", seen.len());
    for Seen { id, tokens, whole } in seen {
        let record = on_record.get(&id).unwrap_or_else(|| panic!("{id} is not on record"));
        let output = record.counted.counts().map_or(0, |counts| counts.output);
        if whole {
            assert_eq!((record.outcome, output), (Outcome::Served, TOKENS), "{record:?}");
        }
        assert!((tokens..=TOKENS).contains(&output), "{tokens} were received: {record:?}");
    }
}

/// Waits until nothing is under way, anywhere.
async fn until_quiet(bench: &Bench) {
    for _ in 0..1_000 {
        let replicas: u32 =
            bench.gateway.all_replicas().iter().map(|(_, replica)| replica.under_way()).sum();
        let leases: u32 = bench.gateway.leases().iter().map(|(_, s)| s.under_way + s.waiting).sum();
        if (replicas, leases, bench.gateway.streams()) == (0, 0, 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("something is under way for ever: {:?}", bench.gateway.leases());
}
