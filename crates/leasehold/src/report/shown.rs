//! How figures are written for people: grouped digits, scales, shares and lengths of time.
//!
//! Everything here rounds exact values once, half away from zero, and is the last step before ink.

use leasehold_sim::figures::Capacity;
use leasehold_types::{Money, Ratio, Rounding, allocate};

/// Seconds in an hour, by which accelerator-seconds become accelerator-hours.
const HOUR_SECONDS: u128 = 3_600;

/// A whole number with its thousands grouped: `1,234,567`.
pub fn count(number: impl Into<u128>) -> String {
    grouped(&number.into().to_string())
}

/// `part of whole`: `12 of 14`.
pub fn part_of(part: u64, whole: u64) -> String {
    format!("{} of {}", count(part), count(whole))
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A power of a thousand, in which the numbers of one table are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    divisor: u128,
    /// Its name as it stands before a unit: ``, `thousand `, `million `.
    pub name: &'static str,
}

impl Scale {
    /// As it is.
    pub const ONE: Scale = Scale { divisor: 1, name: "" };
    /// In millions.
    pub const MILLION: Scale = Scale { divisor: 1_000_000, name: "million " };

    /// All of them, the smallest first.
    pub const ALL: [Scale; 5] = [
        Scale::ONE,
        Scale { divisor: 1_000, name: "thousand " },
        Scale::MILLION,
        Scale { divisor: 1_000_000_000, name: "billion " },
        Scale { divisor: 1_000_000_000_000, name: "trillion " },
    ];

    /// How many ones make one of this scale.
    pub fn divisor(self) -> u128 {
        self.divisor
    }

    /// The smallest scale in which `largest` has at most `digits` digits.
    pub fn fitting(largest: u128, digits: u32) -> Scale {
        let limit = 10_u128.saturating_pow(digits);
        let fits = |scale: &Scale| largest / scale.divisor < limit;
        Scale::ALL.into_iter().find(fits).unwrap_or(Scale::ALL[4])
    }

    /// The smallest scale in which every accelerator-time has at most `digits` digits of hours.
    pub fn of_hours(seconds: impl IntoIterator<Item = u128>, digits: u32) -> Scale {
        Scale::fitting(seconds.into_iter().max().unwrap_or(0) / HOUR_SECONDS, digits)
    }

    /// Accelerator-seconds as accelerator-hours of this scale.
    pub fn hours(self, seconds: u128) -> String {
        not_nothing(seconds, decimal(i128::try_from(seconds).ok(), self.hour_divisor(), 0))
    }

    /// A number in this scale, whole.
    pub fn number(self, number: u128) -> String {
        let divisor = i128::try_from(self.divisor).ok();
        not_nothing(number, decimal(i128::try_from(number).ok(), divisor, 0))
    }

    /// An amount without its currency: exact as it is, with two decimals in another scale.
    pub fn amount(self, money: Money) -> String {
        let per_major = i128::from(money.currency().minor_per_major());
        if self == Scale::ONE {
            return decimal(Some(money.minor()), Some(per_major), money.currency().decimals());
        }
        let divisor = i128::try_from(self.divisor).ok().and_then(|d| d.checked_mul(per_major));
        decimal(Some(money.minor()), divisor, 2)
    }

    /// The parts of a capacity in accelerator-hours of this scale, in the order owned, down, jobs,
    /// busy, quiet, recalled, idle. What is shown adds up as what is meant does: the parts share
    /// the rounded whole by largest remainder.
    pub fn capacity(self, capacity: &Capacity) -> [String; 7] {
        let c = capacity;
        let parts = [c.down, c.jobs, c.busy, c.quiet, c.recalled, c.idle].map(|part| part.0);
        let shown = self.shared_hours(capacity, &parts).unwrap_or_else(|| {
            parts.iter().map(|seconds| self.hours(*seconds)).collect::<Vec<_>>()
        });
        let mut cells =
            std::array::from_fn(|i| if i == 0 { String::new() } else { shown[i - 1].clone() });
        cells[0] = self.hours(c.owned.0);
        cells
    }

