//! No tenant sees or uses anything of another: every route of the OpenAPI document, every role, own
//! and foreign ids, in the path and in the body.
//!
//! Two tenants have the same things: a lease, a recall, an invoice, a user, a key, a quote. Each
//! route is called by every role with the ids of each tenant. A foreign id must be answered exactly
//! as an id that nobody has, and nothing that a tenant is given may hold a word of the other's.

use std::collections::BTreeMap;

use leasehold_server::http::openapi::document;
use leasehold_server::http::routes;
use leasehold_server::live::Role;
use serde_json::{Map, Value, json};

use crate::support::Desk;

const OWNERS: [&str; 9] =
    ["admin", "capacity", "finance", "auditor", "approver", "scheduler", "engine", "meter", "post"];
const TENANTS: [&str; 2] = ["tenant_admin", "tenant_viewer"];

/// Every operation of the document.
struct Operation {
    method: String,
    path: String,
    id: String,
    right: Option<String>,
    open: bool,
    examples: Vec<Value>,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&document(&routes::all())).unwrap();
    let mut found = Vec::new();
    for (path, of_path) in document["paths"].as_object().unwrap() {
        for (method, operation) in of_path.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let none = Map::new();
            let examples = content["examples"].as_object().unwrap_or(&none).values();
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: operation["operationId"].as_str().unwrap().to_owned(),
                right: operation["x-right"].as_str().map(str::to_owned),
                open: operation["security"].as_array().unwrap().is_empty(),
                examples: examples.map(|example| example["value"].clone()).collect(),
            });
        }
    }
    found
}

/// The ids of one tenant's things; of nobody's where `tenant` is none that there is.
type Ids = BTreeMap<&'static str, String>;

fn nobodys() -> Ids {
    [
        ("lease", "nobody"),
        ("tenant", "nobody"),
        ("organisation", "nobody"),
        ("recall", "99"),
        ("invoice", "NOBODY-1"),
        ("note", "NOBODY-2"),
        ("user", "usr_01MCC5RM00ZZZZZZZZZZZZZZZZ"),
        ("key", "key_01MCC5RM00ZZZZZZZZZZZZZZZZ"),
        ("quote", "quo_01MCC5RM00ZZZZZZZZZZZZZZZZ"),
        ("approval", "apr_01MCC5RM00ZZZZZZZZZZZZZZZZ"),
        ("side", "tenant"),
        ("version", "1"),
        ("node", "0"),
        ("job", "1"),
        ("site", "lab"),
        ("accelerator", "h100"),
    ]
    .map(|(name, id)| (name, id.to_owned()))
    .into()
}

fn filled(path: &str, ids: &Ids) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        Some(name) => ids.get(name).unwrap_or_else(|| panic!("no id for `{name}`")).clone(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The example with the ids of one tenant in the place of those of `acme`.
fn with_ids(example: &Value, ids: &Ids) -> Value {
    match example {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let id = ids.get(name.as_str()).filter(|_| value.is_string() || value.is_number());
                let value = match id {
                    Some(id) if value.is_number() => json!(id.parse::<u64>().unwrap_or(99)),
                    Some(id) if name != "side" => json!(id),
                    _ => with_ids(value, ids),
                };
                (name.clone(), value)
            };
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Array(items) => items.iter().map(|item| with_ids(item, ids)).collect(),
        other => other.clone(),
    }
}

struct Two {
    desk: Desk,
    keys: BTreeMap<String, String>,
    acme: Ids,
    rival: Ids,
}

