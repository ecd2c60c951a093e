//! The OpenAPI document is true about `/api/auth` (SECURITY-BAR H15, A5): every
//! status and every code in it is provoked, and each reply is as described.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::app::{App, Reply, parse, request};
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::invites::invite;
use crate::openapi::{NOT_AT_WILL, Operation, check, operations, resolve};
use crate::outbox::Outbox;
use crate::verification::token_from;

/// Servers of each kind that the document speaks of.
struct Servers {
    /// Without limits, and with mail.
    open: App,
    /// As it comes, with limits.
    limited: App,
    /// Without sign-up and without mail.
    closed: App,
    /// Without mail.
    plain: App,
    /// For the invited alone, whose address must be proven.
    invite: App,
    _invite_outbox: Outbox,
    outbox: Outbox,
}

impl Servers {
    fn start() -> Servers {
        let (open, outbox) = Outbox::start(&[]);
        let (invite, invite_outbox) = Outbox::start(&[
            ("DOCKET_SIGNUP", "invite"),
            ("DOCKET_REQUIRE_EMAIL_VERIFICATION", "on"),
        ]);
        Servers {
            open,
            limited: App::start(),
            closed: App::with(&[UNLIMITED, ("DOCKET_SIGNUP", "closed")]),
            plain: App::with(&[UNLIMITED]),
            invite,
            _invite_outbox: invite_outbox,
            outbox,
        }
    }

    /// Somebody new.
    fn somebody(&self) -> Browser {
        let name = format!("p{}", uuid::Uuid::now_v7().simple());
        Browser::signed_up(&self.open, &name)
    }

    /// Somebody new with a second factor, their authenticator and their codes.
    fn with_factor(&self) -> (Browser, TOTP, Value) {
        let mut browser = self.somebody();
        let setup = browser.post("/two-factor/enable", &json!({ "password": PASSWORD })).body;
        let totp = authenticator(&setup);
        let code = totp.generate(now());
        let reply = browser.post("/two-factor/verify-totp", &json!({ "code": code }));
        assert_eq!(reply.status, 200, "{}", reply.text);
        (browser, totp, setup["backupCodes"].clone())
    }

    /// The same person at the point where the code is asked for.
    fn asked_for_code(&self) -> (Browser, TOTP, Value) {
        let (browser, totp, codes) = self.with_factor();
        let mut other = Browser::new(&self.open);
        let reply = other.sign_in(&browser.email, PASSWORD);
        check("POST", "/api/auth/sign-in/email", &reply);
        assert_eq!(reply.body["twoFactorRedirect"], true);
        (other, totp, codes)
    }

    /// The token of a link that was mailed to somebody new.
    fn mailed_token(&self) -> String {
        let mut browser = self.somebody();
        let body = json!({ "email": browser.email });
        assert_eq!(browser.post("/request-password-reset", &body).status, 200);
        self.outbox.token("reset-password", &browser.email)
    }

    /// Changes what only time changes otherwise.
    fn sql(&self, statement: &str, browser: &Browser) {
        let db = Connection::open(self.open.dir.path().join("docket.db")).expect("the database");
        db.busy_timeout(Duration::from_secs(10)).expect("a timeout");
        assert_eq!(db.execute(statement, [&browser.email]).expect("a change"), 1);
    }

    fn prove(&self, browser: &Browser) {
        self.sql("update users set email_verified = 1 where email = ?1", browser);
    }

    /// Makes somebody's session two days old.
    fn age(&self, browser: &Browser) {
        self.sql(
            "update sessions set created_at = created_at - 2 * 86400000
             where owner = (select owner from users where email = ?1)",
            browser,
        );
    }
}

fn authenticator(setup: &Value) -> TOTP {
    let uri = setup["totpURI"].as_str().expect("an address");
    let (_, rest) = uri.split_once("secret=").expect("a secret");
    let secret = Secret::Encoded(rest.split('&').next().unwrap_or_default().to_owned());
    TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, secret.to_bytes().expect("base32"))
}

/// A code that is still good: of the next step, because each works once.
fn next_code(totp: &TOTP) -> String {
    totp.generate(now() + 30)
}

