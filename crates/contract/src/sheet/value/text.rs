//! Texts, names and addresses.

use leasehold_types::BadName;
use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::limits::{
    ADDRESS_LINES_MAX, ADDRESSES_MAX, PREFIX_MAX_CHARS, PROSE_MAX_CHARS, TEXT_MAX_CHARS,
};
use crate::sheet::nearest::quoted;
use crate::sheet::section::Node;

use super::choice::entries;

/// Longest name that is suggested, in characters.
const NAME_MAX_CHARS: usize = 64;

/// A short text on one line: a title, a legal name, a reference.
pub(in crate::sheet) fn text(node: Node<'_>) -> Option<String> {
    checked_text(node, TEXT_MAX_CHARS, |c| !c.is_control())
}

/// Prose that may have several lines.
pub(in crate::sheet) fn prose(node: Node<'_>) -> Option<String> {
    checked_text(node, PROSE_MAX_CHARS, |c| !c.is_control() || c == '\n' || c == '\r')
}

#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
fn checked_text(node: Node<'_>, most: usize, allowed: impl Fn(char) -> bool) -> Option<String> {
    let DeValue::String(found) = node.value else {
        node.wrong_type("a text", "\"text\"");
        return None;
    };
    let trimmed = found.trim();
    let (problem, remedy) = if trimmed.is_empty() {
        ("is blank", "write the text, or leave the key out if it may be left out".to_owned())
    } else if trimmed.chars().count() > most {
        ("is too long", format!("write at most {most} characters"))
    } else if !trimmed.chars().all(allowed) {
        ("has a control character", "write it without line breaks and the like".to_owned())
    } else {
        return Some(trimmed.to_owned());
    };
    let fault = codes::WRONG_TEXT.at(node.span, format!("`{}` {problem}", node.path));
    node.sink.report(fault.label(problem).remedy(remedy));
    None
}

/// A name by which something is known in this system.
pub(in crate::sheet) fn name<T>(
    new: impl Fn(&str) -> Result<T, BadName>,
) -> impl Fn(Node<'_>) -> Option<T> {
    move |node| {
        let DeValue::String(found) = node.value else {
            node.wrong_type("a name", "\"colossus-1\"");
            return None;
        };
        if let Ok(name) = new(found) {
            return Some(name);
        }
        let message = format!("`{}` is not a usable name", quoted(found));
        let fault = codes::WRONG_NAME.at(node.span, message).label("not a name");
        let usable = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(*c);
        let lower = found.to_ascii_lowercase().replace(' ', "-");
        let near: String = lower.chars().filter(usable).take(NAME_MAX_CHARS).collect();
        let remedy = match new(&near) {
            Ok(_) => format!("write it like \"{near}\""),
            Err(_) => "write it like \"colossus-1\"".to_owned(),
        };
        node.sink.report(fault.remedy(remedy));
        None
    }
}

/// Addresses of record.
pub(in crate::sheet) fn addresses(node: Node<'_>) -> Option<Vec<String>> {
    entries(&node, ADDRESSES_MAX, "[\"mailto:notices@example.com\"]", |entry| {
        let (span, sink) = (entry.span, entry.sink);
        let found = text(entry)?;
        let rest = found.strip_prefix("mailto:").filter(|rest| rest.contains('@'));
        let rest = rest.or(found.strip_prefix("https://"));
        if rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
            return Some(found);
        }
        let message = format!("`{}` is not an address of record", quoted(&found));
        let fault = codes::WRONG_ADDRESS.at(span, message).label("cannot be served here");
        let remedy = if found.contains('@') && !found.contains(':') {
            format!("write \"mailto:{found}\"")
        } else {
            "write it like \"mailto:notices@example.com\" or \"https://example.com/notices\""
                .to_owned()
        };
        sink.report(fault.remedy(remedy));
        None
    })
}

/// The lines of a postal address.
pub(in crate::sheet) fn address_lines(node: Node<'_>) -> Option<Vec<String>> {
    entries(&node, ADDRESS_LINES_MAX, "[\"Speicherstr. 12\"]", text)
}

/// What numbers of documents begin with.
#[allow(clippy::needless_pass_by_value, reason = "readers take their node by value")]
pub(in crate::sheet) fn prefix(node: Node<'_>) -> Option<String> {
    let DeValue::String(found) = node.value else {
        node.wrong_type("a text", "\"INV-\"");
        return None;
    };
    let usable = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let length = found.chars().count();
    if (1..=PREFIX_MAX_CHARS).contains(&length) && found.chars().all(usable) {
        return Some(found.to_string());
    }
    let message = format!("no number may begin with `{}`", quoted(found));
    let fault = codes::WRONG_PREFIX.at(node.span, message).label("not usable");
    node.sink.report(fault.remedy("write it like \"INV-\" or \"2027/\""));
    None
}
