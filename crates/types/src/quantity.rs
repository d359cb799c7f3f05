//! Counts that must not be confused: accelerators, accelerator-seconds, tokens.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Seconds;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($inner:ty), $what:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// None.
            pub const ZERO: $name = $name(0);

            /// The sum.
            ///
            /// # Errors
            /// [`Overflow`](crate::Overflow) where it does not fit.
            pub fn checked_add(self, other: Self) -> Result<Self, crate::Overflow> {
                self.0.checked_add(other.0).map($name).ok_or(crate::Overflow::of($what))
            }

            /// The difference, or nothing where `other` is more.
            #[must_use]
            pub fn saturating_sub(self, other: Self) -> Self {
                $name(self.0.saturating_sub(other.0))
            }

            /// Whether there is none.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

quantity!(
    /// A number of accelerators.
    Units(u64),
    "a number of units"
);
quantity!(
    /// Accelerators times seconds; shown to people as accelerator-hours.
    AcceleratorSeconds(u128),
    "accelerator-seconds"
);
quantity!(
    /// Tokens of a model's vocabulary.
    Tokens(u64),
    "a number of tokens"
);

impl Units {
    /// What these units amount to over `length`; nothing for a negative length.
    pub const fn over(self, length: Seconds) -> AcceleratorSeconds {
        let seconds = if length.0 > 0 { length.0.unsigned_abs() } else { 0 };
        AcceleratorSeconds(self.0 as u128 * seconds as u128)
    }
}
