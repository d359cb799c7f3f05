//! The way of one request.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::oneshot;

use super::answer::{Answer, Stream};
use super::engine::NoAnswer;
use super::gateway::{Gateway, World};
use super::{Ended, Entry, Kept, Room};
use crate::admission::{Admitted, Gate, Holder, Turned, Waiter, presented};
use crate::api::{Ask, Counts, Family, Reader, Refused, Surface};
use crate::route::{Outcome, PREFIX_BYTES, Pool, Replica, Seat, hash};

/// A request that is under way: what must be settled and written down at its end.
pub(super) struct Open {
    gateway: Arc<Gateway>,
    place: Option<Admitted>,
    room: Option<Box<dyn Room>>,
    seat: Seat,
    entry: Entry,
    first: Option<u64>,
}

impl Open {
    pub(super) fn replica(&self) -> &Arc<Replica> {
        self.seat.replica()
    }

    pub(super) fn surface(&self) -> Surface {
        self.entry.surface
    }

    pub(super) fn first_byte(&mut self, now: u64) {
        self.first.get_or_insert(now);
    }

    pub(super) fn counted(&mut self, counts: Option<Counts>, whole: bool, chunks: u64) {
        (self.entry.counts, self.entry.whole, self.entry.chunks) = (counts, whole, chunks);
    }

    /// Settles the reservation and writes the request down.
    pub(super) fn end(mut self, end: Ended, status: u16, now: u64) -> oneshot::Receiver<Kept> {
        let (done, kept) = oneshot::channel();
        let wall = |at: u64| self.gateway.clock.on_the_wall(at);
        self.entry.first = self.first.map(wall);
        (self.entry.end, self.entry.status, self.entry.ended) = (end, status, wall(now));
        if let Some(place) = self.place.take() {
            let reserved = place.tokens();
            place.settle(self.entry.counts.map_or(reserved, Counts::total), now);
        }
        if let Some(room) = self.room.take() {
            room.keep(self.entry.clone(), done);
        }
        kept
    }
}

/// Told of a place by whoever makes room.
struct Told(oneshot::Sender<Admitted>);

impl Waiter for Told {
    fn admitted(self: Box<Self>, place: Admitted) -> bool {
        self.0.send(place).is_ok()
    }
}

impl Gateway {
    /// Answers a request.
    pub async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Response<Answer> {
        let received = self.clock.now();
        let path = request.uri().path();
        let anthropic = path.starts_with(Surface::Messages.path());
        let family = if anthropic { Family::Anthropic } else { Family::OpenAi };
        let answered = match Surface::of_path(path) {
            Some(surface) if request.method() == Method::POST => {
                self.serve(surface, request, received).await
            }
            None if path == "/v1/models" && request.method() == Method::GET => {
                self.models(request.headers())
            }
            _ => Err(Refused::Path),
        };
        answered.unwrap_or_else(|refused| refusal(&refused, family))
    }

    async fn serve(
        self: &Arc<Self>,
        surface: Surface,
        request: Request<Incoming>,
        received: u64,
    ) -> Result<Response<Answer>, Refused> {
        let world = self.world();
        let holder = holder_of(&world, request.headers())?;
        let (parts, body) = request.into_parts();
        let body = self.body(&parts.headers, body).await?;
        let ask = Ask::read(surface, &body).map_err(Refused::Ask)?;
        let unknown = || Refused::Model(ask.model.clone());
        let pool = Some(&ask.model).filter(|model| holder.models.contains(*model));
        let pool = pool.and_then(|model| world.pools.get(model)).ok_or_else(unknown)?;
        let gate = world.gates.get(&holder.lease).ok_or_else(unknown)?;
        let place = self.admit(gate, self.likely(&ask, &body)).await?;
        let room = self.keep.room().ok_or(Refused::Overloaded { retry_after: 1 })?;
        let entry = Entry {
            holder,
            surface,
            model: pool.model.clone(),
            replica: None,
            received: self.clock.on_the_wall(received),
            first: None,
            ended: 0,
            end: Ended::Failed,
            status: 0,
            counts: None,
            whole: false,
            chunks: 0,
        };
        self.ask(pool, &ask, &parts.headers, body, (place, room, entry)).await
    }

