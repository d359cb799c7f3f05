//! The body of an answer: whole, or a stream that is read as it passes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;
use tokio::time::Sleep;

use super::gateway::Gateway;
use super::open::Open;
use super::{Ended, Kept};
use crate::api::{Family, Reader, Refused};
use crate::route::Outcome;
use crate::wire::sse::Splitter;

/// The body of an answer.
pub enum Answer {
    /// All of it at once.
    Whole(Option<Bytes>),
    /// As it comes.
    Stream(Box<Stream>),
}

/// A streamed answer.
pub struct Stream {
    gateway: Arc<Gateway>,
    from: Incoming,
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
    silence: Pin<Box<Sleep>>,
    cut: Pin<Box<dyn Future<Output = ()> + Send>>,
    over: bool,
}

impl Answer {
    /// All of it at once.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Answer::Whole(Some(bytes.into()).filter(|bytes| !bytes.is_empty()))
    }
}

impl Stream {
    pub(super) fn new(gateway: Arc<Gateway>, from: Incoming, reader: Reader, open: Open) -> Self {
        let silence = Box::pin(tokio::time::sleep(gateway.limits.silent_within));
        let cut = open.replica().map(|replica| replica.cut_signal());
        let cut = async move {
            match cut {
                Some(cut) => cut.await,
                None => std::future::pending().await,
            }
        };
        Stream {
            gateway,
            from,
            splitter: Splitter::default(),
            reader,
            family: open.surface().family(),
            ready: VecDeque::new(),
            held: VecDeque::new(),
            kept: None,
            open: Some(open),
            silence,
            cut: Box::pin(cut),
            over: false,
        }
    }

    /// Reads what came, and says what of it is to be sent.
    fn take(&mut self, chunk: Bytes) {
        self.silence
            .as_mut()
            .reset(tokio::time::Instant::now() + self.gateway.limits.silent_within);
        if let Some(open) = &mut self.open {
            open.first_byte(self.gateway.clock.now());
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
            self.end(Ended::Limited, Outcome::Failure);
        } else if ends {
            self.end(Ended::Served, Outcome::Success);
        }
    }

    /// Puts the request on record. What is held back is sent once that is durable.
    fn end(&mut self, ended: Ended, outcome: Outcome) {
        let Some(mut open) = self.open.take() else { return };
        let now = self.gateway.clock.now();
        open.told(outcome, now);
        let (counts, whole) = self.reader.counted();
        open.counted(counts, whole && ended == Ended::Served, self.reader.chunks());
        let kept = open.end(ended, 200, now);
        if self.gateway.limits.durable_first {
            self.kept = Some(kept);
        }
    }

    /// Ends a stream that cannot go on, with an event that says so.
    fn break_off(&mut self, ended: Ended, outcome: Outcome, why: &Refused) {
        self.end(ended, outcome);
        self.held.push_back(why.event(self.family).into());
        self.over = true;
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
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
                    self.over = true;
                }
            }
            if let Some(bytes) = self.held.pop_front() {
                return Poll::Ready(Some(bytes));
            }
            if self.over {
                return Poll::Ready(None);
            }
            if self.open.is_some() && self.cut.as_mut().poll(cx).is_ready() {
                self.break_off(Ended::Drained, Outcome::Neutral, &Refused::Drained);
                continue;
            }
            match Pin::new(&mut self.from).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(chunk) = frame.into_data() {
                        self.take(chunk);
                    }
                }
                Poll::Ready(Some(Err(_))) => {
                    self.break_off(Ended::Failed, Outcome::Failure, &Refused::Engine);
                }
                Poll::Ready(None) => {
                    self.held.extend(Some(self.splitter.rest()).filter(|rest| !rest.is_empty()));
                    self.end(Ended::Served, Outcome::Success);
                    self.over = true;
                }
                Poll::Pending => {
                    if self.open.is_none() || self.silence.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    self.break_off(Ended::Failed, Outcome::Failure, &Refused::Late);
                }
            }
        }
    }
}

impl Drop for Stream {
    /// The client went away: the engine's connection goes with this, and what was received counts.
    fn drop(&mut self) {
        self.end(Ended::Left, Outcome::Neutral);
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.get_mut() {
            Answer::Whole(bytes) => bytes.take(),
            Answer::Stream(stream) => ready!(stream.poll_next(cx)),
        };
        Poll::Ready(next.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Answer::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Whole(bytes) => {
                let length = bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
                SizeHint::with_exact(length)
            }
            Answer::Stream(_) => SizeHint::default(),
        }
    }
}
