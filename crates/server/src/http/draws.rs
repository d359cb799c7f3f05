//! Randomness, for ids and secrets. It comes from outside the state machine and is written into the
//! entries, or only its hash is.

use std::sync::Arc;

use leasehold_desk::Digest;

/// Where random bytes come from.
pub trait Draws: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// What the system says, in words.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String>;
}

/// The system's generator, fit for secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDraws;

impl Draws for SystemDraws {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        getrandom::fill(bytes).map_err(|error| error.to_string())
    }
}

/// A secret token: it is shown once, and only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The token itself.
    pub token: String,
    /// Its first characters, by which people know it.
    pub prefix: Arc<str>,
    /// Its SHA-256.
    pub hash: Digest,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Characters of a secret that are shown to tell it from others.
const PREFIX_CHARS: usize = 11;

impl Secret {
    /// A token that begins with `kind` and holds 256 random bits, in hexadecimal.
    ///
    /// # Errors
    /// As [`Draws::fill`].
    pub fn new(kind: &str, draws: &dyn Draws) -> Result<Self, String> {
        let mut bits = [0_u8; 32];
        draws.fill(&mut bits)?;
        let digits: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = format!("{kind}_{digits}");
        let prefix = token.chars().take(PREFIX_CHARS).collect::<String>().into();
        let hash = Digest::of(token.as_bytes());
        Ok(Secret { token, prefix, hash })
    }
}

/// Ten random bytes, for an id.
///
/// # Errors
/// As [`Draws::fill`].
pub fn ten(draws: &dyn Draws) -> Result<[u8; 10], String> {
    let mut bytes = [0; 10];
    draws.fill(&mut bytes)?;
    Ok(bytes)
}
