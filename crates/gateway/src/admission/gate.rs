//! What one lease may have under way, and who waits for it.
//!
//! A request is admitted with a reservation: a place among those under way, and its likely tokens
//! out of the lease's tokens a minute. At its end the reservation is settled: the place is free, and
//! tokens that were not used go back. What does not fit waits in the order in which it came, within
//! a bound and a deadline; then it is turned away and told when to come again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Bucket;

/// What this gateway may have under way for a lease: its share where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests at once.
    pub requests: u32,
    /// Tokens a minute, input and output; no limit where absent.
    pub tokens_per_minute: Option<u64>,
    /// Requests that may wait.
    pub waiting: u32,
    /// For how long one may wait, in microseconds.
    pub wait: u64,
}

/// Who is told once there is room: called with the place, from whoever made room.
pub trait Waiter: Send {
    /// Takes the place. Returns whether it was still wanted; if not, the next one gets it.
    fn admitted(self: Box<Self>, place: Admitted) -> bool;
}

/// The gate of one lease.
#[derive(Debug)]
pub struct Gate {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    bucket: Option<Bucket>,
    under_way: u32,
    waiting: VecDeque<Waiting>,
    next: u64,
}

struct Waiting {
    number: u64,
    tokens: u64,
    until: u64,
    waiter: Box<dyn Waiter>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Waiting({}, {} tokens)", self.number, self.tokens)
    }
}

/// A place among those under way. It must be settled; one that is dropped settles itself with all
/// its tokens as used.
#[derive(Debug)]
pub struct Admitted {
    gate: Arc<Gate>,
    tokens: u64,
    settled: bool,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turned {
    /// Microseconds until there is likely to be one; `None` where nobody can say.
    pub retry_after: Option<u64>,
}

/// How a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Requests under way.
    pub under_way: u32,
    /// Requests that may be.
    pub requests: u32,
    /// Requests that wait.
    pub waiting: u32,
    /// Tokens that may be reserved now, where there is a limit.
    pub tokens: Option<u64>,
    /// Tokens that come a minute, where there is a limit.
    pub tokens_per_minute: Option<u64>,
}

impl Gate {
    /// A gate with nothing under way.
    pub fn new(limits: Limits, now: u64) -> Arc<Self> {
        let bucket = limits.tokens_per_minute.map(|rate| Bucket::full(rate, now));
        let waiting = VecDeque::new();
        let inner = Inner { limits, bucket, under_way: 0, waiting, next: 0 };
        Arc::new(Gate { inner: Mutex::new(inner) })
    }

    /// Gives it other limits. What is under way stays so, also where it is more than they allow.
    pub fn limit(self: &Arc<Self>, limits: Limits, now: u64) {
        let mut inner = self.lock();
        inner.bucket = match (inner.bucket, limits.tokens_per_minute) {
            (Some(bucket), Some(rate)) => Some(bucket.with_rate(rate, now)),
            (None, Some(rate)) => Some(Bucket::full(rate, now)),
            (_, None) => None,
        };
        inner.limits = limits;
        drop(inner);
        self.let_in(now);
    }

    /// Admits a request that is likely to use `tokens`, if there is room now and nobody waits.
    ///
    /// # Errors
    /// [`Turned`], where the request may [`Gate::wait`].
    pub fn enter(self: &Arc<Self>, tokens: u64, now: u64) -> Result<Admitted, Turned> {
        let mut inner = self.lock();
        if !inner.waiting.is_empty() {
            return Err(Turned { retry_after: inner.retry_after(tokens, now) });
        }
        inner.reserve(tokens, now)?;
        Ok(self.place(tokens))
    }

    /// Lets a request wait until there is room. Gives its number and until when it may wait: whoever
    /// waits longer must [`Gate::leave`].
    ///
    /// # Errors
    /// [`Turned`] where too many wait already.
    pub fn wait(
        self: &Arc<Self>,
        tokens: u64,
        now: u64,
        waiter: Box<dyn Waiter>,
    ) -> Result<(u64, u64), Turned> {
        let mut inner = self.lock();
        let full = inner.waiting.len() >= usize::try_from(inner.limits.waiting).unwrap_or(0);
        if full || inner.limits.requests == 0 {
            return Err(Turned { retry_after: inner.retry_after(tokens, now) });
        }
        let (number, until) = (inner.next, now.saturating_add(inner.limits.wait));
        inner.next += 1;
        inner.waiting.push_back(Waiting { number, tokens, until, waiter });
        Ok((number, until))
    }

