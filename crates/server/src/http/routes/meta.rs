//! What is about the server itself: health, readiness, the document, its page.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::http::app::{App, Incoming};
use crate::http::endpoint::{Endpoint, Needs, Pending, Shown};
use crate::http::problem::Problem;
use crate::writer::Standing;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/health", "health", Needs::Nothing)
            .about("Whether the process lives")
            .gives::<Health>(200)
            .special(|_, _| now(Shown::json(&Health { status: "alive" }))),
        Endpoint::get("/ready", "ready", Needs::Nothing)
            .about("Whether it serves: whether it writes or reads along, and what troubles it")
            .gives::<Ready>(200)
            .special(ready),
        Endpoint::get("/v1/openapi.json", "openapi", Needs::Nothing)
            .about("This document")
            .gives_media("application/json")
            .special(|app, _| now(Ok(text(&app, "application/json", app.document.clone())))),
        Endpoint::get("/v1/docs", "docs", Needs::Nothing)
            .about("This document as a page for people")
            .gives_media("text/html; charset=utf-8")
            .special(|app, _| {
                let page = crate::http::openapi::html(&app.document);
                now(Ok(text(&app, "text/html; charset=utf-8", page)))
            }),
    ]
}

/// That the process lives.
#[derive(Serialize, JsonSchema)]
struct Health {
    /// Always `alive`.
    status: &'static str,
}

/// Whether it serves.
#[derive(Serialize, JsonSchema)]
struct Ready {
    /// `leads`, `follows` or `stopped`.
    standing: &'static str,
    /// Who leads, where another process does.
    #[serde(skip_serializing_if = "Option::is_none")]
    leader: Option<String>,
    /// The last entry that readers see.
    seq: u64,
}

fn now(shown: Result<Shown, Problem>) -> Pending {
    Box::pin(std::future::ready(shown))
}

fn text(_: &Arc<App>, media: &'static str, text: String) -> Shown {
    Shown { status: 200, media, body: text.into_bytes(), headers: Vec::new() }
}

/// What troubles the database is for the log; here it is only said that something does.
fn ready(app: Arc<App>, _: Incoming) -> Pending {
    let health = app.running.health();
    let seq = app.running.read(crate::live::Live::seq);
    let (standing, leader) = match health.standing {
        Standing::Leads => ("leads", None),
        Standing::Follows { leader } => ("follows", Some(leader)),
        Standing::Stopped { .. } => ("stopped", None),
    };
    let stopping = app.stopping.load(std::sync::atomic::Ordering::Relaxed);
    if standing == "stopped" || stopping {
        return now(Err(Problem::not_now("the server stops").retry_after(1)));
    }
    if health.trouble.is_some() {
        return now(Err(Problem::not_now("the journal cannot be reached").retry_after(1)));
    }
    now(Shown::json(&Ready { standing, leader, seq }))
}
