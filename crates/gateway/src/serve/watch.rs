//! Looks at all streams now and then, and ends those that must end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::Gateway;
use super::stream::Shared;

/// How often it looks.
pub const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The streams under way.
#[derive(Default)]
pub(super) struct Streams {
    next: AtomicU64,
    all: Mutex<BTreeMap<u64, Weak<Shared>>>,
    /// Whether somebody looks at them.
    watched: AtomicBool,
}

impl Streams {
    /// A stream begins. Gives the number under which it is to [`Streams::leave`].
    pub fn enter(&self, flow: &Arc<Shared>) -> u64 {
        let number = self.next.fetch_add(1, Relaxed);
        self.lock().insert(number, Arc::downgrade(flow));
        number
    }

    /// It is over.
    pub fn leave(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Weak<Shared>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gateway {
    /// Looks at every stream once.
    pub(super) fn look_at_streams(&self) {
        // What is found is looked at after the lock is gone: ending a stream takes other locks.
        let all: Vec<Arc<Shared>> =
            self.streams.lock().values().filter_map(Weak::upgrade).collect();
        let now = self.clock.now();
        for flow in all {
            flow.look(self, now);
        }
    }

    /// Looks at all streams for as long as the gateway is there; the first call alone begins it.
    pub(super) fn keep_watch(self: &Arc<Self>) {
        if self.streams.watched.swap(true, Relaxed) {
            return;
        }
        let gateway = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some(gateway) = gateway.upgrade() else { return };
                gateway.cut_the_due();
                gateway.look_at_streams();
            }
        });
    }
}
