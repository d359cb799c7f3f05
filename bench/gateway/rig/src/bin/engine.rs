//! An engine that makes nothing up: it answers at once, or a token at a time at a steady pace.
//!
//!     engine --port 9100 [--pace-us 20000] [--replicas N]
//!
//! Each token of a stream carries the nanosecond in which it was made. `GET /stats` says what it
//! has made. With `--replicas` it listens at that many ports from `--port` on.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;

use rig::{Wire, argument, find, now, number_after, runtime};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{Instant, sleep_until};

/// Tokens of every prompt, as it counts them.
const PROMPT: u64 = 9;
/// Tokens of an answer whose request sets no limit.
const OUTPUT: u64 = 64;

#[derive(Default)]
struct Made {
    requests: Cell<u64>,
    tokens: Cell<u64>,
    whole: Cell<u64>,
    cut: Cell<u64>,
    under_way: Cell<u64>,
}

impl Made {
    fn add(cell: &Cell<u64>, more: u64) {
        cell.set(cell.get() + more);
    }

    fn json(&self) -> String {
        format!(
            "{{\"requests\":{},\"tokens\":{},\"whole\":{},\"cut\":{},\"under_way\":{}}}",
            self.requests.get(),
            self.tokens.get(),
            self.whole.get(),
            self.cut.get(),
            self.under_way.get()
        )
    }
}

fn main() {
    let pace = Duration::from_micros(argument("pace-us", 0));
    let port: u16 = argument("port", 9100);
    let replicas: u16 = argument("replicas", 1);
    tokio::task::LocalSet::new().block_on(&runtime(), async {
        let made = Rc::new(Made::default());
        for port in port..port + replicas {
            let listener = listen(port).unwrap_or_else(|error| {
                eprintln!("port {port}: {error}");
                std::process::exit(1);
            });
            tokio::task::spawn_local(accept(listener, made.clone(), pace));
        }
        std::future::pending::<()>().await;
    });
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    socket.listen(8_192)
}

async fn accept(listener: TcpListener, made: Rc<Made>, pace: Duration) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let made = made.clone();
        tokio::task::spawn_local(async move {
            let mut wire = Wire::new(stream);
            while let Ok(true) = converse(&mut wire, &made, pace).await {}
        });
    }
}

/// Answers one request. False at the end of the connection.
async fn converse(wire: &mut Wire, made: &Made, pace: Duration) -> std::io::Result<bool> {
    let Some(head) = wire.head().await? else { return Ok(false) };
    let mut body = Vec::new();
    if head.chunked {
        while let Some(chunk) = wire.chunk().await? {
            body.extend_from_slice(&chunk);
        }
    } else if let Some(length) = head.length {
        body = wire.take(length).await?;
    }
    if head.first.starts_with("GET ") {
        let said = if head.first.contains("/stats") { made.json() } else { "{}".to_owned() };
        wire.send(whole(&said).as_bytes()).await?;
        return Ok(true);
    }
    Made::add(&made.requests, 1);
    let tokens = number_after(&body, b"\"max_tokens\":").unwrap_or(OUTPUT);
    if !says(&body, b"\"stream\":", b"true") {
        Made::add(&made.tokens, tokens);
        wire.send(whole(&answer(tokens)).as_bytes()).await?;
        return Ok(true);
    }
    let usage = says(&body, b"\"include_usage\":", b"true");
    Made::add(&made.under_way, 1);
    let streamed = stream(wire, made, pace, tokens, usage).await;
    made.under_way.set(made.under_way.get() - 1);
    Made::add(if streamed.is_ok() { &made.whole } else { &made.cut }, 1);
    streamed.map(|()| true)
}

fn says(body: &[u8], member: &[u8], value: &[u8]) -> bool {
    let rest = find(body, member).map(|at| body[at + member.len()..].trim_ascii_start());
    rest.is_some_and(|rest| rest.starts_with(value))
}

fn whole(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn answer(tokens: u64) -> String {
    let text = "ka ".repeat(32);
    let total = tokens + PROMPT;
    format!(
        "{{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":\
         [{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}},\
         \"finish_reason\":\"length\"}}],\"usage\":{{\"prompt_tokens\":{PROMPT},\
         \"completion_tokens\":{tokens},\"total_tokens\":{total}}}}}"
    )
}

const BEGIN: &str =
    "\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":";

async fn stream(
    wire: &mut Wire,
    made: &Made,
    pace: Duration,
    tokens: u64,
    usage: bool,
) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n\
                transfer-encoding: chunked\r\n\r\n";
    wire.send(head.as_bytes()).await?;
    let (mut event, mut chunk) = (String::new(), String::new());
    let mut next = Instant::now();
    for _ in 0..tokens {
        if !pace.is_zero() {
            tokio::select! {
                () = sleep_until(next) => {}
                // Whoever asked does not speak while it listens: this is its going away.
                _ = wire.more() => return Err(std::io::ErrorKind::ConnectionReset.into()),
            }
            next += pace;
        }
        event.clear();
        let made_at = now();
        let _ = write!(
            event,
            "data: {{\"id\":\"c-1\",{BEGIN}[{{\"index\":0,\"delta\":{{\"content\":\" t{made_at}\"}},\
             \"finish_reason\":null}}]}}\n\n"
        );
        send(wire, &event, &mut chunk).await?;
        Made::add(&made.tokens, 1);
    }
    event.clear();
    let _ = write!(
        event,
        "data: {{\"id\":\"c-1\",{BEGIN}[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"length\"}}]}}\n\n"
    );
    send(wire, &event, &mut chunk).await?;
    if usage {
        event.clear();
        let total = tokens + PROMPT;
        let _ = write!(
            event,
            "data: {{\"id\":\"c-1\",{BEGIN}[],\"usage\":{{\"prompt_tokens\":{PROMPT},\
             \"completion_tokens\":{tokens},\"total_tokens\":{total}}}}}\n\n"
        );
        send(wire, &event, &mut chunk).await?;
    }
    wire.send(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n").await
}

/// Sends an event as a chunk of its own, at once.
async fn send(wire: &mut Wire, event: &str, chunk: &mut String) -> std::io::Result<()> {
    chunk.clear();
    let _ = write!(chunk, "{:x}\r\n{event}\r\n", event.len());
    wire.send(chunk.as_bytes()).await
}
