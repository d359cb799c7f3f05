//! Lengths of time.

use std::ops::RangeInclusive;

use leasehold_types::Seconds;
use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::nearest::{compact, quoted};
use crate::sheet::section::Node;

/// A length of time in `range`, in seconds.
pub(in crate::sheet) fn duration(
    range: RangeInclusive<i64>,
) -> impl Fn(Node<'_>) -> Option<Seconds> {
    move |node| {
        let DeValue::String(text) = node.value else {
            node.wrong_type("a length of time in quotes", "\"72h\", \"1d12h\" or \"30min\"");
            return None;
        };
        let Ok(length) = text.parse::<Seconds>() else {
            let message = format!("`{}` is not a length of time", quoted(text));
            let fault = codes::WRONG_DURATION.at(node.span, message).label("not understood");
            node.sink.report(fault.remedy("write it like \"72h\", \"1d12h\" or \"30min\""));
            return None;
        };
        if !range.contains(&length.0) {
            let (least, most) = (Seconds(*range.start()), Seconds(*range.end()));
            let message = format!("`{}` is {length}, outside {least} to {most}", node.path);
            let fault = codes::DURATION_OUT_OF_RANGE.at(node.span, message).label("out of range");
            let (least, most) = (compact(least), compact(most));
            node.sink.report(fault.remedy(format!("write \"{least}\" to \"{most}\"")));
            return None;
        }
        Some(length)
    }
}
