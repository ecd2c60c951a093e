//! The OpenAPI document is complete and true (SECURITY-BAR H15, A5): it names
//! what is mounted, and whatever is served is as it says.
//!
//! [`check`] holds one reply against the document; any test may call it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use docket::ids::{ListId, TaskId};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::app::{App, Person, Reply, parse};
use crate::changes;

/// The document as it is kept.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/static/openapi.json");
    let text = std::fs::read_to_string(path).expect("the document is there");
    serde_json::from_str(&text).expect("the document is JSON")
});

/// Statuses that need a broken machine or a long wait; other tests see to them.
pub const NOT_AT_WILL: &[&str] = &["408", "500", "503", "507"];

/// Headers that mean something to a client: never sent undocumented.
const MEANT: &[&str] = &[
    "etag",
    "location",
    "link",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "www-authenticate",
    "allow",
    "idempotent-replayed",
    "content-encoding",
    "set-cookie",
    "set-auth-token",
    "set-auth-jwt",
    "x-retry-after",
];

/// Holds a reply against the document: its status, type, headers and body must
/// be described for this operation, and valid. Panics with what is wrong.
pub fn check(method: &str, path: &str, reply: &Reply) {
    let what = format!("{method} {path} -> {}: {}", reply.status, reply.text);
    let response =
        described(method, path, reply.status).unwrap_or_else(|why| panic!("{why}: {what}"));
    check_headers(response, reply, &what);
    let Some(content) = response.get("content") else {
        assert_eq!(reply.text, "", "a body is not documented: {what}");
        return;
    };
    let kind = reply.header("content-type").unwrap_or_else(|| panic!("no content type: {what}"));
    let kind = kind.split(';').next().unwrap_or_default();
    let media = content.get(kind).unwrap_or_else(|| panic!("{kind} is not documented: {what}"));
    if method == "HEAD" {
        assert_eq!(reply.text, "", "{what}");
        return;
    }
    check_value(&media["schema"], &reply.body, &what);
    if kind == "application/problem+json" {
        assert_eq!(reply.body["instance"].as_str(), reply.header("x-request-id"), "{what}");
    }
}

/// The response object for what was asked and answered.
fn described(method: &str, path: &str, status: u16) -> Result<&'static Value, String> {
    let path = path.split('?').next().unwrap_or_default();
    let component = |name: &str| Ok(&DOCUMENT["components"]["responses"][name]);
    let is_account = path.starts_with("/api/auth/");
    let Some(item) = find_path(path) else {
        return match status {
            404 if is_account => component("NothingHere"),
            404 => component("NotFound"),
            501 => component("NotImplemented"),
            _ => Err("the path is not documented".into()),
        };
    };
    let is_head = method == "HEAD";
    let method = if is_head { "get".to_owned() } else { method.to_lowercase() };
    match item.get(&method) {
        Some(_) if is_head && is_account && status == 404 => component("NothingHere"),
        Some(operation) => {
            let found = operation["responses"].get(status.to_string());
            found.map(resolve).ok_or_else(|| "the status is not documented".into())
        }
        None if status == 404 && is_account => component("NothingHere"),
        None if status == 405 => component("MethodNotAllowed"),
        None if status == 501 => component("NotImplemented"),
        None => Err("the method is not documented".into()),
    }
}

/// The path item that this path belongs to; a literal one wins.
fn find_path(path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fits = |template: &str| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(w, g)| w == g || w.starts_with('{') && !g.is_empty())
    };
    paths.get(path).or_else(|| paths.iter().find(|(path, _)| fits(path)).map(|(_, item)| item))
}

fn check_headers(response: &'static Value, reply: &Reply, what: &str) {
    let documented = response["headers"].as_object();
    let documented = || documented.into_iter().flatten();
    for (name, header) in documented() {
        let header = resolve(header);
        let value = reply.header(name);
        assert!(value.is_some() || header["required"] != true, "{name} is missing: {what}");
        let Some(value) = value else { continue };
        let value = match header["schema"]["type"].as_str() {
            Some("integer") => json!(value.parse::<i64>().expect("a number")),
            _ => json!(value),
        };
        check_value(&header["schema"], &value, &format!("{name} of {what}"));
    }
    for (name, _) in &reply.headers {
        let known = documented().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let meant = MEANT.contains(&name.to_lowercase().as_str());
        assert!(known || !meant, "{name} is not documented: {what}");
    }
}

