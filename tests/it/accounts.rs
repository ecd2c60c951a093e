//! Accounts: signing up, what may be changed, what is refused and in which words.

use std::thread;

use serde_json::{Value, json};

use crate::app::{App, Reply, request};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal};

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, code: &str, message: &str) {
    assert_eq!(refusal(reply), (status, code), "{}", reply.text);
    assert_eq!(reply.body["message"], message, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("set-cookie"), None);
    // Without a code there is no such member, not even null.
    let members = if code.is_empty() { 1 } else { 2 };
    assert_eq!(reply.body.as_object().map(serde_json::Map::len), Some(members), "{}", reply.text);
}

/// Makes every session two days old.
fn age_sessions(app: &App) {
    app.change(|tx| tx.execute("update sessions set created_at = created_at - 172800000", []));
}

#[test]
fn signing_up_gives_a_user_and_a_session() {
    let app = App::with(&[UNLIMITED]);
    let body = json!({ "name": "Ada", "email": "Ada@Example.org", "password": PASSWORD,
        "image": "https://x.example/a.png",
        // SECURITY-BAR A6: what nobody may choose.
        "id": "mine", "emailVerified": true, "role": "admin", "createdAt": "2020-01-01T00:00:00Z",
        "twoFactorEnabled": true });
    let reply = Browser::new(&app).post("/sign-up/email", &body);

    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = reply.body["token"].as_str().unwrap();
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let user = reply.body["user"].as_object().unwrap();
    assert_eq!(user.len(), 8, "{}", reply.text);
    assert_eq!(user["name"], "Ada");
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["image"], "https://x.example/a.png");
    assert_eq!((&user["emailVerified"], &user["twoFactorEnabled"]), (&json!(false), &json!(false)));
    assert_ne!(user["id"], "mine");
    for name in ["createdAt", "updatedAt"] {
        let date = user[name].as_str().unwrap();
        assert!(date.len() == 24 && date.ends_with('Z') && !date.starts_with("2020"), "{date}");
    }
    assert_eq!(app.count("select count(*) from lists where is_inbox = 1"), 1);
}

