//! The way of one request until it is admitted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::ask::Asked;
use super::gateway::{Gateway, World};
use super::open::Open;
use crate::admission::{Admitted, Gate, Holder, Turned, Waiter, presented};
use crate::api::{Ask, Family, Refused, Surface};

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
        answered.unwrap_or_else(|refused| {
            self.metrics.refused(&refused);
            refusal(&refused, family)
        })
    }

    async fn serve(
        self: &Arc<Self>,
        surface: Surface,
        request: Request<Incoming>,
        received: u64,
    ) -> Result<Response<Answer>, Refused> {
        let world = self.world();
        if world.table.version() == 0 {
            // No key is wrong where none is known.
            return Err(Refused::Overloaded { retry_after: 1 });
        }
        let holder = holder_of(&world, request.headers())?;
        let (parts, body) = request.into_parts();
        let body = self.body(&parts.headers, body).await?;
        let ask = Ask::read(surface, body.bytes()).map_err(Refused::Ask)?;
        let unknown = || Refused::Model(ask.model.clone());
        let pool = Some(&ask.model).filter(|model| holder.models.contains(*model));
        let pool = pool.and_then(|model| world.pools.get(model)).ok_or_else(unknown)?.clone();
        let gate = world.gates.get(&holder.lease).ok_or_else(unknown)?.clone();
        // What waits keeps no table alive that was replaced meanwhile.
        drop(world);
        let tokens = self.likely(&ask, body.bytes());
        let until = received.saturating_add(gate.limits().wait);
        let place = self.admit(&gate, tokens).await?;
        let Some(room) = self.keep.room() else {
            place.settle(0, self.clock.now());
            return Err(Refused::Meter { retry_after: 1 });
        };
        let called = (surface, pool.model.clone());
        let open = Open::new(self.clone(), (place, room), holder, called, received);
        let asked = Asked { pool, ask, headers: parts.headers, body, tokens, until };
        self.ask(asked, open).await
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

    /// The models that a key may use.
    fn models(&self, headers: &HeaderMap) -> Result<Response<Answer>, Refused> {
        let holder = holder_of(&self.world(), headers)?;
        let model = |name: &String| serde_json::json!({ "id": name, "object": "model", "created": 0, "owned_by": "leasehold" });
        let data: Vec<_> = holder.models.iter().map(model).collect();
        let body = serde_json::json!({ "object": "list", "data": data }).to_string();
        Ok(json(StatusCode::OK, body))
    }
}

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
