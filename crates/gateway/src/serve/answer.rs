//! The body of an answer: whole, or a stream that is read as it passes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::stream::Stream;

/// The body of an answer.
pub enum Answer {
    /// All of it at once.
    Whole(Option<Bytes>),
    /// As it comes.
    Stream(Stream),
}

impl Answer {
    /// All of it at once.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Answer::Whole(Some(bytes.into()).filter(|bytes| !bytes.is_empty()))
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