    /// Takes a request that waits out of the queue. Says when to come again; `None` where it does
    /// not wait any more, because it was admitted.
    pub fn leave(self: &Arc<Self>, number: u64, now: u64) -> Option<Turned> {
        let mut inner = self.lock();
        let place = inner.waiting.iter().position(|waiting| waiting.number == number)?;
        let gone = inner.waiting.remove(place)?;
        let turned = Turned { retry_after: inner.retry_after(gone.tokens, now) };
        drop(inner);
        // It may have stood in the way of a smaller one.
        self.let_in(now);
        Some(turned)
    }

    /// Admits those for whom there is room now, first come first served. To be called now and then
    /// where tokens are limited, for they come by the clock; gives when the first in the queue will
    /// have its tokens, where that is what it waits for.
    pub fn let_in(self: &Arc<Self>, now: u64) -> Option<u64> {
        loop {
            let mut inner = self.lock();
            let first = inner.waiting.front()?;
            if first.until <= now {
                // Its own timer tells it; nobody is kept waiting by it.
                inner.waiting.pop_front();
                continue;
            }
            let tokens = first.tokens;
            if let Err(turned) = inner.reserve(tokens, now) {
                let by_tokens = inner.under_way < inner.limits.requests;
                return turned.retry_after.filter(|_| by_tokens).map(|after| now + after);
            }
            let first = inner.waiting.pop_front()?;
            drop(inner);
            let place = self.place(tokens);
            if !first.waiter.admitted(place) {
                continue;
            }
        }
    }

    /// What it allows.
    pub fn limits(&self) -> Limits {
        self.lock().limits
    }

    /// How it stands.
    pub fn standing(&self, now: u64) -> Standing {
        let inner = self.lock();
        let rate = inner.limits.tokens_per_minute;
        let filled = inner.bucket.zip(rate).map(|(bucket, rate)| bucket.with_rate(rate, now));
        Standing {
            under_way: inner.under_way,
            requests: inner.limits.requests,
            waiting: u32::try_from(inner.waiting.len()).unwrap_or(u32::MAX),
            tokens: filled.map(|bucket| bucket.level()),
            tokens_per_minute: rate,
        }
    }

    fn place(self: &Arc<Self>, tokens: u64) -> Admitted {
        Admitted { gate: self.clone(), tokens, settled: false }
    }

    /// Nothing between locking and unlocking can panic; a lock that says otherwise is still sound.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(self: &Arc<Self>, reserved: u64, used: u64, now: u64) {
        let mut inner = self.lock();
        inner.under_way = inner.under_way.saturating_sub(1);
        if let Some(bucket) = &mut inner.bucket {
            bucket.give_back(reserved.saturating_sub(used), now);
            // What was used beyond the reservation is owed: the next ones wait for it.
            let _ = bucket.take(used.saturating_sub(reserved), now);
        }
        drop(inner);
        self.let_in(now);
    }
}

impl Inner {
    fn reserve(&mut self, tokens: u64, now: u64) -> Result<(), Turned> {
        if self.under_way >= self.limits.requests {
            return Err(Turned { retry_after: None });
        }
        if let Some(bucket) = &mut self.bucket {
            let after = bucket.take(tokens, now);
            after.map_err(|after| Turned {
                retry_after: Some(after).filter(|after| *after < u64::MAX),
            })?;
        }
        self.under_way += 1;
        Ok(())
    }

    /// When a request may come again: after its tokens and those of all who wait before it.
    fn retry_after(&self, tokens: u64, now: u64) -> Option<u64> {
        let before = self.waiting.iter().fold(tokens, |sum, w| sum.saturating_add(w.tokens));
        let mut bucket = self.bucket?;
        let after = bucket.take(before, now).err()?;
        Some(after).filter(|after| *after < u64::MAX)
    }
}

impl Admitted {
    /// Tokens that are reserved.
    pub const fn tokens(&self) -> u64 {
        self.tokens
    }

    /// How its gate stands.
    pub fn standing(&self, now: u64) -> Standing {
        self.gate.standing(now)
    }

