//! The gateway from the outside, in front of engines that do as they are told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod drain;
mod faults;
mod hostile;
mod meter;
mod record;
mod secure;
mod soak;
mod support;

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use http_body_util::BodyExt;
use leasehold_gateway::api::Counts;
use leasehold_gateway::serve::{Drained, Ended, Limits};
use support::{ANSWER, Bench, Engine, KEY, Script, chat_events, terms, text};

fn counts(input: u64, output: u64) -> Option<Counts> {
    Some(Counts { input, output, ..Counts::default() })
}

#[tokio::test]
async fn an_answer_is_given_and_on_record() {
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let response = bench.chat(false).await;
    assert_eq!(response.status(), 200);
    assert_eq!(text(response).await, ANSWER);
    let entries = bench.entries(1).await;
    assert_eq!(
        (entries[0].end, entries[0].counts, entries[0].whole),
        (Ended::Served, counts(9, 2), true)
    );
    assert_eq!(entries[0].holder.lease.as_str(), "chat");
    assert!(entries[0].received <= entries[0].first.unwrap());
}

#[tokio::test]
async fn a_stream_passes_without_what_the_client_did_not_ask_for() {
    let engine = Engine::start(Script::Stream(chat_events(5), Duration::ZERO)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let response = bench.chat(true).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let said = text(response).await;
    assert!(said.contains("t5") && said.ends_with("data: [DONE]\n\n"));
    assert!(!said.contains("usage") && !said.contains("timings"), "{said}");
    let asked = String::from_utf8(engine.asked.lock().unwrap()[0].to_vec()).unwrap();
    assert!(asked.contains("include_usage") && asked.contains("timings_per_token"), "{asked}");
    let entries = bench.entries(1).await;
    assert_eq!(
        (entries[0].end, entries[0].counts, entries[0].chunks),
        (Ended::Served, counts(3, 5), 5)
    );
}

#[tokio::test]
async fn the_last_event_waits_for_its_record() {
    let engine = Engine::start(Script::Stream(chat_events(3), Duration::ZERO)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    bench.memory.slow.store(300, Relaxed);
    let mut body = bench.chat(true).await.into_body();
    let (mut said, mut done_before) = (String::new(), false);
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        said.push_str(std::str::from_utf8(&data).unwrap());
        let on_record = !bench.memory.entries.lock().unwrap().is_empty();
        done_before |= said.contains("[DONE]") && !on_record;
    }
    assert!(said.contains("t3") && said.contains("[DONE]") && !done_before);
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_engine_and_is_counted() {
    let engine = Engine::start(Script::Stream(chat_events(500), Duration::from_millis(5))).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let mut body = bench.chat(true).await.into_body();
    let mut said = String::new();
    while !said.contains("t10\"") {
        let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
        said.push_str(std::str::from_utf8(&data).unwrap());
    }
    drop(body);
    let entries = bench.entries(1).await;
    let entry = &entries[0];
    assert_eq!(entry.end, Ended::Left);
    let output = entry.counts.unwrap().output;
    assert!((10..60).contains(&output) && !entry.whole, "{output}");
    for _ in 0..100 {
        if engine.cancelled.load(Relaxed) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(engine.cancelled.load(Relaxed), 1, "the engine works on for nobody");
    assert_eq!(bench.gateway.replicas(&["r0".to_owned()])[0].under_way(), 0);
}

#[tokio::test]
async fn what_breaks_off_is_said_and_counted_as_received() {
    let engine = Engine::start(Script::Break(chat_events(4)[..4].to_vec())).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let said = text(bench.chat(true).await).await;
    assert!(said.contains("t4") && said.contains("\"error\""), "{said}");
    let entries = bench.entries(1).await;
    assert_eq!((entries[0].end, entries[0].counts), (Ended::Failed, counts(3, 4)));
}

#[tokio::test]
async fn another_replica_answers_where_one_is_away() {
    let (gone, here) =
        (Engine::start(Script::Silent).await, Engine::start(Script::Say(200, ANSWER)).await);
    let bench = Bench::new(&[&gone, &here], 8, Limits::default()).await;
    let mut away = terms(&[&gone, &here], 8);
    away.version = 2;
    away.models[0].replicas[0].url = "http://127.0.0.1:9".to_owned();
    bench.gateway.push(away).unwrap();
    for _ in 0..20 {
        assert_eq!(bench.chat(false).await.status(), 200);
    }
    let entries = bench.entries(20).await;
    assert!(entries.iter().all(|entry| entry.replica.as_deref() == Some("r1")));
}

#[tokio::test]
async fn refusals_are_said_in_the_words_of_each_api() {
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let chat = "/v1/chat/completions";
    let said = async |path: &str, key: &str, body: &str| {
        let response = bench.send(path, key, body).await;
        let status = response.status().as_u16();
        let body: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        (status, body["error"]["type"].as_str().unwrap().to_owned())
    };
    let told = |status: u16, kind: &str| (status, kind.to_owned());
    assert_eq!(said(chat, "sk-x", "{}").await, told(401, "invalid_request_error"));
    assert_eq!(said("/v1/messages", "sk-x", "{}").await, told(401, "authentication_error"));
    assert_eq!(said(chat, KEY, "[]").await, told(400, "invalid_request_error"));
    assert_eq!(said(chat, KEY, r#"{"model":"no"}"#).await, told(404, "invalid_request_error"));
    assert_eq!(said("/v1/other", KEY, "{}").await, told(404, "invalid_request_error"));
    assert!(bench.memory.entries.lock().unwrap().is_empty(), "nothing was admitted");
    assert!(engine.asked.lock().unwrap().is_empty());
    bench.memory.full.store(true, Relaxed);
    assert_eq!(
        said("/v1/messages", KEY, r#"{"model":"tiny"}"#).await,
        told(529, "overloaded_error")
    );
    assert!(engine.asked.lock().unwrap().is_empty(), "what cannot be recorded is not served");
}

#[tokio::test]
async fn what_is_beyond_the_entitlement_waits_and_is_then_turned_away() {
    let engine = Engine::start(Script::Stream(chat_events(40), Duration::from_millis(10))).await;
    let bench = Bench::new(&[&engine], 1, Limits::default()).await;
    let first = bench.chat(true).await;
    let (second, third) = tokio::join!(bench.chat(true), bench.chat(true));
    for turned in [second, third] {
        assert_eq!(turned.status(), 429);
        let seconds: u64 = turned.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(seconds >= 1);
    }
    assert!(text(first).await.contains("[DONE]"));
    assert_eq!(bench.chat(true).await.status(), 200, "there is room again");
}

#[tokio::test]
async fn a_drain_lets_streams_finish_and_sends_nothing_new() {
    let leaving = Engine::start(Script::Stream(chat_events(30), Duration::from_millis(10))).await;
    let bench = Bench::new(&[&leaving], 64, Limits::default()).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(tokio::spawn(text(bench.chat(true).await)));
    }
    let staying = Engine::start(Script::Say(200, ANSWER)).await;
    let mut both = terms(&[&leaving, &staying], 64);
    both.version = 2;
    bench.gateway.push(both).unwrap();
    let replicas = bench.gateway.replicas(&["r0".to_owned()]);
    let drain = bench.gateway.drain(replicas, Duration::from_secs(10));
    let during = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        for _ in 0..10 {
            assert_eq!(bench.chat(false).await.status(), 200);
        }
    };
    let (drained, ()) = tokio::join!(drain, during);
    assert_eq!(drained, Drained { cut: 0 });
    for stream in streams {
        assert!(stream.await.unwrap().ends_with("data: [DONE]\n\n"), "a stream was broken");
    }
    assert_eq!(leaving.asked.lock().unwrap().len(), 20);
    assert_eq!(staying.asked.lock().unwrap().len(), 10);
}

#[tokio::test]
async fn what_outlasts_the_drain_is_cut_with_an_error_and_counted() {
    let engine = Engine::start(Script::Stream(chat_events(1_000), Duration::from_millis(5))).await;
    let bench = Bench::new(&[&engine], 64, Limits::default()).await;
    let stream = tokio::spawn(text(bench.chat(true).await));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let replicas = bench.gateway.replicas(&["r0".to_owned()]);
    let drained = bench.gateway.drain(replicas, Duration::from_millis(100)).await;
    assert_eq!(drained, Drained { cut: 1 });
    let said = stream.await.unwrap();
    assert!(said.contains("t5\"") && said.contains("taken back"), "{said}");
    let entries = bench.entries(1).await;
    assert_eq!(entries[0].end, Ended::Drained);
    assert!(entries[0].counts.unwrap().output > 5);
}

#[tokio::test]
async fn an_engine_that_falls_silent_is_given_up() {
    let engine = Engine::start(Script::Stream(chat_events(3), Duration::from_millis(400))).await;
    let limits = Limits { silent_within: Duration::from_millis(100), ..Limits::default() };
    let bench = Bench::new(&[&engine], 8, limits).await;
    let said = text(bench.chat(true).await).await;
    assert!(said.contains("did not do so in time"), "{said}");
    assert_eq!(bench.entries(1).await[0].end, Ended::Failed);
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_finish() {
    let engine = Engine::start(Script::Stream(chat_events(20), Duration::from_millis(10))).await;
    let bench = Bench::new(&[&engine], 64, Limits::default()).await;
    let stream = tokio::spawn(text(bench.chat(true).await));
    let left = bench.listening.stop(Duration::from_secs(5)).await;
    assert!(stream.await.unwrap().ends_with("data: [DONE]\n\n"));
    assert!(left <= 1, "an idle connection of the client may stay: {left}");
}
