//! Assumptions: each is about something that the sheet has.

use toml::de::{DeTable, DeValue};

use crate::sheet::codes;
use crate::sheet::draft::Draft;
use crate::sheet::nearest::{nearest, one_of, quoted};
use crate::sheet::schema::{self, Many, Table};
use crate::sheet::section::name_in;
use crate::sheet::sink::Sink;

/// Most names that a message lists.
const NAMES_SHOWN_MAX: usize = 20;

pub(super) fn check(draft: &Draft, table: &DeTable<'_>, sink: &Sink<'_>) {
    for about in draft.assumptions.iter().filter_map(|assumption| assumption.about.as_ref()) {
        if let Err(unknown) = resolve(&schema::ROOT, Some(table), &about.value) {
            let part = quoted(&unknown.part);
            let message = format!("`{}` names nothing", quoted(&about.value));
            let fault = codes::UNKNOWN_PATH.at(about.span, message);
            let known = || unknown.known.iter().map(String::as_str);
            let fault = match nearest(&unknown.part, known()) {
                Some(near) => fault.label(format!("`{part}`: did you mean `{near}`?")),
                None => fault.label(format!("no `{part}`")),
            };
            let remedy = match unknown.known.len() {
                0 => format!("end the path before `{part}`"),
                1..=NAMES_SHOWN_MAX => format!("instead of `{part}` write {}", one_of(known())),
                _ => "write the path of a key, like `tranche.main.units`".to_owned(),
            };
            sink.report(fault.remedy(remedy));
        }
    }
}

/// The part of a path that names nothing, and what could stand there.
struct Unknown {
    part: String,
    known: Vec<String>,
}

/// Follows `path` through the format, and through the names that the sheet gives to entries of
/// lists. Keys need not be written: their defaults can be assumed, too.
fn resolve(spec: &Table, table: Option<&DeTable<'_>>, path: &str) -> Result<(), Unknown> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    if !spec.keys.contains(&key) {
        let known = spec.keys.iter().map(|key| (*key).to_owned()).collect();
        return Err(Unknown { part: key.to_owned(), known });
    }
    let Some(rest) = rest else { return Ok(()) };
    let Some(inner) = spec.table(key) else {
        return Err(Unknown { part: rest.to_owned(), known: Vec::new() });
    };
    let value = table.and_then(|table| table.get(key)).map(|value| value.get_ref());
    if inner.many == Many::No {
        return resolve(inner, value.and_then(DeValue::as_table), rest);
    }
    let entries: Vec<(String, &DeTable<'_>)> = match value {
        Some(DeValue::Array(list)) => list
            .iter()
            .filter_map(|entry| entry.get_ref().as_table())
            .enumerate()
            .map(|(i, table)| (name_in(inner, table, i), table))
            .collect(),
        _ => Vec::new(),
    };
    resolve_entry(inner, &entries, rest)
}

/// Names may hold dots, so the longest name that fits counts.
fn resolve_entry(
    spec: &Table,
    entries: &[(String, &DeTable<'_>)],
    path: &str,
) -> Result<(), Unknown> {
    let fits = |name: &str| {
        let rest = path.strip_prefix(name)?;
        if rest.is_empty() { Some(None) } else { rest.strip_prefix('.').map(Some) }
    };
    let fitting = entries.iter().filter_map(|(name, table)| Some((name, *table, fits(name)?)));
    match fitting.max_by_key(|(name, ..)| name.len()) {
        Some((_, _, None)) => Ok(()),
        Some((_, table, Some(rest))) => resolve(spec, Some(table), rest),
        None => {
            let part = path.split_once('.').map_or(path, |(part, _)| part).to_owned();
            Err(Unknown { part, known: entries.iter().map(|(name, _)| name.clone()).collect() })
        }
    }
}
