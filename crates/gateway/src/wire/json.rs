//! Looking into JSON without reading all of it: the members of an object and where they stand.
//!
//! A gateway forwards bytes as they came and needs two or three members of each object that passes.
//! This finds them in one pass without building anything, and without deciding whether the rest is
//! valid: that is for the engine and the client to say. What it cannot follow it calls malformed.

use std::ops::Range;

/// Deepest nesting that is followed.
pub const DEPTH_MAX: usize = 128;

/// A member of an object: its raw key, without its quotes and with its escapes, and where its value
/// stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key as written between the quotes.
    pub key: &'a [u8],
    /// From the key's opening quote to the end of the value.
    pub whole: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

/// What is not an object, or breaks off within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no JSON object, or a broken one")]
pub struct Malformed;

/// Goes through the members of the object that `text` holds.
///
/// # Errors
/// [`Malformed`] where `text` is no object, breaks off, or nests deeper than [`DEPTH_MAX`].
pub fn members<'a>(
    text: &'a [u8],
    mut each: impl FnMut(Member<'a>),
) -> Result<Range<usize>, Malformed> {
    let start = skip_space(text, 0);
    let mut at = expect(text, start, b'{')?;
    at = skip_space(text, at);
    if text.get(at) == Some(&b'}') {
        return Ok(start..at + 1);
    }
    loop {
        let begins = at;
        let key_end = string_end(text, at)?;
        let colon = expect(text, skip_space(text, key_end), b':')?;
        let value = skip_space(text, colon);
        let ends = value_end(text, value)?;
        let key = text.get(begins + 1..key_end - 1).ok_or(Malformed)?;
        each(Member { key, whole: begins..ends, value: value..ends });
        at = skip_space(text, ends);
        match text.get(at) {
            Some(b',') => at = skip_space(text, at + 1),
            Some(b'}') => return Ok(start..at + 1),
            _ => return Err(Malformed),
        }
    }
}

/// The value of the member `key` of the object in `text`; the last one where it comes twice, as most
/// readers have it.
///
/// # Errors
/// As [`members`].
pub fn member<'a>(text: &'a [u8], key: &str) -> Result<Option<&'a [u8]>, Malformed> {
    let mut found = None;
    members(text, |member| {
        if member.key == key.as_bytes() {
            found = text.get(member.value);
        }
    })?;
    Ok(found)
}

/// `text` without the member that stands at `whole`, and without the comma that then is one too
/// many.
pub fn without(text: &[u8], whole: &Range<usize>) -> Vec<u8> {
    let (mut from, mut until) = (whole.start, whole.end);
    let after = skip_space(text, until);
    if text.get(after) == Some(&b',') {
        until = skip_space(text, after + 1);
    } else {
        let before = text.get(..from).unwrap_or_default();
        let comma = before.iter().rposition(|byte| !is_space(*byte));
        if let Some(comma) = comma.filter(|at| before.get(*at) == Some(&b',')) {
            from = comma;
        }
    }
    let (head, tail) = (text.get(..from), text.get(until..));
    [head.unwrap_or_default(), tail.unwrap_or_default()].concat()
}

/// A whole number of at least zero; `None` for anything else.
pub fn count(value: &[u8]) -> Option<u64> {
    if value.is_empty() || value.len() > 20 {
        return None;
    }
    value.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn skip_space(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

fn expect(text: &[u8], at: usize, byte: u8) -> Result<usize, Malformed> {
    if text.get(at) == Some(&byte) { Ok(at + 1) } else { Err(Malformed) }
}

/// The place after the closing quote of the string that begins at `at`.
fn string_end(text: &[u8], at: usize) -> Result<usize, Malformed> {
    let mut from = expect(text, at, b'"')?;
    loop {
        let rest = text.get(from..).ok_or(Malformed)?;
        let found = from + memchr::memchr2(b'"', b'\\', rest).ok_or(Malformed)?;
        if text[found] == b'"' {
            return Ok(found + 1);
        }
        from = found + 2;
    }
}

/// The place after the value that begins at `at`.
fn value_end(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at) {
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'[') => nested_end(text, at),
        Some(_) => {
            let rest = text.get(at..).ok_or(Malformed)?;
            let ends = |byte: &u8| is_space(*byte) || matches!(byte, b',' | b'}' | b']');
            let length = rest.iter().position(ends).ok_or(Malformed)?;
            if length == 0 { Err(Malformed) } else { Ok(at + length) }
        }
        None => Err(Malformed),
    }
}

