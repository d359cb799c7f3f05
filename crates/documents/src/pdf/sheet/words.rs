//! Amounts, dates and labels as the pages show them.

use leasehold_contract::lease::TaxClass;
use leasehold_types::{Date, Money, Ratio};

/// The sign of an amount below zero.
pub(super) const MINUS: &str = "\u{2212}";

/// An amount without its currency, which stands at the head of its column: `−1,500.00`.
pub(in crate::pdf) fn amount(money: Money) -> String {
    let said = money.to_string();
    let bare = said.split_once(' ').map_or(said.as_str(), |(_, amount)| amount);
    bare.replacen('-', MINUS, 1)
}

/// `1 July 2027`.
pub(in crate::pdf) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A span of days whose end is the first day after: `1 – 31 May 2027`.
pub(super) fn period(from: Date, until: Date) -> String {
    let last = until.yesterday().unwrap_or(until).max(from);
    if from == last {
        return day(from);
    }
    let same_year = from.year() == last.year();
    if same_year && from.month() == last.month() {
        return format!("{} \u{2013} {}", from.day(), day(last));
    }
    let first = if same_year { "%-d %B" } else { "%-d %B %Y" };
    format!("{} \u{2013} {}", from.strftime(first), day(last))
}

/// A label of the books as a line of text: `fee `full`` becomes `Fee “full”`.
pub(super) fn title(label: &str) -> String {
    let mut out = String::with_capacity(label.len() + 4);
    let mut opens = true;
    for (i, character) in label.chars().enumerate() {
        match character {
            '`' => {
                out.push(if opens { '\u{201C}' } else { '\u{201D}' });
                opens = !opens;
            }
            c if i == 0 => out.extend(c.to_uppercase()),
            c => out.push(c),
        }
    }
    out
}

/// A share as a percentage: `19 %`.
pub(super) fn percent(share: Ratio) -> String {
    match share.checked_mul(Ratio::whole(100)) {
        Ok(share) => format!("{share} %"),
        Err(_) => share.to_string(),
    }
}

/// The class of a tax, briefly: `S 19 %`.
pub(super) fn class(class: &TaxClass) -> String {
    format!("{} {}", class.category.code(), percent(class.rate))
}

/// A number in groups of three: `9,123.456789`.
pub(super) fn number(value: Ratio) -> String {
    let said = value.to_string();
    if said.contains('/') {
        return leasehold_books::explain::number(value);
    }
    let (sign, digits) = said.strip_prefix('-').map_or(("", said.as_str()), |rest| (MINUS, rest));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let mut out = sign.to_owned();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// An account number in groups of four, where it is an IBAN.
pub(super) fn account(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut head = bare.chars();
    let letters = (0..2).all(|_| head.next().is_some_and(|c| c.is_ascii_uppercase()));
    let digits = (0..2).all(|_| head.next().is_some_and(|c| c.is_ascii_digit()));
    if !(letters && digits && bare.chars().all(|c| c.is_ascii_alphanumeric())) {
        return text.to_owned();
    }
    let groups: Vec<String> =
        bare.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let (from, until): (Date, Date) =
            ("2027-05-01".parse().unwrap(), "2027-06-01".parse().unwrap());
        assert_eq!(period(from, until), "1 – 31 May 2027");
        assert_eq!(period(from, "2027-07-01".parse().unwrap()), "1 May – 30 June 2027");
        assert_eq!(period(from, "2028-01-02".parse().unwrap()), "1 May 2027 – 1 January 2028");
        assert_eq!(period(from, from), "1 May 2027");
        assert_eq!(title("correction: fee `full`"), "Correction: fee “full”");
        assert_eq!(account("DE02120300000000202051"), "DE02 1203 0000 0000 2020 51");
        assert_eq!(account("0123-456"), "0123-456");
        assert_eq!(number("9123.456789".parse().unwrap()), "9,123.456789");
        assert_eq!(number("-1000".parse().unwrap()), "−1,000");
    }
}
