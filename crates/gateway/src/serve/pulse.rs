//! Whether anything is under way on a connection, and since when not.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::{Answer, Clock};

/// The pulse of a connection.
#[derive(Clone)]
pub(super) struct Pulse(Arc<Inner>);

struct Inner {
    clock: Clock,
    started: u64,
    under_way: AtomicU32,
    /// When a request began or ended last; 0 where none ever did.
    last: AtomicU64,
}

/// One request under way.
pub(super) struct Beat(Pulse);

/// An answer with what holds its request under way.
pub(super) struct Held {
    body: Answer,
    _beat: Beat,
}

impl Pulse {
    /// Of a connection that was opened now.
    pub fn start(clock: Clock) -> Self {
        let (under_way, last) = (AtomicU32::new(0), AtomicU64::new(0));
        Pulse(Arc::new(Inner { clock, started: clock.now(), under_way, last }))
    }

    /// A request begins.
    pub fn begin(&self) -> Beat {
        self.0.under_way.fetch_add(1, Relaxed);
        self.0.last.store(self.0.clock.now(), Relaxed);
        Beat(self.clone())
    }

    /// Comes true once nothing is under way for too long: `first` where nothing ever was, `idle`
    /// afterwards.
    pub async fn stands_still(&self, first: Duration, idle: Duration) {
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX / 2);
        loop {
            let (now, last) = (self.0.clock.now(), self.0.last.load(Relaxed));
            let until = match (self.0.under_way.load(Relaxed), last) {
                (0, 0) => self.0.started.saturating_add(micros(first)),
                (0, last) => last.saturating_add(micros(idle)),
                _ => now.saturating_add(micros(idle)),
            };
            if until <= now {
                return;
            }
            tokio::time::sleep(Duration::from_micros(until - now)).await;
        }
    }
}

impl Beat {
    /// Goes on until `body` was sent or dropped.
    pub const fn until(self, body: Answer) -> Held {
        Held { body, _beat: self }
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        let inner = &self.0.0;
        inner.last.store(inner.clock.now(), Relaxed);
        inner.under_way.fetch_sub(1, Relaxed);
    }
}

impl Body for Held {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(20);
    const IDLE: Duration = Duration::from_millis(40);

    #[tokio::test]
    async fn a_connection_on_which_nothing_comes_stands_still() {
        Pulse::start(Clock::start()).stands_still(FIRST, IDLE).await;
    }

    #[tokio::test]
    async fn one_with_something_under_way_does_not() {
        let pulse = Pulse::start(Clock::start());
        let beat = pulse.begin();
        let waited = tokio::time::timeout(IDLE * 3, pulse.stands_still(FIRST, IDLE)).await;
        assert!(waited.is_err());
        drop(beat);
        pulse.stands_still(FIRST, IDLE).await;
    }
}