    async fn body(&self, headers: &HeaderMap, body: Incoming) -> Result<Bytes, Refused> {
        let limits = &self.limits;
        if headers.contains_key(header::CONTENT_ENCODING) {
            // What a few bytes unpack to is nobody's to find out here.
            return Err(Refused::Ask(crate::api::BadAsk::Packed));
        }
        let read = Limited::new(body, limits.body_bytes).collect();
        match tokio::time::timeout(limits.body_within, read).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                Err(Refused::TooLarge(limits.body_bytes))
            }
            Ok(Err(_)) | Err(_) => Err(Refused::Ask(crate::api::BadAsk::NoObject)),
        }
    }

    /// Tokens that a request is likely to use.
    fn likely(&self, ask: &Ask, body: &Bytes) -> u64 {
        let input = body.len() as u64 / self.limits.bytes_per_token.max(1);
        let output = match ask.surface {
            Surface::Embeddings | Surface::CountTokens => 0,
            _ => ask.output_max.unwrap_or(self.limits.output_tokens),
        };
        input.saturating_add(output.saturating_mul(ask.choices))
    }

    /// A place among those under way, now or within the lease's time to wait.
    async fn admit(&self, gate: &Arc<Gate>, tokens: u64) -> Result<Admitted, Refused> {
        let turned = |turned: Turned| {
            let seconds = turned.retry_after.unwrap_or(1_000_000).div_ceil(1_000_000);
            Refused::Entitlement { retry_after: seconds.clamp(1, 3_600) }
        };
        let now = self.clock.now();
        if let Ok(place) = gate.enter(tokens, now) {
            return Ok(place);
        }
        let (tell, mut told) = oneshot::channel();
        let (number, until) = gate.wait(tokens, now, Box::new(Told(tell))).map_err(turned)?;
        loop {
            let now = self.clock.now();
            let next = gate.let_in(now).unwrap_or(until).min(until).max(now + 1_000);
            match tokio::time::timeout(Duration::from_micros(next - now), &mut told).await {
                Ok(Ok(place)) => return Ok(place),
                Ok(Err(_)) => return Err(turned(Turned { retry_after: None })),
                Err(_) if self.clock.now() >= until => {
                    if let Some(left) = gate.leave(number, self.clock.now()) {
                        return Err(turned(left));
                    }
                    // It was admitted in the same moment, or its time was up for others, too.
                    return told.try_recv().map_err(|_| turned(Turned { retry_after: None }));
                }
                Err(_) => {}
            }
        }
    }

    /// Asks one replica after another until one begins to answer.
    async fn ask(
        self: &Arc<Self>,
        pool: &Arc<Pool>,
        ask: &Ask,
        headers: &HeaderMap,
        body: Bytes,
        (place, room, entry): (Admitted, Box<dyn Room>, Entry),
    ) -> Result<Response<Answer>, Refused> {
        let prefix = hash(body.get(..PREFIX_BYTES.min(body.len())).unwrap_or_default());
        let (mut tried, mut last): (Vec<Arc<str>>, _) = (Vec::new(), NoAnswer::Connection);
        let mut held = (Some(place), Some(room), entry);
        while tried.len() < self.limits.tries {
            let Some(seat) = pool.seat(prefix, self.chance(), &tried, self.clock.now()) else {
                break;
            };
            let replica = seat.replica().clone();
            held.2.replica = Some(replica.name.clone());
            let prepared = ask.prepare(body.clone(), replica.dialect);
            let asked = self.engines.ask(&replica, ask.surface, headers, prepared.body.clone());
            match asked.await {
                Ok(response) => {
                    let open = self.open(&mut held, seat);
                    let reader = Reader::new(ask.surface, &prepared);
                    return self.answer(open, reader, response).await;
                }
                Err(why) => {
                    replica.told(Outcome::Failure, self.clock.now());
                    last = why;
                    tried.push(replica.name.clone());
                    if why == NoAnswer::Late {
                        break;
                    }
                }
            }
        }
        let refused = match (tried.is_empty(), last) {
            (true, _) => Refused::Overloaded { retry_after: 1 },
            (false, NoAnswer::Late) => Refused::Late,
            (false, _) => Refused::Engine,
        };
        self.give_up(held, &refused);
        Err(refused)
    }

    fn open(
        self: &Arc<Self>,
        held: &mut (Option<Admitted>, Option<Box<dyn Room>>, Entry),
        seat: Seat,
    ) -> Open {
        Open {
            gateway: self.clone(),
            place: held.0.take(),
            room: held.1.take(),
            seat,
            entry: held.2.clone(),
            first: None,
        }
    }

    /// Settles and writes down a request that no engine answered. It used nothing.
    fn give_up(
        &self,
        (place, room, mut entry): (Option<Admitted>, Option<Box<dyn Room>>, Entry),
        refused: &Refused,
    ) {
        let now = self.clock.now();
        if let Some(place) = place {
            place.settle(0, now);
        }
        entry.ended = self.clock.on_the_wall(now);
        entry.status = refused.status(entry.surface.family());
        if let Some(room) = room {
            room.keep(entry, oneshot::channel().0);
        }
    }

    async fn answer(
        self: &Arc<Self>,
        mut open: Open,
        reader: Reader,
        response: Response<Incoming>,
    ) -> Result<Response<Answer>, Refused> {
        let (parts, body) = response.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let streams = kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"));
        let mut answer = if streams && parts.status.is_success() {
            let stream = Stream::new(self.clone(), body, reader, open);
            Response::new(Answer::Stream(Box::new(stream)))
        } else {
            open.first_byte(self.clock.now());
            Response::new(self.whole(open, parts.status, body).await?)
        };
        *answer.status_mut() = parts.status;
        for name in PASSED {
            if let Some(value) = parts.headers.get(&name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
        Ok(answer)
    }

    /// An answer that is no stream: read to its end, written down, then given.
    async fn whole(
        &self,
        mut open: Open,
        status: StatusCode,
        body: Incoming,
    ) -> Result<Answer, Refused> {
        let read = Limited::new(body, self.limits.answer_bytes).collect();
        let read = tokio::time::timeout(self.limits.first_byte_within, read).await;
        let now = self.clock.now();
        let Ok(Ok(body)) = read else {
            open.replica().told(Outcome::Failure, now);
            open.counted(None, false, 0);
            drop(open.end(Ended::Failed, 502, now));
            return Err(if read.is_err() { Refused::Late } else { Refused::Engine });
        };
        let body = body.to_bytes();
        let outcome = match status.as_u16() {
            200..=299 => Outcome::Success,
            429 | 503 | 529 => Outcome::Neutral,
            500.. => Outcome::Failure,
            _ => Outcome::Neutral,
        };
        open.replica().told(outcome, now);
        let usage = crate::wire::json::member(&body, "usage").ok().flatten();
        let counts = usage.and_then(Counts::of_usage);
        let refused = Counts::default();
        let counts = if status.is_success() { counts } else { Some(refused) };
        open.counted(counts, counts.is_some(), 0);
        let ended = if status.is_success() { Ended::Served } else { Ended::Refused };
        let kept = open.end(ended, status.as_u16(), now);
        if self.limits.durable_first && !matches!(kept.await, Ok(Ok(()))) {
            return Err(Refused::Overloaded { retry_after: 1 });
        }
        Ok(Answer::whole(body))
    }

    /// The models that a key may use.
    fn models(&self, headers: &HeaderMap) -> Result<Response<Answer>, Refused> {
        let holder = holder_of(&self.world(), headers)?;
        let model = |name: &String| serde_json::json!({ "id": name, "object": "model", "created": 0, "owned_by": "leasehold" });
        let data: Vec<_> = holder.models.iter().map(model).collect();
        let body = serde_json::json!({ "object": "list", "data": data }).to_string();
        Ok(json(StatusCode::OK, body))
    }
}

/// Headers of an engine that a client is told.
const PASSED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    header::RETRY_AFTER,
    HeaderName::from_static("x-request-id"),
];

fn holder_of(world: &World, headers: &HeaderMap) -> Result<Arc<Holder>, Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let key = presented(text("authorization"), text("x-api-key")).ok_or(Refused::Key)?;
    world.table.holder(key).cloned().ok_or(Refused::Key)
}

fn refusal(refused: &Refused, family: Family) -> Response<Answer> {
    let answer = refused.answer(family);
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, answer.body);
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn json(status: StatusCode, body: String) -> Response<Answer> {
    let mut response = Response::new(Answer::whole(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
