//! Ids of what people and machines make by the API: a prefix that says what it is, then a ULID.
//!
//! A ULID sorts by the time at which it was made and holds 80 random bits. Time and bits come from
//! the caller; here they are only written down.

use std::fmt;
use std::sync::Arc;

use leasehold_types::Instant;
use serde::{Deserialize, Serialize};

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a ULID.
const ULID_CHARS: usize = 26;

/// A text that is no id of the kind that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no id of this kind: write `{prefix}_` and the {ULID_CHARS} characters after it"
)]
pub struct BadId {
    /// The text, cut short.
    pub text: String,
    /// What it has to begin with.
    pub prefix: &'static str,
}

/// The ULID of `at` with these random bits.
fn ulid(at: Instant, random: [u8; 10]) -> String {
    let millis = u128::from(at.second().max(0).unsigned_abs()) * 1_000;
    let random = random.iter().fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
    let number = (millis << 80) | random;
    let digit = |place: usize| {
        let index = (number >> (5 * (ULID_CHARS - 1 - place))) & 31;
        char::from(ALPHABET[usize::try_from(index).unwrap_or(0)])
    };
    (0..ULID_CHARS).map(digit).collect()
}

/// An id for a request that came without one.
pub(crate) fn request(at: Instant, random: [u8; 10]) -> String {
    format!("req_{}", ulid(at, random))
}

fn check(text: &str, prefix: &'static str) -> Result<(), BadId> {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    match rest {
        Some(rest)
            if rest.len() == ULID_CHARS && rest.bytes().all(|byte| ALPHABET.contains(&byte)) =>
        {
            Ok(())
        }
        _ => Err(BadId { text: text.chars().take(64).collect(), prefix }),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// What it begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id of something made at `at`; `random` makes it the only one.
            pub fn made(at: Instant, random: [u8; 10]) -> Self {
                $name(format!("{}_{}", $prefix, ulid(at, random)).into())
            }

            /// Reads an id.
            ///
            /// # Errors
            /// [`BadId`].
            pub fn new(text: &str) -> Result<Self, BadId> {
                check(text, $prefix)?;
                Ok($name(text.into()))
            }

            /// The id itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                $name::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A person with a password.
    UserId "usr"
);
id!(
    /// An API key.
    KeyId "key"
);
id!(
    /// A quote.
    QuoteId "quo"
);
id!(
    /// A request that a second person approves something.
    ApprovalId "apr"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_are_checked() {
        let at = |second| Instant::from_second(second);
        let early = QuoteId::made(at(1_800_000_000), [255; 10]);
        let late = QuoteId::made(at(1_800_000_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string(), "quo_01MCC5RM00ZZZZZZZZZZZZZZZZ");
        assert_eq!(QuoteId::new(early.as_str()), Ok(early.clone()));
        assert!(UserId::new(early.as_str()).is_err());
        assert!(serde_json::from_str::<KeyId>("\"key_01MCC5RM00ZZZZZZZZZZZZZZZ\"").is_err());
    }
}