// CONTRACT, 19: what needs no special state.
#[test]
fn refusals_read_as_better_auths_do() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut nobody = Browser::new(&app);
    let long = "x".repeat(129);
    let up =
        |email: &str, password: &str| json!({ "name": "x", "email": email, "password": password });
    let rows: &[(&str, Value, u16, &str, &str)] = &[
        (
            "/sign-up/email",
            json!({}),
            400,
            "VALIDATION_ERROR",
            "[body.name] Invalid input: expected string, received undefined; \
             [body.email] Invalid input: expected string, received undefined; \
             [body.password] Invalid input: expected string, received undefined",
        ),
        (
            "/sign-up/email",
            json!([]),
            400,
            "VALIDATION_ERROR",
            "[body] Invalid input: expected object, received array; \
             [body] Invalid input: expected record, received array",
        ),
        (
            "/sign-up/email",
            json!({ "name": 7, "email": null, "password": [], "image": null,
                "rememberMe": "yes", "callbackURL": null }),
            400,
            "VALIDATION_ERROR",
            "[body.name] Invalid input: expected string, received number; \
             [body.email] Invalid input: expected string, received null; \
             [body.password] Invalid input: expected string, received array; \
             [body.image] Invalid input: expected string, received null; \
             [body.rememberMe] Invalid input: expected boolean, received string; \
             [body.callbackURL] Invalid input: expected string, received null",
        ),
        (
            "/sign-up/email",
            up("a@b", PASSWORD),
            400,
            "VALIDATION_ERROR",
            "[body.email] Invalid email address",
        ),
        (
            "/sign-up/email",
            up("b@b.co", ""),
            400,
            "VALIDATION_ERROR",
            "[body.password] Too small: expected string to have >=1 characters",
        ),
        ("/sign-up/email", up("b@b.co", "short"), 400, "PASSWORD_TOO_SHORT", "Password too short"),
        ("/sign-up/email", up("b@b.co", &long), 400, "PASSWORD_TOO_LONG", "Password too long"),
        (
            "/sign-up/email",
            up("ADA@example.org", PASSWORD),
            422,
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
        (
            "/sign-in/email",
            json!({ "email": "x", "password": "x" }),
            400,
            "INVALID_EMAIL",
            "Invalid email",
        ),
        (
            "/sign-in/email",
            json!({ "email": "ada@example.org", "password": PASSWORD, "rememberMe": null }),
            400,
            "VALIDATION_ERROR",
            "[body.rememberMe] Invalid input: expected boolean, received null",
        ),
        (
            "/sign-in/email",
            json!({ "email": "ada@example.org", "password": PASSWORD, "callbackURL": null }),
            400,
            "VALIDATION_ERROR",
            "[body.callbackURL] Invalid input: expected string, received null",
        ),
        (
            "/sign-in/email",
            json!({ "email": "ada@example.org", "password": "wrong" }),
            401,
            "INVALID_EMAIL_OR_PASSWORD",
            "Invalid email or password",
        ),
        (
            "/sign-in/email",
            json!({ "email": "ada@example.org", "password": "" }),
            401,
            "INVALID_EMAIL_OR_PASSWORD",
            "Invalid email or password",
        ),
        (
            "/sign-in/email",
            json!({ "email": "nobody@example.org", "password": long }),
            400,
            "PASSWORD_TOO_LONG",
            "Password too long",
        ),
        (
            "/reset-password",
            json!({ "newPassword": PASSWORD }),
            400,
            "INVALID_TOKEN",
            "Invalid token",
        ),
        (
            "/request-password-reset",
            json!({ "email": "ada@example.org" }),
            400,
            "RESET_PASSWORD_DISABLED",
            "Reset password isn't enabled",
        ),
        (
            "/request-password-reset",
            json!({ "email": "x" }),
            400,
            "VALIDATION_ERROR",
            "[body.email] Invalid email address",
        ),
        (
            "/get-session",
            json!({}),
            405,
            "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
            "POST method requires deferSessionRefresh to be enabled in session config",
        ),
        (
            "/two-factor/verify-totp",
            json!({ "code": "123456" }),
            401,
            "INVALID_TWO_FACTOR_COOKIE",
            "Invalid two factor cookie",
        ),
    ];
    for (path, body, status, code, message) in rows {
        let reply = nobody.post(path, body);
        assert_refused(&reply, *status, code, message);
    }
    let wrong = json!({ "password": "wrong-password" });
    let rows: &[(&str, Value, u16, &str, &str)] = &[
        ("/update-user", json!({}), 400, "", "No fields to update"),
        ("/update-user", json!({ "emailVerified": true }), 400, "", "No fields to update"),
        (
            "/update-user",
            json!({ "name": "x", "email": "b@b.co" }),
            400,
            "EMAIL_CAN_NOT_BE_UPDATED",
            "Email can not be updated",
        ),
        (
            "/update-user",
            json!({ "name": "x", "twoFactorEnabled": true }),
            400,
            "FIELD_NOT_ALLOWED",
            "twoFactorEnabled is not allowed to be set",
        ),
        (
            "/update-user",
            json!([]),
            400,
            "VALIDATION_ERROR",
            "[body] Invalid input: expected object, received array",
        ),
        (
            "/update-user",
            json!({ "name": null }),
            400,
            "VALIDATION_ERROR",
            "[body.name] Invalid input: expected string, received null",
        ),
        ("/change-email", json!({ "newEmail": "ADA@example.org" }), 400, "", "Email is the same"),
        (
            "/change-email",
            json!({ "newEmail": "x" }),
            400,
            "VALIDATION_ERROR",
            "[body.newEmail] Invalid email address",
        ),
        ("/verify-password", wrong.clone(), 400, "INVALID_PASSWORD", "Invalid password"),
        ("/delete-user", wrong.clone(), 400, "INVALID_PASSWORD", "Invalid password"),
        ("/delete-user", json!({ "token": "x" }), 404, "INVALID_TOKEN", "Invalid token"),
        ("/update-session", json!({ "userId": "x" }), 400, "", "No fields to update"),
        (
            "/unlink-account",
            json!({ "providerId": "credential" }),
            400,
            "FAILED_TO_UNLINK_LAST_ACCOUNT",
            "You can't unlink your last account",
        ),
        (
            "/link-social",
            json!({ "provider": "github" }),
            404,
            "PROVIDER_NOT_FOUND",
            "Provider not found",
        ),
        (
            "/sign-in/social",
            json!({ "provider": "github" }),
            404,
            "PROVIDER_NOT_FOUND",
            "Provider not found",
        ),
        ("/two-factor/enable", wrong, 400, "INVALID_PASSWORD", "Invalid password"),
        (
            "/two-factor/get-totp-uri",
            json!({ "password": PASSWORD }),
            400,
            "TOTP_NOT_ENABLED",
            "TOTP not enabled",
        ),
        (
            "/two-factor/generate-backup-codes",
            json!({ "password": PASSWORD }),
            400,
            "TWO_FACTOR_NOT_ENABLED",
            "Two factor isn't enabled",
        ),
        (
            "/two-factor/verify-totp",
            json!({ "code": "123456" }),
            400,
            "TWO_FACTOR_NOT_ENABLED",
            "Two factor isn't enabled",
        ),
        (
            "/change-password",
            json!({ "currentPassword": "wrong-password", "newPassword": "a-new-passphrase" }),
            400,
            "INVALID_PASSWORD",
            "Invalid password",
        ),
    ];
    for (path, body, status, code, message) in rows {
        let reply = ada.post(path, body);
        assert_refused(&reply, *status, code, message);
    }
    assert!(ada.is_signed_in());
}

