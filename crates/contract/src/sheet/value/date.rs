//! Civil dates.

use leasehold_types::Date;
use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::limits::{YEAR_MAX, YEAR_MIN};
use crate::sheet::nearest::quoted;
use crate::sheet::section::Node;

/// A civil date without a time.
#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
pub(in crate::sheet) fn date(node: Node<'_>) -> Option<Date> {
    let DeValue::Datetime(found) = node.value else {
        wrong_type(&node);
        return None;
    };
    let (Some(date), None, None) = (found.date, found.time, found.offset) else {
        let message = format!("`{}` takes a date without a time", node.path);
        let fault = codes::WRONG_DATE.at(node.span, message).label("has a time");
        let day = found.date.map_or("2026-07-01".to_owned(), |date| date.to_string());
        node.sink.report(fault.remedy(format!("write {day}")));
        return None;
    };
    let year = i16::try_from(date.year).ok()?;
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        let message = format!("{date} is too far away");
        let fault = codes::DATE_OUT_OF_RANGE.at(node.span, message).label(format!("year {year}"));
        node.sink.report(fault.remedy("check the year"));
        return None;
    }
    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

fn wrong_type(node: &Node<'_>) {
    match node.value {
        DeValue::String(text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            let message = format!("`{}` takes a date, not a text", node.path);
            let fault = codes::WRONG_TYPE.at(node.span, message).label("in quotes");
            node.sink.report(fault.remedy(format!("write {} without quotes", quoted(text))));
        }
        _ => node.wrong_type("a date", "2026-07-01"),
    }
}
