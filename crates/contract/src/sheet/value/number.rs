//! Whole numbers and yes or no.

use std::ops::RangeInclusive;

use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::nearest::grouped;
use crate::sheet::section::Node;

/// A whole number in `range`.
pub(in crate::sheet) fn whole<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(Node<'_>) -> Option<T> {
    move |node| {
        let value = match node.value {
            DeValue::Integer(digits) => i128::from_str_radix(digits.as_str(), digits.radix()).ok(),
            DeValue::Float(_) => {
                let message = format!("`{}` takes a whole number", node.path);
                let fault = codes::WRONG_NUMBER.at(node.span, message).label("not whole");
                node.sink.report(fault.remedy("write digits without point or exponent"));
                return None;
            }
            _ => {
                node.wrong_type("a whole number", &(*range.start()).max(1).to_string());
                return None;
            }
        };
        let fitting = value.and_then(|value| u64::try_from(value).ok());
        match fitting.filter(|value| range.contains(value)) {
            Some(value) => T::try_from(value).ok(),
            None => {
                report_out_of_range(&node, &range);
                None
            }
        }
    }
}

fn report_out_of_range(node: &Node<'_>, range: &RangeInclusive<u64>) {
    let (least, most) = (grouped(*range.start()), grouped(*range.end()));
    let message = format!("`{}` is {}, outside {least} to {most}", node.path, node.source());
    let fault = codes::NUMBER_OUT_OF_RANGE.at(node.span, message).label("out of range");
    node.sink.report(fault.remedy(format!("write a number from {least} to {most}")));
}

/// True or false.
#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
pub(in crate::sheet) fn flag(node: Node<'_>) -> Option<bool> {
    match node.value {
        DeValue::Boolean(value) => Some(*value),
        _ => {
            node.wrong_type("true or false", "true");
            None
        }
    }
}

/// True; writing false is refused, for leaving the key out says that.
pub(in crate::sheet) fn only_true(node: Node<'_>) -> Option<bool> {
    let (span, path, sink) = (node.span, node.path.clone(), node.sink);
    let value = flag(node)?;
    if !value {
        let fault = codes::IDLE_KEY.at(span, format!("`{path}` is true or left out"));
        sink.report(fault.label("has no effect").remedy("remove it, and write the price"));
    }
    value.then_some(true)
}
