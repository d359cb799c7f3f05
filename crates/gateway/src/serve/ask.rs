//! The way of one request from its admission to its answer.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::answer::Answer;
use super::body::Held;
use super::engine::NoAnswer;
use super::gateway::Gateway;
use super::open::Open;
use super::stream::Stream;
use super::watch::LOOK_EVERY;
use super::{Ended, headers};
use crate::api::{Ask, Counts, Prepared, Reader, Refused, Surface};
use crate::route::{Outcome, PREFIX_BYTES, Pool, Seat, hash};
use crate::wire::json;

/// What an engine is to be asked.
pub(super) struct Asked {
    /// Of which model.
    pub pool: Arc<Pool>,
    pub ask: Ask,
    /// As the client sent them.
    pub headers: HeaderMap,
    pub body: Held,
    /// Tokens that are reserved for it.
    pub tokens: u64,
    /// Until when it may wait for a replica.
    pub until: u64,
}

/// What came of asking one replica.
enum Tried {
    /// It answers.
    Answers(Response<Incoming>, Prepared),
    /// It is busy or failed, and says so itself: another may do better.
    Declines(Response<Incoming>, Prepared),
    /// It does not answer.
    Silent(NoAnswer),
}

impl Gateway {
    /// Asks one replica after another until one begins to answer.
    pub(super) async fn ask(
        self: &Arc<Self>,
        asked: Asked,
        mut open: Open,
    ) -> Result<Response<Answer>, Refused> {
        let body = asked.body.bytes();
        let prefix = hash(body.get(..PREFIX_BYTES.min(body.len())).unwrap_or_default());
        let (mut tried, mut last) = (Vec::new(), None);
        while tried.len() < self.limits.tries {
            let seat = asked.pool.seat(prefix, self.chance(), &tried, self.clock.now());
            let seat = match seat {
                Some(seat) => seat,
                None if last.is_some() => break,
                None => match self.wait_for_seat(&asked, &open).await {
                    Ok(seat) => seat,
                    Err(refused) => return Err(self.give_up(open, refused)),
                },
            };
            tried.push(seat.replica().name.clone());
            open.sit(seat);
            match self.try_one(&asked, &open).await {
                Tried::Answers(response, prepared) => {
                    let reader = Reader::new(asked.ask.surface, &prepared);
                    return self.answer(open, reader, response).await;
                }
                other => {
                    open.stand_up();
                    let over = matches!(&other, Tried::Silent(why) if why.is_final());
                    last = Some(other);
                    if over {
                        break;
                    }
                }
            }
        }
        match last {
            Some(Tried::Answers(response, prepared) | Tried::Declines(response, prepared)) => {
                let reader = Reader::new(asked.ask.surface, &prepared);
                self.answer(open, reader, response).await
            }
            Some(Tried::Silent(why)) => Err(self.give_up(open, why.refused())),
            None => Err(self.give_up(open, Refused::Overloaded { retry_after: 1 })),
        }
    }

    /// Asks the replica that the request sits at.
    async fn try_one(&self, asked: &Asked, open: &Open) -> Tried {
        let Some(replica) = open.replica() else { return Tried::Silent(NoAnswer::Connection) };
        let ask = &asked.ask;
        let prepared = ask.prepare(asked.body.bytes().clone(), replica.dialect);
        let reply = self.engines.ask(replica, ask.surface, &asked.headers, prepared.body.clone());
        let reply = tokio::select! {
            reply = reply => reply,
            () = replica.away_signal() => Err(NoAnswer::Away),
            () = self.halt_signal() => Err(NoAnswer::Stopped),
        };
        let now = self.clock.now();
        match reply {
            Ok(response) => match response.status().as_u16() {
                429 | 502 | 503 | 504 | 529 => {
                    replica.told(outcome(response.status()), now);
                    Tried::Declines(response, prepared)
                }
                _ => Tried::Answers(response, prepared),
            },
            Err(why) => {
                replica.told(why.outcome(), now);
                Tried::Silent(why)
            }
        }
    }

    /// Waits until a replica has a seat.
    async fn wait_for_seat(&self, asked: &Asked, open: &Open) -> Result<Seat, Refused> {
        let full = Refused::Overloaded { retry_after: 1 };
        let (pool, tenant) = (&asked.pool, open.tenant());
        let mut told = pool.wait(tenant, asked.tokens).ok_or_else(|| full.clone())?;
        loop {
            // The table may have given the model other replicas meanwhile.
            let world = self.world();
            let pool = world.pools.get(&*pool.model).unwrap_or(pool);
            pool.let_in(self.chance(), self.clock.now());
            tokio::select! {
                seat = &mut told => return seat.map_err(|_| full),
                () = self.halt_signal() => return Err(Refused::Stopped),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if self.clock.now() >= asked.until {
                return told.try_recv().map_err(|_| full);
            }
        }
    }

    /// Settles and writes down a request that no engine answered.
    fn give_up(&self, open: Open, refused: Refused) -> Refused {
        let status = refused.status(open.surface().family());
        let stopped = refused == Refused::Stopped;
        let end = if stopped { Ended::Stopped } else { Ended::Failed };
        drop(open.end(end, status, self.clock.now()));
        refused
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
        let now = self.clock.now();
        let (id, family, lease) = (open.id(), open.surface().family(), open.lease(now));
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
        headers::say(answer.headers_mut(), family, id, lease, self.clock.on_the_wall(now));
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
        let counts = counts(open.surface(), status, &body);
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

/// What was used for an answer, where anybody counted. A refusal used nothing, and neither did
/// telling how many tokens a prompt has.
fn counts(surface: Surface, status: StatusCode, body: &[u8]) -> Option<Counts> {
    if !status.is_success() || surface == Surface::CountTokens {
        return Some(Counts::default());
    }
    json::member(body, "usage").ok().flatten().and_then(Counts::of_usage)
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
