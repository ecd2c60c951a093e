//! Sessions: cookies and bearers, how long they last, and how they end.

use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{App, Person, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal, set_cookies};
use crate::events::Stream;
use crate::forge::{SECRET, now};

/// What SECURITY-BAR asks for is a second; a busy machine gets a little more.
const SOON: Duration = Duration::from_secs(5);

const SESSION: &str = "better-auth.session_token";
const CLEARED: [&str; 3] = [
    "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
];
const DAY: i64 = 24 * 60 * 60 * 1000;

#[track_caller]
fn assert_ends_soon(app: &App, person: &Person) {
    let begun = Instant::now();
    while person.get("/api/me").status != 401 {
        assert!(begun.elapsed() < SOON, "still let in: {}", app.log());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The stream ends by itself, whatever it still had to say.
pub fn assert_stream_ends(mut stream: Stream) {
    let begun = Instant::now();
    while stream.next().is_some() {}
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

/// A cookie header sent by itself.
fn with_cookie(app: &App, cookie: &str) -> Reply {
    app.request("GET", "/api/auth/get-session", &[("cookie", cookie)], None)
}

fn encode(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// The signature that a server with `SECRET` gives.
fn sign(text: &str) -> String {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(SECRET.as_bytes()).expect("any key");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

// SECURITY-BAR S2; CONTRACT, 8
#[test]
fn cookies_are_better_auths_to_the_letter() {
    let app = App::with(&[UNLIMITED, ("BETTER_AUTH_SECRET", SECRET)]);
    let mut ada = Browser::signed_up(&app, "ada");
    let reply = ada.sign_in("ada@example.org", PASSWORD);
    let token = reply.body["token"].as_str().unwrap().to_owned();
    let value = encode(&format!("{token}.{}", sign(&token)));
    assert_eq!(
        set_cookies(&reply),
        [format!("{SESSION}={value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax")]
    );
    assert_eq!(reply.header("set-auth-token"), Some(format!("{token}.{}", sign(&token)).as_str()));
    assert_eq!(reply.header("access-control-expose-headers"), Some("set-auth-token"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));

    let forget = json!({ "email": ada.email, "password": PASSWORD, "rememberMe": false });
    let reply = ada.post("/sign-in/email", &forget);
    let token = reply.body["token"].as_str().unwrap().to_owned();
    let value = encode(&format!("{token}.{}", sign(&token)));
    let yes = encode(&format!("true.{}", sign("true")));
    let forgotten = [
        format!("{SESSION}={value}; Path=/; HttpOnly; SameSite=Lax"),
        format!("better-auth.dont_remember={yes}; Path=/; HttpOnly; SameSite=Lax"),
    ];
    assert_eq!(set_cookies(&reply), forgotten);
    let reply = ada.post("/update-user", &json!({ "name": "x" }));
    assert_eq!(set_cookies(&reply), forgotten, "the same once more");

    let reply = ada.sign_in("ada@example.org", PASSWORD);
    assert_eq!(set_cookies(&reply).len(), 2);
    assert_eq!(set_cookies(&reply)[1], CLEARED[2], "an old wish is taken back");

    for out in 0..2 {
        let reply = ada.post("/sign-out", &json!({}));
        assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"success":true}"#), "{out}");
        assert_eq!(set_cookies(&reply), CLEARED);
    }
    let signed_up = Browser::new(&app).post(
        "/sign-up/email",
        &json!({ "name": "", "email": "b@b.co", "password": PASSWORD, "rememberMe": false }),
    );
    assert_eq!(set_cookies(&signed_up).len(), 2);
}

// SECURITY-BAR S2
#[test]
fn a_secure_server_knows_secure_cookies_alone() {
    let url = "https://tasks.example.org";
    let app = App::with(&[UNLIMITED, ("DOCKET_BASE_URL", url)]);
    let body = json!({ "name": "", "email": "ada@example.org", "password": PASSWORD }).to_string();
    let json = [("content-type", "application/json"), ("origin", url)];
    let reply = app.request("POST", "/api/auth/sign-up/email", &json, Some(&body));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let lines = set_cookies(&reply);
    let (pair, attributes) = lines[0].split_once(';').unwrap();
    assert_eq!(attributes, " Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax");
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Secure-better-auth.session_token");
    assert!(!with_cookie(&app, pair).body.is_null());
    assert!(with_cookie(&app, &format!("{SESSION}={value}")).body.is_null());
    assert!(with_cookie(&app, &format!("__secure-{SESSION}={value}")).body.is_null());
    let origin = [("content-type", "application/json"), ("origin", "http://tasks.example.org")];
    let reply = app.request("POST", "/api/auth/sign-in/email", &origin, Some(&body));
    assert_eq!(refusal(&reply), (403, "INVALID_ORIGIN"));

    let plain = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&plain, "ada");
    let value = ada.cookie(SESSION).unwrap();
    assert!(with_cookie(&plain, &format!("__Secure-{SESSION}={value}")).body.is_null());
}

// SECURITY-BAR S2
#[test]
fn any_change_to_a_cookie_means_no_session() {
    let app = App::with(&[UNLIMITED, ("BETTER_AUTH_SECRET", SECRET)]);
    let ada = Browser::signed_up(&app, "ada");
    let bob = Browser::signed_up(&app, "bob");
    let whole = format!("{}.{}", ada.token, sign(&ada.token));
    let encoded = encode(&whole);
    assert_eq!(ada.cookie(SESSION), Some(encoded.as_str()));

    // CONTRACT, 8: what is read besides.
    for good in [
        format!("{SESSION}={encoded}"),
        format!("{SESSION}={whole}"),
        format!("{SESSION}=\"{encoded}\""),
        format!("a=b;{SESSION}={encoded};c=d"),
        format!("{SESSION}={encoded}; {SESSION}=x"),
    ] {
        let reply = with_cookie(&app, &good);
        assert_eq!(reply.body["session"]["token"], ada.token.as_str(), "{good}");
    }
    let mut bad: Vec<String> = Vec::new();
    for at in 0..whole.len() {
        let mut changed = whole.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        bad.push(String::from_utf8(changed).unwrap());
        bad.push([&whole[..at], &whole[at + 1..]].concat());
    }
    // The last character of base64 holds two bits that mean nothing.
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = whole.len() - 2;
    let right = whole.as_bytes()[last];
    for letter in letters.bytes().filter(|letter| *letter != right) {
        let mut changed = whole.clone().into_bytes();
        changed[last] = letter;
        bad.push(String::from_utf8(changed).unwrap());
    }
    bad.extend([
        ada.token.clone(),
        format!("{}.", ada.token),
        format!("{whole}="),
        format!("{whole} x"),
        format!("{}.{}", ada.token, sign(&bob.token)),
        format!("{}.{}", bob.token, sign(&ada.token)),
        format!("{}.{}", ada.token, sign(&ada.token).replace('+', "-").replace('/', "_") + "="),
        whole.trim_end_matches('=').to_owned(),
        String::new(),
        ".".into(),
        "%".into(),
        "%ff%fe.".into(),
    ]);
    for value in bad {
        let reply = with_cookie(&app, &format!("{SESSION}={}", encode(&value)));
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"), "{value}");
        assert!(set_cookies(&reply).is_empty(), "{value}");
    }
    let reply = with_cookie(&app, &format!("{SESSION}=x; {SESSION}={encoded}"));
    assert!(reply.body.is_null(), "the first counts");

    // Well signed, but no session of ours: it may be forgotten.
    for ended in ["9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ", "true", ""] {
        let value = encode(&format!("{ended}.{}", sign(ended)));
        let reply = with_cookie(&app, &format!("{SESSION}={value}"));
        assert_eq!((reply.text.as_str(), set_cookies(&reply)), ("null", CLEARED.to_vec()));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("pragma"), Some("no-cache"));
    }
}

// SECURITY-BAR S1, S3
#[test]
fn a_sign_in_never_adopts_what_the_client_brought() {
    let app = App::with(&[UNLIMITED, ("BETTER_AUTH_SECRET", SECRET)]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut seen = vec![ada.token.clone()];
    for brought in [ada.token.clone(), "A".repeat(32), "9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ".into()] {
        let mut browser = Browser::new(&app);
        let value = encode(&format!("{brought}.{}", sign(&brought)));
        browser.cookies.push((SESSION.into(), value));
        let bearer = format!("Bearer {brought}");
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let body = json!({ "email": "ada@example.org", "password": PASSWORD, "token": brought, "id": brought });
        let reply = browser.send("POST", "/sign-in/email", &headers, Some(&body.to_string()));
        let token = reply.body["token"].as_str().unwrap().to_owned();
        assert!(token != brought && !seen.contains(&token));
        assert!(!browser.cookie(SESSION).unwrap().contains(&brought));
        seen.push(token);
    }
    assert!(ada.is_signed_in(), "the others live on");
    assert!(with_cookie(&app, &format!("{SESSION}={}.x", "A".repeat(32))).body.is_null());
}

// SECURITY-BAR S1, S8, S18, H16
#[test]
fn nothing_secret_is_kept_in_the_clear() {
    let mails = tempfile::TempDir::new().unwrap();
    let outbox = mails.path().join("outbox");
    let mut app = App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", outbox.to_str().unwrap())]);
    let mut ada = Browser::signed_up(&app, "ada");
    let again = Browser::signed_in(&app, "ada");
    let jwt = ada.person(&app).token;
    ada.post("/request-password-reset", &json!({ "email": ada.email }));
    let reset = mailed(&outbox);
    let setup = ada.post("/two-factor/enable", &json!({ "password": PASSWORD })).body;
    let code = setup["backupCodes"][0].as_str().unwrap().to_owned();
    let cookie = ada.cookie(SESSION).unwrap().split("%3D").next().unwrap().to_owned();
    let signature = cookie.split('.').nth(1).unwrap().to_owned();
    assert_eq!(app.count("select count(*) from two_factors"), 1);
    let secrets =
        [PASSWORD.to_owned(), ada.token.clone(), again.token, jwt, reset, code, signature];
    let look = |app: &App| {
        for entry in std::fs::read_dir(app.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap_or_default();
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{secret} is in {}", path.display());
            }
        }
    };
    look(&app);
    app.stop();
    look(&app);
    let log = app.log();
    assert!(!log.contains("example.org/api/auth/reset-password/"), "{log}");
}

/// The token of the last mail, which is sent apart from the answer.
pub fn mailed(outbox: &std::path::Path) -> String {
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(outbox).unwrap_or_default();
        if let Some(line) = text.lines().last().filter(|_| text.ends_with('\n')) {
            let mail: Value = serde_json::from_str(line).expect("a mail");
            return mail["token"].as_str().expect("a token").to_owned();
        }
        assert!(begun.elapsed() < SOON, "no mail");
        thread::sleep(Duration::from_millis(10));
    }
}

// CONTRACT, 10
#[test]
fn a_bearer_stands_in_for_the_cookie() {
    let app = App::with(&[UNLIMITED, ("BETTER_AUTH_SECRET", SECRET)]);
    let mut ada = Browser::signed_up(&app, "ada");
    let bob = Browser::signed_up(&app, "bob");
    let signature = sign(&ada.token);
    let url_safe = signature.replace('+', "-").replace('/', "_");
    let of = |bearer: &str, cookie: Option<&str>| {
        let cookie = cookie.map(|value| format!("{SESSION}={value}"));
        let mut headers = vec![("authorization", bearer)];
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        app.request("GET", "/api/auth/get-session", &headers, None)
    };
    for bearer in [
        format!("Bearer {}", ada.token),
        format!("bEARER   {}", ada.token),
        format!("Bearer {}.{signature}", ada.token),
        format!("Bearer {}.{}", ada.token, encode(&signature)),
        format!("Bearer {}.{url_safe}", ada.token),
        format!("Bearer {}.{}", ada.token, url_safe.trim_end_matches('=')),
    ] {
        let reply = of(&bearer, None);
        assert_eq!(reply.body["user"]["email"], "ada@example.org", "{bearer}");
        assert_eq!(reply.header("access-control-expose-headers"), Some("set-auth-jwt"));
        let reply = of(&bearer, bob.cookie(SESSION));
        assert_eq!(reply.body["user"]["email"], "ada@example.org", "it wins: {bearer}");
    }
    let jwt = ada.person(&app).token;
    let id = ada.get("/get-session").body["session"]["id"].as_str().unwrap().to_owned();
    let broken = format!("Bearer {}.{}", ada.token, sign(&bob.token));
    for bearer in [
        broken.clone(),
        format!("Basic {}", ada.token),
        format!("Bearer{}", ada.token),
        ada.token.clone(),
        "Bearer ".into(),
        format!("Bearer {jwt}"),
        format!("Bearer {id}"),
        format!("Bearer {}", ada.token.to_lowercase()),
        format!("Bearer {}", "A".repeat(32)),
    ] {
        assert!(of(&bearer, None).body.is_null(), "{bearer}");
    }
    let reply = of("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ada.cookie(SESSION));
    assert_eq!((reply.text.as_str(), set_cookies(&reply)), ("null", CLEARED.to_vec()));
    let reply = of(&broken, ada.cookie(SESSION));
    assert_eq!(reply.body["user"]["email"], "ada@example.org", "a bad signature is as nothing");
}

// SECURITY-BAR T13, T21; CONTRACT, 11
#[test]
fn a_jwt_is_no_session_and_a_session_token_is_no_jwt() {
    let app = App::with(&[UNLIMITED, ("BETTER_AUTH_SECRET", SECRET)]);
    let mut ada = Browser::signed_up(&app, "ada");
    let session = ada.get("/get-session");
    let jwt = ada.get("/token").body["token"].as_str().unwrap().to_owned();
    for token in [jwt.as_str(), session.header("set-auth-jwt").unwrap()] {
        assert_eq!(app.bearer(token).get("/api/me").status, 200, "{}", app.log());
        let claims = claims(token);
        let user = &session.body["user"];
        let members = claims.as_object().unwrap();
        for name in ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"] {
            assert_eq!(claims[name], user[name], "{name}");
        }
        assert_eq!(claims["sub"], user["id"]);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(app.url), &json!(app.url)));
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert_eq!(exp - iat, 900);
        assert!((now() - iat).abs() < 30);
        assert_eq!(claims["sid"], session.body["session"]["id"]);
        assert!(claims["jti"].is_string());
        let text = claims.to_string();
        assert!(!text.contains(&ada.token) && !text.contains("$argon2"), "{text}");
        assert!(members.keys().all(|name| !name.contains("password")), "{text}");
    }
    let again = ada.get("/token").body["token"].as_str().unwrap().to_owned();
    assert_ne!(claims(&jwt)["jti"], claims(&again)["jti"]);

    let signed = format!("{}.{}", ada.token, sign(&ada.token));
    for token in [ada.token.as_str(), &signed, &encode(&signed)] {
        assert_eq!(app.bearer(token).get("/api/me").status, 401, "{token}");
        assert_eq!(app.bearer(token).get("/api/tasks").status, 401, "{token}");
    }
    // SECURITY-BAR S15: the task API takes no cookie.
    let cookie = format!("{SESSION}={}", ada.cookie(SESSION).unwrap());
    let reply = app.request("GET", "/api/tasks", &[("cookie", &cookie)], None);
    assert_eq!(reply.status, 401);
    let dot = format!("{jwt}.{}", sign(&jwt));
    for value in [jwt.as_str(), &encode(&dot)] {
        assert!(with_cookie(&app, &format!("{SESSION}={value}")).body.is_null());
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

// SECURITY-BAR S4
#[test]
fn signing_out_ends_the_session_its_token_and_its_stream() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut other = Browser::signed_in(&app, "ada");
    let (person, elsewhere) = (ada.person(&app), other.person(&app));
    let stream = Stream::open(&app, &person, None);
    let token = ada.token.clone();

    ada.post("/sign-out", &json!({}));

    assert_ends_soon(&app, &person);
    assert_stream_ends(stream);
    let bearer = format!("Bearer {token}");
    let reply = app.request("GET", "/api/auth/token", &[("authorization", bearer.as_str())], None);
    assert_eq!(refusal(&reply), (401, "UNAUTHORIZED"));
    assert_eq!(elsewhere.get("/api/me").status, 200, "the other goes on");
    assert!(other.is_signed_in());
}

