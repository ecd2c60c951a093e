//! Errors: whatever refuses a request, the answer is a problem (RFC 9457).

use docket::ids::TaskId;
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};
use crate::tasks::{faults, path, text};

/// Checks what every problem has in common.
pub fn check(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.text);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.body["code"], code, "{}", reply.text);
    assert_eq!(reply.body["status"], status);
    assert_eq!(reply.body["type"], format!("urn:docket:problem:{code}"));
    assert!(!text(&reply.body["title"]).is_empty());
    assert!(!text(&reply.body["detail"]).is_empty());
    assert_eq!(reply.body["instance"].as_str(), reply.header("x-request-id"));
    // Nothing of the inside shows (H3).
    for inside in
        ["sqlite", "select ", "serde", "rusqlite", "::", "line ", "column ", "/tmp", ".rs"]
    {
        assert!(!reply.text.to_lowercase().contains(inside), "{}", reply.text);
    }
}

fn typed(person: &Person, method: &str, path: &str, kind: &str, body: &str) -> Reply {
    person.send(method, path, &[("content-type", kind)], Some(body))
}

// SECURITY-BAR H3
#[test]
fn every_kind_of_refusal_is_a_problem() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let task = path(&ada.add("buy milk"));
    let json = "application/json";
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(256 * 1024));

    check(&app.get("/api/tasks"), 401, "unauthorized");
    check(&app.bearer("x").get("/api/tasks"), 401, "unauthorized");
    check(&ada.get(&format!("/api/users/{}/tasks", bob.id)), 403, "forbidden");
    check(&ada.get("/api/tasks/nothing"), 404, "not_found");
    check(&ada.get(&format!("/api/lists/{}", TaskId::new())), 404, "not_found");
    for nowhere in ["/api", "/api/nothing", "/api/tasks/a/b/c", "/api/index.html"] {
        check(&app.get(nowhere), 404, "not_found");
        check(&ada.get(nowhere), 404, "not_found");
    }
    check(&typed(&ada, "POST", "/api/tasks", json, "{"), 400, "malformed");
    check(&typed(&ada, "POST", "/api/tasks", json, ""), 400, "malformed");
    check(&ada.get("/api/tasks?q=%FF"), 400, "malformed");
    check(&ada.delete("/api/tasks"), 405, "method_not_allowed");
    check(&typed(&ada, "POST", "/api/tasks", json, &large), 413, "too_large");
    check(&typed(&ada, "POST", "/api/tasks", "text/plain", "{}"), 415, "unsupported_media_type");
    check(&typed(&ada, "POST", "/api/tasks", json, "{}"), 422, "invalid");
    check(&ada.get("/api/tasks?limit=0"), 422, "invalid");
    check(&ada.get("/api/changes?since=x"), 422, "invalid");
    let stale = ada.send("DELETE", &task, &[("if-match", "\"9\"")], None);
    check(&stale, 412, "precondition_failed");
    let inbox = ada.get("/api/lists").body["items"][0]["id"].clone();
    check(&ada.delete(&format!("/api/lists/{}", text(&inbox))), 409, "inbox_is_permanent");
    let of_bob = bob.get("/api/changes").body["next_cursor"].clone();
    check(&ada.get(&format!("/api/changes?since={}", text(&of_bob))), 410, "cursor_gone");
    let wide = "x".repeat(40_000);
    check(&ada.send("GET", "/api/tasks", &[("x-wide", &wide)], None), 431, "head_too_large");
    check(&ada.send("BREW", "/api/tasks", &[], None), 501, "method_not_implemented");
}

// SECURITY-BAR H1, H3
#[test]
fn a_body_that_does_not_end_is_a_problem() {
    let app = App::start();
    let ada = app.user("ada");
    let head = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{{",
        ada.token
    );
    let reply = app.raw(head.as_bytes(), 40);
    assert!(reply.starts_with("HTTP/1.1 408 "), "{reply}");
    assert!(reply.contains("application/problem+json"), "{reply}");
    assert!(reply.contains("\"code\":\"too_slow\""), "{reply}");
}

// SECURITY-BAR H1
#[test]
fn a_body_may_be_as_large_as_the_limit() {
    let app = App::start();
    let ada = app.user("ada");
    let limit = 256 * 1024;
    let body = |size: usize| {
        let mut body = r#"{"title":"x"}"#.to_owned();
        body.extend(std::iter::repeat_n(' ', size - body.len()));
        typed(&ada, "POST", "/api/tasks", "application/json", &body)
    };
    assert_eq!(body(limit).status, 201);
    check(&body(limit + 1), 413, "too_large");
    // Nor may one that does not say its length.
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, " ".repeat(100_000));
    let head = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        ada.token
    );
    let reply = app.raw(format!("{head}{}", chunk.repeat(3)).as_bytes(), 20);
    assert!(reply.starts_with("HTTP/1.1 413 "), "{reply}");
}

