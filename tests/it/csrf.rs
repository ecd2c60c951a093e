//! Which pages may act for a browser, and where a browser may be sent.

use serde_json::json;

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Headers, and the status and code they lead to.
type Row<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

fn sign_in(app: &App, headers: &[(&str, &str)]) -> Reply {
    let body = json!({ "email": "ada@example.org", "password": PASSWORD }).to_string();
    let headers = [&[JSON], headers].concat();
    app.request("POST", "/api/auth/sign-in/email", &headers, Some(&body))
}

// SECURITY-BAR S15; CONTRACT, 12: the table, row by row.
#[test]
fn a_sign_in_is_taken_from_our_own_pages_and_from_plain_programs() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let own = app.url.as_str();
    let page = format!("{own}/some/page?x=1");
    let port = own.rsplit(':').next().unwrap();
    let capitals = format!("HTTP://LOCALHOST:{port}");
    let (https, other_port) = (own.replace("http:", "https:"), "http://127.0.0.1:1");
    let suffix = format!("{own}.evil.example");
    let user = format!("http://evil.example\\@127.0.0.1:{port}");
    let cookie = ("cookie", "theme=dark");
    let rows: &[Row<'_>] = &[
        (&[], 200, ""),
        (&[("origin", "https://evil.example")], 403, "INVALID_ORIGIN"),
        (&[("origin", "null")], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[("origin", "")], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[("referer", &page)], 200, ""),
        (&[("referer", "https://evil.example/x")], 403, "INVALID_ORIGIN"),
        (&[("sec-fetch-mode", "cors")], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[("sec-fetch-site", "same-origin")], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[("sec-fetch-dest", "empty")], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors"), ("origin", own)], 200, ""),
        (
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", own)],
            403,
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        ),
        (
            &[
                cookie,
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("origin", own),
            ],
            200,
            "",
        ),
        (&[cookie], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[cookie, ("origin", own)], 200, ""),
        (&[cookie, ("origin", &capitals)], 200, ""),
        (&[cookie, ("origin", &page)], 200, ""),
        (&[cookie, ("referer", &page)], 200, ""),
        // The origin counts, whatever the referer says.
        (&[cookie, ("origin", "https://evil.example"), ("referer", own)], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", "null"), ("referer", own)], 403, "MISSING_OR_NULL_ORIGIN"),
        (&[cookie, ("origin", "null"), ("sec-fetch-site", "same-origin")], 200, ""),
        (
            &[cookie, ("origin", "null"), ("sec-fetch-site", "same-site")],
            403,
            "MISSING_OR_NULL_ORIGIN",
        ),
        (&[cookie, ("origin", &https)], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", other_port)], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", "http://127.0.0.1")], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", &suffix)], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", &user)], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", "file://")], 403, "INVALID_ORIGIN"),
        (&[cookie, ("origin", "*")], 403, "INVALID_ORIGIN"),
        // What the client sends about itself makes no origin ours.
        (
            &[cookie, ("origin", "https://evil.example"), ("x-forwarded-host", "evil.example")],
            403,
            "INVALID_ORIGIN",
        ),
    ];
    for (headers, status, code) in rows {
        let reply = sign_in(&app, headers);
        assert_eq!(refusal(&reply), (*status, *code), "{headers:?}: {}", reply.text);
        assert!(*status == 200 || reply.header("set-cookie").is_none(), "{headers:?}");
    }
}