// CONTRACT, 5
#[test]
fn sessions_are_listed_and_ended_one_by_one_or_together() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut bob = Browser::signed_up(&app, "bob");
    let mut others: Vec<Browser> = (0..3).map(|_| Browser::signed_in(&app, "ada")).collect();
    let agent = [("user-agent", "Curl/1 \u{e4}")];
    let list = ada.send("GET", "/list-sessions", &agent, None).body;
    let tokens = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("sessions").iter();
        list.map(|session| session["token"].as_str().expect("a token").to_owned()).collect()
    };
    let expected: Vec<String> =
        [&ada].into_iter().chain(&others).map(|one| one.token.clone()).collect();
    assert_eq!(tokens(&list), expected, "all of one's own, oldest first");
    assert_eq!(list[0].as_object().unwrap().len(), 8);
    assert_eq!(list[0]["ipAddress"], "127.0.0.1");
    assert_eq!(list[0]["userAgent"], "");

    let person = others[0].person(&app);
    let stream = Stream::open(&app, &person, None);
    // Somebody else's, and one that is not there: nothing happens.
    for token in [bob.token.as_str(), "x", ""] {
        let reply = ada.post("/revoke-session", &json!({ "token": token }));
        assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
        assert!(set_cookies(&reply).is_empty());
    }
    assert!(bob.is_signed_in());
    // Neither its id nor its hash ends a session.
    let id = list[1]["id"].clone();
    ada.post("/revoke-session", &json!({ "token": id }));
    assert!(others[0].is_signed_in());
    let reply = ada.post("/revoke-session", &json!({ "token": others[0].token }));
    assert!(set_cookies(&reply).is_empty());
    assert_ends_soon(&app, &person);
    assert_stream_ends(stream);
    assert!(!others[0].is_signed_in() && others[1].is_signed_in());

    let persons = (others[1].person(&app), others[2].person(&app));
    assert_eq!(ada.post("/revoke-other-sessions", &json!({})).text, r#"{"status":true}"#);
    assert_ends_soon(&app, &persons.0);
    assert_ends_soon(&app, &persons.1);
    assert!(ada.is_signed_in() && bob.is_signed_in());
    assert_eq!(tokens(&ada.get("/list-sessions").body), [ada.token.clone()]);

    let mut last = Browser::signed_in(&app, "ada");
    let reply = ada.post("/revoke-sessions", &json!({}));
    assert_eq!(set_cookies(&reply), CLEARED);
    assert!(!last.is_signed_in() && bob.is_signed_in());
    let own = json!({ "token": bob.token });
    assert_eq!(set_cookies(&bob.post("/revoke-session", &own)), CLEARED);
    assert_eq!(app.count("select count(*) from sessions"), 0);
}

