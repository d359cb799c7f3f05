//! The serving model: how a tenant's requests become busy accelerators.
//!
//! Requests are counted by window. A request costs its input tokens over the input speed plus its
//! output tokens over the output speed of one accelerator of the reference type; other types are
//! faster or slower by a stated factor. In a window, granted accelerators do work up to their
//! target load, first come, first served. What does not fit waits, as long as the wait would be
//! within the limit at the present capacity; the rest is turned away. Accelerators are busy by
//! whole replicas. docs/scenario.md has the formulas, the built-in speeds and their sources.
//!
//! All of it is integer arithmetic: work is counted in micro-accelerator-seconds of the reference
//! type, and requests and tokens are conserved exactly.

use std::collections::VecDeque;

use leasehold_types::{Ratio, Seconds, Tokens};

use crate::demand::Window;
use crate::scenario::{Serving, Speed};

/// Work in a second of one reference accelerator.
const MICRO: u128 = 1_000_000;

/// The reference: an H800-class accelerator, from DeepSeek's published averages for its inference
/// system (73,700 input and 14,800 output tokens a second for a node of eight).
pub const REFERENCE: Speed = Speed { input_per_second: 9_200, output_per_second: 1_850 };

/// Built-in speeds by accelerator type. All but the first are assumptions, printed as such.
pub const SPEEDS: &[(&str, Speed)] = &[
    ("h100", REFERENCE),
    ("h200", Speed { input_per_second: 9_200, output_per_second: 2_400 }),
    ("gb200", Speed { input_per_second: 23_000, output_per_second: 5_500 }),
    ("gb300", Speed { input_per_second: 28_000, output_per_second: 7_000 }),
];

/// The speed of an accelerator type: the scenario's, else the built-in, else the reference.
pub fn speed_of(serving: &Serving, accelerator: &str) -> Speed {
    let built_in = || SPEEDS.iter().find(|(name, _)| *name == accelerator).map(|(_, speed)| *speed);
    serving.speed.get(accelerator).copied().or_else(built_in).unwrap_or(REFERENCE)
}

/// How fast a type is against the reference on an even mix, in thousandths.
pub fn factor_of(speed: Speed) -> u64 {
    let input = speed.input_per_second.saturating_mul(1_000) / REFERENCE.input_per_second;
    let output = speed.output_per_second.saturating_mul(1_000) / REFERENCE.output_per_second;
    (input / 2 + output / 2).max(1)
}

/// Work of some tokens, in micro-accelerator-seconds of the reference.
fn work_of(input: Tokens, output: Tokens) -> u128 {
    let part = |tokens: Tokens, per_second: u64| {
        (u128::from(tokens.0) * MICRO).div_ceil(u128::from(per_second))
    };
    part(input, REFERENCE.input_per_second) + part(output, REFERENCE.output_per_second)
}

/// Requests that came together and are not yet answered.
#[derive(Debug, Clone, Copy)]
struct Batch {
    requests: u64,
    input: u64,
    output: u64,
    work: u128,
    late: bool,
}

/// What became of one window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Requests answered.
    pub served: u64,
    /// Of these, that had waited.
    pub queued: u64,
    /// Requests turned away.
    pub turned_away: u64,
    /// Input tokens of what was answered.
    pub input: u64,
    /// Output tokens of what was answered.
    pub output: u64,
    /// Busy accelerator-seconds, for each of the grants that were passed in.
    pub busy: Vec<u128>,
}

/// What a lease has in one pool during a window.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Accelerator-seconds granted and up.
    pub granted: u128,
    /// How fast they are, from [`factor_of`].
    pub factor: u64,
}

/// One lease's requests on their way.
#[derive(Debug)]
pub struct Server {
    queue: VecDeque<Batch>,
    target_load: Ratio,
    longest_wait: Seconds,
    units_per_replica: u64,
}