// SECURITY-BAR S15
#[test]
fn every_write_with_a_cookie_needs_an_origin_of_ours() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    for path in [
        "/sign-up/email",
        "/sign-in/email",
        "/sign-out",
        "/get-session",
        "/revoke-session",
        "/revoke-sessions",
        "/revoke-other-sessions",
        "/update-user",
        "/change-password",
        "/verify-password",
        "/change-email",
        "/delete-user",
        "/update-session",
        "/unlink-account",
        "/link-social",
        "/sign-in/social",
        "/request-password-reset",
        "/reset-password",
        "/two-factor/enable",
        "/two-factor/verify-totp",
        "/two-factor/verify-backup-code",
        "/two-factor/get-totp-uri",
        "/two-factor/generate-backup-codes",
        "/two-factor/disable",
    ] {
        let foreign = ada.send_from("https://evil.example", "POST", path, &[JSON], Some("{}"));
        assert_eq!(refusal(&foreign), (403, "INVALID_ORIGIN"), "{path}");
        let nowhere = ada.send_from("", "POST", path, &[JSON], Some("{}"));
        assert_eq!(refusal(&nowhere), (403, "MISSING_OR_NULL_ORIGIN"), "{path}");
        // A form, which other pages may send without asking.
        for kind in ["text/plain", "multipart/form-data; boundary=x"] {
            let kind = [("content-type", kind)];
            let form = ada.send_from("https://evil.example", "POST", path, &kind, Some("{}"));
            assert_eq!(refusal(&form), (415, "UNSUPPORTED_MEDIA_TYPE"), "{path}");
        }
        // Without a body there is no type to refuse.
        let empty = ada.send_from("https://evil.example", "POST", path, &[], None);
        assert_eq!(refusal(&empty), (403, "INVALID_ORIGIN"), "{path}");
    }
    assert!(ada.is_signed_in(), "none of them did anything");
}