fn nested_end(text: &[u8], at: usize) -> Result<usize, Malformed> {
    // One bit a level: set for an object.
    let (mut objects, mut depth, mut at) = (0_u128, 0, at);
    loop {
        let rest = text.get(at..).ok_or(Malformed)?;
        let interesting = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']');
        at += rest.iter().position(interesting).ok_or(Malformed)?;
        match text[at] {
            b'"' => at = string_end(text, at)?,
            opening @ (b'{' | b'[') => {
                if depth == DEPTH_MAX {
                    return Err(Malformed);
                }
                objects = (objects << 1) | u128::from(opening == b'{');
                depth += 1;
                at += 1;
            }
            closing => {
                if (objects & 1 == 1) != (closing == b'}') {
                    return Err(Malformed);
                }
                objects >>= 1;
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Result<Vec<(String, String)>, Malformed> {
        let mut found = Vec::new();
        let words = |range: Range<usize>| text[range].to_owned();
        members(text.as_bytes(), |member| {
            let key = String::from_utf8(member.key.to_vec()).unwrap();
            found.push((key, words(member.value)));
        })?;
        Ok(found)
    }

    #[test]
    fn members_stand_where_they_are_said_to() {
        let text = r#" { "a" : 1 , "b\"c":{"d":["}",{}]},"e":"\\\"","f":null } "#;
        let found = list(text).unwrap();
        let expected =
            [("a", "1"), ("b\\\"c", r#"{"d":["}",{}]}"#), ("e", r#""\\\"""#), ("f", "null")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(list("{}"), Ok(Vec::new()));
    }

    #[test]
    fn what_breaks_off_is_malformed() {
        let text = r#"{"a":1,"b":{"c":["x"]}}"#;
        for length in 0..text.len() {
            assert_eq!(list(&text[..length]), Err(Malformed), "{}", &text[..length]);
        }
        for text in [r#"["a"]"#, "1", r#"{"a":}"#, r#"{"a":[}]}"#, r#"{"a" 1}"#, r#"{a:1}"#] {
            assert_eq!(list(text), Err(Malformed), "{text}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
        assert_eq!(list(&deep), Err(Malformed));
    }

    #[test]
    fn a_member_is_taken_out_with_its_comma() {
        let cases = [
            (r#"{"u":1}"#, "{}"),
            (r#"{"u":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":2,"u":{"x":1}}"#, r#"{"a":2}"#),
            (r#"{"a":2, "u":1 , "b":3}"#, r#"{"a":2, "b":3}"#),
        ];
        for (text, expected) in cases {
            let mut whole = 0..0;
            members(text.as_bytes(), |member| {
                if member.key == b"u" {
                    whole = member.whole;
                }
            })
            .unwrap();
            assert_eq!(String::from_utf8(without(text.as_bytes(), &whole)).unwrap(), expected);
        }
    }

    #[test]
    fn counts_are_whole_numbers() {
        assert_eq!(count(b"0"), Some(0));
        assert_eq!(count(b"18446744073709551615"), Some(u64::MAX));
        for text in ["", "-1", "1.5", "1e3", "18446744073709551616", "null"] {
            assert_eq!(count(text.as_bytes()), None, "{text}");
        }
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            "\\PC{0,12}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map("\\PC{0,6}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_a_whole_parser(
            map in prop::collection::btree_map("\\PC{0,8}", value(), 0..6),
            pretty in any::<bool>(),
        ) {
            let object = serde_json::Value::Object(map.into_iter().collect());
            let text = if pretty {
                serde_json::to_string_pretty(&object).unwrap()
            } else {
                object.to_string()
            };
            let mut rebuilt = serde_json::Map::new();
            let all = members(text.as_bytes(), |member| {
                let key = format!("\"{}\"", String::from_utf8_lossy(member.key));
                let value = &text[member.value];
                rebuilt.insert(
                    serde_json::from_str(&key).unwrap(),
                    serde_json::from_str(value).unwrap(),
                );
            })
            .unwrap();
            prop_assert_eq!(all, 0..text.len());
            prop_assert_eq!(serde_json::Value::Object(rebuilt), object);
        }

        #[test]
        fn taking_any_member_out_leaves_the_others(
            map in prop::collection::btree_map("[a-z]{1,8}", value(), 1..6),
            nth in any::<prop::sample::Index>(),
        ) {
            let object: serde_json::Map<String, serde_json::Value> = map.into_iter().collect();
            let text = serde_json::Value::Object(object.clone()).to_string();
            let key = object.keys().nth(nth.index(object.len())).unwrap().clone();
            let mut whole = 0..0;
            members(text.as_bytes(), |member| {
                if member.key == key.as_bytes() {
                    whole = member.whole;
                }
            })
            .unwrap();
            let mut expected = object;
            expected.remove(&key);
            let left: serde_json::Value =
                serde_json::from_slice(&without(text.as_bytes(), &whole)).unwrap();
            prop_assert_eq!(left, serde_json::Value::Object(expected));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = members(&bytes, |_| {});
        }
    }
}