fn now() -> u64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    since.as_secs()
}

/// What an operation may answer: a status, and each code that goes with it.
fn documented(operation: &Operation) -> BTreeSet<(u16, String)> {
    let mut found = BTreeSet::new();
    for (status, response) in operation.body["responses"].as_object().expect("responses") {
        if NOT_AT_WILL.contains(&status.as_str()) {
            continue;
        }
        let status: u16 = status.parse().expect("a number");
        let content = resolve(response)["content"].as_object();
        let mut codes: Vec<String> = Vec::new();
        for media in content.into_iter().flat_map(|content| content.values()) {
            let rule = &media["schema"]["allOf"][1]["properties"]["code"];
            let some = rule["enum"].as_array().cloned().unwrap_or_default();
            let all = some.iter().chain([&rule["const"]]);
            codes.extend(all.filter_map(Value::as_str).map(str::to_owned));
        }
        if codes.is_empty() {
            codes.push(String::new());
        }
        found.extend(codes.into_iter().map(|code| (status, code)));
    }
    found
}

/// The example of another operation's body.
fn example_of(id: &str) -> Value {
    let operation = accounts().into_iter().find(|operation| operation.id() == id);
    operation.expect("an operation").example().expect("an example").clone()
}

fn accounts() -> Vec<Operation> {
    operations().into_iter().filter(Operation::is_account).collect()
}

// SECURITY-BAR H15
#[test]
fn every_documented_answer_about_accounts_is_served_as_described() {
    let servers = Servers::start();
    let mut visitor = servers.somebody();
    let mut count = 0;
    for operation in accounts() {
        for (status, code) in documented(&operation) {
            let reply = match refuse(&servers, &mut visitor, &operation, status, &code) {
                Some(reply) => reply,
                None => answer(&servers, &operation, status, &code),
            };
            let what = format!("{} {status} {code}: {}", operation.id(), reply.text);
            assert_eq!(reply.status, status, "{what}");
            let said = reply.body["code"].as_str().unwrap_or_default();
            assert_eq!(if status < 400 { "" } else { said }, code, "{what}");
            check(&operation.method, operation.path, &reply);
            count += 1;
        }
    }
    assert!(count > 250, "{count} answers");
    assert!(visitor.is_signed_in(), "a refusal changed something");
}

/// Requests that the gates refuse wherever they are sent.
fn refuse(
    servers: &Servers,
    visitor: &mut Browser,
    operation: &Operation,
    status: u16,
    code: &str,
) -> Option<Reply> {
    let method = operation.method.as_str();
    let path = operation.path.replace("{token}", "x");
    let place = path.strip_prefix("/api/auth").expect("below it");
    let body = operation.example().map(Value::to_string);
    let body = body.as_deref();
    let json = ("content-type", "application/json");
    let lead_away = |name: &str| {
        let body = json!({ name: "http://evil.example/" }).to_string();
        visitor.clone().send(method, place, &[json], Some(&body))
    };
    Some(match (status, code) {
        (400, "malformed") => {
            let head =
                format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-odd: ");
            parse(servers.open.raw(&[head.as_bytes(), b"\xff\r\n\r\n"].concat(), 10).as_bytes())
        }
        (400, "BAD_REQUEST") => visitor.send(method, place, &[json], Some("{broken")),
        (400, "VALIDATION_ERROR") if method == "POST" => {
            visitor.send(method, place, &[json], Some("[]"))
        }
        (401, "UNAUTHORIZED" | "INVALID_TWO_FACTOR_COOKIE") => {
            request(&servers.open.url, method, &path, &[json], body)
        }
        (403, "INVALID_ORIGIN") => {
            visitor.clone().send_from("http://evil.example", method, place, &[json], body)
        }
        (403, "MISSING_OR_NULL_ORIGIN") => {
            visitor.clone().send_from("", method, place, &[json], body)
        }
        (403, "INVALID_CALLBACK_URL") if method == "POST" => lead_away("callbackURL"),
        (403, "INVALID_REDIRECT_URL") => lead_away("redirectTo"),
        (403, "INVALID_ERROR_CALLBACK_URL") => lead_away("errorCallbackURL"),
        (403, "INVALID_NEW_USER_CALLBACK_URL") => lead_away("newUserCallbackURL"),
        (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED") => {
            let by = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), json];
            Browser::new(&servers.open).send(method, place, &by, body)
        }
        // The head alone: a body that is refused need not be sent.
        (413, _) => visitor.send(method, place, &[("content-length", "262145")], None),
        (415, _) => visitor.send(method, place, &[("content-type", "text/plain")], Some("x")),
        (429, "TOO_MANY_REQUESTS") => {
            let ask = || request(&servers.limited.url, method, &path, &[json], Some("{}"));
            let mut replies = std::iter::repeat_with(ask).take(101);
            replies.find(|reply| reply.status == 429).expect("a limit")
        }
        (431, _) => visitor.send(method, place, &[("x-long", &"x".repeat(40_000))], None),
        _ => return None,
    })
}

