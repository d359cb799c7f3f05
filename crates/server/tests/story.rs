//! What the owner and a tenant do, told in order.

use axum::body::Body;
use axum::http::Request;
use leasehold_server::live::Replay;
use leasehold_store::journal::ENTRIES_MAX;
use serde_json::{Value, json};

use crate::support::Desk;

/// The journal from its start, verified and replayed, is what the readers see.
async fn check_journal(desk: &Desk) {
    // An act that is answered comes after what was asked before it and nobody waited for.
    desk.key("owner", "auditor").await;
    let mut head = desk.journal.header().unwrap().head();
    let (mut replay, mut after) = (Replay::default(), 0);
    loop {
        let entries = desk.journal.entries(after, ENTRIES_MAX).unwrap();
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in &entries {
            head = head.follow(entry).unwrap();
            let of = entry;
            replay.take(of.at, &of.actor, &of.kind, of.version, &of.body).unwrap();
        }
    }
    let replayed = replay.into_live().unwrap().to_snapshot().unwrap();
    let shown = desk.running.read(|live| live.to_snapshot().unwrap());
    assert!(replayed == shown, "the readers see something else than the journal says");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

#[tokio::test]
async fn a_lease_is_signed_recalled_from_and_billed() {
    let mut desk = Desk::new();
    let capacity = desk.key("owner", "capacity").await;
    let signed = desk.signs(&capacity, "acme").await;
    assert_eq!(signed["lease"]["tenant"], "acme");
    let tenant = desk.key("acme", "tenant_admin").await;
    desk.at("2027-02-01T12:00:00Z").await;
    let nodes = json!({ "tranche": "main", "nodes": [[0, 4]] });
    let lease = desk.post(&capacity, "/v1/leases/acme/deliveries", nodes).await.when(200);
    assert_eq!(lease["tranches"][0]["delivery"], "complete");
    desk.at("2027-02-02T12:00:00Z").await;
    let step = json!({
        "step": "recall", "lease": "acme", "tranche": "main", "class": "planned", "units": 16,
        "trigger": "owner_training", "expected_return": "2027-02-05T12:00:00Z",
        "reason": "a run waits",
    });
    let recall = desk.takes(&capacity, step).await["recall"].clone();
    assert_eq!((&recall["id"], &recall["stage"]), (&json!(1), &json!("ordered")));
    desk.post(&capacity, "/v1/recalls/1/service", json!({})).await.when(200);
    let path = "/v1/recalls/1/acknowledgement";
    let answered = desk.call("POST", &tenant, path, None).await.when(200);
    assert_eq!(answered["assent"], "given");
    desk.at("2027-02-03T12:00:00Z").await;
    desk.call("POST", &capacity, "/v1/recalls/1/release", None).await.when(200);
    let use_of = desk.get(&tenant, "/v1/leases/acme/entitlement").await.when(200);
    assert_eq!(use_of["tranches"][0]["entitled"], 16);
    desk.at("2027-02-05T12:00:00Z").await;
    desk.call("POST", &capacity, "/v1/recalls/1/return", None).await.when(200);
    desk.at("2027-03-02T12:00:00Z").await;
    let invoices = desk.get(&tenant, "/v1/invoices").await.when(200);
    // February: 60,000.00 less 2,142.86 abated and 768.00 of compensation.
    assert_eq!(invoices["items"][0]["net"]["amount"], "57089.14");
    let number = text(&invoices["items"][0]["number"]);
    let path = format!("/v1/leases/acme/invoices/{number}");
    let detail = desk.get(&tenant, &path).await.when(200);
    assert_eq!(detail["lines"].as_array().unwrap().len(), 3);
    let finance = desk.key("owner", "finance").await;
    let payment = json!({
        "id": "wire-1", "lease": "acme", "reference": number,
        "money": { "amount": "57089.14", "currency": "USD" },
    });
    let paid = desk.post(&finance, "/v1/payments", payment.clone()).await.when(200);
    assert_eq!(paid, json!({ "new": 1, "known": 0 }));
    let again = desk.post(&finance, "/v1/payments", payment).await.when(200);
    assert_eq!(again, json!({ "new": 0, "known": 1 }));
    desk.at("2027-03-04T12:00:00Z").await;
    let query = "currency=USD&from=2027-02-01&through=2027-03-03";
    let statement = desk.get(&tenant, &format!("/v1/statements/acme?{query}")).await.when(200);
    assert_eq!(statement["closing"]["amount"], "0.00");
    desk.get(&finance, "/v1/disclosures").await.when(200);
    check_journal(&desk).await;
    let before = desk.running.read(|live| live.to_snapshot().unwrap());
    desk.restart();
    assert!(desk.running.read(|live| live.to_snapshot().unwrap()) == before);
    check_journal(&desk).await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_done_once() {
    let mut desk = Desk::new();
    let body = |name: &str| Some(json!({ "id": "acme", "name": name }));
    let path = "/v1/organisations";
    let first = desk.call_again("POST", &desk.admin, path, body("Acme"), "k").await;
    let again = desk.call_again("POST", &desk.admin, path, body("Acme"), "k").await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.text, again.text);
    assert_eq!(first.header("location"), Some("/v1/organisations/acme"));
    assert_eq!(again.header("location"), Some("/v1/organisations/acme"));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    desk.restart();
    let later = desk.call_again("POST", &desk.admin, path, body("Acme"), "k").await;
    assert_eq!(later.text, first.text);
    let other = desk.call_again("POST", &desk.admin, path, body("Other"), "k").await.when(422);
    assert_eq!(other["code"], "idempotency_key_reused");
    let without = desk.call_again("POST", &desk.admin, path, body("Acme"), "").await.when(400);
    assert_eq!(without["code"], "idempotency_key_missing");
    let anew = desk.call("POST", &desk.admin, path, body("Acme")).await.when(409);
    assert_eq!(anew["code"], "exists");
}

#[tokio::test]
async fn the_day_on_which_a_key_was_used_is_noted_once() {
    let desk = Desk::new();
    let auditor = desk.key("owner", "auditor").await;
    for _ in 0..3 {
        desk.get(&auditor, "/v1/leases").await.when(200);
    }
    // An act that is answered comes after what was asked before it.
    desk.key("owner", "auditor").await;
    let keys = desk.get(&auditor, "/v1/keys").await.when(200);
    let used: Vec<&Value> =
        keys["items"].as_array().unwrap().iter().map(|key| &key["last_used"]).collect();
    assert_eq!(used.iter().filter(|used| **used == "2027-01-10").count(), 2, "{keys}");
    let noted = desk.journal.entries(0, ENTRIES_MAX).unwrap();
    assert_eq!(noted.iter().filter(|entry| entry.kind == "access.key_used").count(), 2);
}

#[tokio::test]
async fn a_session_writes_with_its_csrf_token_only() {
    let desk = Desk::new();
    let users = desk.get(&desk.admin, "/v1/users").await.when(200);
    let user = text(&users["items"][0]["id"]).to_owned();
    let path = format!("/v1/users/{user}/password");
    let short = json!({ "password": "short" });
    desk.call("PUT", &desk.admin, &path, Some(short)).await.when(422);
    let password = json!({ "password": "correct horse battery" });
    desk.call("PUT", &desk.admin, &path, Some(password)).await.when(204);
    let sign_in = |login: &str, password: &str| json!({ "login": login, "password": password });
    let wrong = sign_in("ada@owner.example", "wrong horse battery");
    let wrong = desk.post("", "/v1/session", wrong).await.when(401);
    let nobody = sign_in("eve@owner.example", "correct horse battery");
    let nobody = desk.post("", "/v1/session", nobody).await.when(401);
    assert_eq!(wrong["detail"], nobody["detail"]);
    let right = sign_in("Ada@Owner.example", "correct horse battery");
    let given = desk.post("", "/v1/session", right).await;
    assert_eq!(given.status, 200, "{}", given.text);
    let cookie = given.header("set-cookie").unwrap().to_owned();
    for part in ["__Host-leasehold=lhs_", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let csrf = text(&given.json()["csrf"]).to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let request = |method: &str, path: &str, csrf: Option<&str>| {
        let mut request = Request::builder().method(method).uri(path).header("cookie", &cookie);
        if let Some(csrf) = csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request
            .header("idempotency-key", "session-key")
            .header("content-type", "application/json")
            .body(Body::from(json!({ "id": "acme", "name": "Acme" }).to_string()))
            .unwrap()
    };
    desk.send(request("GET", "/v1/organisations", None)).await.when(200);
    let path = "/v1/organisations";
    assert_eq!(desk.send(request("POST", path, None)).await.when(403)["code"], "csrf");
    assert_eq!(desk.send(request("POST", path, Some("x"))).await.when(403)["code"], "csrf");
    desk.send(request("POST", path, Some(&csrf))).await.when(201);
    desk.send(request("DELETE", "/v1/session", Some(&csrf))).await.when(204);
    desk.send(request("GET", path, None)).await.when(401);
}

#[tokio::test]
async fn what_is_wrong_is_said_as_a_problem() {
    let desk = Desk::new();
    let capacity = desk.key("owner", "capacity").await;
    let missing = desk.get(&capacity, "/v1/leases/none").await;
    assert_eq!(missing.header("content-type"), Some("application/problem+json"));
    assert_eq!(missing.header("x-request-id"), Some(text(&missing.json()["instance"])));
    let sheet = desk
        .post(&capacity, "/v1/quotes", json!({ "step": "sign", "sheet": "term_sheet = 1\n" }))
        .await
        .when(422);
    assert_eq!(sheet["code"], "sheet");
    assert!(!sheet["faults"].as_array().unwrap().is_empty());
    let large = json!({ "step": "sign", "sheet": "x".repeat(1 << 20) });
    assert_eq!(desk.post(&capacity, "/v1/quotes", large).await.when(413)["code"], "too_large");
    assert_eq!(desk.get(&capacity, "/v2").await.when(404)["code"], "not_found");
    let method = desk.call("DELETE", &capacity, "/v1/quotes", None).await.when(405);
    assert_eq!(method["code"], "no_such_method");
    let request = Request::post("/v1/quotes")
        .header("authorization", format!("Bearer {capacity}"))
        .header("idempotency-key", "k")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(desk.send(request).await.when(415)["code"], "other_media");
    for query in ["limit=0", "limit=x", "after=nothing", "limit=%zz"] {
        let given = desk.get(&capacity, &format!("/v1/leases?{query}")).await;
        assert!(matches!(given.status, 400 | 422), "{query}: {}", given.text);
    }
}

#[tokio::test]
async fn a_read_that_the_client_has_is_not_sent_again_and_lists_come_in_pages() {
    let desk = Desk::new();
    let first = desk.get(&desk.admin, "/v1/organisations").await;
    let tag = first.header("etag").unwrap().to_owned();
    let request = |tag: &str| {
        Request::get("/v1/organisations")
            .header("authorization", format!("Bearer {}", desk.admin))
            .header("if-none-match", tag)
            .body(Body::empty())
            .unwrap()
    };
    let same = desk.send(request(&tag)).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    for id in ["a", "b", "c"] {
        let body = json!({ "id": id, "name": id });
        desk.post(&desk.admin, "/v1/organisations", body).await.when(201);
    }
    assert_eq!(desk.send(request(&tag)).await.status, 200);
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let path = format!("/v1/organisations?{query}");
        let page = desk.get(&desk.admin, &path).await.when(200);
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| text(&item["id"]).to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=2&after={next}");
    }
    assert_eq!(seen, ["a", "b", "c", "owner"]);
}
