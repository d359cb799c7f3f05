//! Times as traces write them: civil, without a zone or with that of UTC. All are taken as UTC.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The rule in words.
pub(super) const RULE: &str = "it must be a time of UTC from 1970 on, like 2023-11-16 18:15:46";

const SHORTEST: usize = "2023-11-16 18:15:46".len();

/// Seconds since 1970; a fraction of a second is cut off.
pub(super) fn second_of(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
    // What follows the seconds may only be their fraction: the parser would drop an offset.
    let fraction = text.get(SHORTEST..)?.strip_prefix('.').unwrap_or(text.get(SHORTEST..)?);
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    let second = TimeZone::UTC.to_timestamp(civil).ok()?.as_second();
    (second >= 0).then_some(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_in_use() {
        for text in [
            "2023-11-16 18:15:46.6805900",
            "2023-11-16 18:15:46",
            "2023-11-16T18:15:46Z",
            "2023-11-16 18:15:46.999999+00:00",
        ] {
            assert_eq!(second_of(text), Some(1_700_158_546), "{text}");
        }
        for bad in
            ["", "2023-11-16", "2023-02-30 00:00:00", "2023-11-16 18:15:46+02:00", "1700158546"]
        {
            assert_eq!(second_of(bad), None, "{bad}");
        }
    }
}
