//! Requests that wait for a seat on any replica of a model, each tenant in turn.
//!
//! They belong to no replica: as one leaves, what waits is served by another. A seat that becomes
//! free is handed to the next in line without being free in between, so nobody passes them by.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use leasehold_types::TenantId;
use tokio::sync::oneshot;

use super::{FairQueue, Seat};

/// Most requests that wait for one model.
pub const LINE_MAX: usize = 4_096;

/// A line.
#[derive(Debug)]
pub(super) struct Line {
    /// As many as are in the queue, so that an empty one costs no lock.
    waiting: AtomicUsize,
    queue: Mutex<FairQueue<TenantId, oneshot::Sender<Seat>>>,
}

impl Default for Line {
    fn default() -> Self {
        Line { waiting: AtomicUsize::new(0), queue: Mutex::new(FairQueue::new(LINE_MAX)) }
    }
}

impl Line {
    /// How many wait; those that went away may be among them.
    pub fn len(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    /// Whether somebody may wait.
    pub fn is_waited_in(&self) -> bool {
        self.len() > 0
    }

    /// Lets a request of `tenant` wait; none where too many do.
    pub fn wait(&self, tenant: TenantId, tokens: u64) -> Option<oneshot::Receiver<Seat>> {
        let (tell, told) = oneshot::channel();
        let mut queue = self.lock();
        if queue.len() >= LINE_MAX {
            queue.retain(|gone| !gone.is_closed());
        }
        let entered = queue.push(tenant, tokens, tell).is_ok();
        self.waiting.store(queue.len(), SeqCst);
        entered.then_some(told)
    }

    /// Who is next.
    pub fn next(&self) -> Option<oneshot::Sender<Seat>> {
        if !self.is_waited_in() {
            return None;
        }
        let mut queue = self.lock();
        let next = loop {
            match queue.pop() {
                Some((_, gone)) if gone.is_closed() => {}
                next => break next,
            }
        };
        self.waiting.store(queue.len(), SeqCst);
        next.map(|(_, next)| next)
    }

    fn lock(&self) -> MutexGuard<'_, FairQueue<TenantId, oneshot::Sender<Seat>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
