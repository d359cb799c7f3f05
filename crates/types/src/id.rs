//! Names and numbers by which things are known. None of them mixes with another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// Longest name accepted, in bytes.
pub const NAME_MAX_BYTES: usize = 64;

/// A name that breaks the rule for names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a usable name: use 1 to {NAME_MAX_BYTES} lower-case letters, digits, `-`, `_`, `.` or `/`, \
     beginning with a letter or digit"
)]
pub struct BadName(pub String);

fn check_name(text: &str) -> Result<(), BadName> {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_./".contains(&b);
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if first && text.len() <= NAME_MAX_BYTES && text.bytes().all(ok) {
        Ok(())
    } else {
        Err(BadName(text.chars().take(NAME_MAX_BYTES).collect()))
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and keeps the name.
            ///
            /// # Errors
            /// [`BadName`] where it breaks the rule for names.
            pub fn new(text: &str) -> Result<Self, BadName> {
                check_name(text)?;
                Ok($name(text.into()))
            }

            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                $name::new(&text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name!(
    /// A lease, across all its versions.
    LeaseId
);
name!(
    /// A tenant.
    TenantId
);
name!(
    /// A tranche within its lease.
    TrancheId
);
name!(
    /// A site.
    SiteId
);
name!(
    /// A hall, as `site/hall`.
    HallId
);
name!(
    /// The accelerators of one type at one site, as `site/type`.
    PoolId
);

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number!(
    /// A node, numbered over the whole fleet in the order of the fleet file.
    NodeId(u32)
);
number!(
    /// One piece of the owner's own work.
    JobId(u64)
);
number!(
    /// A recall, numbered in the order in which recalls were ordered.
    RecallId(u64)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert_eq!(PoolId::new("colossus-1/h100").unwrap().to_string(), "colossus-1/h100");
        for bad in ["", "Anthropic", "-x", "a b", &"x".repeat(65)] {
            assert!(LeaseId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_survive_serialisation_and_stay_checked() {
        let id = LeaseId::new("reflection-ai").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"reflection-ai\"");
        assert!(serde_json::from_str::<LeaseId>("\"Not A Name\"").is_err());
    }
}
