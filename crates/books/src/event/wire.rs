//! Writing events as lines.

use super::{Event, kinds};

/// The first line of an events file.
pub const HEADER: &str = r#"{"leasehold_events":1}"#;

/// An event as one line of JSON, without the line's end. [`super::parse_line`] reads it back.
///
/// # Errors
/// As `serde_json`; in practice none, for every field can be written.
pub fn to_line(event: &Event) -> Result<String, serde_json::Error> {
    kinds::lines::write(event)
}