async fn two_tenants() -> Two {
    let desk = Desk::new();
    let mut keys = BTreeMap::new();
    for role in OWNERS {
        keys.insert(role.to_owned(), desk.key("owner", role).await);
    }
    let capacity = keys["capacity"].clone();
    for tenant in ["acme", "rival"] {
        desk.signs(&capacity, tenant).await;
        for role in TENANTS {
            keys.insert(format!("{tenant} {role}"), desk.key(tenant, role).await);
        }
    }
    desk.at("2027-02-01T12:00:00Z").await;
    for (tenant, first) in [("acme", 0), ("rival", 4)] {
        let path = format!("/v1/leases/{tenant}/deliveries");
        let nodes = json!({ "tranche": "main", "nodes": [[first, 4]] });
        desk.post(&capacity, &path, nodes).await.when(200);
    }
    let (mut acme, mut rival) = (nobodys(), nobodys());
    things(&desk, &keys, "acme", &mut acme).await;
    things(&desk, &keys, "rival", &mut rival).await;
    desk.at("2027-03-02T12:00:00Z").await;
    for (tenant, ids) in [("acme", &mut acme), ("rival", &mut rival)] {
        let token = &keys[&format!("{tenant} tenant_admin")];
        let invoices = desk.get(token, "/v1/invoices").await.when(200);
        let number =
            invoices["items"][0]["number"].as_str().unwrap_or_else(|| panic!("{invoices}"));
        ids.insert("invoice", number.to_owned());
        let notice = json!({ "step": "notice", "lease": tenant, "side": "tenant" });
        let quote = desk.post(token, "/v1/quotes", notice).await.when(201);
        ids.insert("quote", quote["id"].as_str().unwrap().to_owned());
    }
    Two { desk, keys, acme, rival }
}