#[test]
fn the_instance_is_the_id_of_the_request() {
    let app = App::start();
    let ask = |id: &str| app.request("GET", "/api/nothing", &[("x-request-id", id)], None);
    let own = ask("my-request_1.2");
    assert_eq!(own.header("x-request-id"), Some("my-request_1.2"));
    check(&own, 404, "not_found");
    for odd in ["", "two words", "<script>", &"x".repeat(65)] {
        let reply = ask(odd);
        check(&reply, 404, "not_found");
        assert_ne!(reply.header("x-request-id"), Some(odd));
    }
    let (one, two) = (app.get("/api/nothing"), app.get("/api/nothing"));
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[test]
fn every_faulty_field_is_told_at_once() {
    let app = App::start();
    let ada = app.user("ada");
    let body = json!({
        "title": "", "description": 1, "completed": "yes", "priority": 5, "due": "soon",
        "list_id": "inbox", "before": "x", "after": 7, "colour": "red", "a/b~c": 1,
    });
    let reply = ada.post("/api/tasks", &body);
    check(&reply, 422, "invalid");
    let mut named = faults(&reply);
    named.sort_unstable();
    let expected = [
        "/after",
        "/a~1b~0c",
        "/before",
        "/colour",
        "/completed",
        "/description",
        "/due",
        "/list_id",
        "/priority",
        "/title",
    ];
    assert_eq!(named, expected);
    for body in [json!([]), json!(null), json!("text"), json!(1)] {
        assert_eq!(faults(&ada.post("/api/tasks", &body)), [""], "{body}");
    }
    assert_eq!(faults(&ada.post("/api/tasks", &json!({}))), ["/title"]);
}

// SECURITY-BAR A6
#[test]
fn what_the_server_sets_is_refused_by_name() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    for name in [
        "id",
        "owner",
        "user_id",
        "version",
        "revision",
        "created_at",
        "updated_at",
        "completed_at",
        "deleted_at",
        "position",
        "role",
        "admin",
        "Title",
        "__proto__",
    ] {
        let mut body = json!({ "title": "x" });
        body[name] = task.get(name).cloned().unwrap_or(json!(1));
        let pointer = format!("/{name}");
        let path = path(&task);
        let fresh = format!("/api/tasks/{}", TaskId::new());
        for (method, path) in
            [("POST", "/api/tasks"), ("PATCH", &path), ("PUT", &path), ("PUT", &fresh)]
        {
            assert_eq!(faults(&ada.json(method, path, &body)), [pointer.as_str()], "{method}");
        }
    }
    assert_eq!(ada.get(&path(&task)).body, task);
}

#[test]
fn priorities_and_flags_have_their_types() {
    let app = App::start();
    let ada = app.user("ada");
    let path = path(&ada.add("buy milk"));
    for bad in [json!(0), json!(5), json!(-1), json!(1.5), json!("1"), json!(true), json!([1])] {
        assert_eq!(faults(&ada.patch(&path, &json!({ "priority": bad }))), ["/priority"], "{bad}");
    }
    for bad in [json!(0), json!(1), json!("true"), json!([])] {
        assert_eq!(faults(&ada.patch(&path, &json!({ "completed": bad }))), ["/completed"]);
    }
}