#[test]
fn a_body_must_be_json_and_say_so() {
    let app = App::with(&[UNLIMITED]);
    let mut browser = Browser::signed_up(&app, "ada");
    let json = [("content-type", "application/json")];
    for broken in ["{", "nonsense", "{\"a\":\"\\ud800\"}", &"[".repeat(200), "\u{feff}{}"] {
        let reply = browser.send("POST", "/sign-in/email", &json, Some(broken));
        assert_refused(&reply, 400, "BAD_REQUEST", "Invalid JSON in request body");
    }
    for (kind, status) in [
        ("application/json; charset=utf-8", 401),
        ("APPLICATION/JSON", 401),
        ("application/x-www-form-urlencoded", 400),
        ("text/json", 415),
        ("application/jsonp", 415),
    ] {
        let body = r#"{"email":"a@b.co","password":"wrong-password"}"#;
        let kind = [("content-type", kind)];
        let reply = browser.send("POST", "/sign-in/email", &kind, Some(body));
        assert_eq!(reply.status, status, "{kind:?}: {}", reply.text);
    }
    let reply = browser.send("POST", "/sign-out", &[("content-type", "text/plain")], Some("x"));
    let message = "Content-Type \"text/plain\" is not allowed. Allowed types: application/json";
    assert_refused(&reply, 415, "UNSUPPORTED_MEDIA_TYPE", message);
    // Without a type there is no body, and sign-in needs one.
    let reply = browser.send("POST", "/sign-in/email", &[], Some("{}"));
    assert_eq!(refusal(&reply), (400, "VALIDATION_ERROR"));
    // A form, as plain pages send.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "email=ada%40example.org&password=correct-horse-9";
    assert_eq!(browser.send("POST", "/sign-in/email", &form, Some(body)).status, 200);
    let reply =
        browser.send("POST", "/sign-in/email", &form, Some(&format!("{body}&rememberMe=true")));
    assert_eq!(refusal(&reply), (400, "VALIDATION_ERROR"));
    assert_eq!(browser.send("POST", "/verify-password", &form, Some(body)).status, 415);
}