// SECURITY-BAR S6
#[test]
fn disabling_from_the_command_line_ends_everything() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    let stream = Stream::open(&app, &person, None);

    app.run(&["user", "disable", "ada@example.org"]);

    assert_ends_soon(&app, &person);
    assert_stream_ends(stream);
    assert!(!ada.is_signed_in());
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 401);
    app.run(&["user", "enable", "ada@example.org"]);
    let bearer = format!("Bearer {}", ada.token);
    let reply = app.request("GET", "/api/auth/get-session", &[("authorization", &bearer)], None);
    assert!(reply.body.is_null(), "what was ended stays ended");
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 200);
}

/// Moves every session into the past, as another process.
fn move_back(app: &App, created: i64, expires: i64) {
    app.change(move |tx| {
        tx.execute(
            "update sessions set created_at = created_at - ?1, updated_at = updated_at - ?1,
             expires_at = expires_at - ?2",
            [created, expires],
        )
    });
}

fn left(session: &Value) -> i64 {
    let date = session["expiresAt"].as_str().expect("a date");
    let ends: jiff::Timestamp = date.parse().expect("a date");
    ends.as_millisecond() - jiff::Timestamp::now().as_millisecond()
}

#[track_caller]
fn assert_about(found: i64, expected: i64) {
    assert!((found - expected).abs() < 60_000, "{found} is not about {expected}");
}