impl Server {
    /// A server with nothing waiting.
    pub fn new(serving: &Serving) -> Self {
        Server {
            queue: VecDeque::new(),
            target_load: serving.target_load,
            longest_wait: serving.longest_wait,
            units_per_replica: serving.units_per_replica,
        }
    }

    /// Requests waiting.
    pub fn waiting(&self) -> u64 {
        self.queue.iter().map(|batch| batch.requests).sum()
    }

    /// Serves one window of `length` with what was granted in it.
    pub fn serve(&mut self, window: &Window, length: Seconds, grants: &[Grant]) -> Outcome {
        let (input, output) = (window.input_tokens, window.output_tokens);
        self.queue.push_back(Batch {
            requests: window.requests,
            input: input.0,
            output: output.0,
            work: work_of(input, output),
            late: false,
        });
        let capacity = self.loaded(grants.iter().map(capacity_of).sum());
        let mut outcome = Outcome::default();
        let done = self.answer(capacity, &mut outcome);
        self.turn_away(capacity, length, &mut outcome);
        outcome.busy =
            grants.iter().map(|grant| self.busy(grant, done, capacity, length)).collect();
        outcome
    }

    fn loaded(&self, work: u128) -> u128 {
        let numerator = self.target_load.numerator().unsigned_abs();
        work * numerator / self.target_load.denominator().unsigned_abs()
    }

    /// Answers from the front of the queue; returns the work done.
    fn answer(&mut self, capacity: u128, outcome: &mut Outcome) -> u128 {
        let mut left = capacity;
        while let Some(batch) = self.queue.front_mut() {
            let part = batch.first(left);
            outcome.served += part.requests;
            outcome.queued += if batch.late { part.requests } else { 0 };
            outcome.input += part.input;
            outcome.output += part.output;
            left -= part.work;
            if part.requests < batch.requests {
                batch.remove(&part);
                break;
            }
            self.queue.pop_front();
        }
        for batch in &mut self.queue {
            batch.late = true;
        }
        capacity - left
    }

    /// Turns away from the back what would wait too long at the present capacity.
    fn turn_away(&mut self, capacity: u128, length: Seconds, outcome: &mut Outcome) {
        let seconds = length.0.max(1).unsigned_abs();
        let wait = u128::from(self.longest_wait.0.max(0).unsigned_abs());
        let limit = capacity * wait / u128::from(seconds);
        let mut waiting: u128 = self.queue.iter().map(|batch| batch.work).sum();
        while let Some(batch) = self.queue.back_mut().filter(|_| waiting > limit) {
            let keep = batch.first(batch.work.saturating_sub(waiting - limit));
            outcome.turned_away += batch.requests - keep.requests;
            waiting -= batch.work - keep.work;
            if keep.requests > 0 {
                *batch = keep;
                break;
            }
            self.queue.pop_back();
        }
    }

    /// Busy accelerator-seconds of one grant when `done` of `capacity` was worked over all.
    fn busy(&self, grant: &Grant, done: u128, capacity: u128, length: Seconds) -> u128 {
        if capacity == 0 || done == 0 {
            return 0;
        }
        let seconds = u128::from(length.0.max(1).unsigned_abs());
        let share = (grant.granted * done).div_ceil(capacity);
        let replica = u128::from(self.units_per_replica) * seconds;
        share.div_ceil(replica).saturating_mul(replica).min(grant.granted)
    }
}

fn capacity_of(grant: &Grant) -> u128 {
    grant.granted * u128::from(grant.factor) * MICRO / 1_000
}

impl Batch {
    /// The first requests of it that `work` suffices for; tokens and work in proportion.
    fn first(&self, work: u128) -> Batch {
        if work >= self.work {
            return *self;
        }
        let requests = scale(self.requests, work, self.work);
        let share = |amount: u64| scale(amount, u128::from(requests), u128::from(self.requests));
        Batch {
            requests,
            input: share(self.input),
            output: share(self.output),
            work: self.work * u128::from(requests) / u128::from(self.requests.max(1)),
            late: self.late,
        }
    }

