//! Reads one table of a fleet file: known keys, texts, names and whole numbers within limits.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Faults;

/// Longest text accepted where the file has free text, in bytes.
pub const TEXT_MAX_BYTES: usize = 1_000;

/// A value and the bytes that it came from.
pub(super) type Placed<T> = (T, Range<usize>);

/// One table under reading. What it cannot read it adds to the faults and leaves out.
pub(super) struct Table<'a, 'i> {
    /// What the table describes, as messages call it: "a hall".
    pub(super) what: &'static str,
    pub(super) span: Range<usize>,
    table: &'a DeTable<'i>,
}

impl<'a, 'i> Table<'a, 'i> {
    /// Opens the table; keys that are not `known` are faults.
    pub(super) fn open(
        what: &'static str,
        table: &'a DeTable<'i>,
        span: Range<usize>,
        known: &[&str],
        faults: &mut Faults<'_>,
    ) -> Self {
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let rule = format!("`{}` is not a key of {what}", shown(key.get_ref()));
            faults.push(key.span(), rule, format!("use one of {}", known.join(", ")));
        }
        Table { what, span, table }
    }

    /// The value under `key`, which must be there.
    fn required(&self, key: &str, faults: &mut Faults<'_>) -> Option<&'a Spanned<DeValue<'i>>> {
        let value = self.table.get(key);
        if value.is_none() {
            let rule = format!("{} needs `{key}`", self.what);
            faults.push(self.span.clone(), rule, format!("add `{key} = ...`"));
        }
        value
    }

    /// The whole number under `key`, which must be there and within `allowed`.
    pub(super) fn number(
        &self,
        key: &str,
        allowed: RangeInclusive<u64>,
        faults: &mut Faults<'_>,
    ) -> Option<Placed<u64>> {
        let value = self.required(key, faults)?;
        let read = value.get_ref().as_integer();
        let read = read.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        let read = read.and_then(|n| u64::try_from(n).ok()).filter(|n| allowed.contains(n));
        if read.is_none() {
            let rule = format!("`{key}` of {} is {}", self.what, described(value.get_ref()));
            let remedy = match (allowed.start(), allowed.end()) {
                (only, most) if only == most => format!("write {only}"),
                (least, most) => format!("write a whole number from {least} to {most}"),
            };
            faults.push(value.span(), rule, remedy);
        }
        Some((read?, value.span()))
    }

    /// The name under `key`, which must be there: one part of an id, hence without `/`.
    pub(super) fn name(&self, key: &str, faults: &mut Faults<'_>) -> Option<Placed<&'a str>> {
        let value = self.required(key, faults)?;
        let name = value.get_ref().as_str().filter(|name| is_name(name));
        if name.is_none() {
            let rule = format!("`{key}` of {} is {}", self.what, described(value.get_ref()));
            let remedy = "write a text of lower-case letters, digits, `-`, `_` and `.`, beginning \
                          with a letter or digit";
            faults.push(value.span(), rule, remedy);
        }
        Some((name?, value.span()))
    }

    /// The texts under `key`, if it is there: one, or an array of them.
    pub(super) fn texts(&self, key: &str, faults: &mut Faults<'_>) -> Vec<Placed<&'a str>> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let values = match value.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![value],
        };
        values.into_iter().filter_map(|value| self.read_text(key, value, faults)).collect()
    }

    /// The text under `key`, if it is there.
    pub(super) fn text(&self, key: &str, faults: &mut Faults<'_>) -> Option<Placed<&'a str>> {
        self.read_text(key, self.table.get(key)?, faults)
    }

    fn read_text(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'i>>,
        faults: &mut Faults<'_>,
    ) -> Option<Placed<&'a str>> {
        let text = value.get_ref().as_str().filter(|text| text.len() <= TEXT_MAX_BYTES);
        if text.is_none() {
            let rule = format!("`{key}` of {} is {}", self.what, described(value.get_ref()));
            let remedy = format!("write a text of at most {TEXT_MAX_BYTES} bytes");
            faults.push(value.span(), rule, remedy);
        }
        Some((text?, value.span()))
    }

    /// The tables under `key`, of which there must be at least one.
    pub(super) fn tables(
        &self,
        key: &str,
        faults: &mut Faults<'_>,
    ) -> Vec<Placed<&'a DeTable<'i>>> {
        let remedy = format!("write one or more tables `[[...{key}]]`");
        let Some(value) = self.table.get(key) else {
            let rule = format!("{} needs at least one `{key}`", self.what);
            faults.push(self.span.clone(), rule, remedy);
            return Vec::new();
        };
        let values: &[_] = value.get_ref().as_array().map_or(&[], |values| values);
        let tables: Vec<_> = values
            .iter()
            .filter_map(|value| Some((value.get_ref().as_table()?, value.span())))
            .collect();
        if tables.is_empty() || tables.len() < values.len() {
            let rule = format!("`{key}` of {} is {}", self.what, described(value.get_ref()));
            faults.push(value.span(), rule, remedy);
        }
        tables
    }
}

fn is_name(name: &str) -> bool {
    !name.contains('/') && leasehold_types::SiteId::new(name).is_ok()
}

/// A value as a message shows it.
fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("\"{}\"", shown(text)),
        DeValue::Integer(number) => shown(number.as_str()),
        DeValue::Float(number) => shown(number.as_str()),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(value) => value.to_string(),
        DeValue::Array(values) if values.is_empty() => "an empty array".to_owned(),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The beginning of a text from the file, on one line.
fn shown(text: &str) -> String {
    const SHOWN_MAX_CHARS: usize = 60;
    let mut shown: String = text.chars().take(SHOWN_MAX_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.escape_debug().to_string()
}
