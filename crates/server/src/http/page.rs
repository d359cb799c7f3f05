//! Lists, page by page. A cursor is the id of the last thing on the page before, so that a page does
//! not depend on what was added or taken away meanwhile.

use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::{Params, Shown};
use super::limits::{PAGE_DEFAULT, PAGE_MAX};
use super::problem::Problem;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Give this as `after` for the page after it; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The page that the query asks for, of things in the order of their ids. `things` gives all of
/// them, each with its id; those up to the cursor are passed over by `is_after`.
pub fn page<T: Serialize>(
    query: &Params,
    things: impl Iterator<Item = (String, T)>,
) -> Result<Shown, Problem> {
    let limit = query.read_if::<usize>("limit")?.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("`limit` is {limit}; give 1 to {PAGE_MAX}");
        return Err(Problem::invalid(detail));
    }
    let mut things = things.peekable();
    if let Some(after) = query.get("after") {
        let found = things.by_ref().any(|(id, _)| id == after);
        if !found {
            let after: String = after.chars().take(80).collect();
            let detail = format!("`after` is `{after}`, which no page ended with; begin anew");
            return Err(Problem::invalid(detail));
        }
    }
    let mut items = Vec::new();
    let mut last = None;
    for (id, thing) in things.by_ref().take(limit) {
        last = Some(id);
        items.push(thing);
    }
    let next = last.filter(|_| things.peek().is_some());
    Shown::json(&Page { items, next })
}