#[test]
fn writes_with_a_bearer_need_no_origin() {
    let app = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&app, "ada");
    let bearer = format!("Bearer {}", ada.token);
    for origin in [None, Some(("origin", "https://evil.example"))] {
        let mut headers = vec![JSON, ("authorization", bearer.as_str())];
        headers.extend(origin);
        let body = json!({ "name": "Ada" }).to_string();
        let reply = app.request("POST", "/api/auth/update-user", &headers, Some(&body));
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

// CONTRACT, 12: without a cookie there is nothing to forge, but for a sign-in.
#[test]
fn other_writes_without_a_cookie_and_reads_are_not_asked_where_they_come_from() {
    let app = App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", "/dev/null")]);
    let mut ada = Browser::signed_up(&app, "ada");
    let email = json!({ "email": "ada@example.org" });
    let unknown = json!({ "newPassword": PASSWORD, "token": "unknown" });
    for (path, body, status) in [
        ("/request-password-reset", &email, 200),
        ("/sign-out", &json!({}), 200),
        ("/reset-password", &unknown, 400),
        ("/verify-password", &json!({ "password": PASSWORD }), 401),
    ] {
        for origin in ["https://evil.example", "null", ""] {
            let body = body.to_string();
            let reply = Browser::new(&app).send_from(origin, "POST", path, &[JSON], Some(&body));
            assert_eq!(reply.status, status, "{origin} {path}: {}", reply.text);
        }
    }
    let navigation = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    for path in ["/get-session", "/list-sessions", "/token", "/ok"] {
        for origin in ["https://evil.example", "null", ""] {
            let reply = ada.send_from(origin, "GET", path, &navigation, None);
            assert_eq!(reply.status, 200, "{origin} {path}: {}", reply.text);
            assert!(!reply.body.is_null());
        }
    }
}

#[test]
fn listed_origins_are_ours_too_and_compared_exactly() {
    let trusted = "https://app.example.org, http://localhost:5173";
    let app = App::with(&[UNLIMITED, ("DOCKET_TRUSTED_ORIGINS", trusted)]);
    Browser::signed_up(&app, "ada");
    for (origin, status) in [
        ("https://app.example.org", 200),
        ("https://app.example.org:443", 200),
        ("http://app.example.org", 403),
        ("https://app.example.org:8443", 403),
        ("https://x.app.example.org", 403),
        ("https://app.example.org.evil.example", 403),
    ] {
        let reply = sign_in(&app, &[("origin", origin)]);
        assert_eq!(reply.status, status, "{origin}: {}", reply.text);
    }
}

// SECURITY-BAR S16
#[test]
fn a_browser_is_sent_to_us_or_nowhere() {
    let app = App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", "/dev/null")]);
    let mut ada = Browser::signed_up(&app, "ada");
    let own = format!("{}/p", app.url);
    let sign_in = |target: &str| {
        let body =
            json!({ "email": "ada@example.org", "password": PASSWORD, "callbackURL": target });
        Browser::new(&app).post("/sign-in/email", &body)
    };
    for good in ["/", "/x?y=1#z", "/../x", "/ä", "/%C3%A4", &own] {
        let reply = sign_in(good);
        assert_eq!(reply.status, 200, "{good}: {}", reply.text);
        assert_eq!((&reply.body["redirect"], &reply.body["url"]), (&json!(true), &json!(good)));
        assert!(reply.header("location").is_some(), "{good}");
    }
    let reply = sign_in("");
    assert_eq!((&reply.body["redirect"], &reply.body["url"]), (&json!(false), &json!("")));
    assert_eq!(reply.header("location"), None);
    let foreign = format!("{}@evil.example/", app.url);
    for bad in [
        "x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\x",
        "/%2fevil.example",
        "/%2Fevil.example",
        "/a%2fb",
        "/a%5cb",
        "http://evil.example",
        "https://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/html,x",
        " ",
        " /x",
        "/\t/evil.example",
        "/x\r\nset-cookie: a=b",
        &foreign,
    ] {
        let reply = sign_in(bad);
        assert_eq!(refusal(&reply), (403, "INVALID_CALLBACK_URL"), "{bad:?}");
        let body = json!({ "email": "ada@example.org", "redirectTo": bad });
        let reply = ada.post("/request-password-reset", &body);
        assert_eq!(refusal(&reply), (403, "INVALID_REDIRECT_URL"), "{bad:?}");
        let bad: String = bad.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let reply = ada.get(&format!("/reset-password/x?callbackURL={bad}"));
        assert_eq!(refusal(&reply), (403, "INVALID_CALLBACK_URL"), "{bad:?}");
        assert_eq!(reply.header("location"), None);
    }
    for (name, code) in [
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
    ] {
        let reply = ada.post("/sign-out", &json!({ name: "//evil.example" }));
        assert_eq!(refusal(&reply), (403, code));
    }
    for value in [json!(7), json!(["/"]), json!({}), json!(true)] {
        let reply = ada.post("/sign-out", &json!({ "callbackURL": value }));
        assert_eq!(refusal(&reply), (400, ""));
        assert_eq!(reply.body["message"], "Invalid callbackURL: expected a string");
    }
}

// CONTRACT, 1: the order of the gates.
#[test]
fn the_gates_stand_in_better_auths_order() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let foreign = "https://evil.example";
    let text = [("content-type", "text/plain")];
    let reply = ada.send_from(foreign, "POST", "/change-password", &text, Some("x"));
    assert_eq!(reply.status, 415, "the media type before the origin");
    let reply = ada.send_from(foreign, "POST", "/change-password", &[JSON], Some("{"));
    assert_eq!(refusal(&reply), (400, "BAD_REQUEST"), "JSON before the origin");
    let target = r#"{"callbackURL":"//evil.example"}"#;
    let reply = ada.send_from(foreign, "POST", "/change-password", &[JSON], Some(target));
    assert_eq!(refusal(&reply), (403, "INVALID_ORIGIN"), "the origin before the target");
    let reply = ada.post("/change-password", &json!({ "callbackURL": "//evil.example" }));
    assert_eq!(refusal(&reply), (403, "INVALID_CALLBACK_URL"), "the target before the members");
    let reply = Browser::new(&app).post("/change-password", &json!({}));
    assert_eq!(refusal(&reply), (400, "VALIDATION_ERROR"), "the members before the session");
    let body = json!({ "currentPassword": "x", "newPassword": "short" });
    let reply = Browser::new(&app).post("/change-password", &body);
    assert_eq!(refusal(&reply), (401, "UNAUTHORIZED"), "the session before the rules");
    let reply = ada.post("/change-password", &body);
    assert_eq!(refusal(&reply), (400, "PASSWORD_TOO_SHORT"), "the new password before the old");
}

// SECURITY-BAR S12, S15; CONTRACT, 13: the limit comes before everything.
#[test]
fn the_limit_stands_before_every_other_gate() {
    let app = App::start();
    for _ in 0..3 {
        let reply = app.request("POST", "/api/auth/sign-in/email", &[("origin", "null")], None);
        assert_eq!(refusal(&reply), (403, "MISSING_OR_NULL_ORIGIN"));
    }
    let text = [("content-type", "text/plain")];
    let reply = app.request("POST", "/api/auth/sign-in/email", &text, Some("x"));
    assert_eq!(reply.status, 429);
}