// SECURITY-BAR S7; CONTRACT, 9
#[test]
fn a_session_slides_by_use_once_a_day() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let reply = ada.get("/get-session");
    assert_about(left(&reply.body["session"]), 7 * DAY);
    assert!(set_cookies(&reply).is_empty(), "not yet");
    move_back(&app, DAY - 60_000, DAY - 60_000);
    assert!(set_cookies(&ada.get("/get-session")).is_empty(), "not within a day");

    for path in ["/get-session", "/token"] {
        app.change(|tx| {
            tx.execute(
                "update sessions set expires_at = expires_at - 172800000,
                 updated_at = updated_at - 172800000",
                [],
            )
        });
        if path == "/get-session" {
            for query in ["?disableRefresh=true", "?disableRefresh=1"] {
                let reply = ada.get(&format!("/get-session{query}"));
                assert!(left(&reply.body["session"]) < 6 * DAY, "{query}");
                assert!(set_cookies(&reply).is_empty(), "{query}");
            }
        }
        let before = ada.cookie(SESSION).unwrap().to_owned();
        let reply = ada.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        let lines = set_cookies(&reply);
        assert_eq!(lines.len(), 1, "{path}: the browser is told");
        assert!(lines[0].contains(&before) && lines[0].contains("Max-Age=604800"), "{path}");
        assert!(reply.header("set-auth-token").is_some(), "{path}");
        if path == "/get-session" {
            let exposed = reply.header("access-control-expose-headers");
            assert_eq!(exposed, Some("set-auth-jwt, set-auth-token"));
            assert_eq!(reply.body["session"]["token"], ada.token.as_str());
        }
        let session = ada.get("/get-session?disableRefresh=1").body["session"].clone();
        assert_about(left(&session), 7 * DAY);
    }
}

