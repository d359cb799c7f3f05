//! Replicas that fail, are busy, hang or leave.

use std::sync::Arc;
use std::time::Duration;

use leasehold_gateway::admission::{KeyDigest, KeyTerms, LeaseTerms, Terms};
use leasehold_gateway::route::State;
use leasehold_gateway::serve::{Drained, Ended, Limits};
use leasehold_types::{LeaseId, TenantId};

use crate::support::{ANSWER, Bench, Engine, KEY, Script, chat_events, terms, text};

fn asked(engine: &Engine) -> usize {
    engine.asked.lock().unwrap().len()
}

#[tokio::test]
async fn a_busy_replica_is_passed_by_and_its_breaker_stays_closed() {
    let busy = Engine::start(Script::Say(503, "{}")).await;
    let free = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&busy, &free], 8, Limits::default()).await;
    for n in 0..40 {
        // Other prompts go to other replicas first.
        let body = format!("{{\"prompt\":{n},\"model\":\"tiny\"}}");
        assert_eq!(bench.send("/v1/completions", KEY, &body).await.status(), 200);
    }
    assert!(asked(&busy) >= 5 && asked(&free) == 40, "{} {}", asked(&busy), asked(&free));
    let replica = &bench.gateway.replicas(&["r0".to_owned()])[0];
    assert_eq!(replica.state(bench.gateway.now()), State::Closed);
}

#[tokio::test]
async fn where_all_are_busy_the_client_hears_it_from_the_engine() {
    let busy = Engine::start(Script::Say(429, "{\"busy\":true}")).await;
    let bench = Bench::new(&[&busy], 8, Limits::default()).await;
    let answer = bench.chat(false).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(text(answer).await, "{\"busy\":true}");
    assert_eq!(bench.entries(1).await[0].end, Ended::Refused);
}

#[tokio::test]
async fn what_a_tenant_does_wrong_closes_no_replica() {
    let engine = Engine::start(Script::Say(400, "{}")).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    for _ in 0..20 {
        assert_eq!(bench.chat(false).await.status(), 400);
    }
    assert_eq!(asked(&engine), 20);
}

#[tokio::test]
async fn a_replica_that_fails_again_and_again_is_left_alone() {
    let engine = Engine::start(Script::Say(500, "{}")).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    for _ in 0..5 {
        assert_eq!(bench.chat(false).await.status(), 500);
    }
    let replica = &bench.gateway.replicas(&["r0".to_owned()])[0];
    assert_eq!(replica.state(bench.gateway.now()), State::Open);
    let answer = bench.chat(false).await;
    assert_eq!((answer.status().as_u16(), asked(&engine)), (503, 5));
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(bench.entries(6).await[5].end, Ended::Failed);
}

#[tokio::test]
async fn what_has_begun_is_never_asked_again() {
    let engines = [
        Engine::start(Script::Break(chat_events(4)[..2].to_vec())).await,
        Engine::start(Script::Break(chat_events(4)[..2].to_vec())).await,
    ];
    let bench = Bench::new(&[&engines[0], &engines[1]], 8, Limits::default()).await;
    let said = text(bench.chat(true).await).await;
    assert!(said.contains("t2") && said.contains("\"error\""), "{said}");
    assert_eq!(asked(&engines[0]) + asked(&engines[1]), 1);
}

/// A table in which the second replica leaves, so that all goes to the first.
fn only_the_first(engines: &[&Engine], version: u64) -> Terms {
    let mut terms = terms(engines, 64);
    terms.version = version;
    terms.models[0].replicas[1].leaving = true;
    terms
}

#[tokio::test]
async fn who_waits_for_a_replica_that_hangs_is_served_by_another() {
    let hangs = Engine::start(Script::Silent).await;
    let well = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&hangs, &well], 64, Limits::default()).await;
    bench.gateway.push(only_the_first(&[&hangs, &well], 2)).unwrap();
    let client = bench.alone();
    let waits = tokio::spawn(async move { client.chat(false).await.status().as_u16() });
    while asked(&hangs) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut both = terms(&[&hangs, &well], 64);
    both.version = 3;
    bench.gateway.push(both).unwrap();
    assert!(bench.gateway.replicas(&["r0".to_owned()])[0].looked_at(false), "it is news");
    assert_eq!(waits.await.unwrap(), 200);
    assert_eq!(bench.entries(1).await[0].replica.as_deref(), Some("r1"));
}

