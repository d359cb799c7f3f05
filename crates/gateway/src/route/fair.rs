//! Who is next, where several tenants wait for the same replicas: each in turn, by what it asks.
//!
//! A tenant with a thousand requests waiting gets as much as one with three, until those three are
//! served. It is deficit round robin: each turn is worth a quantum of tokens, and a request goes
//! when its tenant has saved up what it costs.

use std::collections::{BTreeMap, VecDeque};

/// Tokens that a turn is worth: a small request's, so that nobody's small ones come in crowds.
pub const QUANTUM: u64 = 64;

/// Requests that wait, by tenant.
#[derive(Debug)]
pub struct FairQueue<K, T> {
    tenants: BTreeMap<K, Line<T>>,
    /// Tenants with something waiting, in the order of their turns.
    turns: VecDeque<K>,
    waiting: usize,
    most: usize,
}

#[derive(Debug)]
struct Line<T> {
    saved: u64,
    waiting: VecDeque<(u64, T)>,
}

impl<K: Ord + Clone, T> FairQueue<K, T> {
    /// An empty queue in which at most `most` wait.
    pub const fn new(most: usize) -> Self {
        FairQueue { tenants: BTreeMap::new(), turns: VecDeque::new(), waiting: 0, most }
    }

    /// Puts `item` of `tenant`, which costs `tokens`, at the end of its line; gives it back where
    /// too many wait.
    ///
    /// # Errors
    /// The item.
    pub fn push(&mut self, tenant: K, tokens: u64, item: T) -> Result<(), T> {
        if self.waiting >= self.most {
            return Err(item);
        }
        let line = self.tenants.entry(tenant.clone());
        let line = line.or_insert_with(|| Line { saved: 0, waiting: VecDeque::new() });
        if line.waiting.is_empty() {
            self.turns.push_back(tenant);
        }
        line.waiting.push_back((tokens, item));
        self.waiting += 1;
        Ok(())
    }

    /// The next one. Costs a step for each tenant that waits, however large the requests are.
    pub fn pop(&mut self) -> Option<(K, T)> {
        self.save_up();
        loop {
            let tenant = self.turns.front()?.clone();
            let line = self.tenants.get_mut(&tenant)?;
            let cost = line.waiting.front().map_or(0, |(tokens, _)| *tokens);
            if line.saved >= cost {
                line.saved -= cost;
                let (_, item) = line.waiting.pop_front()?;
                self.waiting -= 1;
                if line.waiting.is_empty() {
                    // Nothing is saved for later: who is away has no claim.
                    self.tenants.remove(&tenant);
                    self.turns.pop_front();
                }
                return Some((tenant, item));
            }
            line.saved = line.saved.saturating_add(QUANTUM);
            self.turns.rotate_left(1);
        }
    }

    /// Skips the rounds in which nobody could go.
    fn save_up(&mut self) {
        let rounds = |line: &Line<T>| {
            let cost = line.waiting.front().map_or(0, |(tokens, _)| *tokens);
            cost.saturating_sub(line.saved).div_ceil(QUANTUM)
        };
        let least = self.tenants.values().map(rounds).min().unwrap_or(0);
        if least > 1 {
            for line in self.tenants.values_mut() {
                line.saved = line.saved.saturating_add((least - 1).saturating_mul(QUANTUM));
            }
        }
    }

    /// Takes out what is not to be kept, for which nobody is charged.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for line in self.tenants.values_mut() {
            line.waiting.retain(|(_, item)| keep(item));
        }
        self.tenants.retain(|_, line| !line.waiting.is_empty());
        self.turns.retain(|tenant| self.tenants.contains_key(tenant));
        self.waiting = self.tenants.values().map(|line| line.waiting.len()).sum();
    }

    /// How many wait.
    pub const fn len(&self) -> usize {
        self.waiting
    }

    /// Whether nobody waits.
    pub const fn is_empty(&self) -> bool {
        self.waiting == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_does_not_keep_a_short_one_waiting() {
        let mut queue = FairQueue::new(2_000);
        for n in 0..1_000 {
            queue.push("loud", 500, n).unwrap();
        }
        for n in 0..3 {
            queue.push("quiet", 500, n).unwrap();
        }
        let first: Vec<&str> = (0..8).filter_map(|_| queue.pop()).map(|(who, _)| who).collect();
        assert_eq!(first.iter().filter(|who| **who == "quiet").count(), 3, "{first:?}");
    }

    #[test]
    fn shares_are_of_tokens_and_not_of_requests() {
        let mut queue = FairQueue::new(10_000);
        for n in 0..1_000 {
            queue.push("large", 4_000, n).unwrap();
            queue.push("small", 400, n).unwrap();
        }
        let mut served = BTreeMap::<&str, u64>::new();
        for _ in 0..500 {
            let (who, _) = queue.pop().unwrap();
            *served.entry(who).or_default() += if who == "large" { 4_000 } else { 400 };
        }
        let (large, small) = (served["large"], served["small"]);
        assert!(large.abs_diff(small) <= 8_000, "{large} {small}");
    }

    #[test]
    fn the_bound_holds() {
        let mut queue = FairQueue::new(2);
        assert_eq!((queue.push(1, 1, 'a'), queue.push(1, 1, 'b')), (Ok(()), Ok(())));
        assert_eq!(queue.push(2, 1, 'c'), Err('c'));
        assert_eq!((queue.len(), queue.is_empty()), (2, false));
    }

    #[test]
    fn those_who_left_are_taken_out() {
        let mut queue = FairQueue::new(4);
        for (who, item) in [(1, 'a'), (2, 'b'), (1, 'c'), (3, 'd')] {
            queue.push(who, 1, item).unwrap();
        }
        queue.retain(|item| !matches!(item, 'b' | 'c'));
        assert_eq!(queue.len(), 2);
        let served: Vec<char> = std::iter::from_fn(|| queue.pop()).map(|(_, item)| item).collect();
        assert_eq!(served, ['a', 'd']);
    }

    proptest! {
        #[test]
        fn everyone_is_served_once_and_each_line_in_order(
            asked in prop::collection::vec((0_u8..5, 0_u64..1_000_000), 0..100),
        ) {
            let mut queue = FairQueue::new(1_000);
            for (n, (who, tokens)) in asked.iter().enumerate() {
                queue.push(*who, *tokens, n).unwrap();
            }
            let mut lines = BTreeMap::<u8, Vec<usize>>::new();
            while let Some((who, n)) = queue.pop() {
                lines.entry(who).or_default().push(n);
            }
            let served: usize = lines.values().map(Vec::len).sum();
            prop_assert_eq!(served, asked.len());
            for (who, line) in lines {
                prop_assert!(line.is_sorted());
                prop_assert!(line.iter().all(|n| asked[*n].0 == who));
            }
        }
    }
}