fn check_value(schema: &Value, value: &Value, what: &str) {
    let faults: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "not as documented: {faults:?}: {what}");
}

fn is_valid(schema: &Value, value: &Value) -> bool {
    validator(schema).is_valid(value)
}

/// A validator of a schema of the document, its references resolved inside it.
fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().expect("no test panics while it makes one");
    let make = || {
        let whole = json!({
            "allOf": [schema],
            "components": { "schemas": DOCUMENT["components"]["schemas"] },
        });
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        Arc::new(options.should_validate_formats(true).build(&whole).expect("a schema"))
    };
    made.entry(schema.to_string()).or_insert_with(make).clone()
}

/// Follows a reference into the components.
pub fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').expect("a reference into the document");
            DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}

/// One documented operation.
pub struct Operation {
    pub path: &'static str,
    pub method: String,
    pub body: &'static Value,
}

impl Operation {
    pub fn id(&self) -> &'static str {
        self.body["operationId"].as_str().expect("an operationId")
    }

    pub fn is_public(&self) -> bool {
        self.body.get("security").is_some_and(|security| security == &json!([]))
    }

    /// True where Better Auth's rules hold: errors and sessions of its kind.
    pub fn is_account(&self) -> bool {
        self.path.starts_with("/api/auth/") && self.id() != "getJwks"
    }

    pub fn statuses(&self) -> impl Iterator<Item = &'static str> {
        self.body["responses"].as_object().expect("responses").keys().map(String::as_str)
    }

    /// The shortest example of the body it takes.
    pub fn example(&self) -> Option<&'static Value> {
        let body = resolve(self.body.get("requestBody")?);
        let examples = body["content"]["application/json"]["examples"].as_object()?;
        let values = examples.values().map(|example| &resolve(example)["value"]);
        values.min_by_key(|value| value.to_string().len())
    }
}

pub fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of = |(path, item): (&'static String, &'static Value)| {
        let methods = item.as_object().expect("a path item").iter();
        methods.map(|(method, body)| Operation { path, method: method.to_uppercase(), body })
    };
    paths.iter().flat_map(of).collect()
}

/// A path with every placeholder written alike.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with(['<', '{']) { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

// SECURITY-BAR H15
#[test]
fn the_document_names_every_route_and_no_other() {
    let mounted: BTreeSet<String> = docket::http::routes()
        .iter()
        .map(|route| format!("{} {}", route.method, shape(route.uri.path())))
        .collect();
    let documented: BTreeSet<String> =
        operations().iter().map(|o| format!("{} {}", o.method, shape(o.path))).collect();
    assert_eq!(mounted, documented);
}

#[test]
fn the_document_is_sound() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    assert_eq!(DOCUMENT["info"]["version"], env!("CARGO_PKG_VERSION"));
    let tags = DOCUMENT["tags"].as_array().expect("tags");
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let id = operation.id();
        assert!(ids.insert(id), "{id} is there twice");
        assert!(tags.iter().any(|tag| tag["name"] == operation.body["tags"][0]), "{id}: its tag");
        assert!(operation.body["summary"].is_string(), "{id}: its summary");
        let given = operation.body["parameters"].as_array().cloned().unwrap_or_default();
        let names: BTreeSet<String> = given
            .iter()
            .map(|p| &DOCUMENT["components"]["parameters"][last_part(&p["$ref"])])
            .filter(|p| p["in"] == "path")
            .map(|p| p["name"].as_str().expect("a name").to_owned())
            .collect();
        let wanted = operation.path.split('/').filter_map(|part| part.strip_prefix('{'));
        let wanted: BTreeSet<String> = wanted.map(|p| p.trim_end_matches('}').into()).collect();
        assert_eq!(names, wanted, "{id}: its path parameters");
    }
}

