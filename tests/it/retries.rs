//! `Idempotency-Key`: a request sent twice is done once.

use serde_json::json;

use crate::app::{App, Person, Reply};
use crate::tasks::{faults, text, titles};

fn post(person: &Person, path: &str, key: &str, body: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    person.send("POST", path, &headers, Some(body))
}

#[test]
fn a_retry_gets_the_first_answer() {
    let app = App::start();
    let ada = app.user("ada");
    for (path, body) in
        [("/api/tasks", r#"{"title":"buy milk"}"#), ("/api/lists", r#"{"name":"home"}"#)]
    {
        let key = format!("key-for-{path}");
        let first = post(&ada, path, &key, body);
        assert_eq!(first.status, 201);
        assert_eq!(first.header("idempotent-replayed"), None);
        // Whatever became of it since.
        let at = first.header("location").unwrap().to_owned();
        assert_eq!(ada.delete(&at).status, 204);

        let second = post(&ada, path, &key, body);

        assert_eq!(second.status, first.status);
        assert_eq!(second.text, first.text);
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        for name in ["location", "etag", "content-type", "cache-control"] {
            assert_eq!(second.header(name), first.header(name), "{name}");
        }
        assert_eq!(ada.get(&at).status, 404, "nothing was done again");
    }
    assert!(titles(&ada.get("/api/tasks")).is_empty());
}

#[test]
fn a_key_belongs_to_one_request() {
    let app = App::start();
    let ada = app.user("ada");
    let body = r#"{"title":"buy milk"}"#;
    assert_eq!(post(&ada, "/api/tasks", "k", body).status, 201);

    let scoped = format!("/api/users/{}/tasks", ada.id);
    for (path, body) in [
        ("/api/tasks", r#"{"title":"buy bread"}"#),
        ("/api/tasks", r#"{"title":"buy milk" }"#),
        (scoped.as_str(), body),
        ("/api/lists", r#"{"name":"home"}"#),
    ] {
        assert_eq!(faults(&post(&ada, path, "k", body)), ["Idempotency-Key"], "{path} {body}");
    }
    assert_eq!(titles(&ada.get("/api/tasks")), ["buy milk"]);
}

// SECURITY-BAR A8
#[test]
fn keys_are_each_persons_own() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let first = post(&ada, "/api/tasks", "k", r#"{"title":"hers"}"#);
    let other = post(&bob, "/api/tasks", "k", r#"{"title":"his"}"#);
    let same = post(&bob, "/api/tasks", "l", r#"{"title":"hers"}"#);
    for reply in [&first, &other, &same] {
        assert_eq!((reply.status, reply.header("idempotent-replayed")), (201, None));
    }
    assert_eq!(titles(&ada.get("/api/tasks")), ["hers"]);
}

#[test]
fn retries_at_once_make_one_task() {
    let app = App::start();
    let ada = app.user("ada");
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let one = || post(&ada, "/api/tasks", "k", r#"{"title":"buy milk"}"#);
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    assert!(replies.iter().all(|reply| reply.status == 201 && reply.text == replies[0].text));
    let fresh = replies.iter().filter(|reply| reply.header("idempotent-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(titles(&ada.get("/api/tasks")), ["buy milk"]);
}

#[test]
fn a_refusal_is_not_remembered() {
    let app = App::start();
    let ada = app.user("ada");
    // Refused before the work, and in it.
    let nowhere = docket::ids::ListId::new().to_string();
    for (key, bad) in [
        ("a", json!({ "title": "" })),
        ("b", json!({ "title": "x", "list_id": nowhere })),
        ("c", json!("not an object")),
    ] {
        assert_eq!(post(&ada, "/api/tasks", key, &bad.to_string()).status, 422);
        let good = post(&ada, "/api/tasks", key, r#"{"title":"x"}"#);
        assert_eq!((good.status, good.header("idempotent-replayed")), (201, None));
    }
}

#[test]
fn a_key_outlives_a_kill() {
    let app = App::start();
    let ada = app.user("ada");
    let first = post(&ada, "/api/tasks", "k", r#"{"title":"buy milk"}"#);

    let app = app.kill_and_restart();
    // Its tokens name the address of the first server, so a new one is made.
    let token = app.run(&["token", "issue", "--user", "ada@example.org"]);
    let ada = app.bearer(token.trim());

    let second = post(&ada, "/api/tasks", "k", r#"{"title":"buy milk"}"#);
    assert_eq!(second.header("idempotent-replayed"), Some("true"), "{}", second.text);
    assert_eq!(second.text, first.text);
}

#[test]
fn a_key_is_one_plain_value() {
    let app = App::start();
    let ada = app.user("ada");
    let body = r#"{"title":"x"}"#;
    assert_eq!(post(&ada, "/api/tasks", &"k".repeat(255), body).status, 201);
    for bad in ["", "two words", "é", &"k".repeat(256)] {
        assert_eq!(faults(&post(&ada, "/api/tasks", bad, body)), ["Idempotency-Key"], "{bad}");
    }
    let json = ("content-type", "application/json");
    let twice = [json, ("idempotency-key", "a"), ("idempotency-key", "a")];
    let reply = ada.send("POST", "/api/tasks", &twice, Some(body));
    assert_eq!(faults(&reply), ["Idempotency-Key"]);
    assert_eq!(text(&reply.body["code"]), "invalid");
}