#[tokio::test]
async fn at_the_deadline_of_a_drain_who_has_no_first_byte_moves() {
    let hangs = Engine::start(Script::Silent).await;
    let well = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&hangs, &well], 64, Limits::default()).await;
    bench.gateway.push(only_the_first(&[&hangs, &well], 2)).unwrap();
    let client = bench.alone();
    let waits = tokio::spawn(async move { client.chat(true).await.status().as_u16() });
    while asked(&hangs) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut both = terms(&[&hangs, &well], 64);
    both.version = 3;
    bench.gateway.push(both).unwrap();
    let replicas = bench.gateway.replicas(&["r0".to_owned()]);
    let drained = bench.gateway.drain(replicas, Duration::from_millis(50)).await;
    assert_eq!(drained, Drained { cut: 1 });
    assert_eq!(waits.await.unwrap(), 200, "it was not broken");
}

/// One replica with one seat, and two tenants.
fn contended(engine: &Engine) -> Terms {
    let mut terms = terms(&[engine], 64);
    terms.version = 2;
    terms.models[0].replicas[0].slots = 1;
    let other = LeaseId::new("other").unwrap();
    terms.leases[0].wait_ms = 20_000;
    terms.leases.push(LeaseTerms {
        lease: other.clone(),
        tenant: TenantId::new("bravo").unwrap(),
        ..terms.leases[0].clone()
    });
    terms.keys.push(KeyTerms {
        sha256: KeyDigest::of("sk-other").to_hex(),
        prefix: "sk-other".to_owned(),
        lease: other,
    });
    terms
}

const BODY: &str = r#"{"model":"tiny","stream":true,"max_tokens":100}"#;

#[tokio::test]
async fn tenants_take_turns_at_a_replica_that_both_want() {
    let engine = Engine::start(Script::Stream(chat_events(2), Duration::from_millis(15))).await;
    let bench = Arc::new(Bench::new(&[&engine], 64, Limits::default()).await);
    bench.gateway.push(contended(&engine)).unwrap();
    let ask = |key: &'static str| {
        let bench = bench.clone();
        tokio::spawn(async move {
            text(bench.send("/v1/chat/completions", key, BODY).await).await.contains("[DONE]")
        })
    };
    let mut all: Vec<_> = (0..8).map(|_| ask(KEY)).collect();
    while asked(&engine) < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    all.push(ask("sk-other"));
    for one in all {
        assert!(one.await.unwrap());
    }
    let entries = bench.entries(9).await;
    let turn = entries.iter().position(|entry| entry.holder.tenant.as_str() == "bravo").unwrap();
    assert!(turn <= 4, "it came {turn}th");
    assert_eq!(bench.gateway.replicas(&["r0".to_owned()])[0].under_way(), 0);
}

#[tokio::test]
async fn who_waits_in_line_goes_to_the_replica_that_comes() {
    let engine = Engine::start(Script::Stream(chat_events(200), Duration::from_millis(10))).await;
    let bench = Arc::new(Bench::new(&[&engine], 64, Limits::default()).await);
    bench.gateway.push(contended(&engine)).unwrap();
    let first = bench.chat(true).await;
    let waits = {
        let bench = bench.clone();
        tokio::spawn(async move { text(bench.chat(false).await).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let fresh = Engine::start(Script::Say(200, ANSWER)).await;
    let mut more = contended(&engine);
    more.version = 3;
    more.models[0].replicas[0].leaving = true;
    more.models[0].replicas.push(terms(&[&engine, &fresh], 1).models[0].replicas[1].clone());
    bench.gateway.push(more).unwrap();
    assert_eq!(waits.await.unwrap(), ANSWER);
    drop(first);
    let entries = bench.entries(2).await;
    assert_eq!(entries[0].replica.as_deref(), Some("r1"));
}

#[tokio::test]
async fn what_the_table_says_is_cut_is_cut_in_its_time() {
    let engine = Engine::start(Script::Stream(chat_events(1_000), Duration::from_millis(5))).await;
    let bench = Bench::new(&[&engine], 64, Limits::default()).await;
    let stream = tokio::spawn(text(bench.chat(true).await));
    let mut leaves = terms(&[&engine], 64);
    leaves.version = 2;
    leaves.models[0].replicas[0].leaving = true;
    leaves.models[0].replicas[0].leave_by_ms = Some(1);
    bench.gateway.push(leaves).unwrap();
    assert!(stream.await.unwrap().contains("taken back"));
    assert_eq!(bench.entries(1).await[0].end, Ended::Drained);
}