// SECURITY-BAR H2, S15
#[test]
fn no_body_of_any_shape_is_an_error_of_the_servers_own() {
    let app = App::with(&[UNLIMITED]);
    let huge = json!({ "name": "x".repeat(200_000), "password": "x".repeat(30_000) }).to_string();
    let nul = json!({ "name": "a\0b", "image": "a\0b", "email": "a\0@b.co", "newEmail": "a\0@b.co",
        "password": "\0\0\0\0\0\0\0\0\0", "currentPassword": "\0", "newPassword": "\0\0\0\0\0\0\0\0",
        "token": "\0", "code": "\0", "issuer": "\0" })
    .to_string();
    let odd: Vec<String> = [json!(null), json!([]), json!(7), json!("x"), json!(true), json!({})]
        .iter()
        .map(Value::to_string)
        .chain([huge, nul])
        .collect();
    let mut names = 0;
    for path in [
        "/sign-up/email",
        "/sign-in/email",
        "/sign-out",
        "/revoke-session",
        "/revoke-sessions",
        "/revoke-other-sessions",
        "/update-user",
        "/change-password",
        "/verify-password",
        "/change-email",
        "/request-password-reset",
        "/reset-password",
        "/two-factor/enable",
        "/two-factor/verify-totp",
        "/two-factor/verify-backup-code",
        "/two-factor/get-totp-uri",
        "/two-factor/generate-backup-codes",
        "/two-factor/disable",
    ] {
        names += 1;
        let ada = Browser::signed_up(&app, &format!("ada{names}"));
        for body in &odd {
            let json = [("content-type", "application/json"), ("user-agent", "\u{1f600}\ta")];
            for mut browser in [ada.clone(), Browser::new(&app)] {
                let reply = browser.send("POST", path, &json, Some(body));
                let short: String = body.chars().take(60).collect();
                assert!(reply.status < 500, "{path} {short}: {} {}", reply.status, reply.text);
                assert!(reply.body.is_object(), "{path} {short}: {}", reply.text);
            }
        }
    }
    assert!(!app.log().contains("panicked"), "{}", app.log());
}

// CONTRACT, 19: without a session.
#[test]
fn what_needs_a_session_is_refused_without_one() {
    let app = App::with(&[UNLIMITED]);
    let password = json!({ "password": PASSWORD });
    let posts = [
        ("/revoke-session", json!({ "token": "x" })),
        ("/revoke-sessions", json!({})),
        ("/revoke-other-sessions", json!({})),
        ("/update-user", json!({ "name": "x" })),
        ("/change-password", json!({ "currentPassword": "x", "newPassword": PASSWORD })),
        ("/verify-password", password.clone()),
        ("/change-email", json!({ "newEmail": "b@b.co" })),
        ("/delete-user", json!({})),
        ("/delete-user", json!({ "token": "x" })),
        ("/update-session", json!({})),
        ("/unlink-account", json!({ "providerId": "credential" })),
        ("/link-social", json!({ "provider": "github" })),
        ("/two-factor/enable", password.clone()),
        ("/two-factor/get-totp-uri", password.clone()),
        ("/two-factor/generate-backup-codes", password.clone()),
        ("/two-factor/disable", password),
    ];
    for (path, body) in &posts {
        let reply = Browser::new(&app).post(path, body);
        assert_refused(&reply, 401, "UNAUTHORIZED", "Unauthorized");
    }
    for path in ["/list-sessions", "/list-accounts", "/token"] {
        let reply = Browser::new(&app).get(path);
        assert_refused(&reply, 401, "UNAUTHORIZED", "Unauthorized");
    }
    // SECURITY-BAR S6: neither does one of a disabled account count.
    let mut ada = Browser::signed_up(&app, "ada");
    app.change(|tx| tx.execute("update users set disabled_at = 1", []));
    for (path, body) in &posts {
        assert_eq!(refusal(&ada.post(path, body)), (401, "UNAUTHORIZED"), "{path}");
    }
    for path in ["/list-sessions", "/list-accounts", "/token"] {
        assert_eq!(refusal(&ada.get(path)), (401, "UNAUTHORIZED"), "{path}");
    }
    let reply = ada.sign_in("ada@example.org", PASSWORD);
    assert_eq!(refusal(&reply), (401, "INVALID_EMAIL_OR_PASSWORD"));
    assert!(!ada.is_signed_in());
}

