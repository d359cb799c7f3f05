//! Documents and states name the lease as signed in full; where they do, the log holds one byte
//! instead, which no JSON text contains, for the register holds the lease.

/// Stands for the lease as signed.
const HERE: u8 = 0;

/// `text` with every occurrence of `signed` left out.
pub(super) fn fold(text: &[u8], signed: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, signed) {
        folded.extend_from_slice(&rest[..at]);
        folded.push(HERE);
        rest = &rest[at + signed.len()..];
    }
    folded.extend_from_slice(rest);
    folded
}

/// What [`fold`] was given.
pub(crate) fn unfold(folded: &[u8], signed: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(folded.len() + signed.len());
    for (i, part) in folded.split(|byte| *byte == HERE).enumerate() {
        if i > 0 {
            text.extend_from_slice(signed);
        }
        text.extend_from_slice(part);
    }
    text
}

/// Where `needle` stands in `hay`. It is long and begins rarely, so its first bytes decide.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    const PROBE: usize = 16;
    let probe = needle.get(..PROBE)?;
    let last = hay.len().checked_sub(needle.len())?;
    let mut from = 0;
    while let Some(at) = hay.get(from..=last)?.iter().position(|byte| *byte == probe[0]) {
        let at = from + at;
        if hay[at..].starts_with(probe) && hay[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_comes_back() {
        let signed = br#"{"id":"a-lease-that-is-long-enough","title":"t"}"#;
        let inside =
            [br#"{"terms":"#.as_slice(), signed, br#","n":1,"again":"#, signed, b"}"].concat();
        let near = br#"{"terms":{"id":"a-lease-that-is-long-enough","title":"u"}}"#;
        for text in [inside.as_slice(), near, b"{}", b"", &signed[..20], signed] {
            assert_eq!(unfold(&fold(text, signed), signed), text);
        }
        assert_eq!(fold(&inside, signed), b"{\"terms\":\0,\"n\":1,\"again\":\0}");
    }
}