// CONTRACT, 9: every endpoint that needs a session, whatever it answers.
#[test]
fn a_session_slides_wherever_it_is_used() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let password = json!({ "password": PASSWORD });
    let changed = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
    for (path, body, status) in [
        ("/list-sessions", None, 200),
        ("/list-accounts", None, 200),
        ("/update-user", Some(json!({ "name": "Ada" })), 200),
        ("/update-user", Some(json!({})), 400),
        ("/update-session", Some(json!({})), 400),
        ("/verify-password", Some(password.clone()), 200),
        ("/change-password", Some(changed), 200),
        ("/revoke-session", Some(json!({ "token": "nobody's" })), 200),
        ("/revoke-other-sessions", Some(json!({})), 200),
        ("/unlink-account", Some(json!({ "providerId": "credential" })), 400),
        ("/link-social", Some(json!({ "provider": "google" })), 404),
        ("/delete-user", Some(json!({ "token": "unknown" })), 404),
        ("/two-factor/get-totp-uri", Some(password.clone()), 400),
        ("/two-factor/enable", Some(password), 200),
    ] {
        app.change(|tx| tx.execute("update sessions set expires_at = expires_at - 172800000", []));
        let reply = match &body {
            Some(body) => ada.post(path, body),
            None => ada.get(path),
        };
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        let lines = set_cookies(&reply);
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        assert!(lines[0].contains("Max-Age=604800"), "{path}: {lines:?}");
        assert!(reply.header("set-auth-token").is_some(), "{path}");
        assert_eq!(reply.header("access-control-expose-headers"), Some("set-auth-token"), "{path}");
        let session = ada.get("/get-session?disableRefresh=1").body["session"].clone();
        assert_about(left(&session), 7 * DAY);
        let again = match &body {
            Some(body) => ada.post(path, body),
            None => ada.get(path),
        };
        assert!(path == "/update-user" || set_cookies(&again).is_empty(), "{path}: once a day");
    }
    // Who leaves gets no cookie along the way.
    app.change(|tx| tx.execute("update sessions set expires_at = expires_at - 172800000", []));
    let reply = ada.post("/revoke-sessions", &json!({}));
    assert_eq!(set_cookies(&reply), CLEARED);
}