    fn shared_hours(self, capacity: &Capacity, parts: &[u128; 6]) -> Option<Vec<String>> {
        if !capacity.adds_up() {
            return None;
        }
        let owned = i128::try_from(capacity.owned.0).ok()?;
        let whole = Ratio::new(owned, self.hour_divisor()?).ok()?.round(Rounding::HalfAway);
        let weights: Vec<u64> =
            parts.iter().map(|p| u64::try_from(*p)).collect::<Result<_, _>>().ok()?;
        let shares = allocate(whole, &weights).ok()?;
        Some(shares.into_iter().map(|hours| count(hours.unsigned_abs())).collect())
    }

    fn hour_divisor(self) -> Option<i128> {
        i128::try_from(self.divisor.checked_mul(HOUR_SECONDS)?).ok()
    }
}

/// What stands where a number is too large to be shown; no figure of a replay is.
const TOO_LARGE: &str = "(too large)";

/// What is more than nothing is not shown as nothing.
fn not_nothing(number: u128, shown: String) -> String {
    if number > 0 && shown == "0" { "<1".to_owned() } else { shown }
}

/// `numerator / denominator`, rounded to `places` decimals and grouped.
fn decimal(numerator: Option<i128>, denominator: Option<i128>, places: u8) -> String {
    let rounded = numerator.zip(denominator).and_then(|(top, bottom)| {
        let scaled = top.checked_mul(10_i128.checked_pow(u32::from(places))?)?;
        Some(Ratio::new(scaled, bottom).ok()?.round(Rounding::HalfAway))
    });
    let Some(rounded) = rounded else { return TOO_LARGE.to_owned() };
    let places = usize::from(places);
    let digits = format!("{:0>width$}", rounded.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if rounded < 0 { "-" } else { "" };
    let dot = if places > 0 { "." } else { "" };
    format!("{sign}{}{dot}{part}", grouped(whole))
}

/// A character as it may be shown: those that steer a terminal, that no page may hold or that turn
/// the words around them become blanks.
pub fn printable(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if turns || (c.is_control() && c != '\n') { ' ' } else { c }
}

/// An amount in a sentence: `USD 27.65 billion`, `USD 950,000.00`, `JPY 100`.
pub fn amount_in_words(money: Money) -> String {
    let major =
        money.minor().unsigned_abs() / money.currency().minor_per_major().unsigned_abs() as u128;
    let scale = match major {
        0..1_000_000 => Scale::ONE,
        _ => Scale::fitting(major, 3),
    };
    format!("{} {} {}", money.currency(), scale.amount(money), scale.name).trim_end().to_owned()
}

/// A share in per cent with one decimal: `12.3 %`. What is more than nothing is never shown as
/// nothing, and what is less than all never as all. Nothing of nothing is no share.
pub fn share(part: u128, whole: u128) -> Option<String> {
    if whole == 0 {
        return None;
    }
    let tenths = part.checked_mul(2_000)?.checked_add(whole)? / whole.checked_mul(2)?;
    Some(match tenths {
        0 if part > 0 => "<0.1 %".to_owned(),
        1_000 if part < whole => ">99.9 %".to_owned(),
        _ => format!("{}.{} %", grouped(&(tenths / 10).to_string()), tenths % 10),
    })
}

/// An exact fraction as a share in per cent.
pub fn share_of(ratio: Ratio) -> Option<String> {
    let part = u128::try_from(ratio.numerator()).ok()?;
    share(part, u128::try_from(ratio.denominator()).ok()?)
}

/// A length of time by its two largest units, rounded: `3 d 4 h`, `12 min 5 s`, `0 s`.
pub fn length(seconds: u64) -> String {
    let rounded = |to: u64| seconds.saturating_add(to / 2) / to * to;
    let (large, small, seconds) = match seconds {
        0..60 => return format!("{seconds} s"),
        60..3_570 => ((60, "min"), (1, "s"), seconds),
        3_570..84_600 => ((3_600, "h"), (60, "min"), rounded(60)),
        _ => ((86_400, "d"), (3_600, "h"), rounded(3_600)),
    };
    let (whole, rest) = (seconds / large.0, seconds % large.0 / small.0);
    let rest = if rest > 0 { format!(" {rest} {}", small.1) } else { String::new() };
    format!("{} {}{rest}", count(whole), large.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_types::{AcceleratorSeconds, Currency};

    fn money(minor: i128, currency: &str) -> Money {
        Money::new(minor, currency.parse::<Currency>().unwrap())
    }

    #[test]
    fn numbers_are_grouped_and_scaled() {
        assert_eq!(count(0u64), "0");
        assert_eq!(count(1_234_567u64), "1,234,567");
        assert_eq!(Scale::fitting(999_999, 6), Scale::ONE);
        assert_eq!(Scale::fitting(1_000_000, 6).name, "thousand ");
        assert_eq!(Scale::fitting(1_499_500, 6).number(1_499_500), "1,500");
        assert_eq!(Scale::fitting(1_499_500, 6).number(372), "<1");
        assert_eq!(Scale::ONE.hours(1), "<1");
        assert_eq!(Scale::ONE.hours(0), "0");
        assert_eq!(Scale::fitting(u128::MAX, 6).number(u128::MAX), TOO_LARGE);
    }

    #[test]
    fn amounts_keep_their_decimals_until_they_are_scaled() {
        assert_eq!(Scale::ONE.amount(money(-5, "USD")), "-0.05");
        assert_eq!(Scale::ONE.amount(money(4_375_000_000_000, "USD")), "43,750,000,000.00");
        assert_eq!(Scale::ONE.amount(money(1_250, "KWD")), "1.250");
        assert_eq!(Scale::MILLION.amount(money(4_375_000_000_000, "USD")), "43,750.00");
        assert_eq!(Scale::MILLION.amount(money(-1_500_000, "JPY")), "-1.50");
    }

    #[test]
    fn amounts_in_sentences() {
        assert_eq!(amount_in_words(money(2_765_000_000_000, "USD")), "USD 27.65 billion");
        assert_eq!(amount_in_words(money(95_000_000, "USD")), "USD 950,000.00");
        assert_eq!(amount_in_words(money(100, "JPY")), "JPY 100");
        assert_eq!(amount_in_words(money(-12_345_678_900, "USD")), "USD -123.46 million");
    }

    #[test]
    fn shares_never_turn_little_into_nothing() {
        assert_eq!(share(1, 3).unwrap(), "33.3 %");
        assert_eq!(share(2, 3).unwrap(), "66.7 %");
        assert_eq!(share(0, 3).unwrap(), "0.0 %");
        assert_eq!(share(1, 1_000_000).unwrap(), "<0.1 %");
        assert_eq!(share(999_999, 1_000_000).unwrap(), ">99.9 %");
        assert_eq!(share(3, 3).unwrap(), "100.0 %");
        assert_eq!(share(0, 0), None);
        assert_eq!(share_of("17/28".parse().unwrap()).unwrap(), "60.7 %");
    }

    #[test]
    fn lengths_have_two_units() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (725, "12 min 5 s"),
            (3_569, "59 min 29 s"),
            (3_570, "1 h"),
            (18_730, "5 h 12 min"),
            (84_599, "23 h 30 min"),
            (86_400, "1 d"),
            (273_600, "3 d 4 h"),
            (864_000_000, "10,000 d"),
        ] {
            assert_eq!(length(seconds), shown, "{seconds}");
        }
    }

    #[test]
    fn shown_parts_add_up_to_the_shown_whole() {
        let third = AcceleratorSeconds(3_600 / 3);
        let capacity = Capacity {
            owned: AcceleratorSeconds(3_600),
            down: third,
            jobs: third,
            busy: third,
            ..Capacity::default()
        };
        assert_eq!(Scale::ONE.capacity(&capacity), ["1", "1", "0", "0", "0", "0", "0"]);
        let broken = Capacity { down: AcceleratorSeconds(7_200), ..capacity };
        assert_eq!(Scale::ONE.capacity(&broken)[1], "2");
    }
}
