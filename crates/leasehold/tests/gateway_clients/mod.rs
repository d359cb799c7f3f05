//! The gateway as its clients meet it: OpenAI's and Anthropic's own clients, unmodified, before
//! llama.cpp's own server; and its records beside what both of them count.

mod fixture;

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::Place;
use fixture::{Engine, Gateway, model};

/// The record of the request that a script told of.
fn record<'a>(records: &'a [Value], told: &Value) -> &'a Value {
    let found: Vec<_> = records.iter().filter(|record| record["id"] == told["id"]).collect();
    assert_eq!(found.len(), 1, "one record of {told}");
    assert_eq!(found[0]["call"], told["call"], "{told}");
    found[0]
}

/// Every answer that a client had is on record once, with the counts that the client was told.
fn agree(told: &[Value], records: &[Value]) {
    let answers: Vec<_> = told.iter().filter(|told| told.get("id").is_some()).collect();
    assert!(!answers.is_empty());
    for told in answers {
        let record = record(records, told);
        let counts = ["input", "cached", "output"].map(|name| record[name].clone());
        assert_eq!((&record["outcome"], &record["tenant"]), (&"served".into(), &"acme".into()));
        if let Some(counted) = told.get("counts") {
            assert_eq!(&json!(counts), counted, "{told}\n{record}");
        }
        if let Some(output) = told.get("output") {
            assert_eq!(&counts[2], output, "{told}\n{record}");
        }
    }
}

fn sum(records: &[Value], of: &str) -> u64 {
    records.iter().filter_map(|record| record[of].as_u64()).sum()
}

#[test]
fn openai_s_client() {
    let place = Place::new();
    let text = Engine::text(&place);
    let (calls, embeddings) = (Engine::calls(&place), Engine::embeddings(&place));
    let models = [
        model("tiny", &text.url, "timings"),
        model("tiny-calls", &calls.url, "timings"),
        model("tiny-embed", &embeddings.url, ""),
    ];
    let gateway = Gateway::start(&place, &models, "");
    let told = gateway.run("openai_calls.py", &text.url, json!({}));
    let records = gateway.stop();
    agree(&told, &records);
    assert_eq!(records.len(), told.len(), "nothing is on record that no client had");
}

#[test]
fn anthropic_s_client() {
    let place = Place::new();
    let (text, calls) = (Engine::text(&place), Engine::calls(&place));
    let models = [model("tiny", &text.url, ""), model("tiny-calls", &calls.url, "")];
    let gateway = Gateway::start(&place, &models, "");
    let told = gateway.run("anthropic_calls.py", &text.url, json!({}));
    let records = gateway.stop();
    agree(&told, &records);
    assert_eq!(records.len(), told.len(), "nothing is on record that no client had");
}

#[test]
fn each_refusal_is_the_client_s_own_exception() {
    let place = Place::new();
    let text = Engine::text(&place);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut leaving = model("leaving", &text.url, "");
    leaving["replicas"][0]["leaving"] = true.into();
    let models =
        [model("tiny", &text.url, ""), leaving, model("gone", &format!("http://{nobody}"), "")];
    let gateway = Gateway::start(&place, &models, "body_bytes = 65536");
    let told = gateway.run("refusals.py", &text.url, json!({}));
    let records = gateway.stop();
    agree(&told, &records);
    let refusals = told.iter().filter_map(|told| told["refused"].as_u64()).collect::<Vec<_>>();
    let each = [401, 404, 400, 400, 413, 503, 502, 429].into_iter();
    let other = [401, 404, 400, 400, 413, 529, 500, 429].into_iter();
    assert_eq!(refusals, each.zip(other).flat_map(<[u64; 2]>::from).collect::<Vec<_>>());
}

#[test]
fn streams_come_byte_for_byte() {
    let place = Place::new();
    let text = Engine::text(&place);
    let recorder = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let models = [model("recorded", &format!("http://{recorder}"), "")];
    let gateway = Gateway::start(&place, &models, "");
    let more = json!({ "recorder": recorder.port() });
    let told = gateway.run("stream_bytes.py", &text.url, more);
    agree(&told, &gateway.stop());
}

/// What the client read is at most what the gateway had received, and that at most what the engine
/// made; the gateway's count is the engine's own of the last event that it received.
#[test]
fn streams_that_their_clients_leave_are_counted_to_the_token() {
    let place = Place::new();
    let text = Engine::text(&place);
    let models = [model("tiny", &text.url, "timings")];
    let gateway = Gateway::start(&place, &models, "");
    let told = gateway.run("cuts.py", &text.url, json!({ "cuts": 18, "seed": 7 }));
    let records = gateway.stop();
    let (last, cuts) = told.split_last().unwrap();
    for told in cuts {
        let record = record(&records, told);
        assert_eq!((&record["outcome"], &record["cut_by"]), (&"cut".into(), &"client".into()));
        if told["call"] == "/v1/chat/completions" {
            assert_eq!(record["counted"], "running", "{record}");
            assert!(record["output"].as_u64() >= told["read"].as_u64(), "{told}\n{record}");
        } else {
            // Of a message llama.cpp counts nothing before its end: the chunks are on record.
            assert_eq!(record["counted"], "unknown", "{record}");
            assert!(record["chunks"].as_u64() >= told["read"].as_u64(), "{told}\n{record}");
        }
    }
    let (read, made) = (last["read"].as_u64().unwrap(), last["made"].as_u64().unwrap());
    let kept = sum(&records, "output") + sum(&records, "chunks");
    println!("read {read}, on record {kept}, made {made}");
    let asked = last["asked"].as_u64().unwrap() * 18;
    assert!(read <= kept && kept <= made, "read {read}, on record {kept}, made {made}");
    assert!(made < asked / 2, "the engine stops: {made} of {asked}");
}