// SECURITY-BAR S7
#[test]
fn a_session_ends_after_a_week_unused_and_after_thirty_days_anyway() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    // Used on the 28th day: two are left, not seven.
    move_back(&app, 28 * DAY, 5 * DAY);
    let reply = ada.get("/get-session");
    assert_about(left(&reply.body["session"]), 2 * DAY);
    move_back(&app, 2 * DAY - 60_000, 2 * DAY - 60_000);
    let reply = ada.get("/get-session");
    assert!(!reply.body.is_null() && left(&reply.body["session"]) <= 60_000, "{}", reply.text);
    move_back(&app, 60_000, 60_000);
    let mut bearer = Browser::new(&app);
    bearer.cookies = ada.cookies.clone();
    let reply = bearer.get("/get-session");
    assert_eq!((reply.text.as_str(), set_cookies(&reply)), ("null", CLEARED.to_vec()));
    assert_eq!(refusal(&ada.get("/token")), (401, "UNAUTHORIZED"));
    assert_ends_soon(&app, &person);

    let mut unused = Browser::signed_in(&app, "ada");
    move_back(&app, 7 * DAY, 7 * DAY);
    assert!(!unused.is_signed_in());
}

// CONTRACT, 9
#[test]
fn a_session_that_is_not_remembered_lasts_a_day_and_never_slides() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let mut ada = Browser::new(&app);
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "rememberMe": false });
    ada.post("/sign-in/email", &body);
    assert_about(left(&ada.get("/get-session").body["session"]), DAY);
    move_back(&app, DAY / 2, DAY / 2);
    let reply = ada.get("/get-session");
    assert_about(left(&reply.body["session"]), DAY / 2);
    assert!(set_cookies(&reply).is_empty());
    // Nor when the other cookie is lost.
    ada.cookies.retain(|(name, _)| name == SESSION);
    assert_about(left(&ada.get("/get-session").body["session"]), DAY / 2);
    move_back(&app, DAY / 2, DAY / 2);
    assert!(!ada.is_signed_in());
}