/// Makes what an operation works on, and sends what leads to this answer.
fn answer(servers: &Servers, operation: &Operation, status: u16, code: &str) -> Reply {
    let place = operation.path.strip_prefix("/api/auth").expect("below it");
    let send = |browser: &mut Browser, body: &Value| browser.post(place, body);
    let with_password = json!({ "password": PASSWORD });
    let wrong = json!({ "password": "not it at all" });
    let bad_password = match code {
        "PASSWORD_TOO_SHORT" => Some("short".to_owned()),
        "PASSWORD_TOO_LONG" => Some("x".repeat(129)),
        "PASSWORD_TOO_COMMON" => Some("password1234".to_owned()),
        _ => None,
    };
    match (operation.id(), code) {
        (_, "TOTP_UNAVAILABLE") => {
            let (mut browser, ..) = servers.with_factor();
            servers.sql(
                "update two_factors set secret_sealed = zeroblob(60)
                 where owner = (select owner from users where email = ?1)",
                &browser,
            );
            send(&mut browser, &json!({ "password": PASSWORD, "code": "000000" }))
        }
        ("signUp", "EMAIL_PASSWORD_SIGN_UP_DISABLED") => {
            let body = operation.example().expect("an example");
            send(&mut Browser::new(&servers.closed), body)
        }
        ("signUp", "INVITE_REQUIRED" | "INVALID_INVITE" | "INVITE_EMAIL_MISMATCH") => {
            let mut body = operation.example().expect("an example").clone();
            match code {
                "INVALID_INVITE" => body["inviteToken"] = json!("unknown"),
                "INVITE_EMAIL_MISMATCH" => {
                    body["inviteToken"] = json!(invite(&servers.invite, Some("bob@example.org")));
                }
                _ => {}
            }
            send(&mut Browser::new(&servers.invite), &body)
        }
        ("signUp", _) => {
            let taken = servers.somebody().email.to_uppercase();
            let email = if status == 422 { taken } else { "new@example.org".to_owned() };
            let password = bad_password.as_deref().unwrap_or(PASSWORD);
            let body = json!({ "name": "", "email": email, "password": password });
            send(&mut Browser::new(&servers.open), &body)
        }
        ("signIn", "EMAIL_NOT_VERIFIED") => {
            let mut body = example_of("signUp");
            body["inviteToken"] = json!(invite(&servers.invite, None));
            let mut browser = Browser::new(&servers.invite);
            let reply = browser.post("/sign-up/email", &body);
            check("POST", "/api/auth/sign-up/email", &reply);
            assert_eq!(reply.body["token"], Value::Null);
            send(&mut browser, &body)
        }
        ("signIn", _) => {
            let email = servers.somebody().email;
            let email = if code == "INVALID_EMAIL" { "ada" } else { &email };
            let password = if status == 401 { "not it at all" } else { PASSWORD };
            let password = bad_password.as_deref().unwrap_or(password);
            Browser::new(&servers.open).sign_in(email, password)
        }
        ("requestPasswordReset", "RESET_PASSWORD_DISABLED") => {
            send(&mut Browser::new(&servers.closed), &json!({ "email": "ada@example.org" }))
        }
        ("requestPasswordReset", _) => {
            let mut somebody = servers.somebody();
            let email = somebody.email.clone();
            send(&mut somebody, &json!({ "email": email }))
        }
        ("sendVerificationEmail", "VERIFICATION_EMAIL_NOT_ENABLED") => {
            send(&mut Browser::new(&servers.closed), operation.example().expect("an example"))
        }
        ("sendVerificationEmail", _) => {
            let mut somebody = servers.somebody();
            let mut email = somebody.email.clone();
            match code {
                "EMAIL_MISMATCH" => email = "else@example.org".into(),
                "EMAIL_ALREADY_VERIFIED" => servers.prove(&somebody),
                _ => {}
            }
            send(&mut somebody, &json!({ "email": email }))
        }
        ("verifyEmail", _) => {
            let somebody = servers.somebody();
            let age = if code == "TOKEN_EXPIRED" { 3601 } else { 1 };
            let token = match code {
                "INVALID_TOKEN" => "x".to_owned(),
                _ => token_from(&servers.open, &somebody.email, age),
            };
            let query = match status {
                302 => format!("?token={token}&callbackURL=/done"),
                400 => String::new(),
                403 => format!("?token={token}&callbackURL=//evil.example"),
                _ => format!("?token={token}"),
            };
            servers.open.get(&format!("{}{query}", operation.path))
        }
        ("openPasswordReset", _) => {
            let query = match (status, code) {
                (302, _) => "?callbackURL=/new-password",
                (403, _) => "?callbackURL=//evil.example",
                _ => "",
            };
            let path = format!("/api/auth/reset-password/{}{query}", servers.mailed_token());
            servers.open.get(&path)
        }
        ("resetPassword", _) => {
            let token = match code {
                "INVALID_TOKEN" => "unknown".to_owned(),
                _ => servers.mailed_token(),
            };
            let new = bad_password.as_deref().unwrap_or("staple battery");
            send(&mut Browser::new(&servers.open), &json!({ "newPassword": new, "token": token }))
        }
        ("postSession", _) => send(&mut servers.somebody(), &json!({})),
        ("unlinkAccount", _) | ("signInSocial" | "linkSocial", "PROVIDER_NOT_FOUND") => {
            let mut browser = servers.somebody();
            if code == "SESSION_NOT_FRESH" {
                servers.age(&browser);
            }
            send(&mut browser, operation.example().expect("an example"))
        }
        ("listSessions", "SESSION_NOT_FRESH") => {
            let mut browser = servers.somebody();
            servers.age(&browser);
            browser.get(place)
        }
        ("deleteUser", "SESSION_EXPIRED") => {
            let mut browser = Browser::signed_up(&servers.plain, "ada");
            servers.plain.change(|tx| {
                tx.execute("update sessions set created_at = created_at - 2 * 86400000", [])
            });
            send(&mut browser, &json!({}))
        }
        ("openDeletion", _) => {
            let mut browser = servers.somebody();
            let query = match (status, code) {
                (400, _) => String::new(),
                (_, "INVALID_TOKEN") => "?token=unknown".to_owned(),
                _ => {
                    let asked = browser.post("/delete-user", &json!({}));
                    check("POST", "/api/auth/delete-user", &asked);
                    format!("?token={}", servers.outbox.token("delete-account", &browser.email))
                }
            };
            let target = match status {
                302 => "&callbackURL=/goodbye",
                403 => "&callbackURL=//evil.example",
                _ => "",
            };
            browser.get(&format!("{place}{query}{target}"))
        }
        ("sendOtp", "OTP_NOT_CONFIGURED") => {
            send(&mut Browser::signed_up(&servers.plain, "bob"), &json!({}))
        }
        ("sendOtp", "ACCOUNT_TEMPORARILY_LOCKED") => {
            let (mut browser, ..) = servers.with_factor();
            for _ in 0..10 {
                let wrong = browser.post("/two-factor/verify-totp", &json!({ "code": "none" }));
                assert_eq!(wrong.status, 401);
            }
            send(&mut browser, &json!({}))
        }
        ("sendOtp", "TWO_FACTOR_NOT_ENABLED") => send(&mut servers.somebody(), &json!({})),
        ("sendOtp", _) => send(&mut servers.asked_for_code().0, &json!({})),
        ("verifyOtp", "OTP_HAS_EXPIRED") => {
            send(&mut servers.asked_for_code().0, &json!({ "code": "123456" }))
        }
        ("verifyOtp", _) => verify_mailed(servers, place, status, code),
        ("changePassword", _) => {
            let mut browser = servers.somebody();
            let current = if code == "INVALID_PASSWORD" { "not it at all" } else { PASSWORD };
            if code == "CREDENTIAL_ACCOUNT_NOT_FOUND" {
                forget_password(servers, &browser);
            }
            let new = bad_password.as_deref().unwrap_or("staple battery");
            send(&mut browser, &json!({ "currentPassword": current, "newPassword": new }))
        }
        ("verifyTotp", _) => verify(servers, place, status, code, |totp, _| next_code(totp)),
        ("verifyBackupCode", _) => verify(servers, place, status, code, |_, codes| {
            codes[0].as_str().expect("a code").to_owned()
        }),
        ("updateUser", "FIELD_NOT_ALLOWED") => {
            send(&mut servers.somebody(), &json!({ "twoFactorEnabled": true }))
        }
        ("deleteUser", "INVALID_TOKEN") => send(&mut servers.somebody(), &json!({ "token": "x" })),
        ("updateUser", "EMAIL_CAN_NOT_BE_UPDATED") => {
            send(&mut servers.somebody(), &json!({ "email": "b@example.org" }))
        }
        ("changeEmail", _) => {
            send(&mut servers.somebody(), &json!({ "newEmail": "c@example.org" }))
        }
        (_, "INVALID_PASSWORD") => send(&mut servers.with_factor().0, &wrong),
        (_, "CREDENTIAL_ACCOUNT_NOT_FOUND") => {
            let mut browser = servers.somebody();
            forget_password(servers, &browser);
            send(&mut browser, &with_password)
        }
        ("enableTwoFactor", "TOTP_ALREADY_ENABLED")
        | ("getTotpUri" | "renewBackupCodes" | "disableTwoFactor", "") => {
            send(&mut servers.with_factor().0, &with_password)
        }
        ("revokeSession", "") => {
            let mut browser = servers.somebody();
            let body = json!({ "token": browser.token });
            send(&mut browser, &body)
        }
        // With a body that says who it is, the rest succeeds, or fails for
        // want of a second factor.
        (_, _) if operation.method == "GET" => servers.somebody().get(place),
        (_, _) if operation.id() == "updateUser" => {
            send(&mut servers.somebody(), &json!({ "name": "Ada" }))
        }
        (_, _) => send(&mut servers.somebody(), &with_password),
    }
}