    fn remove(&mut self, part: &Batch) {
        self.requests -= part.requests;
        self.input -= part.input;
        self.output -= part.output;
        self.work -= part.work;
    }
}

/// `amount * top / bottom`, rounded down; nothing of nothing.
fn scale(amount: u64, top: u128, bottom: u128) -> u64 {
    if bottom == 0 {
        return 0;
    }
    u64::try_from(u128::from(amount) * top.min(bottom) / bottom).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_types::Instant;
    use proptest::prelude::*;

    fn window(requests: u64, input: u64, output: u64) -> Window {
        let (input_tokens, output_tokens) = (Tokens(input), Tokens(output));
        Window { start: Instant::EPOCH, requests, input_tokens, output_tokens }
    }

    const TEN_MINUTES: Seconds = Seconds(600);

    #[test]
    fn one_accelerator_does_its_own_speed() {
        let serving =
            Serving { target_load: Ratio::ONE, units_per_replica: 1, ..Serving::default() };
        let mut server = Server::new(&serving);
        let grant = Grant { granted: 600, factor: 1_000 };
        let outcome = server.serve(&window(600, 0, 1_850 * 600), TEN_MINUTES, &[grant]);
        assert_eq!((outcome.served, outcome.busy[0], server.waiting()), (600, 600, 0));
    }

    #[test]
    fn what_cannot_be_served_in_time_is_turned_away() {
        let serving =
            Serving { target_load: Ratio::ONE, units_per_replica: 1, ..Serving::default() };
        let mut server = Server::new(&serving);
        let grant = Grant { granted: 600, factor: 1_000 };
        // Twice what fits: half is served, one minute's worth waits, the rest goes away.
        let outcome = server.serve(&window(1_200, 0, 1_850 * 1_200), TEN_MINUTES, &[grant]);
        assert_eq!((outcome.served, outcome.turned_away, server.waiting()), (600, 540, 60));
        let outcome = server.serve(&window(0, 0, 0), TEN_MINUTES, &[grant]);
        assert_eq!((outcome.served, outcome.queued), (60, 60));
    }

    #[test]
    fn nothing_granted_serves_nothing() {
        let mut server = Server::new(&Serving::default());
        let outcome = server.serve(&window(5, 50, 50), TEN_MINUTES, &[]);
        assert_eq!((outcome.served, outcome.turned_away, server.waiting()), (0, 5, 0));
    }

    #[test]
    fn speeds_have_factors() {
        assert_eq!(factor_of(REFERENCE), 1_000);
        assert!(factor_of(SPEEDS[2].1) > 2_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn requests_and_tokens_are_conserved(
            windows in prop::collection::vec((0u64..5_000, 0u64..9_000_000, 0u64..9_000_000), 1..20),
            grants in prop::collection::vec((0u128..4_000_000, 1u64..5_000), 0..4),
            replica in 1u64..64,
        ) {
            let serving = Serving { units_per_replica: replica, ..Serving::default() };
            let mut server = Server::new(&serving);
            let grants: Vec<Grant> =
                grants.iter().map(|(granted, factor)| Grant { granted: *granted, factor: *factor }).collect();
            let (mut arrived, mut gone) = (0, 0);
            for (requests, input, output) in windows {
                let (input, output) = if requests == 0 { (0, 0) } else { (input, output) };
                let outcome = server.serve(&window(requests, input, output), TEN_MINUTES, &grants);
                arrived += requests;
                gone += outcome.served + outcome.turned_away;
                prop_assert_eq!(arrived, gone + server.waiting());
                prop_assert!(outcome.queued <= outcome.served);
                for (busy, grant) in outcome.busy.iter().zip(&grants) {
                    prop_assert!(*busy <= grant.granted);
                }
            }
        }
    }
}
