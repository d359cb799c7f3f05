//! One table of the sheet, being read.
//!
//! A [`Section`] knows which keys its table may have and reports every other one as it is opened.
//! Its values are read by key with a reader: a function from a [`Node`] to a value, which reports
//! what is wrong and gives `None`. So whoever reads a section states, key by key, what it takes:
//!
//! ```text
//! let units = section.need("units", value::whole(1..=UNITS_MAX));
//! let until = section.may("until", value::date);
//! ```

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::codes;
use super::nearest::{nearest, one_of, quoted};
use super::schema::{self, Many, Table};
use super::sink::Sink;
use crate::diagnostic::Span;

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At<T> {
    pub value: T,
    pub span: Span,
}

/// What a key holds, where it is there and right.
pub(super) type Field<T> = Option<At<T>>;

/// One value of the sheet, not yet judged.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub value: &'a DeValue<'a>,
    pub span: Span,
    /// Its path, for messages: `tranche.main.units`.
    pub path: String,
    pub sink: &'a Sink<'a>,
}

impl<'a> Node<'a> {
    fn new(value: &'a Spanned<DeValue<'a>>, path: String, sink: &'a Sink<'a>) -> Self {
        Node { value: value.get_ref(), span: value.span().into(), path, sink }
    }

    /// What the source holds there.
    pub(super) fn source(&self) -> &'a str {
        &self.sink.text()[self.span.within(self.sink.text()).range()]
    }

    /// Entry `index` of the list that this node is.
    pub(super) fn entry(&self, index: usize, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        Node::new(value, format!("{}.{}", self.path, index + 1), self.sink)
    }

    /// Reports that the value is of the wrong type.
    pub(super) fn wrong_type(&self, wanted: &str, example: &str) {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a point or exponent",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` takes {wanted}, not {found}", self.path);
        let fault = codes::WRONG_TYPE.at(self.span, message).label(found);
        self.sink.report(fault.remedy(format!("write it like {example}")));
    }
}

/// A table of the sheet and what is known about it.
pub(super) struct Section<'a> {
    spec: &'static Table,
    table: &'a DeTable<'a>,
    sink: &'a Sink<'a>,
    /// Its path, for messages: `tranche.main`; empty for the whole sheet.
    pub path: String,
    /// Where it begins: its header or braces.
    pub span: Span,
}

impl<'a> Section<'a> {
    /// The whole sheet.
    pub(super) fn root(table: &'a DeTable<'a>, sink: &'a Sink<'a>) -> Self {
        Section::open(&schema::ROOT, table, String::new(), Span::default(), sink)
    }

    fn open(
        spec: &'static Table,
        table: &'a DeTable<'a>,
        path: String,
        span: Span,
        sink: &'a Sink<'a>,
    ) -> Self {
        let section = Section { spec, table, sink, path, span };
        for key in table.keys() {
            let known = spec.keys.contains(&key.get_ref().as_ref());
            if !known && !sink.is_unreadable(key.span().into()) {
                section.report_unknown(key.get_ref(), key.span().into());
            }
        }
        section
    }

    /// Where faults go.
    pub(super) fn sink(&self) -> &'a Sink<'a> {
        self.sink
    }

    /// Whether the key is written, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the key stands; where the table begins if it is not written.
    pub(super) fn key_span(&self, key: &str) -> Span {
        self.table.get_key_value(key).map_or(self.span, |(key, _)| key.span().into())
    }

    /// The value of a key that may be left out.
    pub(super) fn may<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(Node<'a>) -> Option<T>,
    ) -> Field<T> {
        debug_assert!(self.spec.keys.contains(&key), "{key} is not in the schema");
        let node = Node::new(self.table.get(key)?, self.path_of(key), self.sink);
        let span = node.span;
        let is_part = !matches!(node.value, DeValue::Array(_) | DeValue::Table(_));
        if self.sink.is_swallowed(span) || (is_part && self.sink.is_unreadable(span)) {
            return None;
        }
        read(node).map(|value| At { value, span })
    }

