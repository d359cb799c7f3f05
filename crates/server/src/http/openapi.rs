//! The OpenAPI 3.1 document, made from the table of routes.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::endpoint::{Endpoint, Method, Needs, Param};
use super::problem::{PROBLEM_MEDIA, Problem};

/// What each parameter of a path means.
const PATH_PARAMS: &[(&str, &str)] = &[
    ("approval", "A request for approval, like `apr_01MCC5RM00ZZZZZZZZZZZZZZZZ`"),
    ("accelerator", "The type of a pool's accelerators, like `h100`"),
    ("invoice", "The number of an invoice"),
    ("job", "The number of a job"),
    ("key", "An API key, like `key_01MCC5RM00ZZZZZZZZZZZZZZZZ`"),
    ("lease", "The id of a lease"),
    ("node", "The number of a node"),
    ("note", "The number of a credit note"),
    ("organisation", "The id of an organisation"),
    ("quote", "A quote, like `quo_01MCC5RM00ZZZZZZZZZZZZZZZZ`"),
    ("recall", "The number of a recall"),
    ("side", "`owner` or `tenant`"),
    ("site", "The id of a site"),
    ("tenant", "The id of a tenant"),
    ("user", "A user, like `usr_01MCC5RM00ZZZZZZZZZZZZZZZZ`"),
    ("version", "The version of a lease"),
];

/// The document, as JSON for people to read too.
pub fn document(endpoints: &[Endpoint]) -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for endpoint in endpoints {
        let operation = operation(endpoint, &mut generator);
        paths.entry(endpoint.path).or_default().insert(word(endpoint.method).into(), operation);
    }
    let problem = json!({
        "description": "What went wrong",
        "content": { PROBLEM_MEDIA: { "schema": generator.subschema_for::<Problem>() } },
    });
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Leasehold",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": { "Problem": problem },
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key" },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": super::sign_in::COOKIE,
                    "description": "A session; what writes also sends `X-CSRF-Token`",
                },
            },
        },
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

const ABOUT: &str = "The live desk. Every request that writes has an `Idempotency-Key`: sent again \
    with the same key it is done once, and answered as the first time. Lists come in pages. What a \
    caller may not see does not exist for it. What costs either side money is quoted first: \
    POST /v1/quotes, then POST /v1/quotes/{quote}/confirmation.";

const fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
    }
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = endpoint.path_params().into_iter().map(path_param).collect();
    parameters.extend(endpoint.query.iter().map(query_param));
    if endpoint.writes() {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "New for each request; the same where one is sent again",
            "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" },
        }));
    }
    let mut operation = json!({
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "tags": [tag(endpoint)],
        "responses": responses(endpoint, generator),
    });
    let fields = &mut operation;
    if !parameters.is_empty() {
        fields["parameters"] = Value::Array(parameters);
    }
    match endpoint.needs {
        Needs::Nothing => fields["security"] = json!([]),
        Needs::SignedIn => fields["security"] = json!([{ "key": [] }, { "session": [] }]),
        Needs::Right(right) => {
            fields["security"] = json!([{ "key": [] }, { "session": [] }]);
            fields["x-right"] = json!(right.word());
        }
    }
    if let Some(schema) = endpoint.body {
        let examples: Map<String, Value> = (1..)
            .zip(&endpoint.examples)
            .map(|(n, text): (u32, _)| {
                let value = serde_json::from_str::<Value>(text).unwrap_or_default();
                (format!("example-{n}"), json!({ "value": value }))
            })
            .collect();
        let mut content = json!({ "schema": schema(generator) });
        if !examples.is_empty() {
            content["examples"] = Value::Object(examples);
        }
        fields["requestBody"] =
            json!({ "required": true, "content": { "application/json": content } });
    }
    operation
}

/// The first word of the path after the version.
fn tag(endpoint: &Endpoint) -> &str {
    endpoint.path.split('/').find(|part| !part.is_empty() && *part != "v1").unwrap_or("")
}

fn path_param(name: &str) -> Value {
    let about = PATH_PARAMS.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about);
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": about,
        "schema": { "type": "string", "minLength": 1 },
    })
}

fn query_param(param: &Param) -> Value {
    json!({
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.about,
        "schema": { "type": if param.number { "integer" } else { "string" } },
    })
}

/// What may come out: what is well, and each kind of problem.
fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut well = json!({ "description": "All is well" });
    if let Some(schema) = endpoint.answer {
        well["content"] = json!({ endpoint.media: { "schema": schema(generator) } });
    } else if endpoint.status != 204 {
        well["content"] = json!({ endpoint.media: { "schema": { "type": "string" } } });
    }
    let mut responses = Map::new();
    responses.insert(endpoint.status.to_string(), well);
    let problem = || json!({ "$ref": "#/components/responses/Problem" });
    for status in statuses(endpoint) {
        responses.insert(status.to_string(), problem());
    }
    if endpoint.method == Method::Get {
        responses.insert("304".into(), json!({ "description": "As the client has it already" }));
    }
    Value::Object(responses)
}

fn statuses(endpoint: &Endpoint) -> Vec<u16> {
    let mut statuses = vec![400, 503];
    if endpoint.needs != Needs::Nothing {
        statuses.extend([401, 403, 404, 422, 429]);
    }
    if endpoint.method != Method::Get {
        statuses.extend([408, 409, 413, 415, 422]);
    }
    if endpoint.id == "session_begin" {
        statuses.extend([401, 429]);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The document as one page that people read: routes by group, what they need, give and take.
pub fn html(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Leasehold API</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>body{font:16px/1.5 \
         system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}code,pre{font:14px/1.4 \
         ui-monospace,monospace}pre{background:#f4f4f4;padding:.5rem;overflow:auto}h3{margin-top:\
         2rem}.right{color:#555}</style><h1>Leasehold API</h1>",
    );
    let about = document["info"]["description"].as_str().unwrap_or_default();
    page += &format!(
        "<p>{}</p><p><a href=\"/v1/openapi.json\">The OpenAPI document</a></p>",
        escaped(about)
    );
    let empty = Map::new();
    for (path, operations) in document["paths"].as_object().unwrap_or(&empty) {
        for (method, operation) in operations.as_object().unwrap_or(&empty) {
            page += &section(path, method, operation);
        }
    }
    page + "</html>\n"
}

fn section(path: &str, method: &str, operation: &Value) -> String {
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    let mut section = format!(
        "<h3 id=\"{id}\"><code>{} {}</code></h3><p>{}</p>",
        method.to_uppercase(),
        escaped(path),
        text(&operation["summary"]),
        id = text(&operation["operationId"]),
    );
    if let Some(right) = operation["x-right"].as_str() {
        section += &format!("<p class=\"right\">Needs the right <code>{right}</code></p>");
    }
    for param in operation["parameters"].as_array().into_iter().flatten() {
        section += &format!(
            "<p><code>{}</code> ({}): {}</p>",
            text(&param["name"]),
            text(&param["in"]),
            text(&param["description"])
        );
    }
    let examples = &operation["requestBody"]["content"]["application/json"]["examples"];
    for example in examples.as_object().into_iter().flat_map(Map::values) {
        let pretty = serde_json::to_string_pretty(&example["value"]).unwrap_or_default();
        section += &format!("<pre>{}</pre>", escaped(&pretty));
    }
    section
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