fn last_part(reference: &Value) -> &str {
    reference.as_str().and_then(|text| text.rsplit('/').next()).expect("a reference")
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let mut used = BTreeSet::new();
    references(&DOCUMENT, &mut used);
    for reference in &used {
        let found = DOCUMENT.pointer(reference.trim_start_matches('#'));
        assert!(found.is_some(), "{reference} leads nowhere");
    }
    for (kind, components) in DOCUMENT["components"].as_object().expect("components") {
        for name in components.as_object().expect("components").keys() {
            // These answer requests that are no documented operation.
            let general =
                ["MethodNotAllowed", "NotImplemented", "NothingHere"].contains(&name.as_str());
            let reference = format!("#/components/{kind}/{name}");
            let is_used = used.contains(&reference) || kind == "securitySchemes" || general;
            assert!(is_used, "{reference} is not used");
        }
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(reference) if name == "$ref" => drop(found.insert(reference.to_owned())),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_example_is_valid() {
    let mut seen = 0;
    let mut check_media = |content: &'static Value, what: &str| {
        for media in content.as_object().into_iter().flat_map(|content| content.values()) {
            for example in media["examples"].as_object().into_iter().flat_map(|e| e.values()) {
                check_value(&media["schema"], &resolve(example)["value"], what);
                seen += 1;
            }
        }
    };
    for (name, body) in DOCUMENT["components"]["requestBodies"].as_object().expect("bodies") {
        check_media(&body["content"], name);
    }
    for (name, response) in DOCUMENT["components"]["responses"].as_object().expect("responses") {
        check_media(&response["content"], name);
    }
    for operation in operations() {
        for (_, response) in operation.body["responses"].as_object().expect("responses") {
            check_media(&resolve(response)["content"], operation.id());
        }
    }
    assert!(seen > 20, "only {seen} examples");
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().expect("schemas") {
        for example in schema["examples"].as_array().into_iter().flatten() {
            check_value(schema, example, name);
        }
    }
    for kind in ["parameters", "headers"] {
        for (name, item) in DOCUMENT["components"][kind].as_object().expect("components") {
            if let Some(example) = item.get("example") {
                check_value(&item["schema"], example, name);
            }
        }
    }
}

#[test]
fn the_document_is_served_as_it_is() {
    let app = App::start();
    assert_eq!(app.get("/api/openapi.json").body, *DOCUMENT);
}

// SECURITY-BAR A5
#[test]
fn every_operation_that_is_not_public_needs_a_token_whatever_is_sent() {
    let app = App::start();
    let bodies: &[(&str, Option<&str>)] = &[
        ("application/json", None),
        ("application/json", Some("{\"title\":\"x\",\"name\":\"x\",\"completed\":true}")),
        ("application/json", Some("{broken")),
        ("application/merge-patch+json", Some("{}")),
        ("text/plain", Some("hello")),
        ("application/x-www-form-urlencoded", Some("_method=get&access_token=x")),
        ("multipart/form-data", Some("no boundary")),
        ("no/type;;;", Some("\u{0}")),
    ];
    let mut public = Vec::new();
    for operation in operations() {
        if operation.is_public() {
            public.push(operation.id());
            continue;
        }
        // Those need a session, and say so in their own way.
        if operation.is_account() {
            continue;
        }
        for path in [operation.path.replace(['{', '}'], ""), fill(&operation, "nobody")] {
            for query in ["", "?limit=0&limit=1", "?limit=%ff", "?access_token=x"] {
                for (kind, body) in bodies {
                    let headers = [
                        ("content-type", *kind),
                        ("if-match", "\"1\""),
                        ("if-none-match", "*"),
                        ("idempotency-key", "two words"),
                        ("last-event-id", "?"),
                        ("x-http-method-override", "GET"),
                    ];
                    let path = format!("{path}{query}");
                    let reply = app.request(&operation.method, &path, &headers, *body);
                    assert_eq!(reply.status, 401, "{} {path} {kind} {body:?}", operation.method);
                    check(&operation.method, &path, &reply);
                }
            }
        }
    }
    public.sort_unstable();
    let expected = [
        "getAuthHealth",
        "getDocs",
        "getFailurePage",
        "getHealth",
        "getInfo",
        "getJwks",
        "getOpenApi",
        "getReadiness",
        "getSession",
        "openPasswordReset",
        "postSession",
        "requestPasswordReset",
        "resetPassword",
        "sendVerificationEmail",
        "signIn",
        "signInSocial",
        "signOut",
        "signUp",
        "verifyEmail",
    ];
    assert_eq!(public, expected, "what is public is decided here, not by accident");
}

/// A path for an operation with ids that nobody has.
fn fill(operation: &Operation, user: &str) -> String {
    let id = TaskId::new().to_string();
    let path = operation.path.replace("{user_id}", user);
    path.replace("{id}", &id).replace("{task_id}", &id).replace("{token_id}", &id)
}

// SECURITY-BAR H15: each operation is made to give each answer that it documents.
#[test]
fn every_documented_status_is_served_as_described() {
    let app = App::start();
    let ada = app.user("ada");
    for operation in operations().into_iter().filter(|operation| !operation.is_account()) {
        for status in operation.statuses().filter(|status| !NOT_AT_WILL.contains(status)) {
            let (path, reply) = provoke(&app, &ada, &operation, status);
            let what = format!("{} {path}: {}", operation.id(), reply.text);
            assert_eq!(reply.status.to_string(), status, "{what}");
            check(&operation.method, &path, &reply);
        }
    }
}

/// Sends the request that an operation must answer with this status.
fn provoke(app: &App, ada: &Person, operation: &Operation, status: &str) -> (String, Reply) {
    let path = ready(ada, operation, status);
    let body = operation.example().map(Value::to_string);
    let mut headers = Vec::new();
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let send = |path: &str, headers: &[(&str, &str)], body: Option<&str>| {
        let reply = ada.send(&operation.method, path, headers, body);
        (path.to_owned(), reply)
    };
    let method = operation.method.as_str();
    match status {
        "200" if operation.id() == "streamEvents" => (path.clone(), stream(app, ada, &[])),
        "404" if ["putTask", "putList"].contains(&operation.id()) => {
            headers.push(("if-match", "*"));
            send(&path, &headers, body.as_deref())
        }
        "403" if operation.path.contains("{user_id}") => send(&path, &headers, body.as_deref()),
        "403" => {
            let scope = if method == "GET" { "tasks:write" } else { "tasks:read" };
            let (id, token) = access_token(ada, &[scope]);
            let bearer = format!("Bearer {token}");
            headers.push(("authorization", &bearer));
            let reply = app.request(method, &path, &headers, body.as_deref());
            assert_eq!(ada.delete(&format!("/api/me/tokens/{id}")).status, 204);
            (path.clone(), reply)
        }
        "409" if operation.id() == "makeAccessToken" => {
            let mut replies =
                std::iter::repeat_with(|| send(&path, &headers, body.as_deref())).take(101);
            let refused = replies.find(|(_, reply)| reply.status == 409).expect("a limit");
            for token in ada.get(&path).body["items"].as_array().expect("tokens") {
                let id = token["id"].as_str().expect("an id");
                assert_eq!(ada.delete(&format!("{path}/{id}")).status, 204);
            }
            refused
        }
        "200" | "201" | "204" | "404" | "409" => send(&path, &headers, body.as_deref()),
        "304" => {
            let known = ada.get(&path).header("etag").expect("an ETag").to_owned();
            send(&path, &[("if-none-match", &known)], None)
        }
        "400" => {
            let head =
                format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-odd: ");
            let text = app.raw(&[head.as_bytes(), b"\xff\r\n\r\n"].concat(), 10);
            (path, parse(text.as_bytes()))
        }
        "401" => (path.clone(), app.request(method, &path, &headers, body.as_deref())),
        "410" => {
            let cursor = cursor(ada, 1 << 40);
            let path = if operation.id() == "listChanges" {
                format!("{path}?since={cursor}")
            } else {
                path
            };
            send(&path, &[("last-event-id", &cursor)], None)
        }
        "412" => {
            headers.push(("if-match", "\"999\", W/\"998\""));
            send(&path, &headers, body.as_deref())
        }
        // The head alone: a body that is refused need not be sent.
        "413" => send(&path, &[("content-length", "262145")], None),
        "415" => send(&path, &[("content-type", "text/plain")], body.as_deref()),
        "422" if body.is_some() => send(&path, &headers, Some("{\"no/pe\": 1}")),
        "422" if operation.id() == "streamEvents" => send(&path, &[("last-event-id", "?")], None),
        "422" => send(&format!("{path}?nope=1"), &[], None),
        "429" => {
            let ask = || app.request(method, &path, &[], None);
            let mut replies = std::iter::repeat_with(ask).take(101);
            (path.clone(), replies.find(|reply| reply.status == 429).expect("a limit"))
        }
        "431" => send(&path, &[("x-long", &"x".repeat(40_000))], None),
        other => panic!("{}: nobody knows how to provoke {other}", operation.id()),
    }
}

/// Makes what an operation works on, in the state that leads to this status,
/// and gives its path.
fn ready(ada: &Person, operation: &Operation, status: &str) -> String {
    let user = if status == "403" { "somebody" } else { ada.id.as_str() };
    if status == "404" {
        return fill(operation, user);
    }
    let path = operation.path.replace("{user_id}", user);
    let text = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    if operation.id() == "putList" && status == "201" {
        return path.replace("{id}", &ListId::new().to_string());
    }
    if operation.path.starts_with("/api/lists/{id}") {
        let list = if status == "409" {
            ada.get("/api/lists").body["items"][0].clone()
        } else {
            ada.post("/api/lists", &json!({ "name": "Home" })).body
        };
        if operation.id() == "restoreList" {
            assert_eq!(ada.delete(&format!("/api/lists/{}", text(&list))).status, 204);
        }
        return path.replace("{id}", &text(&list));
    }
    if operation.id() == "revokeAccessToken" {
        return path.replace("{token_id}", &access_token(ada, &["tasks:read"]).0);
    }
    if operation.path.starts_with("/api/me/tokens") {
        return path;
    }
    if operation.id() == "putTask" && status == "201" {
        return path.replace("{id}", &TaskId::new().to_string());
    }
    let task = text(&ada.add("buy milk"));
    if operation.id() == "restoreTask" || operation.id() == "putTask" && status == "409" {
        assert_eq!(ada.delete(&format!("/api/tasks/{task}")).status, 204);
    }
    path.replace("{id}", &task).replace("{task_id}", &task)
}

/// Makes an access token: its id and its text.
pub fn access_token(person: &Person, scopes: &[&str]) -> (String, String) {
    let body = json!({ "name": "Phone", "scopes": scopes });
    let made = person.post("/api/me/tokens", &body);
    assert_eq!(made.status, 201, "{}", made.text);
    let text = |name: &str| made.body[name].as_str().expect("text").to_owned();
    (text("id"), text("token"))
}

/// A cursor of a person's changes at a revision.
fn cursor(person: &Person, revision: i64) -> String {
    changes::altered(&changes::now(person), |json| json["keys"][0] = json!(revision))
}

/// What the event stream says within a second.
fn stream(app: &App, ada: &Person, headers: &[(&str, &str)]) -> Reply {
    let mut head =
        format!("GET /api/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n", ada.token);
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    parse(app.raw(head.as_bytes(), 1).as_bytes())
}

#[test]
fn answers_with_everything_in_them_are_as_described() {
    let app = App::start();
    let ada = app.user("ada");
    let checked = |method: &str, path: &str, headers: &[(&str, &str)], body: Value| {
        let all = [&[("content-type", "application/json")], headers].concat();
        let body = (!body.is_null()).then(|| body.to_string());
        let reply = ada.send(method, path, &all, body.as_deref());
        check(method, path, &reply);
        reply
    };
    let id = |reply: &Reply| reply.body["id"].as_str().expect("an id").to_owned();

    let home = id(&checked("POST", "/api/lists", &[], json!({ "name": "Home" })));
    for due in [
        "2026-12-02",
        "2026-12-02T14:00",
        "2026-12-02T14:00[Europe/Berlin]",
        "1900-01-01T00:00[Africa/Monrovia]",
        "2026-12-02T14:00[UTC]",
    ] {
        let new = json!({ "title": "é 🌱", "due": due, "priority": 1, "completed": true, "list_id": home });
        assert_eq!(checked("POST", "/api/tasks", &[], new).status, 201, "{due}");
    }
    let page = checked("GET", "/api/tasks?limit=2&sort=-due", &[], Value::Null);
    assert!(page.header("link").is_some() && page.body["next_cursor"].is_string());
    let next = page.header("link").unwrap().trim_start_matches('<').split('>').next().unwrap();
    assert_eq!(checked("GET", next, &[], Value::Null).status, 200);

    let key = [("idempotency-key", "k1")];
    let first = checked("POST", "/api/tasks", &key, json!({ "title": "once" }));
    let again = checked("POST", "/api/tasks", &key, json!({ "title": "once" }));
    assert_eq!(
        (first.body, again.header("idempotent-replayed")),
        (again.body.clone(), Some("true"))
    );
    assert_eq!(checked("POST", "/api/tasks", &key, json!({ "title": "twice" })).status, 422);

    let once = format!("/api/tasks/{}", id(&again));
    let only_new = [("if-none-match", "*")];
    assert_eq!(checked("PUT", &once, &only_new, json!({ "title": "x" })).status, 412);
    assert_eq!(checked("PUT", "/api/tasks/7", &[], json!({ "title": "x" })).status, 422);
    let list = format!("/api/lists/{home}");
    assert_eq!(checked("PUT", &list, &only_new, json!({ "name": "x" })).status, 412);
    assert_eq!(checked("PUT", "/api/lists/7", &[], json!({ "name": "x" })).status, 422);
    assert_eq!(checked("DELETE", &once, &[], Value::Null).status, 204);
    assert_eq!(checked("DELETE", &list, &[], Value::Null).status, 204);
    let in_trash = checked("PUT", &list, &[], json!({ "name": "x" }));
    assert_eq!(in_trash.body["code"], "in_trash");
    let trash = checked("GET", "/api/trash?limit=1", &[], Value::Null);
    assert_eq!(trash.body["items"][0]["type"], "list");
    let whole = checked("GET", "/api/trash", &[], Value::Null);
    assert_eq!(whole.body["items"][1]["type"], "task");

    let changes = checked("GET", "/api/changes", &[], Value::Null);
    let types: BTreeSet<(&str, bool)> = changes.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["type"].as_str().unwrap(), item["deleted"].as_bool().unwrap()))
        .collect();
    assert_eq!(types, BTreeSet::from([("list", false), ("list", true), ("task", true)]));

    checked("DELETE", "/api/trash", &[], Value::Null);
    let purged = checked("PUT", &once, &[], json!({ "title": "x" }));
    assert_eq!(purged.body["code"], "id_was_used");
    let purged = checked("PUT", &list, &[], json!({ "name": "x" }));
    assert_eq!(purged.body["code"], "id_was_used");
}

