//! Connections of a simulated engine.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::Value;
use tokio::time::{Instant, Sleep};

use super::ask::Wish;
use super::{Making, Pace, Tally};
use crate::api::Surface;
use crate::run::{Say, Stop, StopWatch};
use crate::serve::bind;

/// Longest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 64 << 20;

/// Why an engine does not run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// It cannot listen.
    #[error("cannot listen at {address}: see that it is an address of this machine and free")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

struct Engine {
    pace: Pace,
    tally: Tally,
}

/// Runs an engine until it is told to stop.
///
/// # Errors
/// [`EngineError`].
pub fn run(pace: Pace, say: &Say, mut stop: StopWatch) -> Result<(), EngineError> {
    let address = pace.address;
    let failed = |source| EngineError::Listen { address, source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(failed)?.block_on(async {
        let listener = bind(address).map_err(failed)?;
        let here = listener.local_addr().map_err(failed)?;
        say(&format!("simulated engine of `{}` at http://{here}", pace.model));
        let engine = Arc::new(Engine { pace, tally: Tally::default() });
        loop {
            let stream = tokio::select! {
                taken = listener.accept() => match taken {
                    Ok((stream, _)) => stream,
                    Err(_) => continue,
                },
                _ = stop.wait_for(|stop| *stop > Stop::Not) => break,
            };
            let _ = stream.set_nodelay(true);
            let engine = engine.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(engine.clone(), request));
                let builder = Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
        let tally = &engine.tally;
        let (asked, made) = (tally.asked.load(Relaxed), tally.made.load(Relaxed));
        let cancelled = tally.cancelled.load(Relaxed);
        say(&format!("{asked} requests, {made} tokens made, {cancelled} streams cancelled"));
        Ok(())
    })
}

async fn answer(
    engine: Arc<Engine>,
    request: Request<Incoming>,
) -> Result<Response<Words>, Infallible> {
    let path = request.uri().path().to_owned();
    let surface = Surface::of_path(&path).filter(|_| request.method() == Method::POST);
    let Some(surface) = surface else {
        let tally = &engine.tally;
        return Ok(match path.as_str() {
            "/health" => whole(StatusCode::OK, "{\"status\":\"ok\"}".to_owned()),
            "/tally" => {
                let made = tally.made.load(Relaxed);
                let asked = tally.asked.load(Relaxed);
                let cancelled = tally.cancelled.load(Relaxed);
                let told = serde_json::json!({
                    "asked": asked, "made": made, "cancelled": cancelled
                });
                whole(StatusCode::OK, told.to_string())
            }
            _ => whole(StatusCode::NOT_FOUND, fault("there is no such call here")),
        });
    };
    let number = engine.tally.asked.fetch_add(1, Relaxed);
    let Some(slot) = Slot::take(&engine) else {
        return Ok(whole(StatusCode::SERVICE_UNAVAILABLE, fault("all slots are busy")));
    };
    let read = Limited::new(request.into_body(), BODY_BYTES_MAX).collect().await;
    let body = read.ok().map(http_body_util::Collected::to_bytes);
    let body: Option<Value> = body.and_then(|body| serde_json::from_slice(&body).ok());
    let Some(body) = body else {
        return Ok(whole(StatusCode::BAD_REQUEST, fault("the body is no JSON")));
    };
    let making = Making {
        surface,
        model: engine.pace.model.clone(),
        id: format!("simulated-{number}"),
        wish: Wish::of(&body, engine.pace.tokens),
    };
    Ok(make(slot, making).await)
}

/// Makes an answer at the engine's pace.
async fn make(slot: Slot, making: Making) -> Response<Words> {
    let pace = slot.0.pace.clone();
    let speaks = !matches!(making.surface, Surface::Embeddings | Surface::CountTokens);
    if making.wish.stream && speaks {
        let mut response = Response::new(Words::new(slot, making));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return response;
    }
    if speaks {
        let more = u32::try_from(making.wish.output - 1).unwrap_or(u32::MAX);
        let all = pace.first_token.saturating_add(pace.each_token.saturating_mul(more));
        tokio::time::sleep(all).await;
        slot.0.tally.made.fetch_add(making.wish.output, Relaxed);
    }
    whole(StatusCode::OK, making.whole().to_string())
}

fn whole(status: StatusCode, text: String) -> Response<Words> {
    let mut response = Response::new(Words::Whole(Some(text.into())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn fault(message: &str) -> String {
    serde_json::json!({"error": {"message": message, "type": "simulated_engine"}}).to_string()
}

/// One of an engine's slots.
struct Slot(Arc<Engine>);

impl Slot {
    fn take(engine: &Arc<Engine>) -> Option<Slot> {
        let slots = engine.pace.slots;
        let one_more = |busy: u32| (busy < slots).then_some(busy + 1);
        engine.tally.busy.fetch_update(Relaxed, Relaxed, one_more).ok()?;
        Some(Slot(engine.clone()))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.tally.busy.fetch_sub(1, Relaxed);
    }
}

/// The body of an answer.
enum Words {
    Whole(Option<Bytes>),
    Stream(Box<Spoken>),
}

struct Spoken {
    slot: Slot,
    making: Making,
    /// Tokens made so far.
    made: u64,
    next: Pin<Box<Sleep>>,
    ready: VecDeque<Bytes>,
    over: bool,
}

impl Words {
    fn new(slot: Slot, making: Making) -> Self {
        let opening = making.opening();
        let ready = Some(opening).filter(|text| !text.is_empty()).map(Bytes::from);
        let next = Box::pin(tokio::time::sleep(slot.0.pace.first_token));
        let ready = ready.into_iter().collect();
        Words::Stream(Box::new(Spoken { slot, making, made: 0, next, ready, over: false }))
    }
}

impl Spoken {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(bytes) = self.ready.pop_front() {
            return Poll::Ready(Some(bytes));
        }
        if self.over {
            return Poll::Ready(None);
        }
        let pace = &self.slot.0.pace;
        if !(pace.each_token.is_zero() && self.made > 0) {
            ready!(self.next.as_mut().poll(cx));
            self.next.as_mut().reset(Instant::now() + pace.each_token);
        }
        let mut text = self.making.token(self.made);
        self.made += 1;
        self.slot.0.tally.made.fetch_add(1, Relaxed);
        if self.made == self.making.wish.output {
            self.over = true;
            text += &self.making.closing();
        }
        Poll::Ready(Some(text.into()))
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        if !self.over {
            self.slot.0.tally.cancelled.fetch_add(1, Relaxed);
        }
    }
}

impl Body for Words {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.get_mut() {
            Words::Whole(bytes) => bytes.take(),
            Words::Stream(spoken) => ready!(spoken.poll_next(cx)),
        };
        Poll::Ready(next.map(|bytes| Ok(Frame::data(bytes))))
    }
}
