//! Bodies of requests: read within limits, and all of them within one.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{self, HeaderMap};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Gateway;
use crate::api::{BadAsk, Refused};

/// In what pieces room for bodies is given, in bytes.
const PIECE: usize = 1_024;

/// Room for the bodies of all requests.
pub(super) struct Bodies(Arc<Semaphore>);

/// A body, and the room that it takes.
pub(super) struct Held {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Room that a body takes while it comes.
struct Growing<'a> {
    bodies: &'a Bodies,
    room: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Bodies(Arc::new(Semaphore::new((bytes / PIECE).clamp(1, Semaphore::MAX_PERMITS))))
    }
}

impl Growing<'_> {
    /// Takes room for so many bytes in all, where there is some.
    fn to(&mut self, bytes: usize) -> Result<(), Refused> {
        let has = self.room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = bytes.div_ceil(PIECE).checked_sub(has).filter(|more| *more > 0) else {
            return Ok(());
        };
        let full = Refused::Overloaded { retry_after: 1 };
        let more = u32::try_from(more).map_err(|_| full.clone())?;
        let more = self.bodies.0.clone().try_acquire_many_owned(more).map_err(|_| full)?;
        match &mut self.room {
            Some(room) => room.merge(more),
            None => self.room = Some(more),
        }
        Ok(())
    }
}

impl Held {
    /// The body.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Gateway {
    /// Reads a body, within its time and its limits.
    pub(super) async fn body(&self, headers: &HeaderMap, body: Incoming) -> Result<Held, Refused> {
        if headers.contains_key(header::CONTENT_ENCODING) {
            // What a few bytes unpack to is nobody's to find out here.
            return Err(Refused::Ask(BadAsk::Packed));
        }
        let most = self.limits.body_bytes;
        if body.size_hint().lower() > most as u64 {
            return Err(Refused::TooLarge(most));
        }
        let read = self.read_body(body, most);
        let read = tokio::time::timeout(self.limits.body_within, read).await;
        read.unwrap_or(Err(Refused::Slow))
    }

    async fn read_body(&self, mut body: Incoming, most: usize) -> Result<Held, Refused> {
        let mut room = Growing { bodies: &self.bodies, room: None };
        let (mut first, mut all) = (Bytes::new(), BytesMut::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refused::Ask(BadAsk::NoObject))?;
            let Ok(data) = frame.into_data() else { continue };
            let length = first.len() + all.len() + data.len();
            if length > most {
                return Err(Refused::TooLarge(most));
            }
            room.to(length)?;
            if first.is_empty() && all.is_empty() {
                // Most bodies come in one piece and are never copied.
                first = data;
            } else {
                all.extend_from_slice(&std::mem::take(&mut first));
                all.extend_from_slice(&data);
            }
        }
        let bytes = if all.is_empty() { first } else { all.freeze() };
        Ok(Held { bytes, _room: room.room })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_until_there_is_none_and_comes_back() {
        let bodies = Bodies::new(10 * PIECE);
        let mut one = Growing { bodies: &bodies, room: None };
        one.to(1).unwrap();
        one.to(PIECE).unwrap();
        assert_eq!(bodies.0.available_permits(), 9);
        one.to(6 * PIECE).unwrap();
        let mut other = Growing { bodies: &bodies, room: None };
        assert_eq!(other.to(5 * PIECE), Err(Refused::Overloaded { retry_after: 1 }));
        drop(one);
        other.to(5 * PIECE).unwrap();
        assert_eq!(bodies.0.available_permits(), 5);
    }
}