#[test]
fn heads_unknown_addresses_and_methods_are_as_described() {
    let app = App::start();
    let ada = app.user("ada");
    for (method, path, status) in [
        ("HEAD", "/api/tasks", 200),
        ("HEAD", "/healthz", 200),
        ("DELETE", "/api/tasks", 405),
        ("POST", "/api/info", 405),
        ("PUT", "/api/changes", 405),
        ("PUT", "/api/users/x/tasks", 405),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/tasks/", 404),
        ("BREW", "/api/tasks", 501),
        ("GET", "/api/auth/nowhere", 404),
        ("HEAD", "/api/auth/get-session", 404),
        ("GET", "/api/auth/sign-in/email", 404),
        ("GET", "/api/auth//ok", 404),
        ("PUT", "/api/auth/reset-password/x", 404),
        ("BREW", "/api/auth/ok", 501),
    ] {
        let reply = ada.send(method, path, &[], None);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text);
        check(method, path, &reply);
    }
}

#[test]
fn events_carry_the_documented_change() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    ada.delete(&format!("/api/tasks/{}", task["id"].as_str().unwrap()));

    let reply = stream(&app, &ada, &[("last-event-id", &cursor(&ada, 0))]);

    check("GET", "/api/events", &reply);
    let schema = json!({ "$ref": "#/components/schemas/Change" });
    let data = reply.text.lines().filter_map(|line| line.strip_prefix("data:"));
    let changes: Vec<Value> = data.map(|data| serde_json::from_str(data).expect("JSON")).collect();
    assert_eq!(changes.len(), 2, "the Inbox and a tombstone: {}", reply.text);
    for change in &changes {
        check_value(&schema, change, &reply.text);
    }
    assert!(reply.text.contains("event:change"), "{}", reply.text);
}