fn forget_password(servers: &Servers, browser: &Browser) {
    servers.sql("update users set password_hash = null where email = ?1", browser);
}

/// The same for a code that is mailed.
fn verify_mailed(servers: &Servers, place: &str, status: u16, code: &str) -> Reply {
    let wrong = json!({ "code": "none" });
    if code == "TWO_FACTOR_NOT_ENABLED" {
        return servers.somebody().post(place, &wrong);
    }
    let (mut browser, ..) = servers.with_factor();
    let email = browser.email.clone();
    if code != "ACCOUNT_TEMPORARILY_LOCKED" {
        browser = Browser::new(&servers.open);
        browser.sign_in(&email, PASSWORD);
    }
    assert_eq!(browser.post("/two-factor/send-otp", &json!({})).status, 200);
    let right = servers.outbox.token("otp", &email);
    let tries = match code {
        "ACCOUNT_TEMPORARILY_LOCKED" => 10,
        "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE" => 5,
        _ => 0,
    };
    for _ in 0..tries {
        assert_eq!(browser.post(place, &wrong).status, 401);
    }
    let body = if status >= 400 { wrong } else { json!({ "code": right }) };
    browser.post(place, &body)
}

/// Answers with a code, in the situation that leads to this.
fn verify(
    servers: &Servers,
    place: &str,
    status: u16,
    code: &str,
    right: fn(&TOTP, &Value) -> String,
) -> Reply {
    let wrong = json!({ "code": "none" });
    if code == "TWO_FACTOR_NOT_ENABLED" {
        return servers.somebody().post(place, &wrong);
    }
    if code == "ACCOUNT_TEMPORARILY_LOCKED" {
        let (mut browser, ..) = servers.with_factor();
        for _ in 0..10 {
            assert_eq!(browser.post(place, &wrong).status, 401);
        }
        return browser.post(place, &wrong);
    }
    let (mut waiting, totp, codes) = servers.asked_for_code();
    if code == "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE" {
        for _ in 0..5 {
            assert_eq!(waiting.post(place, &wrong).status, 401);
        }
    }
    if status >= 400 {
        return waiting.post(place, &wrong);
    }
    waiting.post(place, &json!({ "code": right(&totp, &codes), "trustDevice": true }))
}

