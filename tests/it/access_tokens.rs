//! Personal access tokens, over HTTP and from the command line.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::{App, Person, Reply};
use crate::openapi::{access_token, check};

/// A request with an access token.
fn with(app: &App, token: &str, method: &str, path: &str, body: Option<&str>) -> Reply {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("authorization", bearer.as_str())];
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let reply = app.request(method, path, &headers, body);
    check(method, path, &reply);
    reply
}

/// The exit code of a command.
fn code(app: &App, arguments: &[&str]) -> i32 {
    app.command(arguments).output().expect("docket runs").status.code().expect("a code")
}

/// Waits until it is so, for as long as a busy machine may need.
fn eventually(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never was so");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn listed(person: &Person) -> Vec<serde_json::Value> {
    person.get("/api/me/tokens").body["items"].as_array().expect("a list").clone()
}

#[test]
fn a_token_reads_and_writes_its_persons_tasks() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    bob.add("not ada's");
    let (id, token) = access_token(&ada, &["tasks:read", "tasks:write"]);

    let made = with(&app, &token, "POST", "/api/tasks", Some(r#"{"title":"buy milk"}"#));
    assert_eq!(made.status, 201);
    let page = with(&app, &token, "GET", "/api/tasks", None);
    assert_eq!(page.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(with(&app, &token, "GET", "/api/me", None).body["id"], ada.id.as_str());
    let own = format!("/api/users/{}/tasks", ada.id);
    assert_eq!(with(&app, &token, "GET", &own, None).status, 200);
    let bobs = format!("/api/users/{}/tasks", bob.id);
    assert_eq!(with(&app, &token, "GET", &bobs, None).body["code"], "forbidden");

    eventually(|| listed(&ada)[0]["last_used_at"].is_string());
    assert_eq!(listed(&ada)[0]["id"], id.as_str());
    assert_eq!(listed(&ada)[0]["last_used_from"], "127.0.0.1");
}

#[test]
fn a_token_does_what_its_scopes_say_and_nothing_else() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk")["id"].as_str().unwrap().to_owned();
    let path = format!("/api/tasks/{task}");
    let (_, reads) = access_token(&ada, &["tasks:read"]);
    let (_, writes) = access_token(&ada, &["tasks:write"]);

    assert_eq!(with(&app, &reads, "GET", &path, None).status, 200);
    let done = Some(r#"{"completed":true}"#);
    let refused = with(&app, &reads, "PATCH", &path, done);
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("insufficient_scope")));
    let challenge = refused.header("www-authenticate").unwrap();
    assert_eq!(challenge, r#"Bearer error="insufficient_scope", scope="tasks:write""#);
    assert_eq!(with(&app, &writes, "PATCH", &path, done).status, 200);
    assert_eq!(with(&app, &writes, "GET", &path, None).status, 403);

    // SECURITY-BAR S17: one token must not make another, nor see the account.
    let new = r#"{"name":"more","scopes":["tasks:write"]}"#;
    for token in [&reads, &writes] {
        assert_eq!(with(&app, token, "POST", "/api/me/tokens", Some(new)).status, 403);
        assert_eq!(with(&app, token, "GET", "/api/me/tokens", None).status, 403);
        assert_eq!(with(&app, token, "GET", "/api/me/activity", None).status, 403);
        let session = with(&app, token, "GET", "/api/auth/get-session", None);
        assert_eq!((session.status, session.text.as_str()), (200, "null"));
    }
    assert_eq!(listed(&ada).len(), 2);
}

#[test]
fn a_revoked_token_is_out_at_once_by_either_door() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let (first, token) = access_token(&ada, &["tasks:read"]);
    assert_eq!(with(&app, &token, "GET", "/api/tasks", None).status, 200);
    assert_eq!(bob.delete(&format!("/api/me/tokens/{first}")).status, 404);
    assert_eq!(with(&app, &token, "GET", "/api/tasks", None).status, 200);
    assert_eq!(ada.delete(&format!("/api/me/tokens/{first}")).status, 204);
    let refused = with(&app, &token, "GET", "/api/tasks", None);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));

    let (second, token) = access_token(&ada, &["tasks:read"]);
    assert_eq!(with(&app, &token, "GET", "/api/tasks", None).status, 200);
    app.run(&["token", "revoke", "--user", "ada@example.org", &second]);
    eventually(|| with(&app, &token, "GET", "/api/tasks", None).status == 401);
    assert_eq!(code(&app, &["token", "revoke", "--user", "ada@example.org", &second]), 3);
    assert_eq!(listed(&ada).len(), 0);
}