// SECURITY-BAR H2
#[test]
fn a_body_says_that_it_is_json() {
    let app = App::start();
    let ada = app.user("ada");
    let task = path(&ada.add("buy milk"));
    let body = r#"{"title":"x"}"#;
    for kind in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
    ] {
        assert_eq!(typed(&ada, "POST", "/api/tasks", kind, body).status, 201, "{kind}");
        assert_eq!(typed(&ada, "PATCH", &task, kind, body).status, 200, "{kind}");
    }
    for kind in [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
        "application/jsonp",
        "application/problem+json",
        "application/json, text/plain",
        "",
        "*/*",
    ] {
        let reply = typed(&ada, "POST", "/api/tasks", kind, body);
        check(&reply, 415, "unsupported_media_type");
    }
    // A merge patch is a PATCH.
    let merge = "application/merge-patch+json";
    assert_eq!(typed(&ada, "PATCH", &task, merge, body).status, 200);
    for (method, path) in [("POST", "/api/tasks"), ("PUT", &task)] {
        check(&typed(&ada, method, path, merge, body), 415, "unsupported_media_type");
    }
    let ask = |headers: &[(&str, &str)]| ada.send("POST", "/api/tasks", headers, Some(body));
    let json = ("content-type", "application/json");
    check(&ask(&[]), 415, "unsupported_media_type");
    check(&ask(&[json, json]), 415, "unsupported_media_type");
    for encoding in ["gzip", "br", "deflate"] {
        check(&ask(&[json, ("content-encoding", encoding)]), 415, "unsupported_media_type");
    }
}

// SECURITY-BAR H2
#[test]
fn what_is_no_json_is_malformed() {
    let app = App::start();
    let ada = app.user("ada");
    let deep = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"title":"x","deep":{open}{close}}}"#)
    };
    for body in [
        "{",
        "{\"title\":\"x\"",
        "{\"title\":\"x\"} trailing",
        "{'title':'x'}",
        "{\"title\":\"x\",}",
        "{\"title\":NaN}",
        "{\"title\":1e999}",
        "{\"title\":\"\\ud800\"}",
        "{\"title\":\"\n\"}",
        "\u{feff}{\"title\":\"x\"}",
        &deep(128),
        &deep(100_000),
        &"[".repeat(200_000),
    ] {
        let reply = typed(&ada, "POST", "/api/tasks", "application/json", body);
        check(&reply, 400, "malformed");
    }
    assert_eq!(
        faults(&typed(&ada, "POST", "/api/tasks", "application/json", &deep(100))),
        ["/deep"]
    );
    let mut raw = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: 13\r\n\r\n",
        ada.token
    )
    .into_bytes();
    raw.extend_from_slice(b"{\"title\":\"\xff\"}");
    let reply = app.raw(&raw, 20);
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    assert!(reply.contains("\"code\":\"malformed\""), "{reply}");
}

#[test]
fn a_method_that_is_not_served_names_those_that_are() {
    let app = App::start();
    let ada = app.user("ada");
    let task = path(&ada.add("buy milk"));
    let scoped = format!("/api/users/{}/tasks", ada.id);
    for (path, allowed) in [
        ("/api/tasks", "GET, HEAD, POST"),
        (&task, "DELETE, GET, HEAD, PATCH, PUT"),
        (&format!("{task}/restore"), "POST"),
        ("/api/trash", "DELETE, GET, HEAD"),
        ("/api/changes", "GET, HEAD"),
        ("/api/events", "GET, HEAD"),
        ("/api/me", "GET, HEAD"),
        ("/api/info", "GET, HEAD"),
        (&scoped, "GET, HEAD, POST"),
        (&format!("{scoped}/x/complete"), "PATCH"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] {
            if allowed.split(", ").any(|known| known == method) {
                continue;
            }
            // hyper takes CONNECT for a tunnel, which needs another kind of address.
            if method == "CONNECT" {
                continue;
            }
            let reply = ada.send(method, path, &[], None);
            check(&reply, 405, "method_not_allowed");
            assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
        }
    }
}

// SECURITY-BAR H11
#[test]
fn no_method_stands_in_for_another() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    let path = path(&task);
    for body in ["_method=DELETE", "_method=delete&x=1"] {
        let form = "application/x-www-form-urlencoded";
        check(&typed(&ada, "POST", &path, form, body), 405, "method_not_allowed");
        check(&typed(&ada, "POST", "/api/tasks", form, body), 415, "unsupported_media_type");
    }
    check(
        &typed(&ada, "POST", "/api/trash", "application/x-www-form-urlencoded", "_method=DELETE"),
        405,
        "method_not_allowed",
    );
    for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
        assert_eq!(ada.send("GET", &path, &[(header, "DELETE")], None).status, 200);
        let posted = ada.send("POST", &path, &[(header, "DELETE")], None);
        check(&posted, 405, "method_not_allowed");
    }
    check(&ada.get("/api/tasks?_method=DELETE"), 422, "invalid");
    for odd in ["delete", "Delete"] {
        check(&ada.send(odd, &path, &[], None), 501, "method_not_implemented");
    }
    assert_eq!(ada.get(&path).body, task);
}

