//! The audit log: the journal itself, with its hashes.

use std::sync::Arc;

use leasehold_store::journal::Entry;
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::app::{App, Incoming};
use crate::http::endpoint::{Endpoint, Needs, Param, Shown};
use crate::http::limits::PAGE_MAX;
use crate::http::page::Page;
use crate::http::problem::Problem;
use crate::live::Right;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let after = Param {
        name: "after",
        about: "The number of the entry before the page; from the beginning where absent",
        required: false,
        number: true,
    };
    let limit =
        Param { name: "limit", about: "How many at most: 1 to 500", required: false, number: true };
    let read = Needs::Right(Right::AuditRead);
    vec![
        Endpoint::get("/v1/audit", "audit_list", read)
            .about("Entries of the journal with their hashes, oldest first")
            .query(&[after, limit])
            .gives::<Page<EntryView>>(200)
            .special(|app, incoming| Box::pin(list(app, incoming))),
        Endpoint::get("/v1/audit/head", "audit_head", read)
            .about("Where the journal ends, and how it began: keep it, to check an export later")
            .gives::<HeadView>(200)
            .special(|app, _| Box::pin(head(app))),
    ]
}

/// An entry of the journal.
#[derive(Serialize, JsonSchema)]
struct EntryView {
    /// Its number.
    seq: u64,
    /// When it takes effect.
    at: String,
    /// Who brought it about.
    actor: String,
    /// What kind of entry it is.
    kind: String,
    /// The version of that kind's encoding.
    version: u32,
    /// What it says, as the text that was hashed.
    body: String,
    /// The hash of the entry before it, or of the header.
    prev: String,
    /// Its own hash.
    hash: String,
}

/// Where the journal ends, and how it began.
#[derive(Serialize, JsonSchema)]
struct HeadView {
    /// The number of the last entry.
    seq: u64,
    /// Its hash.
    hash: String,
    /// The format of the journal.
    format: u32,
    /// Whose it is.
    owner: String,
    /// Of which site.
    site: String,
    /// When it was begun.
    created: String,
    /// The hash of its header, which the first entry follows.
    genesis: String,
}

fn view(entry: Entry) -> EntryView {
    EntryView {
        seq: entry.seq,
        at: entry.at.to_string(),
        actor: entry.actor,
        kind: entry.kind,
        version: entry.version,
        body: String::from_utf8_lossy(&entry.body).into_owned(),
        prev: entry.prev.to_string(),
        hash: entry.hash.to_string(),
    }
}

async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    ask: impl FnOnce(&App) -> Result<T, leasehold_store::journal::JournalError> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    let asked = tokio::task::spawn_blocking(move || ask(&app)).await;
    let asked = asked.map_err(|error| Problem::fault(error.to_string()))?;
    asked.map_err(|_| Problem::not_now("the journal cannot be read at present").retry_after(1))
}

async fn list(app: Arc<App>, incoming: Incoming) -> Result<Shown, Problem> {
    let after = incoming.query.read_if::<u64>("after")?.unwrap_or(0);
    let limit = incoming.query.read_if::<usize>("limit")?.unwrap_or(100);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::invalid(format!("`limit` is {limit}; give 1 to {PAGE_MAX}")));
    }
    let entries = blocking(&app, move |app| app.journal.entries(after, limit)).await?;
    let last = entries.last().map(|entry| entry.seq);
    let end = app.running.read(crate::live::Live::seq);
    let next = last.filter(|last| *last < end).map(|last| last.to_string());
    Shown::json(&Page { items: entries.into_iter().map(view).collect(), next })
}

async fn head(app: Arc<App>) -> Result<Shown, Problem> {
    let (header, head) =
        blocking(&app, |app| Ok((app.journal.header()?, app.journal.head()?))).await?;
    Shown::json(&HeadView {
        seq: head.seq,
        hash: head.hash.to_string(),
        format: header.format,
        owner: header.owner.clone(),
        site: header.site.clone(),
        created: header.created.to_string(),
        genesis: header.genesis().to_string(),
    })
}
