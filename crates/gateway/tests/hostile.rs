//! Clients that do what no client should, over bare sockets.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use leasehold_gateway::serve::{Ended, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{ANSWER, Bench, Engine, KEY, Script};

/// How long a test waits for what must come: far longer than it ever takes.
const PATIENCE: Duration = Duration::from_secs(30);

async fn bench(limits: Limits) -> (Engine, Bench) {
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&engine], 8, limits).await;
    (engine, bench)
}

/// Sends `bytes` as far as they are taken, and gives all that is answered until the connection ends.
async fn say(bench: &Bench, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(bench.listening.address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    heard(&mut stream).await
}

async fn heard(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await.unwrap();
    String::from_utf8_lossy(&heard).into_owned()
}

/// The head of a request with that much more in it.
fn head(more: &str) -> String {
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\
         connection: close\r\n{more}\r\n"
    )
}

async fn still_serves(bench: &Bench, engine: &Engine, asked_before: usize) {
    assert_eq!(engine.asked.lock().unwrap().len(), asked_before, "an engine was asked");
    assert_eq!(bench.alone().chat(false).await.status(), 200);
}

#[tokio::test]
async fn a_hundred_thousand_header_lines_are_refused() {
    let (engine, bench) = bench(Limits::default()).await;
    let said = say(&bench, head(&"x-more: 1\r\n".repeat(100_000)).as_bytes()).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    let said = say(&bench, head(&format!("x: {}\r\n", "y".repeat(1 << 20))).as_bytes()).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let limits = Limits { head_within: Duration::from_millis(100), ..Limits::default() };
    let (engine, bench) = bench(limits).await;
    for begun in
        ["", "P", "POST /v1/chat", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let said = say(&bench, begun.as_bytes()).await;
        assert!(!said.contains("200 OK"), "{begun:?} {said}");
    }
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let limits = Limits { body_within: Duration::from_millis(100), ..Limits::default() };
    let (engine, bench) = bench(limits).await;
    let said = say(&bench, (head("content-length: 100\r\n") + "{\"model\"").as_bytes()).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let limits = Limits { body_bytes: 4_096, ..Limits::default() };
    let (engine, bench) = bench(limits).await;
    let said = say(&bench, head("content-length: 1000000000000\r\n").as_bytes()).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    let chunk = format!("800\r\n{}\r\n", "x".repeat(0x800));
    let chunks = head("transfer-encoding: chunked\r\n") + &chunk.repeat(3);
    let said = say(&bench, chunks.as_bytes()).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn bodies_are_bounded_all_together() {
    let limits = Limits { bodies_bytes: 4_096, ..Limits::default() };
    let (engine, bench) = bench(limits).await;
    let text = "x".repeat(5_000);
    let body = format!("{{\"model\":\"tiny\",\"x\":\"{text}\"}}");
    let request = head(&format!("content-length: {}\r\n", body.len())) + &body;
    assert!(say(&bench, request.as_bytes()).await.starts_with("HTTP/1.1 503"));
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn a_packed_body_is_not_unpacked() {
    let (engine, bench) = bench(Limits::default()).await;
    let said =
        say(&bench, head("content-encoding: gzip\r\ncontent-length: 2\r\n").as_bytes()).await;
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("content encoding"), "{said}");
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn a_request_of_two_lengths_is_refused() {
    let (engine, bench) = bench(Limits::default()).await;
    let body = "{\"model\":\"tiny\"}";
    for more in [
        "content-length: 16\r\ncontent-length: 2\r\n",
        "content-length: +16\r\n",
        "content-length: 16, 2\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding : chunked\r\n",
        "content-length : 16\r\n",
        " x: y\r\n",
    ] {
        let said = say(&bench, (head(more) + body).as_bytes()).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{more:?} {said}");
    }
    still_serves(&bench, &engine, 0).await;
}

#[tokio::test]
async fn what_follows_a_request_of_both_framings_is_nobody_s() {
    let (engine, bench) = bench(Limits::default()).await;
    let smuggled = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 16\r\n\r\n\
                    {\"model\":\"tiny\"}";
    let both = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\
         content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
         10\r\n{{\"model\":\"tiny\"}}\r\n0\r\n\r\n{smuggled}"
    );
    let mut stream = TcpStream::connect(bench.listening.address).await.unwrap();
    stream.write_all(both.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let said = heard(&mut stream).await;
    assert!(said.matches("200 OK").count() <= 1, "{said}");
    assert!(engine.asked.lock().unwrap().len() <= 1, "it has no key of its own");
}

#[tokio::test]
async fn a_connection_on_which_nothing_happens_is_closed() {
    let limits = Limits { idle_within: Duration::from_millis(100), ..Limits::default() };
    let (engine, bench) = bench(limits).await;
    let body = "{\"model\":\"tiny\"}";
    let keeps = head("content-length: 16\r\n").replace("connection: close\r\n", "") + body;
    let said = say(&bench, keeps.as_bytes()).await;
    assert!(said.contains("200 OK"), "{said}");
    still_serves(&bench, &engine, 1).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_no_engine() {
    let event = format!("data: {{\"choices\":[{{}}],\"x\":\"{}\"}}\n\n", "y".repeat(1 << 18));
    let engine = Engine::start(Script::Stream(vec![event; 400], Duration::ZERO)).await;
    let limits = Limits { unread_within: Duration::from_millis(200), ..Limits::default() };
    let bench = Bench::new(&[&engine], 8, limits).await;
    let body = r#"{"model":"tiny","stream":true}"#;
    let request = head(&format!("content-length: {}\r\n", body.len())) + body;
    let mut stream = TcpStream::connect(bench.listening.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let entries = bench.entries(1).await;
    assert_eq!(entries[0].end, Ended::Limited);
    for _ in 0..500 {
        if engine.cancelled.load(Relaxed) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(engine.cancelled.load(Relaxed), 1, "the engine works on for nobody");
    let said = heard(&mut stream).await;
    assert!(said.contains("was not read in time"), "it is said to whoever reads after all");
}
