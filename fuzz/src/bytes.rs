//! Bytes, read as choices. What is not there is read as 0, so that any bytes are a whole story, and
//! each field is of a fixed width, so that a changed byte changes one choice.

use leasehold_types::{Money, Ratio};

/// What is left of the bytes.
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// All of them.
    pub fn new(data: &'a [u8]) -> Self {
        Bytes(data)
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next one.
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// The next two.
    pub fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Yes or no.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number below `most`, which is above 0.
    pub fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let i = self.below(from.len());
        from[i].clone()
    }

    /// Small, or at one of the edges.
    pub fn count(&mut self) -> u64 {
        let (kind, small) = (self.byte(), u64::from(self.word()));
        match kind {
            0..=199 => small % 1_000,
            200..=239 => small,
            240 => u64::from(u32::MAX),
            241 => u64::MAX,
            242 => u64::MAX - small,
            _ => small * 1_000_000,
        }
    }

    /// An amount, small, or at one of the edges.
    pub fn money(&mut self, currency: leasehold_types::Currency) -> Money {
        let (kind, small) = (self.byte(), i128::from(self.word()));
        let minor = match kind {
            0..=179 => small * 100,
            180..=219 => small,
            220..=239 => small * 1_000_000_007,
            240 => leasehold_books::AMOUNT_MINOR_MAX,
            241 => leasehold_books::AMOUNT_MINOR_MAX + 1,
            242 => i128::MAX,
            243 => 0,
            _ => small * small * 1_000,
        };
        Money::new(minor, currency)
    }

    /// A fraction of 1, both ends among them.
    pub fn share(&mut self) -> Ratio {
        let n = i128::from(self.byte());
        let exact = match n {
            0..=100 => Ratio::new(n, 100),
            101..=150 => Ratio::new(n - 100, 51),
            _ => Ratio::new(n - 151, 104),
        };
        exact.unwrap_or(Ratio::ONE)
    }
}
