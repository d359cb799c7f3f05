//! The way of one request from its admission to its answer.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::Ended;
use super::answer::Answer;
use super::engine::NoAnswer;
use super::gateway::Gateway;
use super::open::Open;
use super::stream::Stream;
use crate::api::{Ask, Counts, Family, Reader, Refused};
use crate::route::{Outcome, PREFIX_BYTES, Pool, hash};
use crate::wire::json;

/// What an engine is to be asked.
pub(super) struct Asked {
    /// Of which model.
    pub pool: Arc<Pool>,
    pub ask: Ask,
    /// As the client sent them.
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Gateway {
    /// Asks one replica after another until one begins to answer.
    pub(super) async fn ask(
        self: &Arc<Self>,
        asked: Asked,
        mut open: Open,
    ) -> Result<Response<Answer>, Refused> {
        let Asked { pool, ask, headers, body } = asked;
        let prefix = hash(body.get(..PREFIX_BYTES.min(body.len())).unwrap_or_default());
        let (mut tried, mut last): (Vec<Arc<str>>, _) = (Vec::new(), NoAnswer::Connection);
        while tried.len() < self.limits.tries {
            let Some(seat) = pool.seat(prefix, self.chance(), &tried, self.clock.now()) else {
                break;
            };
            let replica = seat.replica().clone();
            open.sit(seat);
            let prepared = ask.prepare(body.clone(), replica.dialect);
            let reply = self.engines.ask(&replica, ask.surface, &headers, prepared.body.clone());
            let reply = tokio::select! {
                reply = reply => reply,
                () = replica.away_signal() => Err(NoAnswer::Away),
                () = self.halt_signal() => Err(NoAnswer::Stopped),
            };
            match reply {
                Ok(response) => {
                    let reader = Reader::new(ask.surface, &prepared);
                    return self.answer(open, reader, response).await;
                }
                Err(why) => {
                    open.stand_up();
                    replica.told(why.outcome(), self.clock.now());
                    last = why;
                    tried.push(replica.name.clone());
                    if why.is_final() {
                        break;
                    }
                }
            }
        }
        let refused = match (tried.is_empty(), last) {
            (true, _) => Refused::Overloaded { retry_after: 1 },
            (false, NoAnswer::Late) => Refused::Late,
            (false, NoAnswer::Stopped) => Refused::Stopped,
            (false, NoAnswer::Away) => Refused::Overloaded { retry_after: 1 },
            (false, _) => Refused::Engine,
        };
        let status = refused.status(open.surface().family());
        let stopped = refused == Refused::Stopped;
        let end = if stopped { Ended::Stopped } else { Ended::Failed };
        drop(open.end(end, status, self.clock.now()));
        Err(refused)
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
        let (id, family) = (open.id().to_string(), open.surface().family());
        let mut answer = if streams && parts.status.is_success() {
            let stream = Stream::new(self.clone(), body, reader, open);
            Response::new(Answer::Stream(stream))
        } else {
            if !parts.status.is_server_error() {
                open.first_byte(self.clock.now());
            }
            Response::new(self.whole(open, parts.status, body).await?)
        };
        *answer.status_mut() = parts.status;
        for name in PASSED {
            if let Some(value) = parts.headers.get(&name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
        if let Ok(id) = HeaderValue::try_from(id) {
            answer.headers_mut().insert(id_header(family), id);
        }
        Ok(answer)
    }

    /// Reads an answer to its end, within limits, unless its replica is cut.
    async fn read(&self, open: &Open, body: Incoming) -> Result<Bytes, (Ended, Outcome, Refused)> {
        let read = Limited::new(body, self.limits.answer_bytes).collect();
        let read = tokio::time::timeout(self.limits.first_byte_within, read);
        let cut = async {
            match open.replica() {
                Some(replica) => replica.cut_signal().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.halt_signal() => Err((Ended::Stopped, Outcome::Neutral, Refused::Stopped)),
            read = read => match read {
                Ok(Ok(body)) => Ok(body.to_bytes()),
                Ok(Err(_)) => Err((Ended::Failed, Outcome::Failure, Refused::Engine)),
                Err(_) => Err((Ended::Failed, Outcome::Failure, Refused::Late)),
            },
            () = cut => Err((Ended::Drained, Outcome::Neutral, Refused::Drained)),
        }
    }

    /// An answer that is no stream: read to its end, written down, then given.
    async fn whole(
        &self,
        mut open: Open,
        status: StatusCode,
        body: Incoming,
    ) -> Result<Answer, Refused> {
        let body = match self.read(&open, body).await {
            Ok(body) => body,
            Err((end, outcome, refused)) => {
                let now = self.clock.now();
                open.told(outcome, now);
                let status = refused.status(open.surface().family());
                drop(open.end(end, status, now));
                return Err(refused);
            }
        };
        let now = self.clock.now();
        open.told(outcome(status), now);
        let usage = json::member(&body, "usage").ok().flatten();
        let counts = usage.and_then(Counts::of_usage);
        let nothing = Counts::default();
        let counts = if status.is_success() { counts } else { Some(nothing) };
        open.counted(counts, counts.is_some(), 0);
        let ended = match status.as_u16() {
            200..=299 => Ended::Served,
            500.. => Ended::Failed,
            _ => Ended::Refused,
        };
        let kept = open.end(ended, status.as_u16(), now);
        if self.limits.durable_first && !matches!(kept.await, Ok(Ok(()))) {
            return Err(Refused::Meter { retry_after: 1 });
        }
        Ok(Answer::whole(body))
    }
}

/// What an answer of that status says of its replica.
const fn outcome(status: StatusCode) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Success,
        429 | 503 | 529 => Outcome::Neutral,
        500.. => Outcome::Failure,
        _ => Outcome::Neutral,
    }
}

/// Headers of an engine that a client is told.
const PASSED: [HeaderName; 3] = [header::CONTENT_TYPE, header::CACHE_CONTROL, header::RETRY_AFTER];

/// The header by which each API's clients learn a request's id.
const fn id_header(family: Family) -> HeaderName {
    match family {
        Family::OpenAi => HeaderName::from_static("x-request-id"),
        Family::Anthropic => HeaderName::from_static("request-id"),
    }
}
