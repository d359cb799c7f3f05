//! Keys: presented as text, known by their digests alone.

use sha2::{Digest, Sha256};

/// SHA-256 of a key. The table holds these; a key itself is nowhere written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyDigest([u8; 32]);

/// Longest key that is looked at, in bytes.
pub const KEY_BYTES_MAX: usize = 512;

impl KeyDigest {
    /// Of a key.
    pub fn of(key: &str) -> Self {
        KeyDigest(Sha256::digest(key.as_bytes()).into())
    }

    /// From 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let mut digest = [0_u8; 32];
        for (byte, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
            let digit = |of: u8| char::from(of).to_digit(16).and_then(|d| u8::try_from(d).ok());
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(KeyDigest(digest))
    }

    /// As 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyDigest({}…)", &self.to_hex()[..8])
    }
}

/// The key in the headers `authorization` and `x-api-key`; the first where both hold one and they
/// differ is an error in some servers and a hole in others: here it is no key.
pub fn presented<'a>(authorization: Option<&'a str>, api_key: Option<&'a str>) -> Option<&'a str> {
    let bearer = authorization.and_then(|text| {
        let (scheme, key) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let key = match (bearer, api_key.map(str::trim)) {
        (Some(one), Some(other)) if one != other => return None,
        (one, other) => one.or(other)?,
    };
    (!key.is_empty() && key.len() <= KEY_BYTES_MAX).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = KeyDigest::of("sk-1");
        assert_eq!(KeyDigest::parse(&digest.to_hex()), Some(digest));
        for text in ["", "zz", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(KeyDigest::parse(text), None, "{text}");
        }
        assert!(!format!("{digest:?}").contains(&digest.to_hex()));
    }

    #[test]
    fn a_key_comes_by_either_header() {
        assert_eq!(presented(Some("Bearer sk-1"), None), Some("sk-1"));
        assert_eq!(presented(Some("bearer  sk-1 "), None), Some("sk-1"));
        assert_eq!(presented(None, Some("sk-1")), Some("sk-1"));
        assert_eq!(presented(Some("Bearer sk-1"), Some("sk-1")), Some("sk-1"));
        assert_eq!(presented(Some("Bearer sk-1"), Some("sk-2")), None);
        assert_eq!(presented(Some("Basic sk-1"), None), None);
        assert_eq!(presented(Some("Bearer "), None), None);
        assert_eq!(presented(None, Some(&"x".repeat(KEY_BYTES_MAX + 1))), None);
    }
}
