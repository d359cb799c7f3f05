//! The owner's queue on one pool: first come, first served, with EASY backfill.
//!
//! The head of the queue has a reservation at the earliest instant at which, by the estimates,
//! enough units will be free (the shadow). A later job may start now if it ends by then, or if it
//! fits in what the head will leave over (the extra). Estimates count units of the pool and ignore
//! on which nodes they lie; whether a job really fits is asked of the placement as it starts.
//!
//! Cost: a reservation walks the running jobs once and is then kept until something happens that
//! the estimates did not foresee; an arrival behind a blocked head looks at itself alone; an end
//! looks at the first [`Queue::depth`] waiting jobs.
//!
//! Source of the rule: Lifka, "The ANL/IBM SP scheduling system" (1995), called EASY.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use leasehold_types::{Instant, Seconds};

/// A job in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which, as an index into the replay's jobs.
    pub job: u32,
    /// Units that it needs at once.
    pub units: u64,
    /// How long the scheduler believes that it will run.
    pub estimate: Seconds,
    /// Since when it has waited.
    pub since: Instant,
}

/// What the queue asks of the pool.
pub trait Room {
    /// The owner's units that no job holds.
    fn free(&self) -> u64;
    /// Units that will come to this job alone, and when, in order of time.
    fn promised(&self, job: u32) -> Vec<(Instant, u64)>;
    /// Whether a job of `units` may hold them until `end` (not where they are promised to a lease).
    fn allowed(&self, units: u64, end: Instant) -> bool;
    /// Whether units were recalled for this job alone that suffice for it.
    fn prepared(&self, job: &Waiting) -> bool;
    /// Starts the job if it can be placed; a prepared one on what was recalled for it.
    fn start(&mut self, job: &Waiting) -> bool;
}

/// The head's reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// Whose.
    pub job: u32,
    /// From when; [`Instant::MAX`] where the running jobs' ends do not suffice.
    pub shadow: Instant,
    /// Units that it will leave over.
    pub extra: u64,
}

/// What came of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Which job started.
    pub job: u32,
    /// Whether ahead of an earlier one.
    pub backfilled: bool,
}

/// The queue of one pool.
#[derive(Debug)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    running: BTreeMap<(Instant, u32), u64>,
    reservation: Option<Reservation>,
    /// How many waiting jobs a pass looks at.
    pub depth: usize,
    waiting_units: u64,
}

impl Queue {
    /// An empty queue that looks at `depth` jobs a pass.
    pub fn new(depth: usize) -> Self {
        Queue {
            waiting: VecDeque::new(),
            running: BTreeMap::new(),
            reservation: None,
            depth: depth.max(1),
            waiting_units: 0,
        }
    }