/// A recall, a user and a key of one tenant.
async fn things(desk: &Desk, keys: &BTreeMap<String, String>, tenant: &str, ids: &mut Ids) {
    for name in ["lease", "tenant", "organisation"] {
        ids.insert(name, tenant.to_owned());
    }
    let step = json!({
        "step": "recall", "lease": tenant, "tranche": "main", "class": "planned", "units": 8,
        "trigger": "owner_training", "expected_return": "2027-02-03T12:00:00Z", "reason": "a run",
    });
    let recall = desk.takes(&keys["capacity"], step).await["recall"]["id"].clone();
    ids.insert("recall", recall.to_string());
    let path = format!("/v1/recalls/{recall}/service");
    desk.post(&keys["capacity"], &path, json!({})).await.when(200);
    let user = json!({
        "organisation": tenant, "login": format!("viewer@{tenant}.example"),
        "name": format!("Viewer of {tenant}"), "roles": ["tenant_viewer"],
    });
    let user = desk.post(&keys["admin"], "/v1/users", user).await.when(201);
    ids.insert("user", user["id"].as_str().unwrap().to_owned());
    let admin = &keys[&format!("{tenant} tenant_admin")];
    let own = desk.get(admin, "/v1/keys").await.when(200);
    let viewers = own["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["roles"] == json!(["tenant_viewer"]));
    ids.insert("key", viewers.unwrap()["id"].as_str().unwrap().to_owned());
}

/// Words by which one knows that something is of that tenant.
fn marks(tenant: &str, ids: &Ids) -> Vec<String> {
    let mut marks =
        vec![format!("\"{tenant}\""), format!("{tenant}.example"), format!("`{tenant}`")];
    marks.extend(["user", "key", "quote"].map(|name| ids[name].clone()));
    marks
}

/// The same words for two ids: a problem with the id taken out.
fn without_ids(text: &str, ids: &Ids) -> Value {
    let mut problem: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    problem["instance"] = Value::Null;
    let mut detail = problem["detail"].as_str().unwrap_or_default().to_owned();
    for id in ids.values() {
        detail = detail.replace(&format!("`{id}`"), "`…`");
    }
    problem["detail"] = json!(detail);
    problem
}

#[tokio::test]
async fn every_route_keeps_every_role_to_its_own() {
    let two = two_tenants().await;
    let (mut calls, mut foreign) = (0_u32, 0_u32);
    for operation in operations() {
        let bodies: Vec<Option<Value>> = if operation.examples.is_empty() {
            vec![None]
        } else {
            operation.examples.iter().cloned().map(Some).collect()
        };
        for body in bodies {
            unsigned(&two, &operation, body.as_ref()).await;
            for role in TENANTS {
                foreign += tenants(&two, &operation, body.as_ref(), role).await;
                calls += 1;
            }
            for role in OWNERS {
                owners(&two, &operation, body.as_ref(), role).await;
                calls += 1;
            }
        }
    }
    assert!(calls > 500 && foreign > 30, "{calls} calls, {foreign} of them with foreign ids");
}

async fn call(
    two: &Two,
    operation: &Operation,
    token: &str,
    body: Option<&Value>,
    ids: &Ids,
) -> crate::support::Given {
    let path = filled(&operation.path, ids);
    let path = match operation.id.as_str() {
        "statement_show" => format!("{path}?currency=USD&from=2027-01-01&through=2027-12-31"),
        _ => path,
    };
    let body = body.map(|body| with_ids(body, ids));
    let given = two.desk.call(&operation.method, token, &path, body).await;
    assert!(given.status < 500, "{} {path}: {}", operation.method, given.text);
    given
}

/// Without a key there is nothing but what is open.
async fn unsigned(two: &Two, operation: &Operation, body: Option<&Value>) {
    if operation.open {
        return;
    }
    for token in ["", "lhk_0000"] {
        let given = call(two, operation, token, body, &two.acme).await;
        assert_eq!(given.status, 401, "{}: {}", operation.id, given.text);
    }
}

fn has_right(operation: &Operation, role: &str) -> bool {
    let role: Role = serde_json::from_value(json!(role)).unwrap();
    let right = operation.right.as_ref();
    right.is_none_or(|right| role.rights().iter().any(|of| of.word() == right))
}

/// A tenant of `acme` with the ids of `rival`: refused as an id of nobody's, and without a word of
/// the other's. Gives how many ids there were to be foreign.
async fn tenants(two: &Two, operation: &Operation, body: Option<&Value>, role: &str) -> u32 {
    if operation.open {
        return 0;
    }
    let token = &two.keys[&format!("acme {role}")];
    let given = call(two, operation, token, body, &two.rival).await;
    let told = || format!("{} as {role} of acme: {} {}", operation.id, given.status, given.text);
    if !has_right(operation, role) {
        assert_eq!(given.status, 403, "{}", told());
        return 0;
    }
    let nobody = nobodys();
    let absent = call(two, operation, token, body, &nobody).await;
    let sent = format!(
        "{} {}",
        filled(&operation.path, &two.rival),
        body.map_or(String::new(), |b| with_ids(b, &two.rival).to_string())
    );
    let names_foreign = marks("rival", &two.rival)
        .iter()
        .any(|mark| sent.contains(mark.trim_matches(|c| "`\"".contains(c))))
        || (operation.path.contains("{recall}"))
        || sent.contains("\"recall\":");
    if names_foreign {
        assert!((400..500).contains(&given.status), "{}", told());
        assert_eq!(given.status, absent.status, "{}; absent: {}", told(), absent.text);
        let (given, absent) =
            (without_ids(&given.text, &two.rival), without_ids(&absent.text, &nobody));
        assert_eq!(given, absent, "{} as {role}", operation.id);
    } else {
        for mark in marks("rival", &two.rival) {
            assert!(!given.text.contains(&mark), "{} has {mark}", told());
        }
    }
    u32::from(names_foreign)
}

/// One of the owner's without the right is refused whatever the ids are; with it, it is not.
async fn owners(two: &Two, operation: &Operation, body: Option<&Value>, role: &str) {
    if operation.open || (has_right(operation, role) && operation.method != "GET") {
        // What the owner's may do is told in the stories; here it would change what is compared.
        return;
    }
    let token = &two.keys[role];
    let given = call(two, operation, token, body, &two.acme).await;
    let told = format!("{} as {role}: {} {}", operation.id, given.status, given.text);
    if has_right(operation, role) {
        assert_ne!(given.status, 403, "{told}");
    } else {
        assert_eq!(given.status, 403, "{told}");
    }
}