// What the schema of a body allows is what the server takes.
#[test]
fn the_schemas_of_bodies_agree_with_the_server() {
    let app = App::start();
    let ada = app.user("ada");
    let inbox = ada.get("/api/lists").body["items"][0]["id"].clone();
    let task = ada.add("neighbour")["id"].clone();
    let list = ada.post("/api/lists", &json!({ "name": "n" })).body["id"].clone();
    let upper = inbox.as_str().unwrap().to_uppercase();
    let mut cases: BTreeMap<(&str, &str), Vec<Value>> = BTreeMap::new();
    let fields = [
        json!({ "description": null, "priority": null, "due": null, "completed": true }),
        json!({ "description": "x".repeat(16_384) }),
        json!({ "description": "x".repeat(16_385) }),
        json!({ "completed": null }),
        json!({ "completed": "true" }),
        json!({ "priority": 1 }),
        json!({ "priority": 0 }),
        json!({ "priority": 5 }),
        json!({ "priority": 1.5 }),
        json!({ "priority": "1" }),
        json!({ "list_id": inbox }),
        json!({ "list_id": null }),
        json!({ "list_id": upper }),
        json!({ "list_id": 7 }),
        json!({ "before": task }),
        json!({ "after": task }),
        json!({ "after": null }),
        json!({ "before": task, "after": task }),
        json!({ "due": 20261202 }),
        json!({ "due": "2026-12-02" }),
        json!({ "due": "2026-12-02T10:00[Europe/Berlin] ".repeat(10) }),
        json!({ "version": 7 }),
        json!({ "owner": "bob" }),
        json!({ "position": "a0" }),
    ];
    let titles = ["", "x", &"é".repeat(500), &"é".repeat(501)];
    let titled = |name: &str| titles.map(|title| json!({ (name): title })).into_iter();
    let with_title = |fields: &Value| {
        let mut body = fields.clone();
        body["title"] = json!("x");
        body
    };
    cases.insert(
        ("NewTask", "POST"),
        fields
            .iter()
            .map(with_title)
            .chain(titled("title"))
            .chain([json!({}), json!([])])
            .collect(),
    );
    cases.insert(
        ("TaskPatch", "PATCH"),
        fields
            .iter()
            .cloned()
            .chain(titled("title"))
            .chain([json!({}), json!([]), json!({ "title": null })])
            .collect(),
    );
    let names = ["", "x", &"é".repeat(200), &"é".repeat(201)].map(|name| json!({ "name": name }));
    let lists = [
        json!({ "name": "x", "before": list }),
        json!({ "name": "x", "after": null }),
        json!({ "name": "x", "before": list, "after": list }),
        json!({ "name": null }),
        json!({ "name": "x", "is_inbox": true }),
    ];
    cases.insert(
        ("NewList", "POST"),
        names.iter().chain(&lists).cloned().chain([json!({})]).collect(),
    );
    cases.insert(
        ("ListPatch", "PATCH"),
        names.iter().chain(&lists).cloned().chain([json!({})]).collect(),
    );
    cases.insert(
        ("Completion", "PATCH"),
        vec![
            json!({ "completed": true }),
            json!({}),
            json!({ "completed": 1 }),
            json!({ "completed": true, "title": "x" }),
        ],
    );
    for ((name, method), bodies) in cases {
        let path = match name {
            "NewTask" => "/api/tasks".to_owned(),
            "NewList" => "/api/lists".to_owned(),
            "ListPatch" => {
                let made = ada.post("/api/lists", &json!({ "name": "changed" }));
                made.header("location").unwrap().to_owned()
            }
            "Completion" => {
                let id = ada.add("changed")["id"].as_str().unwrap().to_owned();
                format!("/api/users/{}/tasks/{id}/complete", ada.id)
            }
            _ => format!("/api/tasks/{}", ada.add("changed")["id"].as_str().unwrap()),
        };
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        for body in bodies {
            let reply = ada.json(method, &path, &body);
            check(method, &path, &reply);
            let taken = reply.status < 300;
            let text = body.to_string();
            let shown: String = text.chars().take(80).collect();
            assert_eq!(taken, is_valid(&schema, &body), "{name} {shown}: {}", reply.text);
        }
    }
}
