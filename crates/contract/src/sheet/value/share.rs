//! Shares and multiples: exact, never through floating point.

use leasehold_types::Ratio;
use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::limits::{MULTIPLE_MAX, RATE_DECIMALS_MAX};
use crate::sheet::nearest::quoted;
use crate::sheet::section::Node;

/// A share of a whole: above 0 (or from 0, with `zero`) to 100 %.
pub(in crate::sheet) fn share(zero: bool) -> impl Fn(Node<'_>) -> Option<Ratio> {
    move |node| {
        let value = exact(&node, "a share", "\"12.5%\"")?;
        let low = value.is_negative() || (value.is_zero() && !zero);
        if low || value > Ratio::ONE {
            let range = if zero { "from 0% to 100%" } else { "above 0% and at most 100%" };
            let message = format!("`{}` is {}, not {range}", node.path, node.source());
            let fault = codes::SHARE_OUT_OF_RANGE.at(node.span, message).label("out of range");
            let percent = value.checked_div(Ratio::whole(100)).ok();
            let meant = percent.filter(|p| *p <= Ratio::ONE && !p.is_zero() && !p.is_negative());
            node.sink.report(match meant {
                Some(_) => fault.remedy(format!("if {value} percent is meant, write \"{value}%\"")),
                None => fault.remedy(format!("write a share {range}")),
            });
            return None;
        }
        Some(value)
    }
}

/// A multiple of a whole: from 0 to [`MULTIPLE_MAX`].
pub(in crate::sheet) fn multiple(node: Node<'_>) -> Option<Ratio> {
    let value = exact(&node, "a number", "\"1.5\"")?;
    if value.is_negative() || value > Ratio::whole(MULTIPLE_MAX) {
        let message = format!("`{}` is {}, outside 0 to {MULTIPLE_MAX}", node.path, node.source());
        let fault = codes::SHARE_OUT_OF_RANGE.at(node.span, message).label("out of range");
        node.sink.report(fault.remedy(format!("write a number from 0 to {MULTIPLE_MAX}")));
        return None;
    }
    Some(value)
}

/// The exact number that stands there, as a text or a TOML number.
fn exact(node: &Node<'_>, wanted: &str, example: &str) -> Option<Ratio> {
    let text: &str = match node.value {
        DeValue::String(text) => text,
        DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
        DeValue::Float(digits) => digits.as_str(),
        _ => {
            node.wrong_type(wanted, example);
            return None;
        }
    };
    let Ok(value) = text.trim().parse::<Ratio>() else {
        let message = format!("`{}` is not {wanted}", quoted(text));
        let fault = codes::WRONG_SHARE.at(node.span, message).label("not understood");
        node.sink.report(fault.remedy(format!("write it like {example}")));
        return None;
    };
    if value.denominator() > 10_i128.pow(RATE_DECIMALS_MAX + 2) {
        let message = format!("`{}` has too many decimals", node.path);
        let fault = codes::TOO_MANY_DECIMALS.at(node.span, message).label("too fine");
        node.sink.report(fault.remedy(format!("write at most {RATE_DECIMALS_MAX} decimals")));
        return None;
    }
    Some(value)
}