    /// The first job in the queue.
    pub fn head(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    /// How many wait, and for how many units.
    pub fn waiting(&self) -> (u64, u64) {
        (self.waiting.len() as u64, self.waiting_units)
    }

    /// When each of the first [`Queue::depth`] waiting jobs would start in turn, by the
    /// estimates, with `free` units now and without those for which `helped` is true.
    ///
    /// This is first come, first served without backfill, so it is on the late side.
    pub fn expected_starts(
        &self,
        now: Instant,
        mut free: u64,
        helped: impl Fn(u32) -> bool,
    ) -> Vec<(Waiting, Instant)> {
        let mut ends: BinaryHeap<Reverse<(Instant, u64)>> =
            self.running.iter().map(|((end, _), units)| Reverse((*end, *units))).collect();
        let (mut at, mut starts) = (now, Vec::new());
        for job in self.waiting.iter().take(self.depth).filter(|job| !helped(job.job)) {
            while free < job.units {
                let Some(Reverse((end, units))) = ends.pop() else { break };
                (at, free) = (at.max(end), free + units);
            }
            if free < job.units {
                // Nothing that runs will make room for it: it never starts by itself, and what
                // is behind it starts by backfill if at all.
                starts.push((*job, Instant::MAX));
                continue;
            }
            free -= job.units;
            ends.push(Reverse((at.saturating_add(job.estimate), job.units)));
            starts.push((*job, at));
        }
        starts
    }

    /// Forgets the reservation: something happened that the estimates did not foresee.
    pub fn disturb(&mut self) {
        self.reservation = None;
    }

    /// Puts a job at the end of the queue and starts what may start.
    pub fn arrive(&mut self, job: Waiting, now: Instant, room: &mut impl Room) -> Vec<Started> {
        self.waiting_units += job.units;
        self.waiting.push_back(job);
        let place = self.waiting.len() - 1;
        let known = self.reservation.filter(|r| self.head().is_some_and(|h| h.job == r.job));
        match known {
            Some(reservation) if place > 0 => {
                let mut started = Vec::new();
                if place < self.depth {
                    self.backfill(place, reservation, now, room, &mut started);
                }
                started
            }
            _ => self.pass(now, room),
        }
    }

    /// Puts a job that was interrupted back at the head.
    pub fn resume(&mut self, job: Waiting) {
        self.waiting_units += job.units;
        self.waiting.push_front(job);
        self.disturb();
    }

    /// A running job ended. `estimated` is the end that the queue believed in.
    pub fn ended(&mut self, job: u32, estimated: Instant, now: Instant) {
        self.running.remove(&(estimated, job));
        if estimated != now {
            self.disturb();
        }
    }

    /// Starts what may start, in order.
    pub fn pass(&mut self, now: Instant, room: &mut impl Room) -> Vec<Started> {
        let mut started = Vec::new();
        while let Some(head) = self.waiting.front().copied() {
            let end = now.saturating_add(head.estimate);
            if !(room.allowed(head.units, end) && room.start(&head)) {
                break;
            }
            self.waiting.pop_front();
            self.begin(&head, now);
            started.push(Started { job: head.job, backfilled: false });
            self.reservation = None;
        }
        if self.waiting.is_empty() {
            return started;
        }
        let reservation = self.reserve(now, room);
        self.backfill(1, reservation, now, room, &mut started);
        started
    }

    /// The head's reservation, kept or computed.
    pub fn reserve(&mut self, now: Instant, room: &impl Room) -> Reservation {
        let Some(head) = self.waiting.front() else {
            return Reservation { job: u32::MAX, shadow: Instant::MAX, extra: 0 };
        };
        match self.reservation {
            Some(kept) if kept.job == head.job && kept.shadow > now => kept,
            _ => {
                let found = reservation_of(head, &self.running, room);
                self.reservation = Some(found);
                found
            }
        }
    }

    /// Units of running jobs that, by their estimates, end after `instant`.
    pub fn running_after(&self, instant: Instant) -> u64 {
        self.running.range((instant.saturating_add(Seconds(1)), 0)..).map(|(_, units)| units).sum()
    }

    fn begin(&mut self, job: &Waiting, now: Instant) {
        self.waiting_units -= job.units;
        self.running.insert((now.saturating_add(job.estimate), job.job), job.units);
    }

    /// Starts jobs from `place` on that do not delay the head.
    fn backfill(
        &mut self,
        place: usize,
        reservation: Reservation,
        now: Instant,
        room: &mut impl Room,
        started: &mut Vec<Started>,
    ) {
        let mut extra = reservation.extra;
        let (mut place, mut looked) = (place, place);
        while looked < self.depth && place < self.waiting.len() {
            looked += 1;
            let job = self.waiting[place];
            let end = now.saturating_add(job.estimate);
            let prepared = room.prepared(&job);
            let in_time = end <= reservation.shadow;
            let fits = job.units <= room.free() && (in_time || job.units <= extra);
            let may = prepared || (fits && room.allowed(job.units, end));
            if !(may && room.start(&job)) {
                place += 1;
                continue;
            }
            self.waiting.remove(place);
            self.begin(&job, now);
            extra -= if in_time || prepared { 0 } else { job.units };
            started.push(Started { job: job.job, backfilled: true });
        }
        if let Some(kept) = &mut self.reservation {
            kept.extra = extra;
        }
    }
}

/// The earliest instant at which the head will fit, by the estimates, and what it leaves over.
fn reservation_of(
    head: &Waiting,
    running: &BTreeMap<(Instant, u32), u64>,
    room: &impl Room,
) -> Reservation {
    let promised = room.promised(head.job);
    let promise = |until: Instant| -> u64 {
        promised.iter().filter(|(at, _)| *at <= until).map(|(_, units)| units).sum()
    };
    let mut free = room.free();
    let mut ends = running.iter().map(|((end, _), units)| (*end, *units)).peekable();
    let mut moments = promised.iter().map(|(at, _)| *at).peekable();
    while let Some(moment) =
        [ends.peek().map(|e| e.0), moments.peek().copied()].into_iter().flatten().min()
    {
        while let Some((_, units)) = ends.next_if(|(end, _)| *end <= moment) {
            free += units;
        }
        while moments.next_if(|at| *at <= moment).is_some() {}
        let with_promise = free + promise(moment);
        if with_promise >= head.units {
            // What was promised to the head is for the head alone.
            let left = (with_promise - head.units).min(free);
            return Reservation { job: head.job, shadow: moment, extra: left };
        }
    }
    Reservation { job: head.job, shadow: Instant::MAX, extra: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Counted {
        free: u64,
    }

    impl Room for Counted {
        fn free(&self) -> u64 {
            self.free
        }
        fn promised(&self, _: u32) -> Vec<(Instant, u64)> {
            Vec::new()
        }
        fn allowed(&self, _: u64, _: Instant) -> bool {
            true
        }
        fn prepared(&self, _: &Waiting) -> bool {
            false
        }
        fn start(&mut self, job: &Waiting) -> bool {
            let fits = job.units <= self.free;
            if fits {
                self.free -= job.units;
            }
            fits
        }
    }

    /// Submission, units, duration.
    type Work = (i64, u64, i64);

    fn fast(capacity: u64, work: &[Work], depth: usize) -> Vec<i64> {
        let (mut queue, mut room) = (Queue::new(depth), Counted { free: capacity });
        let mut starts = vec![-1; work.len()];
        let mut ends: BTreeMap<(i64, u32), u64> = BTreeMap::new();
        let mut next = 0;
        loop {
            let arrival = work.get(next).map(|w| w.0);
            let ending = ends.keys().next().map(|k| k.0);
            let Some(now) = [arrival, ending].into_iter().flatten().min() else { break };
            let at = Instant::from_second(now);
            let mut started = Vec::new();
            let mut ended = false;
            while let Some(entry) = ends.first_entry().filter(|e| e.key().0 == now) {
                let ((_, job), units) = entry.remove_entry();
                room.free += units;
                queue.ended(job, at, at);
                ended = true;
            }
            if ended {
                started.extend(queue.pass(at, &mut room));
            }
            while work.get(next).is_some_and(|w| w.0 == now) {
                let (_, units, length) = work[next];
                let job = Waiting { job: next as u32, units, estimate: Seconds(length), since: at };
                started.extend(queue.arrive(job, at, &mut room));
                next += 1;
            }
            for s in started {
                let (_, units, length) = work[s.job as usize];
                starts[s.job as usize] = now;
                ends.insert((now + length, s.job), units);
            }
        }
        starts
    }

    /// EASY written out second by second: everything recomputed at every second, nothing kept.
    fn obvious(capacity: u64, work: &[Work]) -> Vec<i64> {
        let mut starts = vec![-1_i64; work.len()];
        let horizon: i64 = work.iter().map(|w| w.0.max(0) + w.2).sum::<i64>() + 1;
        for now in 0..=horizon {
            // Arrivals of one instant are looked at one after the other, as they come.
            let arrivals = work.iter().filter(|w| w.0 == now).count();
            let seen_before = work.iter().filter(|w| w.0 < now).count();
            let rounds = if arrivals == 0 { 1 } else { arrivals + 1 };
            for round in 0..rounds {
                let seen = seen_before + round;
                settle(capacity, &work[..seen], now, &mut starts);
            }
            if starts.iter().all(|s| *s >= 0) {
                break;
            }
        }
        starts
    }

    fn settle(capacity: u64, work: &[Work], now: i64, starts: &mut [i64]) {
        let running = |starts: &[i64], t: i64| -> u64 {
            work.iter()
                .zip(starts)
                .filter(|(w, s)| **s >= 0 && **s <= t && t < **s + w.2)
                .map(|(w, _)| w.1)
                .sum()
        };
        let waiting: Vec<usize> = (0..work.len()).filter(|i| starts[*i] < 0).collect();
        let mut blocked: Option<(i64, u64)> = None;
        for i in waiting {
            let (_, units, length) = work[i];
            let free = capacity - running(starts, now);
            match blocked {
                None if units <= free => starts[i] = now,
                None => {
                    let mut shadow = now;
                    while capacity - running(starts, shadow) < units {
                        shadow += 1;
                    }
                    blocked = Some((shadow, capacity - running(starts, shadow) - units));
                }
                Some((shadow, extra)) => {
                    let in_time = now + length <= shadow;
                    if units <= free && (in_time || units <= extra) {
                        starts[i] = now;
                        if !in_time {
                            blocked = Some((shadow, extra - units));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_short_job_passes_and_a_long_one_does_not() {
        // 10 units: 6 run until 100; the head wants 8; a short 4 passes, a long 4 must wait.
        let work = [(0, 6, 100), (1, 8, 50), (2, 4, 200), (3, 4, 90)];
        assert_eq!(fast(10, &work, 64), [0, 100, 150, 3]);
    }

    #[test]
    fn expected_starts_are_in_turn() {
        let (mut queue, mut room) = (Queue::new(9), Counted { free: 10 });
        let at = Instant::from_second;
        for (job, units, length) in [(0, 6, 100), (1, 8, 50), (2, 9, 10), (3, 11, 10)] {
            let estimate = Seconds(length);
            queue.arrive(Waiting { job, units, estimate, since: at(0) }, at(0), &mut room);
        }
        let starts = |helped: u32| -> Vec<(u32, Instant)> {
            let found = queue.expected_starts(at(0), 4, |job| job == helped);
            found.into_iter().map(|(job, start)| (job.job, start)).collect()
        };
        assert_eq!(starts(9), [(1, at(100)), (2, at(150)), (3, Instant::MAX)]);
        assert_eq!(starts(1), [(2, at(100)), (3, Instant::MAX)]);
    }

    #[test]
    fn what_the_head_leaves_over_may_be_used() {
        let work = [(0, 6, 100), (1, 8, 50), (2, 2, 500)];
        assert_eq!(fast(10, &work, 64), [0, 100, 2]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]
        #[test]
        fn the_fast_queue_starts_jobs_when_the_obvious_one_does(
            capacity in 4u64..12,
            mut work in prop::collection::vec((0i64..40, 1u64..9, 1i64..25), 1..24),
        ) {
            for w in &mut work {
                w.1 = w.1.min(capacity);
            }
            work.sort_by_key(|w| w.0);
            prop_assert_eq!(fast(capacity, &work, usize::MAX), obvious(capacity, &work));
        }
    }
}
