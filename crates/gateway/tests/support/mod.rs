//! An engine that does as it is told, records that are kept in memory, and a client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use leasehold_gateway::admission::{
    KeyDigest, KeyTerms, LeaseTerms, ModelTerms, ReplicaTerms, TABLE_FORMAT, Terms,
};
use leasehold_gateway::serve::{
    EngineTls, Entry, Gateway, Keep, Kept, Limits, Listening, Room, Setup, listen,
};
use leasehold_types::{LeaseId, TenantId};
use tokio::sync::{mpsc, oneshot};

/// What an engine does with its requests.
#[derive(Debug, Clone)]
pub enum Script {
    /// Answers with a status and a body.
    Say(u16, &'static str),
    /// Streams events, with a pause before each, and then ends.
    Stream(Vec<String>, Duration),
    /// Streams events and then breaks the connection.
    Break(Vec<String>),
    /// Says nothing.
    Silent,
    /// Says what it was asked.
    Echo,
}

/// A scripted engine.
pub struct Engine {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Bytes>>>,
    /// Streams that were cancelled before their end.
    pub cancelled: Arc<AtomicUsize>,
}

impl Engine {
    pub async fn start(script: Script) -> Engine {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        // Hundreds of connections come at once in some tests.
        let listener = socket.listen(4_096).unwrap();
        let engine = Engine {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            cancelled: Arc::default(),
        };
        let (asked, cancelled) = (engine.asked.clone(), engine.cancelled.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (asked, cancelled) = (asked.clone(), cancelled.clone());
                let script = script.clone();
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(move |request| {
                        act(request, script.clone(), asked.clone(), cancelled.clone())
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        engine
    }
}

type Body = BoxBody<Bytes, std::io::Error>;

async fn act(
    request: Request<Incoming>,
    script: Script,
    asked: Arc<Mutex<Vec<Bytes>>>,
    cancelled: Arc<AtomicUsize>,
) -> Result<Response<Body>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    asked.lock().unwrap().push(body.clone());
    let full = |text: &'static str| Full::new(Bytes::from(text)).map_err(|e| match e {}).boxed();
    let echo = body;
    let (events, pause, whole) = match script {
        Script::Echo => {
            // Others come in between, so that answers are not in the order of requests.
            let pause = u64::try_from(echo.iter().filter(|b| **b == b'1').count()).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(pause % 7)).await;
            let text = [b"{\"usage\":{\"prompt_tokens\":1},\"echo\":", &*echo, b"}"].concat();
            return Ok(Response::new(Full::new(text.into()).map_err(|e| match e {}).boxed()));
        }
        Script::Say(status, text) => {
            let json =
                Response::builder().status(status).header("content-type", "application/json");
            return Ok(json.body(full(text)).unwrap());
        }
        Script::Silent => {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            return Ok(Response::new(full("")));
        }
        Script::Stream(events, pause) => (events, pause, true),
        Script::Break(events) => (events, Duration::ZERO, false),
    };
    let (send, receive) = mpsc::channel::<Result<Frame<Bytes>, std::io::Error>>(1);
    tokio::spawn(async move {
        for event in events {
            tokio::time::sleep(pause).await;
            if send.send(Ok(Frame::data(event.into()))).await.is_err() {
                cancelled.fetch_add(1, Relaxed);
                return;
            }
        }
        if !whole {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let _ = send.send(Err(std::io::Error::other("broken"))).await;
        }
    });
    let stream = futures_stream(receive);
    let body = StreamBody::new(stream).boxed();
    Ok(Response::builder().header("content-type", "text/event-stream").body(body).unwrap())
}

fn futures_stream<T: Send + 'static>(
    mut from: mpsc::Receiver<T>,
) -> impl futures_core::Stream<Item = T> + Send + Sync + use<T> {
    PollFn(move |cx: &mut std::task::Context<'_>| from.poll_recv(cx))
}

struct PollFn<F>(F);

impl<T, F: FnMut(&mut std::task::Context<'_>) -> std::task::Poll<Option<T>> + Unpin>
    futures_core::Stream for PollFn<F>
{
    type Item = T;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<T>> {
        (self.0)(cx)
    }
}

/// Records in memory.
#[derive(Clone, Default)]
pub struct Memory {
    pub entries: Arc<Mutex<Vec<Entry>>>,
    /// Whether there is no room.
    pub full: Arc<AtomicBool>,
    /// How long a record takes to be durable, in milliseconds.
    pub slow: Arc<AtomicUsize>,
    /// Whether none becomes durable.
    pub fails: Arc<AtomicBool>,
}

impl Keep for Memory {
    fn room(&self) -> Option<Box<dyn Room>> {
        (!self.full.load(Relaxed)).then(|| Box::new(self.clone()) as Box<dyn Room>)
    }
}

impl Room for Memory {
    fn keep(self: Box<Self>, entry: Entry, done: oneshot::Sender<Kept>) {
        let slow = Duration::from_millis(self.slow.load(Relaxed) as u64);
        tokio::spawn(async move {
            tokio::time::sleep(slow).await;
            self.entries.lock().unwrap().push(entry);
            let fails = self.fails.load(Relaxed);
            let _ = done.send(if fails { Err("no space".to_owned()) } else { Ok(()) });
        });
    }
}

/// A gateway in front of `engines`, each a replica of model `tiny`.
pub struct Bench {
    pub gateway: Arc<Gateway>,
    pub listening: Listening,
    pub memory: Memory,
    client: Caller,
}

/// A whole answer.
pub const ANSWER: &str = r#"{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#;

pub const KEY: &str = "sk-chat-1";

pub fn terms(engines: &[&Engine], requests: u32) -> Terms {
    let replica = |(n, engine): (usize, &&Engine)| ReplicaTerms {
        replica: format!("r{n}"),
        url: format!("http://{}", engine.address),
        slots: 64,
        dialect: "timings".to_owned(),
        leaving: false,
        leave_by_ms: None,
    };
    let lease = LeaseId::new("chat").unwrap();
    Terms {
        format: TABLE_FORMAT,
        version: 1,
        leases: vec![LeaseTerms {
            lease: lease.clone(),
            tenant: TenantId::new("acme").unwrap(),
            requests,
            tokens_per_minute: None,
            waiting: 4,
            wait_ms: 150,
            models: vec!["tiny".to_owned()],
        }],
        keys: vec![KeyTerms {
            sha256: KeyDigest::of(KEY).to_hex(),
            prefix: "sk-chat".to_owned(),
            lease,
        }],
        models: vec![ModelTerms {
            model: "tiny".to_owned(),
            replicas: engines.iter().enumerate().map(replica).collect(),
        }],
    }
}

impl Bench {
    pub async fn new(engines: &[&Engine], requests: u32, limits: Limits) -> Bench {
        let memory = Memory::default();
        let bench = Bench::with(engines, requests, limits, Box::new(memory.clone())).await;
        Bench { memory, ..bench }
    }

    /// One whose records go elsewhere.
    pub async fn with(
        engines: &[&Engine],
        requests: u32,
        limits: Limits,
        keep: Box<dyn Keep>,
    ) -> Bench {
        let engine_tls = EngineTls::plain(false).unwrap();
        let gateway = gateway(limits, keep, engine_tls, terms(engines, requests));
        let listening =
            listen(gateway.clone(), "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let client = Caller::new(listening.address);
        Bench { gateway, listening, memory: Memory::default(), client }
    }

    /// A client with connections of its own, which end with it.
    pub fn alone(&self) -> Caller {
        Caller::new(self.listening.address)
    }

    pub async fn send(&self, path: &str, key: &str, body: &str) -> Response<Incoming> {
        self.client.send(path, key, body).await
    }

    pub async fn chat(&self, stream: bool) -> Response<Incoming> {
        self.client.chat(stream).await
    }

    /// The records, once there are as many as asked for.
    pub async fn entries(&self, count: usize) -> Vec<Entry> {
        for _ in 0..500 {
            let entries = self.memory.entries.lock().unwrap().clone();
            if entries.len() >= count {
                return entries;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} records were expected: {:?}", self.memory.entries.lock().unwrap());
    }
}

/// A gateway with a table.
pub fn gateway(
    limits: Limits,
    keep: Box<dyn Keep>,
    engines: EngineTls,
    terms: Terms,
) -> Arc<Gateway> {
    let gateway = Gateway::new(Setup { limits, keep, engines, file: None, seed: 7 });
    gateway.push(terms).unwrap();
    gateway
}

/// A client.
pub struct Caller {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Caller {
    pub fn new(address: SocketAddr) -> Caller {
        Caller { address, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub async fn send(&self, path: &str, key: &str, body: &str) -> Response<Incoming> {
        let request = Request::post(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .unwrap();
        self.client.request(request).await.unwrap()
    }

    pub async fn chat(&self, stream: bool) -> Response<Incoming> {
        let body = format!(r#"{{"model":"tiny","messages":[],"stream":{stream},"max_tokens":8}}"#);
        self.send("/v1/chat/completions", KEY, &body).await
    }
}

pub async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// Events of a chat of so many tokens, with counts that the client does not ask for.
pub fn chat_events(tokens: u64) -> Vec<String> {
    let mut events: Vec<String> = (1..=tokens)
        .map(|n| {
            format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"t{n}\"}}}}],\"timings\":\
                 {{\"prompt_n\":3,\"predicted_n\":{n}}}}}\n\n"
            )
        })
        .collect();
    events.push(format!(
        "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":3,\"completion_tokens\":{tokens}}}}}\n\n"
    ));
    events.push("data: [DONE]\n\n".to_owned());
    events
}
