//! A streamed answer: read as its client asks for more, ended by whoever ends it first.
//!
//! What is under way of it lies in a [`Flow`], to which two have access: the client's connection,
//! which polls it, and the [`watch`](super::watch), which looks at all of them now and then. So a
//! client that does not read, whose connection therefore polls nothing, holds up neither a drain
//! nor a limit.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use tokio::sync::oneshot;

use super::gateway::Gateway;
use super::open::Open;
use super::{Ended, Kept};
use crate::api::{Family, Reader, Refused};
use crate::route::Outcome;
use crate::wire::sse::Splitter;

/// How long an engine may take to end a stream after its last event.
const END_WITHIN: Duration = Duration::from_secs(1);

/// A streamed answer, as its client's connection has it.
pub struct Stream {
    gateway: Arc<Gateway>,
    number: u64,
    flow: Arc<Shared>,
}

/// A flow to which two have access.
pub(super) struct Shared(Mutex<Flow>);

/// What is under way of a streamed answer.
struct Flow {
    /// The engine's connection; dropping it cancels the engine.
    from: Option<Incoming>,
    splitter: Splitter,
    reader: Reader,
    family: Family,
    /// What is to be sent next.
    ready: VecDeque<Bytes>,
    /// What is held back until the record is durable.
    held: VecDeque<Bytes>,
    kept: Option<oneshot::Receiver<Kept>>,
    /// The request, until it is on record.
    open: Option<Open>,
    /// Who is waited for, and since when.
    waits: Waits,
    /// Whom to wake where the stream ends otherwise.
    waker: Option<Waker>,
    durable_first: bool,
}

#[derive(Clone, Copy)]
enum Waits {
    /// For the engine to say more.
    Engine(u64),
    /// For the client to ask for more.
    Client(u64),
}

impl Stream {
    pub(super) fn new(gateway: Arc<Gateway>, from: Incoming, reader: Reader, open: Open) -> Self {
        let flow = Flow {
            from: Some(from),
            splitter: Splitter::default(),
            reader,
            family: open.surface().family(),
            ready: VecDeque::new(),
            held: VecDeque::new(),
            kept: None,
            open: Some(open),
            waits: Waits::Client(gateway.clock.now()),
            waker: None,
            durable_first: gateway.limits.durable_first,
        };
        let flow = Arc::new(Shared(Mutex::new(flow)));
        let number = gateway.streams.enter(&flow);
        Stream { gateway, number, flow }
    }

    /// The next bytes for the client; none where the answer is over.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut flow = self.flow.lock();
        let next = flow.poll_next(cx, &self.gateway);
        match next {
            Poll::Ready(_) => flow.waits = Waits::Client(self.gateway.clock.now()),
            Poll::Pending => {
                if let Waits::Client(_) = flow.waits {
                    flow.waits = Waits::Engine(self.gateway.clock.now());
                }
                if !flow.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                    flow.waker = Some(cx.waker().clone());
                }
            }
        }
        next
    }
}

impl Drop for Stream {
    /// The client went away: the engine's connection goes with it, and what was received counts.
    fn drop(&mut self) {
        self.gateway.streams.leave(self.number);
        let mut flow = self.flow.lock();
        flow.end(Ended::Left, Outcome::Neutral, self.gateway.clock.now());
    }
}

impl Shared {
    /// Nothing between locking and unlocking can panic; a lock that says otherwise is still sound.
    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the flow where its replica is cut, the gateway stops, or somebody takes too long.
    pub fn look(&self, gateway: &Gateway, now: u64) {
        let mut flow = self.lock();
        let beyond =
            |since: u64, limit: Duration| u128::from(now.saturating_sub(since)) > limit.as_micros();
        let Some(open) = &flow.open else {
            // The answer is whole; the engine only has to say so.
            if matches!(flow.waits, Waits::Engine(since) if beyond(since, END_WITHIN)) {
                flow.from = None;
                flow.wake();
            }
            return;
        };
        let (ended, outcome, why) = if gateway.is_halted() {
            (Ended::Stopped, Outcome::Neutral, Refused::Stopped)
        } else if open.replica().is_some_and(|replica| replica.is_cut()) {
            (Ended::Drained, Outcome::Neutral, Refused::Drained)
        } else {
            match flow.waits {
                Waits::Engine(since) if beyond(since, gateway.limits.silent_within) => {
                    (Ended::Failed, Outcome::Failure, Refused::Late)
                }
                Waits::Client(since) if beyond(since, gateway.limits.unread_within) => {
                    (Ended::Limited, Outcome::Neutral, Refused::Unread)
                }
                _ => return,
            }
        };
        flow.break_off(ended, outcome, &why, now);
        flow.wake();
    }
}

impl Flow {
    /// Has the client's connection poll again. It never does so from within.
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, gateway: &Gateway) -> Poll<Option<Bytes>> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Poll::Ready(Some(bytes));
            }
            if let Some(kept) = &mut self.kept {
                let durable = ready!(Pin::new(kept).poll(cx));
                self.kept = None;
                if !matches!(durable, Ok(Ok(()))) {
                    // An answer that is not on record is not given to its end.
                    self.held.clear();
                    let why = Refused::Meter { retry_after: 1 };
                    self.held.push_back(why.event(self.family).into());
                    self.from = None;
                }
            }
            if let Some(bytes) = self.held.pop_front() {
                return Poll::Ready(Some(bytes));
            }
            let Some(from) = &mut self.from else { return Poll::Ready(None) };
            let frame = ready!(Pin::new(from).poll_frame(cx));
            let now = gateway.clock.now();
            match frame {
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        self.take(chunk, now);
                    }
                }
                Some(Err(_)) => {
                    self.break_off(Ended::Failed, Outcome::Failure, &Refused::Engine, now);
                }
                None => {
                    self.held.extend(Some(self.splitter.rest()).filter(|rest| !rest.is_empty()));
                    self.end(Ended::Served, Outcome::Success, now);
                    self.from = None;
                }
            }
        }
    }

    /// Reads what came, and says what of it is to be sent.
    fn take(&mut self, chunk: Bytes, now: u64) {
        self.waits = Waits::Engine(now);
        if let Some(open) = &mut self.open {
            open.first_byte(now);
        }
        let (reader, mut ends) = (&mut self.reader, false);
        let (ready, held) = (&mut self.ready, &mut self.held);
        let read = self.splitter.push(chunk, |event| {
            let said = reader.read(event);
            ends |= said.ends;
            let to = if ends { &mut *held } else { &mut *ready };
            to.extend(said.pass);
        });
        if read.is_err() {
            self.break_off(Ended::Limited, Outcome::Failure, &Refused::Engine, now);
        } else if ends {
            self.end(Ended::Served, Outcome::Success, now);
        }
    }

    /// Puts the request on record. What is held back is sent once that is durable.
    fn end(&mut self, ended: Ended, outcome: Outcome, now: u64) {
        let Some(mut open) = self.open.take() else { return };
        open.told(outcome, now);
        let (counts, whole) = self.reader.counted();
        open.counted(counts, whole && ended == Ended::Served, self.reader.chunks());
        let kept = open.end(ended, 200, now);
        if self.durable_first && ended != Ended::Left {
            self.kept = Some(kept);
        }
    }

    /// Ends a stream that cannot go on, with an event that says so. The engine is cancelled.
    fn break_off(&mut self, ended: Ended, outcome: Outcome, why: &Refused, now: u64) {
        self.from = None;
        if self.open.is_some() {
            self.end(ended, outcome, now);
            self.held.push_back(why.event(self.family).into());
        }
    }
}
