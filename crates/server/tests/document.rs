//! The OpenAPI document is committed, and is that of the program.

use std::collections::BTreeSet;
use std::path::Path;

use leasehold_server::http::endpoint::{Needs, Run};
use leasehold_server::http::openapi::{document, html};
use leasehold_server::http::routes;
use serde_json::Value;

#[test]
fn the_committed_document_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = document(&routes::all());
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "docs/openapi.json is not what the program serves; run this test with INSTA_UPDATE=always"
    );
}

#[test]
fn every_route_says_what_it_does_needs_and_gives() {
    let mut ids = BTreeSet::new();
    for endpoint in routes::all() {
        let id = endpoint.id;
        assert!(ids.insert(id), "{id} is there twice");
        assert!(!endpoint.summary.is_empty(), "{id} says nothing");
        assert_eq!(endpoint.body.is_some(), !endpoint.examples.is_empty(), "{id}");
        let open = matches!(id, "health" | "ready" | "openapi" | "docs" | "session_begin");
        assert_eq!(endpoint.needs == Needs::Nothing, open, "{id} is open to everybody");
        // What writes without an idempotency key answers with a secret, or may be done twice.
        let special = matches!(endpoint.run, Run::Special(_));
        let writes = endpoint.method != leasehold_server::http::endpoint::Method::Get;
        let known = ["session_begin", "session_end", "user_password", "key_add", "lease_check"];
        assert!(!(special && writes) || known.contains(&id), "{id} writes without a key");
        for example in &endpoint.examples {
            serde_json::from_str::<Value>(example).unwrap_or_else(|e| panic!("{id}: {e}"));
        }
    }
}

#[test]
fn references_in_the_document_lead_somewhere() {
    let document: Value = serde_json::from_str(&document(&routes::all())).unwrap();
    let mut wrong = Vec::new();
    look(&document, &document, &mut wrong);
    assert_eq!(wrong, Vec::<String>::new());
    let text = html(&document.to_string());
    assert!(text.contains("POST /v1/quotes/{quote}/confirmation"), "{text}");
}

fn look(value: &Value, whole: &Value, wrong: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                let found = reference.strip_prefix('#').and_then(|path| whole.pointer(path));
                if found.is_none() {
                    wrong.push(reference.clone());
                }
            }
            fields.values().for_each(|field| look(field, whole, wrong));
        }
        Value::Array(items) => items.iter().for_each(|item| look(item, whole, wrong)),
        _ => {}
    }
}

#[test]
fn the_committed_schema_of_the_configuration_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/config.schema.json");
    let made = leasehold_server::config::schema();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "docs/config.schema.json is not what the program reads; run this test with INSTA_UPDATE=always"
    );
}
