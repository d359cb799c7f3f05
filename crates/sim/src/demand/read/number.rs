//! Numbers in traces: plain decimals within stated bounds, read exactly.

/// What a column may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Least value.
    pub least: u64,
    /// Most.
    pub most: u64,
    /// What becomes of a fraction.
    pub fraction: Fraction,
    /// The rule in words, to stand after "but".
    pub text: &'static str,
}

/// What becomes of the part behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fraction {
    /// 3.9 is 3: when something happened.
    Down,
    /// 3.1 is 4: how long it took.
    Up,
    /// 3.0 is 3, 3.5 is an error: a count.
    Refuse,
}

impl Rule {
    /// The value of `text`, or nothing where it breaks the rule.
    pub fn parse(&self, text: &str) -> Option<u64> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        if !digits(whole) || !digits(part) {
            return None;
        }
        let has_fraction = part.bytes().any(|b| b != b'0');
        let floor: u64 = whole.parse().ok()?;
        let value = match self.fraction {
            Fraction::Down => floor,
            Fraction::Up => floor.checked_add(u64::from(has_fraction))?,
            Fraction::Refuse if has_fraction => return None,
            Fraction::Refuse => floor,
        };
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A decimal in thousandths, the rest cut off: token means are given to three places.
pub(super) fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(part) {
        return None;
    }
    let padded = format!("{part}00");
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(padded[..3].parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(fraction: Fraction) -> Rule {
        Rule { least: 1, most: 1_000, fraction, text: "" }
    }

    #[test]
    fn fractions_go_the_stated_way() {
        assert_eq!(rule(Fraction::Down).parse("3.9"), Some(3));
        assert_eq!(rule(Fraction::Up).parse("3.0000001"), Some(4));
        assert_eq!(rule(Fraction::Up).parse("0.4"), Some(1));
        assert_eq!(rule(Fraction::Refuse).parse("3.00"), Some(3));
        assert_eq!(rule(Fraction::Refuse).parse("3.5"), None);
    }

    #[test]
    fn what_is_no_number_in_bounds_is_refused() {
        let all = ["", "-3", "+3", "NaN", "inf", "1e3", "0", "1001", "1,000", "0x10", "3.", ".5"];
        let huge = ["99999999999999999999999999", "18446744073709551615", "18446744073709551615.5"];
        for text in all.into_iter().chain(huge) {
            for fraction in [Fraction::Down, Fraction::Up, Fraction::Refuse] {
                assert_eq!(rule(fraction).parse(text), None, "{text}");
            }
        }
    }

    #[test]
    fn means_are_read_in_thousandths() {
        assert_eq!(thousandths("263.864"), Some(263_864));
        assert_eq!(thousandths("263.8649"), Some(263_864));
        assert_eq!(thousandths("49.0"), Some(49_000));
        assert_eq!(thousandths("7"), Some(7_000));
        assert_eq!(thousandths("-7"), None);
        assert_eq!(thousandths("nan"), None);
    }
}