#[test]
fn a_disabled_persons_tokens_are_refused_and_an_ended_one_too() {
    let app = App::start();
    app.user("ada");
    let issue = |more: &[&str]| {
        let arguments = ["token", "issue", "--user", "ada@example.org", "--name", "report"];
        app.run(&[&arguments, more].concat()).trim().to_owned()
    };
    let short = issue(&["--scope", "tasks:read", "--ttl", "1s"]);
    let long = issue(&[]);
    eventually(|| with(&app, &short, "GET", "/api/tasks", None).status == 401);
    assert_eq!(with(&app, &long, "GET", "/api/tasks", None).status, 200);

    let said = app.run(&["token", "check", &long]);
    assert!(said.contains("\"report\", for tasks:read tasks:write"), "{said}");
    let slip = format!("{}x", &long[..long.len() - 1]);
    assert_eq!(code(&app, &["token", "check", &slip]), 1);
    assert_eq!(with(&app, &slip, "GET", "/api/tasks", None).status, 401);
    let list = app.run(&["token", "list", "--user", "ada@example.org", "--json"]);
    assert!(list.contains("\"name\": \"report\"") && !list.contains("dkt_"), "{list}");

    app.run(&["user", "disable", "ada@example.org"]);
    eventually(|| with(&app, &long, "GET", "/api/tasks", None).status == 401);
    assert_eq!(code(&app, &["token", "check", &long]), 1);
}

#[test]
fn what_a_token_is_asked_for_with_is_checked() {
    let app = App::start();
    let ada = app.user("ada");
    for (body, at) in [
        (json!({ "name": " ", "scopes": ["tasks:read"] }), "/name"),
        (json!({ "name": "x".repeat(101), "scopes": ["tasks:read"] }), "/name"),
        (json!({ "name": "x", "scopes": [] }), "/scopes"),
        (json!({ "name": "x", "scopes": ["tasks:all"] }), "/scopes"),
        (json!({ "name": "x", "scopes": "tasks:read" }), "/scopes"),
        (
            json!({ "name": "x", "scopes": ["tasks:read"], "expires_at": "2020-01-01T00:00:00Z" }),
            "/expires_at",
        ),
        (
            json!({ "name": "x", "scopes": ["tasks:read"], "expires_at": "2999-01-01" }),
            "/expires_at",
        ),
        (json!({ "name": "x", "scopes": ["tasks:read"], "token": "dkt_mine" }), "/token"),
    ] {
        let refused = ada.post("/api/me/tokens", &body);
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.body["errors"][0]["pointer"], at, "{body}");
    }
    let made = ada.post(
        "/api/me/tokens",
        &json!({ "name": "x", "scopes": ["tasks:read"], "expires_at": "2999-01-01T00:00:00Z" }),
    );
    assert_eq!(made.body["expires_at"], "2999-01-01T00:00:00.000Z");
}

// SECURITY-BAR H16
#[test]
fn only_a_hash_of_it_is_kept_and_its_making_is_on_record() {
    let app = App::start();
    let ada = app.user("ada");
    let (_, token) = access_token(&ada, &["tasks:read"]);
    let activity = ada.get("/api/me/activity");
    assert_eq!(activity.body["items"][0]["kind"], "access_token_made");
    let secret = &token[4..];
    for file in std::fs::read_dir(app.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
    assert!(!app.log().contains(secret));
}