    /// The value of a key that must be written.
    pub(super) fn need<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(Node<'a>) -> Option<T>,
    ) -> Field<T> {
        if !self.has(key) {
            self.report_missing(key);
        }
        self.may(key, read)
    }

    /// Whether exactly one of `keys` is written; reports it otherwise.
    pub(super) fn exactly_one(&self, keys: &[&'static str]) -> bool {
        let words = one_of(keys.iter().copied());
        let none = keys.iter().all(|key| !self.has(key));
        if none && !self.sink.is_incomplete() {
            let fault =
                codes::MISSING_CHOICE.at(self.span, format!("{} lacks {words}", self.name()));
            self.sink.report(fault.label("in this table").remedy(format!("write one of {words}")));
        }
        !none && self.at_most_one(keys)
    }

    /// Whether at most one of `keys` is written; reports it otherwise.
    pub(super) fn at_most_one(&self, keys: &[&'static str]) -> bool {
        let mut given = keys.iter().copied().filter(|key| self.has(key));
        let (Some(first), Some(second)) = (given.next(), given.next()) else { return true };
        let message = format!("{} has both `{first}` and `{second}`", self.name());
        let fault = codes::EXCLUSIVE_KEYS
            .at(self.key_span(second), message)
            .label("excludes the other")
            .also(self.key_span(first), "the other")
            .remedy(format!("keep one of {}", one_of(keys.iter().copied())));
        self.sink.report(fault);
        false
    }

    /// Reads the one table of that name, where it is written.
    pub(super) fn table<T>(
        &self,
        spec: &'static Table,
        read: impl FnOnce(Section<'a>) -> Option<T>,
    ) -> Field<T> {
        debug_assert!(self.spec.table(spec.name).is_some());
        let value = self.table.get(spec.name)?;
        let node = Node::new(value, self.path_of(spec.name), self.sink);
        if self.sink.is_swallowed(node.span) {
            return None;
        }
        let table = match node.value {
            DeValue::Table(table) => table,
            DeValue::Array(list) if !list.is_empty() => {
                let header = if self.path.is_empty() { spec.name } else { &node.path };
                node.wrong_type("one table", &format!("[{header}]"));
                list.first().and_then(|first| first.get_ref().as_table())?
            }
            _ => {
                node.wrong_type("a table", &format!("[{}]", node.path));
                return None;
            }
        };
        let span = node.span;
        let section = Section::open(spec, table, node.path, span, self.sink);
        read(section).map(|value| At { value, span })
    }

    /// As [`Section::table`], for a table that must be written.
    pub(super) fn need_table<T>(
        &self,
        spec: &'static Table,
        read: impl FnOnce(Section<'a>) -> Option<T>,
    ) -> Field<T> {
        self.need_any(spec);
        self.table(spec, read)
    }

    /// Reports that a table is missing where it is not written.
    pub(super) fn need_any(&self, spec: &'static Table) {
        if !self.has(spec.name) {
            self.report_missing(spec.name);
        }
    }

    /// Whether the key is written and holds such a value.
    pub(super) fn holds(&self, key: &str, such: impl Fn(&DeValue<'_>) -> bool) -> bool {
        self.table.get(key).is_some_and(|value| such(value.get_ref()))
    }

    /// Reads each of the tables of that name, at most `most` of them.
    pub(super) fn tables<T>(
        &self,
        spec: &'static Table,
        most: usize,
        read: impl Fn(Section<'a>) -> Option<T>,
    ) -> Vec<At<T>> {
        debug_assert!(self.spec.table(spec.name).is_some_and(|t| t.many != Many::No));
        let Some(value) = self.table.get(spec.name) else { return Vec::new() };
        let node = Node::new(value, self.path_of(spec.name), self.sink);
        if self.sink.is_swallowed(node.span) {
            return Vec::new();
        }
        let entries = tables_of(&node);
        if let Some((_, span)) = entries.get(most) {
            let message = format!("`{}` has {} entries", node.path, entries.len());
            let fault = codes::TOO_MANY_ENTRIES.at(*span, message).label("one too many");
            self.sink.report(fault.remedy(format!("keep at most {most}, or split the lease")));
        }
        let sections =
            entries.into_iter().take(most).enumerate().filter_map(|(i, (table, span))| {
                let path = format!("{}.{}", node.path, name_in(spec, table, i));
                let section = Section::open(spec, table, path, span, self.sink);
                read(section).map(|value| At { value, span })
            });
        sections.collect()
    }

    /// How messages call this table.
    pub(super) fn name(&self) -> String {
        if self.path.is_empty() { "the term sheet".to_owned() } else { format!("`{}`", self.path) }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn report_missing(&self, key: &str) {
        if self.sink.is_incomplete() {
            return;
        }
        let message = format!("{} lacks `{key}`", self.name());
        let place = if self.path.is_empty() { "the sheet begins here" } else { "in this table" };
        let fault = codes::MISSING_KEY.at(self.span, message).label(place);
        let remedy = match self.spec.table(key) {
            Some(inner) if inner.many != Many::No => {
                format!("add a table [[{}]]", self.path_of(key))
            }
            Some(_) => format!("add a table [{}]", self.path_of(key)),
            None => format!("add `{key} = `"),
        };
        self.sink.report(fault.remedy(remedy));
    }

    fn report_unknown(&self, key: &str, span: Span) {
        let shown = quoted(key);
        let message = format!("{} has no key `{shown}`", self.name());
        let fault = codes::UNKNOWN_KEY.at(span, message);
        if self.sink.is_full() {
            return self.sink.report(fault);
        }
        let near = nearest(key, self.spec.keys.iter().copied());
        let elsewhere = schema::tables_with(key);
        self.sink.report(match (near, elsewhere.is_empty()) {
            (Some(near), _) => {
                fault.label(format!("did you mean `{near}`?")).remedy(format!("write `{near}`"))
            }
            (None, false) => fault
                .label("belongs elsewhere")
                .remedy(format!("move it to {}", one_of(elsewhere.iter().map(String::as_str)))),
            (None, true) => fault.label("unknown").remedy(format!(
                "remove it; known here are {}",
                one_of(self.spec.keys.iter().copied())
            )),
        });
    }
}

/// The tables of a list of tables. A single table in its place is reported and read all the same.
fn tables_of<'a>(node: &Node<'a>) -> Vec<(&'a DeTable<'a>, Span)> {
    match node.value {
        DeValue::Array(list) => list.iter().filter_map(|entry| table_of(node, entry)).collect(),
        DeValue::Table(table) => {
            node.wrong_type("a list of tables", &format!("[[{}]]", node.path));
            vec![(table, node.span)]
        }
        _ => {
            node.wrong_type("a list of tables", &format!("[[{}]]", node.path));
            Vec::new()
        }
    }
}

fn table_of<'a>(
    list: &Node<'a>,
    entry: &'a Spanned<DeValue<'a>>,
) -> Option<(&'a DeTable<'a>, Span)> {
    let span = entry.span().into();
    match entry.get_ref() {
        DeValue::Table(table) => Some((table, span)),
        _ => {
            let node = Node { value: entry.get_ref(), span, ..list.clone() };
            node.wrong_type("a list of tables", &format!("[[{}]]", list.path));
            None
        }
    }
}

/// The name of entry `index` of a list of tables, for paths.
pub(super) fn name_in(spec: &Table, table: &DeTable<'_>, index: usize) -> String {
    let name = match spec.many {
        Many::Named(key) => table.get(key).and_then(|value| value.get_ref().as_str()),
        _ => None,
    };
    match name {
        Some(name) if !name.trim().is_empty() => quoted(name),
        _ => (index + 1).to_string(),
    }
}