// SECURITY-BAR S12, H8; CONTRACT, 1
#[test]
fn an_address_has_one_spelling_and_one_method() {
    let app = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&app, "ada");
    let body = json!({ "email": "ada@example.org", "password": PASSWORD }).to_string();
    let json = [("content-type", "application/json")];
    for path in [
        "/api/auth",
        "/api/auth/",
        "/api/auth/sign-in/email/",
        "/api/auth//sign-in/email",
        "/api/auth/sign-in//email",
        "//api/auth/sign-in/email",
        "/api/auth/sign-%69n/email",
        "/api/auth/sign-in%2femail",
        "/api/auth/SIGN-IN/email",
        "/api/auth/sign-in/email/x",
        "/api/auth/sign-in/email;x",
        "/api/auth/./sign-in/email",
        "/api/auth/x/../sign-in/email",
        "/api/auth/forget-password",
        "/api/auth/unknown",
    ] {
        let reply = app.request("POST", path, &json, Some(&body));
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
        assert!(reply.header("content-type").unwrap().contains("json"), "{path}");
        assert_eq!(reply.header("set-cookie"), None, "{path}");
    }
    let bearer = format!("Bearer {}", ada.token);
    let bearer = [("authorization", bearer.as_str())];
    for (path, right) in [
        ("/ok", "GET"),
        ("/get-session", "GET"),
        ("/list-sessions", "GET"),
        ("/list-accounts", "GET"),
        ("/token", "GET"),
        ("/jwks", "GET"),
        ("/sign-in/email", "POST"),
        ("/sign-out", "POST"),
        ("/revoke-sessions", "POST"),
        ("/delete-user", "POST"),
        ("/update-user", "POST"),
        ("/two-factor/disable", "POST"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            if method == right || (path, method) == ("/get-session", "POST") {
                continue;
            }
            let reply = app.request(method, &format!("/api/auth{path}"), &bearer, None);
            assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
            assert_eq!(reply.header("allow"), None);
        }
    }
    assert_eq!(app.count("select count(*) from sessions"), 1, "nothing was done");
}

// CONTRACT, 6
#[test]
fn a_person_changes_their_own_account() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut bob = Browser::signed_up(&app, "bob");

    let reply = ada.post("/update-user", &json!({ "name": "Countess", "image": "https://x.co/a" }));
    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    let user = ada.get("/get-session").body["user"].clone();
    assert_eq!((&user["name"], &user["image"]), (&json!("Countess"), &json!("https://x.co/a")));
    ada.post("/update-user", &json!({ "image": null }));
    let user = ada.get("/get-session").body["user"].clone();
    assert_eq!((&user["name"], &user["image"]), (&json!("Countess"), &Value::Null));
    let long = ada.post("/update-user", &json!({ "name": "x".repeat(201) }));
    assert_eq!(refusal(&long), (400, "VALIDATION_ERROR"));

    assert_eq!(ada.post("/change-email", &json!({ "newEmail": "New@Example.org" })).status, 200);
    assert_eq!(ada.get("/get-session").body["user"]["email"], "new@example.org");
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 401);
    assert_eq!(ada.sign_in("new@example.org", PASSWORD).status, 200);
    // One that is taken: the same answer, and nothing happens.
    let reply = bob.post("/change-email", &json!({ "newEmail": "new@example.org" }));
    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!(bob.get("/get-session").body["user"]["email"], "bob@example.org");

    let accounts = ada.get("/list-accounts").body;
    let account = accounts[0].as_object().unwrap();
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!((account.len(), &account["providerId"]), (7, &json!("credential")));
    assert_eq!((&account["accountId"], &account["scopes"]), (&account["userId"], &json!([])));
}

