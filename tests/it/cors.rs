//! Pages of other origins: let in when they are listed, and only then.

use serde_json::json;

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED};

const LISTED: (&str, &str) =
    ("DOCKET_TRUSTED_ORIGINS", "https://app.example.org:443, http://localhost:5173");

const APP: &str = "https://app.example.org";

fn preflight(app: &App, path: &str, origin: &str) -> Reply {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    app.request("OPTIONS", path, &headers, None)
}

/// The headers of CORS in a reply.
fn cors(reply: &Reply) -> Vec<&str> {
    let names = reply.headers.iter().map(|(name, _)| name.as_str());
    names.filter(|name| name.starts_with("access-control-")).collect()
}

/// True if a reply lets a page of this origin read it.
fn lets_read(reply: &Reply, origin: &str) -> bool {
    reply.header("access-control-allow-origin") == Some(origin)
}

// SECURITY-BAR H10: the table of origins.
#[test]
fn listed_origins_may_read_and_no_others() {
    let app = App::with(&[UNLIMITED, LISTED]);
    let ada = app.user("ada");
    for (origin, may) in [
        (APP, true),
        ("http://localhost:5173", true),
        ("http://app.example.org", false),
        ("https://app.example.org:443", false),
        ("https://app.example.org:8443", false),
        ("https://app.example.org/", false),
        ("https://APP.example.org", false),
        ("https://x.app.example.org", false),
        ("https://app.example.org.evil.example", false),
        ("https://evil.example/https://app.example.org", false),
        ("http://localhost", false),
        ("http://127.0.0.1:5173", false),
        (app.url.as_str(), false),
        ("null", false),
        ("*", false),
        ("", false),
    ] {
        for path in ["/api/tasks", "/api/auth/sign-in/email", "/api/nothing"] {
            let reply = preflight(&app, path, origin);
            assert_eq!(reply.status == 204, may, "{origin} {path}: {}", reply.text);
            assert_eq!(lets_read(&reply, origin), may, "{origin} {path}");
            assert!(may || cors(&reply).is_empty(), "{origin} {path}: {:?}", reply.headers);
        }
        for path in ["/api/tasks", "/api/auth/token", "/api/nothing"] {
            let reply = ada.send("GET", path, &[("origin", origin)], None);
            assert_eq!(lets_read(&reply, origin), may, "{origin} {path}");
            let vary =
                reply.headers.iter().any(|(name, value)| name == "vary" && value == "origin");
            assert!(vary, "a cache must tell origins apart: {:?}", reply.headers);
            let credentials = reply.header("access-control-allow-credentials");
            let expected = (may && path.starts_with("/api/auth/")).then_some("true");
            assert_eq!(credentials, expected, "{origin} {path}");
        }
    }
    let twice = [("origin", APP), ("origin", "https://evil.example")];
    assert!(cors(&ada.send("GET", "/api/tasks", &twice, None)).is_empty());
    let page = app.request("GET", "/", &[("origin", APP)], None);
    assert!(cors(&page).is_empty(), "the page is not for others");
}

// SECURITY-BAR H10
#[test]
fn without_a_list_there_is_no_trace_of_it() {
    let app = App::with(&[UNLIMITED]);
    let ada = app.user("ada");
    for origin in [APP, app.url.as_str(), "null", "*"] {
        let reply = preflight(&app, "/api/tasks", origin);
        assert_eq!((reply.status, cors(&reply)), (405, vec![]), "{origin}");
        let reply = preflight(&app, "/api/auth/sign-in/email", origin);
        assert_eq!((reply.status, cors(&reply)), (404, vec![]), "{origin}");
        let reply = ada.send("GET", "/api/tasks", &[("origin", origin)], None);
        assert_eq!((cors(&reply), reply.header("vary")), (vec![], None), "{origin}");
    }
}

#[test]
fn a_preflight_says_what_a_page_may_send() {
    let app = App::with(&[UNLIMITED, LISTED]);
    let reply = preflight(&app, "/api/tasks/x", APP);
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    let methods = reply.header("access-control-allow-methods").expect("methods");
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        assert!(methods.split(", ").any(|known| known == method), "{methods}");
    }
    let headers = reply.header("access-control-allow-headers").expect("headers");
    for name in ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key"] {
        assert!(headers.split(", ").any(|known| known == name), "{headers}");
    }
    // OPTIONS that asks nothing is what it always was.
    let reply = app.request("OPTIONS", "/api/tasks", &[("origin", APP)], None);
    assert_eq!(reply.status, 405);
    // And a preflight does nothing but answer.
    let limited = App::with(&[LISTED]);
    for _ in 0..10 {
        assert_eq!(preflight(&limited, "/api/auth/sign-in/email", APP).status, 204);
    }
    let body = json!({ "email": "a@b.co", "password": "x" }).to_string();
    let headers = [("content-type", "application/json"), ("origin", APP)];
    let reply = limited.request("POST", "/api/auth/sign-in/email", &headers, Some(&body));
    assert_eq!(reply.status, 401, "it counts for no limit: {}", reply.text);
}

#[test]
fn a_page_elsewhere_signs_in_and_uses_the_api() {
    let app = App::with(&[UNLIMITED, LISTED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let json = ("content-type", "application/json");
    let body = json!({ "email": "ada@example.org", "password": PASSWORD }).to_string();
    let reply = ada.send_from(APP, "POST", "/sign-in/email", &[json], Some(&body));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let exposed = |reply: &Reply, name: &str| {
        let header = reply.header("access-control-expose-headers").expect("a list").to_owned();
        header.split(", ").any(|known| known == name)
    };
    assert!(lets_read(&reply, APP) && exposed(&reply, "set-auth-token"));
    let session = ada.send_from(APP, "GET", "/get-session", &[], None);
    assert!(lets_read(&session, APP) && exposed(&session, "set-auth-jwt"));
    let token = ada.send_from(APP, "GET", "/token", &[], None);
    let person = app.bearer(token.body["token"].as_str().expect("a token"));

    let made =
        person.send("POST", "/api/tasks", &[json, ("origin", APP)], Some(r#"{"title":"x"}"#));
    assert_eq!(made.status, 201, "{}", made.text);
    for name in ["etag", "location", "link", "retry-after", "x-request-id"] {
        assert!(exposed(&made, name), "{name}");
    }
    // A refusal can be read as well, or a page could not say what is wrong.
    for (path, status) in [("/api/tasks/x", 404), ("/api/tasks?nope=1", 422)] {
        let reply = person.send("GET", path, &[("origin", APP)], None);
        assert_eq!(reply.status, status);
        assert!(lets_read(&reply, APP), "{path}");
    }
    let reply = app.request("GET", "/api/tasks", &[("origin", APP)], None);
    assert!(reply.status == 401 && lets_read(&reply, APP));
    let long = "x".repeat(40_000);
    let reply = app.request("GET", "/api/tasks", &[("origin", APP), ("x-long", &long)], None);
    assert!(reply.status == 431 && lets_read(&reply, APP));
}
