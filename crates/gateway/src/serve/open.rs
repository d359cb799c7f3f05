//! A request that is under way: what must be settled and written down at its end.

use std::sync::Arc;

use leasehold_types::TenantId;
use tokio::sync::oneshot;

use super::gateway::Gateway;
use super::{Ended, Entry, Kept, Room};
use crate::admission::{Admitted, Holder, Standing};
use crate::api::{Counts, Surface};
use crate::meter::RecordId;
use crate::route::{Outcome, Replica, Seat};

/// From its admission to its record. However it ends, it ends once: where it is dropped, the client
/// went away.
pub(super) struct Open {
    gateway: Arc<Gateway>,
    place: Option<Admitted>,
    room: Option<Box<dyn Room>>,
    seat: Option<Seat>,
    entry: Entry,
    first: Option<u64>,
    received: u64,
    /// How long it waited for its first replica.
    queued: Option<u64>,
}

impl Open {
    /// A request of `holder`, received at `received`, with its place and room for its record.
    pub fn new(
        gateway: Arc<Gateway>,
        (place, room): (Admitted, Box<dyn Room>),
        holder: Arc<Holder>,
        (surface, model): (Surface, Arc<str>),
        received: u64,
    ) -> Self {
        let entry = Entry {
            id: gateway.id(received),
            holder,
            surface,
            model,
            replica: None,
            received: gateway.clock.on_the_wall(received),
            first: None,
            ended: 0,
            end: Ended::Left,
            status: 0,
            counts: None,
            whole: false,
            chunks: 0,
        };
        Open {
            gateway,
            place: Some(place),
            room: Some(room),
            seat: None,
            entry,
            first: None,
            received,
            queued: None,
        }
    }

    /// It goes to the replica of `seat`.
    pub fn sit(&mut self, seat: Seat) {
        let now = self.gateway.clock.now();
        self.queued.get_or_insert(now.saturating_sub(self.received));
        self.entry.replica = Some(seat.replica().name.clone());
        self.seat = Some(seat);
    }

    /// It went to a replica that did not answer.
    pub fn stand_up(&mut self) {
        self.seat = None;
    }

    /// The replica that it is at.
    pub fn replica(&self) -> Option<&Arc<Replica>> {
        self.seat.as_ref().map(Seat::replica)
    }

    /// Tells its replica what became of it.
    pub fn told(&self, outcome: Outcome, now: u64) {
        if let Some(seat) = &self.seat {
            seat.replica().told(outcome, now);
        }
    }

    /// Its id, on its record and told to its client.
    pub const fn id(&self) -> RecordId {
        self.entry.id
    }

    /// How its lease stands.
    pub fn lease(&self, now: u64) -> Option<Standing> {
        self.place.as_ref().map(|place| place.standing(now))
    }

    /// Who asked.
    pub fn tenant(&self) -> &TenantId {
        &self.entry.holder.tenant
    }

    /// Which call it is.
    pub const fn surface(&self) -> Surface {
        self.entry.surface
    }

    /// The first byte of its answer came.
    pub fn first_byte(&mut self, now: u64) {
        self.first.get_or_insert(now);
    }

    /// What is counted of its answer.
    pub const fn counted(&mut self, counts: Option<Counts>, whole: bool, chunks: u64) {
        (self.entry.counts, self.entry.whole, self.entry.chunks) = (counts, whole, chunks);
    }

    /// Settles the reservation and writes the request down.
    pub fn end(mut self, end: Ended, status: u16, now: u64) -> oneshot::Receiver<Kept> {
        let (done, kept) = oneshot::channel();
        self.finish(end, status, now, done);
        kept
    }

    /// What nobody counted counts as it was reserved, except where no engine has it: then nothing
    /// was used.
    fn finish(&mut self, end: Ended, status: u16, now: u64, done: oneshot::Sender<Kept>) {
        let Some(room) = self.room.take() else { return };
        let wall = |at: u64| self.gateway.clock.on_the_wall(at);
        self.entry.first = self.first.map(wall);
        (self.entry.end, self.entry.status, self.entry.ended) = (end, status, wall(now));
        let unknown = self.seat.take().and(self.place.as_ref()).map_or(0, Admitted::tokens);
        if let Some(place) = self.place.take() {
            place.settle(self.entry.counts.map_or(unknown, Counts::total), now);
        }
        self.gateway.metrics.ended(&self.entry, self.queued);
        room.keep(self.entry.clone(), done);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.room.is_some() {
            let now = self.gateway.clock.now();
            self.finish(Ended::Left, CLIENT_GONE, now, oneshot::channel().0);
        }
    }
}

/// The status on record where the client went away before it was given any.
const CLIENT_GONE: u16 = 499;