#[test]
fn two_browsers_refresh_and_sign_out_at_once() {
    let app = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&app, "ada");
    let other = Browser::signed_in(&app, "ada");
    move_back(&app, 2 * DAY, 2 * DAY);
    thread::scope(|scope| {
        for browser in [&ada, &other] {
            for _ in 0..4 {
                let mut browser = browser.clone();
                scope.spawn(move || {
                    for _ in 0..5 {
                        let reply = browser.get("/get-session");
                        assert_eq!(reply.status, 200, "{}", reply.text);
                        let reply = browser.get("/token");
                        assert!(matches!(reply.status, 200 | 401), "{}", reply.text);
                    }
                });
            }
        }
        let mut leaving = other.clone();
        scope.spawn(move || {
            let reply = leaving.post("/sign-out", &json!({}));
            assert_eq!(reply.status, 200, "{}", reply.text);
        });
    });
    assert!(ada.clone().is_signed_in());
    assert!(!other.clone().is_signed_in(), "no refresh revives it");
    assert_eq!(app.count("select count(*) from sessions"), 1);
}

// SECURITY-BAR S11
#[test]
fn a_session_shows_where_it_was_begun() {
    let app = App::with(&[UNLIMITED, ("DOCKET_TRUSTED_PROXIES", "127.0.0.1/32, 10.0.0.0/8")]);
    let plain = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    Browser::signed_up(&plain, "ada");
    let body = json!({ "email": "ada@example.org", "password": PASSWORD }).to_string();
    let shown = |app: &App, forwarded: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-forwarded-for", forwarded),
            ("x-real-ip", "6.6.6.6"),
            ("forwarded", "for=6.6.6.6"),
            ("user-agent", &"u".repeat(2000)),
        ];
        let mut browser = Browser::new(app);
        let reply = browser.send("POST", "/sign-in/email", &headers, Some(&body));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let session = browser.get("/get-session").body["session"].clone();
        assert!(session["userAgent"].as_str().unwrap().len() <= 500);
        session["ipAddress"].as_str().unwrap().to_owned()
    };
    for (forwarded, expected) in [
        ("203.0.113.9", "203.0.113.9"),
        // What the client itself put first does not count.
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("203.0.113.9, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002:0000:0000:0000:0000"),
    ] {
        assert_eq!(shown(&app, forwarded), expected, "{forwarded}");
        assert_eq!(shown(&plain, forwarded), "127.0.0.1", "{forwarded}");
    }
}

// SECURITY-BAR S1
#[test]
fn sessions_and_their_signatures_survive_a_restart() {
    let app = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&app, "ada");
    let cookie = format!("{SESSION}={}", ada.cookie(SESSION).unwrap());
    let app = app.kill_and_restart();
    assert_eq!(with_cookie(&app, &cookie).body["user"]["email"], "ada@example.org");
    // Nor does it matter that somebody opened the secret in an editor.
    let path = app.dir.path().join("docket.secret");
    let secret = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{secret}\n")).unwrap();
    let mut app = app.kill_and_restart();
    assert_eq!(with_cookie(&app, &cookie).body["user"]["email"], "ada@example.org");
    app.stop();
    std::fs::write(app.dir.path().join("docket.secret"), &secret[..20]).unwrap();
    let output = app.command(&["serve", "--port", "0"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("is cut short"), "{errors}");
    let mode = std::fs::metadata(app.dir.path().join("docket.secret")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
}