// SECURITY-BAR H11
#[test]
fn trace_and_options_tell_nothing() {
    let app = App::start();
    let ada = app.user("ada");
    for path in ["/", "/api/tasks", "/api/nothing", "/healthz"] {
        for method in ["TRACE", "OPTIONS"] {
            let reply = ada.send(method, path, &[("x-secret", "echo-me")], None);
            assert!([404, 405].contains(&reply.status), "{method} {path}: {}", reply.status);
            assert!(!reply.text.contains("echo-me"));
            assert_eq!(reply.header("access-control-allow-origin"), None);
        }
    }
}

#[test]
fn head_is_get_without_its_body() {
    let app = App::start();
    let ada = app.user("ada");
    let task = path(&ada.add("buy milk"));
    for path in [
        "/api/tasks",
        "/api/lists",
        "/api/lists/counts",
        "/api/trash",
        "/api/changes",
        "/api/me",
        "/api/info",
        "/api/nothing",
        "/api/tasks?limit=0",
        &task,
    ] {
        let (get, head) = (ada.get(path), ada.send("HEAD", path, &[], None));
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.text, "", "{path}");
        for name in ["etag", "content-type", "cache-control", "content-length"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    let events = ada.send("HEAD", "/api/events", &[], None);
    assert_eq!((events.status, events.text.as_str()), (200, ""));
    check(&app.get("/api/tasks"), 401, "unauthorized");
    assert_eq!(app.request("HEAD", "/api/tasks", &[], None).status, 401);
}

// SECURITY-BAR S12
#[test]
fn an_address_has_one_spelling() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    let id = text(&task["id"]);
    for odd in [
        "/api/tasks/".to_owned(),
        "//api/tasks".into(),
        "/api//tasks".into(),
        "/api/task%73".into(),
        "/ap%69/tasks".into(),
        "/API/tasks".into(),
        "/api/Tasks".into(),
        "/api/./tasks".into(),
        "/api/x/../tasks".into(),
        "/api/tasks;x=1".into(),
        "/api/tasks%2F".into(),
        "/api/tasks%00".into(),
        format!("/api/tasks/{id}/"),
        format!("/api/tasks//{id}"),
        format!("/api%2Ftasks/{id}"),
        format!("/api/tasks/{}", id.to_uppercase()),
        format!("/api/tasks/{}", id.replace('-', "")),
        format!("/api/tasks/%{:02x}{}", id.as_bytes()[0], &id[1..]),
        format!("/api/tasks/{id}%20"),
        "/api/tasks/%FF".into(),
    ] {
        let reply = ada.get(&odd);
        assert_eq!(reply.status, 404, "{odd}");
        if odd.starts_with("/api/") {
            check(&reply, 404, "not_found");
        }
        assert_eq!(ada.delete(&odd).status, 404, "{odd}");
    }
    assert_eq!(ada.get(&path(&task)).body, task);
}

#[test]
fn what_is_no_request_is_refused_and_the_connection_closed() {
    let app = App::start();
    for bytes in [
        "garbage\r\n\r\n",
        "GET /api/tasks\r\n\r\n",
        "GET /api/tasks HTTP/9.9\r\nhost: x\r\n\r\n",
        "GET /api/tasks HTTP/1.1\r\nbad header\r\n\r\n",
        "GET /api tasks HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let reply = app.raw(bytes.as_bytes(), 20);
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 400 "), "{bytes}: {reply}");
    }
    assert_eq!(app.get("/healthz").status, 200);
}

#[test]
fn pages_outside_the_api_are_plain() {
    let app = App::start();
    let reply = app.get("/nothing");
    assert_eq!(reply.status, 404);
    assert!(reply.header("content-type").unwrap().starts_with("text/plain"));
    assert_eq!(reply.body, Value::String(reply.text.clone()));
}