#[test]
fn deleting_an_account_takes_everything_with_it() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, mut bob) = (Browser::signed_up(&app, "ada"), Browser::signed_up(&app, "bob"));
    let mut elsewhere = Browser::signed_in(&app, "ada");
    let person = ada.person(&app);
    person.add("buy milk");

    age_sessions(&app);
    let reply = ada.post("/delete-user", &json!({}));
    let message = "Session expired. Re-authenticate to perform this action.";
    assert_refused(&reply, 400, "SESSION_EXPIRED", message);
    let reply = ada.post("/delete-user", &json!({ "password": PASSWORD }));

    assert_eq!(reply.text, r#"{"success":true,"message":"User deleted"}"#);
    assert!(ada.cookies.is_empty(), "{:?}", ada.cookies);
    assert!(!elsewhere.is_signed_in());
    assert_eq!(person.get("/api/me").status, 401);
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 401);
    assert!(bob.is_signed_in());
    assert_eq!(app.count("select count(*) from users"), 1);
    assert_eq!(app.count("select count(*) from tasks"), 0);
}

#[test]
fn a_session_that_is_not_fresh_lists_nothing() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    age_sessions(&app);
    assert_refused(&ada.get("/list-sessions"), 403, "SESSION_NOT_FRESH", "Session is not fresh");
    let reply = ada.post("/unlink-account", &json!({ "providerId": "credential" }));
    assert_refused(&reply, 403, "SESSION_NOT_FRESH", "Session is not fresh");
    assert!(ada.is_signed_in());
}

#[test]
fn an_account_without_a_password_says_so_to_its_owner_alone() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    app.change(|tx| tx.execute("update users set password_hash = null", []));
    let reply = ada.post("/verify-password", &json!({ "password": PASSWORD }));
    assert_refused(&reply, 400, "CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found");
    let reply = Browser::new(&app).sign_in("ada@example.org", PASSWORD);
    assert_refused(&reply, 401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
}

// SECURITY-BAR S17
#[test]
fn nobody_has_an_account_at_first_and_sign_up_can_be_closed() {
    let app = App::with(&[UNLIMITED, ("DOCKET_SIGNUP", "closed")]);
    assert_eq!(app.count("select count(*) from users"), 0);
    let body = json!({ "name": "x", "email": "ada@example.org", "password": PASSWORD });
    let reply = Browser::new(&app).post("/sign-up/email", &body);
    let message = "Email and password sign up is not enabled";
    assert_refused(&reply, 400, "EMAIL_PASSWORD_SIGN_UP_DISABLED", message);
    assert_eq!(app.count("select count(*) from users"), 0);
}

// CONTRACT, 4
#[test]
fn of_several_sign_ups_with_one_address_one_succeeds() {
    let app = App::with(&[UNLIMITED]);
    let url = app.url.clone();
    let up = |case: usize| {
        let email = if case.is_multiple_of(2) { "ada@example.org" } else { "ADA@example.org" };
        let body = json!({ "name": "x", "email": email, "password": PASSWORD }).to_string();
        let json = [("content-type", "application/json")];
        request(&url, "POST", "/api/auth/sign-up/email", &json, Some(&body))
    };
    let replies: Vec<Reply> = thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|case| scope.spawn(move || up(case))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    for lost in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(refusal(lost), (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"), "{}", lost.text);
    }
    assert_eq!(app.count("select count(*) from users"), 1);
    assert_eq!(app.count("select count(*) from sessions"), 1);
}

#[test]
fn an_address_that_two_people_want_goes_to_one() {
    let app = App::with(&[UNLIMITED]);
    let people: Vec<Browser> =
        (0..6).map(|n| Browser::signed_up(&app, &format!("ada{n}"))).collect();
    thread::scope(|scope| {
        for mut person in people {
            scope.spawn(move || {
                let reply = person.post("/change-email", &json!({ "newEmail": "one@example.org" }));
                assert_eq!(reply.status, 200, "{}", reply.text);
            });
        }
    });
    assert_eq!(app.count("select count(*) from users where email = 'one@example.org'"), 1);
    assert_eq!(app.count("select count(distinct email) from users"), 6);
}