    /// Ends it: `used` tokens were used.
    pub fn settle(mut self, used: u64, now: u64) {
        self.settled = true;
        self.gate.settle(self.tokens, used, now);
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if !self.settled {
            // Nobody said what was used: all of it, and a clock is not needed to say so.
            self.gate.settle(self.tokens, self.tokens, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use proptest::prelude::*;

    use super::*;

    struct Told(mpsc::Sender<Admitted>);

    impl Waiter for Told {
        fn admitted(self: Box<Self>, place: Admitted) -> bool {
            self.0.send(place).is_ok()
        }
    }

    fn limits(requests: u32, tokens_per_minute: Option<u64>) -> Limits {
        Limits { requests, tokens_per_minute, waiting: 2, wait: 1_000_000 }
    }

    #[test]
    fn places_are_taken_waited_for_and_freed() {
        let gate = Gate::new(limits(1, None), 0);
        let first = gate.enter(10, 0).unwrap();
        assert!(gate.enter(10, 0).is_err());
        let (tell, told) = mpsc::channel();
        gate.wait(10, 0, Box::new(Told(tell.clone()))).unwrap();
        let (second, until) = gate.wait(10, 5, Box::new(Told(tell.clone()))).unwrap();
        assert_eq!(until, 1_000_005);
        assert!(gate.wait(10, 5, Box::new(Told(tell))).is_err(), "two may wait");
        let stands = Standing { under_way: 1, requests: 1, waiting: 2, ..Standing::default() };
        assert_eq!(gate.standing(5), stands);
        first.settle(10, 9);
        let place = told.try_recv().unwrap();
        assert!(told.try_recv().is_err());
        assert!(gate.leave(second, 10).is_some());
        assert!(gate.leave(second, 10).is_none());
        drop(place);
        assert_eq!(gate.standing(10), Standing { requests: 1, ..Standing::default() });
    }

    #[test]
    fn who_does_not_want_its_place_any_more_passes_it_on() {
        let gate = Gate::new(limits(1, None), 0);
        let first = gate.enter(1, 0).unwrap();
        let (gone, _) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        gate.wait(1, 0, Box::new(Told(gone))).unwrap();
        gate.wait(1, 0, Box::new(Told(tell))).unwrap();
        first.settle(1, 1);
        assert!(told.try_recv().is_ok());
        assert_eq!(gate.standing(1).waiting, 0);
    }

    #[test]
    fn tokens_come_by_the_clock() {
        let gate = Gate::new(limits(9, Some(600)), 0);
        let _held = gate.enter(600, 0).unwrap();
        assert_eq!(gate.enter(10, 0).unwrap_err().retry_after, Some(1_000_000));
        let (tell, told) = mpsc::channel();
        gate.wait(5, 0, Box::new(Told(tell))).unwrap();
        assert_eq!(gate.let_in(0), Some(500_000));
        assert_eq!(gate.let_in(500_000), None);
        assert_eq!(told.try_recv().unwrap().tokens(), 5);
    }

    #[test]
    fn fewer_places_let_those_under_way_finish() {
        let gate = Gate::new(limits(2, None), 0);
        let (a, b) = (gate.enter(1, 0).unwrap(), gate.enter(1, 0).unwrap());
        gate.limit(limits(1, None), 1);
        a.settle(1, 2);
        assert!(gate.enter(1, 3).is_err(), "one is still under way");
        b.settle(1, 4);
        assert!(gate.enter(1, 5).is_ok());
    }

    proptest! {
        #[test]
        fn never_more_under_way_than_allowed_and_all_gauges_return_to_zero(
            places in 1_u32..5,
            rate in prop::option::of(100_u64..10_000),
            steps in prop::collection::vec((0_u8..4, 1_u64..500, 0_u64..400_000), 1..120),
        ) {
            let gate = Gate::new(limits(places, rate), 0);
            let (tell, told) = mpsc::channel();
            let (mut held, mut waiting, mut now) = (Vec::new(), Vec::new(), 0);
            for (what, tokens, wait) in steps {
                now += wait;
                match what {
                    0 => held.extend(gate.enter(tokens, now)),
                    1 => {
                        let told = Box::new(Told(tell.clone()));
                        waiting.extend(gate.wait(tokens, now, told).ok().map(|(number, _)| number));
                    }
                    2 if !held.is_empty() => {
                        let place: Admitted = held.remove(0);
                        place.settle(tokens, now);
                    }
                    _ => {
                        let _ = gate.let_in(now);
                    }
                }
                held.extend(told.try_iter());
                let standing = gate.standing(now);
                prop_assert!(standing.under_way <= places);
                prop_assert_eq!(usize::try_from(standing.under_way).unwrap(), held.len());
                prop_assert!(standing.waiting <= 2);
            }
            for number in waiting {
                let _ = gate.leave(number, now);
            }
            held.extend(told.try_iter());
            while let Some(place) = held.pop() {
                place.settle(0, now);
                held.extend(told.try_iter());
            }
            let standing = gate.standing(now);
            prop_assert_eq!((standing.under_way, standing.waiting), (0, 0));
        }
    }
}