// SECURITY-BAR A5, T13
#[test]
fn what_needs_a_session_does_nothing_without_one_whatever_is_sent() {
    let app = App::with(&[UNLIMITED]);
    let ada = app.user("ada");
    let jwt = format!("Bearer {}", ada.token);
    let none = ("x-none", "");
    let unsigned = "better-auth.session_token=9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ";
    let shown = [
        [none, none],
        [("authorization", jwt.as_str()), none],
        [("authorization", "Bearer 9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ"), none],
        [("cookie", unsigned), ("origin", app.url.as_str())],
    ];
    let mut tried = 0;
    for operation in accounts().into_iter().filter(|operation| !operation.is_public()) {
        let example = operation.example().map(Value::to_string);
        let bodies = [
            ("application/json", example.as_deref(), 401),
            ("application/json", None, 0),
            ("application/json", Some("{}"), 0),
            ("application/json", Some("null"), 0),
            ("application/json", Some("{broken"), 0),
            ("text/plain", Some("hello"), 0),
            ("application/x-www-form-urlencoded", Some("password=x&token=x"), 0),
        ];
        for headers in shown {
            for (kind, body, wanted) in bodies {
                let headers = [&headers[..], &[("content-type", kind)]].concat();
                let reply = app.request(&operation.method, operation.path, &headers, body);
                let what = format!("{} {kind} {body:?}: {}", operation.id(), reply.text);
                let wanted = if operation.method == "GET" { 401 } else { wanted };
                assert!([400, 401, 415].contains(&reply.status), "{what}");
                assert!(wanted == 0 || reply.status == wanted, "{what}");
                check(&operation.method, operation.path, &reply);
                tried += 1;
            }
        }
    }
    assert!(tried > 400, "{tried} requests");
    assert_eq!(ada.get("/api/me").status, 200);
}

// SECURITY-BAR T13: and the other way round.
#[test]
fn a_session_is_no_token_of_the_task_api() {
    let app = App::with(&[UNLIMITED]);
    let mut browser = Browser::signed_up(&app, "ada");
    let cookie = format!(
        "better-auth.session_token={}",
        browser.cookie("better-auth.session_token").expect("a session")
    );
    assert_eq!(app.bearer(&browser.token).get("/api/tasks").status, 401);
    assert_eq!(app.request("GET", "/api/tasks", &[("cookie", &cookie)], None).status, 401);
    assert_eq!(browser.person(&app).get("/api/tasks").status, 200);
}

#[test]
fn answers_of_every_shape_about_accounts_are_as_described() {
    let servers = Servers::start();
    let app = &servers.open;
    let checked = |browser: &mut Browser, method: &str, place: &str, body: Value| {
        let json = [("content-type", "application/json")];
        let body = (!body.is_null()).then(|| body.to_string());
        let reply = browser.send(method, place, &json, body.as_deref());
        check(method, &format!("/api/auth{place}"), &reply);
        reply
    };
    let mut nobody = Browser::new(app);
    assert!(checked(&mut nobody, "GET", "/get-session", Value::Null).body.is_null());

    let mut ada = servers.somebody();
    for query in ["", "?disableRefresh=true", "?disableRefresh="] {
        let reply = checked(&mut ada, "GET", &format!("/get-session{query}"), Value::Null);
        assert!(reply.header("set-auth-jwt").is_some());
    }
    let picture = json!({ "image": "https://example.org/ada.png" });
    assert_eq!(checked(&mut ada, "POST", "/update-user", picture).status, 200);
    assert_eq!(checked(&mut ada, "POST", "/update-user", json!({ "image": null })).status, 200);
    // The refusals that have no code.
    let email = ada.email.clone();
    for (place, body) in [
        ("/update-user", json!({})),
        ("/update-session", json!({ "theme": "dark" })),
        ("/change-email", json!({ "newEmail": email })),
        ("/sign-in/email", json!({ "callbackURL": 7 })),
    ] {
        let reply = checked(&mut ada, "POST", place, body);
        assert_eq!((reply.status, &reply.body["code"]), (400, &Value::Null), "{place}");
    }
    let taken = json!({ "newEmail": servers.somebody().email });
    assert_eq!(checked(&mut ada, "POST", "/change-email", taken).status, 200);

    let mut other = Browser::new(app);
    let body = json!({
        "email": email, "password": PASSWORD, "rememberMe": false, "callbackURL": "/tasks?a=b"
    });
    let reply = checked(&mut other, "POST", "/sign-in/email", body);
    assert_eq!(reply.header("location"), Some("/tasks?a=b"));
    assert_eq!((&reply.body["redirect"], &reply.body["url"]), (&json!(true), &json!("/tasks?a=b")));
    assert_eq!(checked(&mut ada, "GET", "/list-sessions", Value::Null).body[1]["userAgent"], "");

    let new = json!({
        "currentPassword": PASSWORD, "newPassword": "staple battery", "revokeOtherSessions": true
    });
    assert!(checked(&mut ada, "POST", "/change-password", new).body["token"].is_string());
    // The other browser's session is gone, and its cookies go.
    assert!(other.cookie("better-auth.session_token").is_some());
    assert!(checked(&mut other, "GET", "/get-session", Value::Null).body.is_null());
    assert_eq!(other.cookie("better-auth.session_token"), None);

    let form = [("content-type", "application/x-www-form-urlencoded")];
    let text = format!("email={email}&password=staple+battery");
    let reply = Browser::new(app).send("POST", "/sign-in/email", &form, Some(&text));
    check("POST", "/api/auth/sign-in/email", &reply);
    assert_eq!(reply.status, 200, "{}", reply.text);

    let (mut waiting, _, codes) = servers.asked_for_code();
    let code = json!({ "code": codes[0], "disableSession": true });
    let reply = checked(&mut waiting, "POST", "/two-factor/verify-backup-code", code);
    assert_eq!((reply.status, reply.body.get("token")), (200, None), "{}", reply.text);

    for token in [servers.mailed_token(), "unknown".to_owned()] {
        let place = format!("/reset-password/{token}?callbackURL=/new%3Fa%3Db");
        let reply = checked(&mut nobody, "GET", &place, Value::Null);
        let told =
            if token == "unknown" { "error=INVALID_TOKEN" } else { &format!("token={token}") };
        let target = format!("{}/new?a=b&{told}", app.url);
        assert_eq!(reply.header("location"), Some(target.as_str()));
    }
    let place = "/reset-password/x?callbackURL=/new%23part";
    let reply = checked(&mut nobody, "GET", place, Value::Null);
    let target = format!("{}/new?error=INVALID_TOKEN#part", app.url);
    assert_eq!(reply.header("location"), Some(target.as_str()));
    let away = format!("/reset-password/x?callbackURL={}/%0d%0ax:y", app.url);
    assert_eq!(checked(&mut nobody, "GET", &away, Value::Null).status, 403);
    let reply = checked(&mut nobody, "GET", "/reset-password/x?callbackURL=%ff", Value::Null);
    assert_eq!(reply.body["code"], "malformed");
}
