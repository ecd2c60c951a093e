//! How access ends: accounts, sessions and keys change while the server runs,
//! and `docket token check` says what the server does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use docket::db::{Db, Role, Tx};
use rusqlite::params;
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::forge::{Key, Own, SECRET, now, signing_key, with};
use crate::forged_tokens::{World, table};

/// What SECURITY-BAR asks for is a second; a busy machine gets a little more.
const SOON: Duration = Duration::from_secs(3);

pub fn status(person: &Person) -> u16 {
    person.get("/api/me").status
}

#[track_caller]
pub fn assert_ends_soon(app: &App, person: &Person) {
    let begun = Instant::now();
    while status(person) != 401 {
        assert!(begun.elapsed() < SOON, "still let in: {}", app.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    let reply = person.get("/api/me");
    assert_eq!(reply.status, 401);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(reply.body["detail"], "the token was not accepted");
}

/// A change by another process than the server, as commands make them.
fn change(app: &App, work: impl FnOnce(&Tx) -> rusqlite::Result<usize> + Send + 'static) {
    let db = Db::open(app.dir.path(), Role::Command).expect("the database opens");
    let changed = db.write_now(move |tx| Ok(work(tx)?)).expect("a change");
    db.close();
    assert_eq!(changed, 1);
}

pub fn issue(app: &App, name: &str) -> Person {
    let user = format!("{name}@example.org");
    app.bearer(app.run(&["token", "issue", "--user", &user]).trim())
}

fn kid(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).expect("a header");
    header.kid.expect("a kid")
}

fn published(app: &App) -> Vec<String> {
    let keys = app.get("/api/auth/jwks").body["keys"].as_array().expect("keys").clone();
    keys.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

// SECURITY-BAR S6
#[test]
fn disabling_an_account_ends_its_tokens() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let second = issue(&app, "ada");
    assert_eq!((status(&ada), status(&second), status(&bob)), (200, 200, 200));

    app.run(&["user", "disable", "ada@example.org"]);

    assert_ends_soon(&app, &ada);
    assert_ends_soon(&app, &second);
    assert_eq!(status(&bob), 200);
    let issue = app.command(&["token", "issue", "--user", "ada@example.org"]).output().unwrap();
    assert_eq!(issue.status.code(), Some(4), "a disabled account gets no token");
}

#[test]
fn enabling_an_account_revives_no_token() {
    let app = App::start();
    let ada = app.user("ada");
    app.run(&["user", "disable", ada.id.as_str()]);
    assert_ends_soon(&app, &ada);

    app.run(&["user", "enable", ada.id.as_str()]);

    assert_eq!(status(&issue(&app, "ada")), 200);
    assert_eq!(status(&ada), 401);
}

#[test]
fn disabling_a_stranger_ends_what_their_issuer_signed_before() {
    let app = App::with(&[("BETTER_AUTH_SECRET", SECRET)]);
    let token = |iat: i64| {
        let claims = json!({ "sub": "eve", "exp": now() + 600, "iat": iat });
        app.bearer(&Key::hmac(SECRET).sign(&json!({ "alg": "HS256" }), &claims))
    };
    let eve = token(now());
    let id = eve.get("/api/me").body["id"].as_str().unwrap().to_owned();
    app.run(&["user", "disable", &id]);
    assert_ends_soon(&app, &eve);
    assert_eq!(status(&token(now() - 1)), 401);

    app.run(&["user", "enable", &id]);

    // Signed by a clock that is a little ahead, so as not to wait for it.
    let begun = Instant::now();
    while status(&token(now() + 30)) != 200 {
        assert!(begun.elapsed() < SOON, "{}", app.log());
    }
    assert_eq!(status(&eve), 401);
}

// SECURITY-BAR S4
#[test]
fn ending_a_session_ends_its_token_alone() {
    let app = App::start();
    let ada = app.user("ada");
    let other = issue(&app, "ada");
    assert_eq!((status(&ada), status(&other)), (200, 200));
    let sid = Own::of(&app, &ada).claims["sid"].as_str().unwrap().to_owned();

    change(&app, move |tx| tx.execute("delete from sessions where id = ?1", params![sid]));

    assert_ends_soon(&app, &ada);
    assert_eq!(status(&other), 200);
}

#[test]
fn a_session_that_ran_out_ends_its_token() {
    let app = App::start();
    let ada = app.user("ada");
    let sid = Own::of(&app, &ada).claims["sid"].as_str().unwrap().to_owned();
    assert_eq!(status(&ada), 200);

    change(&app, move |tx| {
        tx.execute("update sessions set expires_at = 1 where id = ?1", params![sid])
    });

    assert_ends_soon(&app, &ada);
}

// SECURITY-BAR T6
#[test]
fn an_issued_token_has_the_leeway_of_any_other() {
    let app = App::start();
    let ada = app.user("ada");
    let user = ada.id.as_str();
    let token = app.run(&["token", "issue", "--user", user, "--ttl", "1s"]).trim().to_owned();
    let claims = Own::of(&app, &app.bearer(&token)).claims;
    while now() <= claims["exp"].as_i64().unwrap() {
        std::thread::sleep(Duration::from_millis(50));
    }

    assert_eq!(status(&app.bearer(&token)), 200, "{}", app.log());
    assert_eq!(check(&app, &[&token], "").status.code(), Some(0));
}

// SECURITY-BAR S6, T10
#[test]
fn removing_an_account_ends_its_tokens() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    assert_eq!((status(&ada), status(&bob)), (200, 200));
    let id = ada.id.to_string();

    change(&app, move |tx| tx.execute("delete from users where id = ?1", params![id]));

    assert_ends_soon(&app, &ada);
    assert_eq!(status(&bob), 200);
}

// SECURITY-BAR S5
#[test]
fn tokens_from_before_a_change_of_password_are_refused() {
    let app =
        App::with(&[("BETTER_AUTH_SECRET", SECRET), ("DOCKET_BETTER_AUTH_SUBJECTS", "local")]);
    let ada = app.user("ada");
    let token = |iat: i64| {
        let claims = json!({ "sub": ada.id, "exp": now() + 600, "iat": iat });
        app.bearer(&Key::hmac(SECRET).sign(&json!({ "alg": "HS256" }), &claims))
    };
    let (old, new) = (token(now() - 100), token(now()));
    assert_eq!((status(&old), status(&new)), (200, 200));
    let after = now() - 50;

    change(&app, move |tx| tx.execute("update users set tokens_after = ?1", params![after]));

    assert_ends_soon(&app, &old);
    assert_eq!(status(&new), 200);
}

// SECURITY-BAR T20
#[test]
fn a_new_key_signs_and_the_old_one_still_verifies() {
    let app = App::start();
    let ada = app.user("ada");
    assert_eq!(status(&ada), 200);
    let mut before = vec![ada];

    for _ in 0..3 {
        let new = app.run(&["key", "rotate"]).trim().to_owned();
        // At once: nobody should have to wait for the server to hear of it.
        let token = issue(&app, "ada");
        assert_eq!(status(&token), 200, "{}", app.log());
        assert_eq!(kid(&token.token), new);
        assert_eq!(published(&app).last(), Some(&new));
        for old in &before {
            assert_eq!(status(old), 200);
            assert!(published(&app).contains(&kid(&old.token)));
        }
        // One that the server has not seen before.
        let unseen = issue(&app, "ada");
        before.extend([token, unseen]);
    }
    assert_eq!(published(&app).len(), 4);
}

// SECURITY-BAR T20
#[test]
fn a_key_goes_when_its_last_token_has_ended() {
    let app = App::start();
    let ada = app.user("ada");
    let old = Own::of(&app, &ada);
    let old_kid = old.kid().to_owned();
    app.run(&["key", "rotate"]);
    assert_eq!(status(&app.bearer(&old.claims_with("jti", json!(1)))), 200);

    // As if it had been an hour ago; the session is newer than that.
    let kid = old_kid.clone();
    let then = (now() - 3600) * 1000;
    change(&app, move |tx| {
        tx.execute("update signing_keys set retired_at = ?1 where kid = ?2", params![then, kid])
    });

    assert!(!published(&app).contains(&old_kid));
    let begun = Instant::now();
    let mut serial = 2;
    while status(&app.bearer(&old.claims_with("jti", json!(serial)))) == 200 {
        assert!(begun.elapsed() < SOON, "the old key still verifies");
        serial += 1;
    }
    assert_eq!(status(&issue(&app, "ada")), 200);
}

// SECURITY-BAR T20
#[test]
fn only_public_parts_are_published() {
    let app = App::start();
    app.run(&["key", "rotate"]);
    let (_, seed) = signing_key(app.dir.path());

    let reply = app.get("/api/auth/jwks");

    assert_eq!(reply.status, 200);
    for key in reply.body["keys"].as_array().unwrap() {
        let mut names: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
        assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert_ne!(key["x"], crate::forge::base64url(seed));
    }
    assert_eq!(reply.body["keys"].as_array().map(Vec::len), Some(2));
}

// SECURITY-BAR T20, D4
#[test]
fn keys_and_tokens_survive_a_restart() {
    let app = App::with(&[("DOCKET_BASE_URL", "https://tasks.example.org")]);
    app.run(&["user", "add", "ada@example.org"]);
    let first = issue(&app, "ada").token;
    app.run(&["key", "rotate"]);
    let second = issue(&app, "ada").token;
    let keys = app.get("/api/auth/jwks").body;
    let signing = signing_key(app.dir.path());

    let app = app.kill_and_restart();

    assert_eq!(app.get("/api/auth/jwks").body, keys);
    assert_eq!(signing_key(app.dir.path()), signing);
    for token in [&first, &second] {
        assert_eq!(status(&app.bearer(token)), 200);
    }
    assert_eq!(kid(&issue(&app, "ada").token), signing.0);
}

/// An open `/api/events`.
struct Stream(TcpStream);

impl Stream {
    fn open(app: &App, person: &Person) -> Stream {
        let mut stream = TcpStream::connect(app.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let head = "GET /api/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer";
        stream.write_all(format!("{head} {}\r\n\r\n", person.token).as_bytes()).expect("sent");
        let mut stream = Stream(stream);
        stream.read_until("event:ready");
        stream
    }

    #[track_caller]
    fn read_until(&mut self, text: &str) {
        let mut seen = String::new();
        let mut part = [0; 1024];
        while !seen.contains(text) {
            let count = self.0.read(&mut part).expect("bytes in time");
            assert!(count > 0, "the stream ended: {seen}");
            seen.push_str(&String::from_utf8_lossy(&part[..count]));
        }
    }

    /// Everything up to the end of the stream's body.
    #[track_caller]
    fn assert_ends_soon(&mut self) {
        let begun = Instant::now();
        let mut seen = String::new();
        let mut part = [0; 1024];
        while !seen.ends_with("\r\n0\r\n\r\n") && !seen.starts_with("0\r\n\r\n") {
            let count = self.0.read(&mut part).expect("an end in time");
            if count == 0 {
                break;
            }
            seen.push_str(&String::from_utf8_lossy(&part[..count]));
        }
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    }
}

// SECURITY-BAR S6, A10
#[test]
fn disabling_an_account_ends_its_event_streams() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let mut streams = [Stream::open(&app, &ada), Stream::open(&app, &ada)];
    let mut other = Stream::open(&app, &bob);

    app.run(&["user", "disable", "ada@example.org"]);

    for stream in &mut streams {
        stream.assert_ends_soon();
    }
    bob.add("buy milk");
    other.read_until("buy milk");
}

// SECURITY-BAR S4, A10
#[test]
fn ending_a_session_ends_its_event_stream_alone() {
    let app = App::start();
    let ada = app.user("ada");
    let second = issue(&app, "ada");
    let mut stream = Stream::open(&app, &ada);
    let mut other = Stream::open(&app, &second);
    let sid = Own::of(&app, &ada).claims["sid"].as_str().unwrap().to_owned();

    change(&app, move |tx| tx.execute("delete from sessions where id = ?1", params![sid]));

    stream.assert_ends_soon();
    second.add("buy milk");
    other.read_until("buy milk");
}

fn check(app: &App, arguments: &[&str], input: &str) -> Output {
    let mut child = app
        .command(&[&["token", "check"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docket starts");
    let mut stdin = child.stdin.take().expect("its input");
    // It reads nothing when the token is an argument.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn token_check_agrees_with_the_server() {
    let world = World::start();
    let app = &world.app;
    let own = &world.own;
    let mut tokens = vec![
        own.good(),
        own.header_with("typ", json!("at+jwt")),
        own.claims_with("exp", json!(now() - 30)),
        own.claims_with("aud", json!(["other", own.claims["aud"]])),
    ];
    let groups = table(&world);
    let sampled = groups.iter().flat_map(|group| {
        let step = group.0.len() / 6 + 1;
        group.0.iter().step_by(step).map(|case| case.1.clone())
    });
    tokens.extend(sampled);
    assert!(tokens.len() > 60, "only {}", tokens.len());
    for token in tokens {
        let expected = match app.bearer(&token).get("/api/me").status {
            200 => 0,
            401 => 1,
            other => panic!("{other} for {token}"),
        };
        let output = check(app, &["-", "--json"], &format!("{token}\n"));
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(expected), "{token}\n{text}");
        let told: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(told["accepted"], expected == 0);
        let steps = told["steps"].as_array().expect("steps");
        let failed: Vec<_> = steps.iter().filter(|step| step["passed"] == false).collect();
        assert_eq!(failed.len(), expected as usize, "{text}");
        assert!(steps.iter().all(|step| step["step"].is_string() && step["detail"].is_string()));
    }
}

#[test]
fn token_check_tells_each_step() {
    let app = App::start();
    let ada = app.user("ada");
    let own = Own::of(&app, &ada);

    let told = |token: &str| {
        let output = check(&app, &[token], "");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = told(&ada.token);
    assert_eq!(code, Some(0), "{text}");
    for part in ["our own key", own.kid(), "EdDSA", "ada@example.org", "accepted"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let long_ago = with(&own.claims, "exp", json!(now() - 7 * 86_400));
    let stranger = Key::ed25519(&[3; 32]).sign(&own.header, &own.claims);
    for (token, step, reason) in [
        ("x".to_owned(), "form", "three segments"),
        (own.header_with("alg", json!("RS256")), "algorithm", "RS256"),
        (own.header_with("kid", json!("other")), "key", "kid"),
        (stranger, "signature", "signature"),
        (own.claims_with("iss", json!("https://evil.example")), "issuer", "evil.example"),
        (own.claims_with("aud", json!("other")), "audience", "aud"),
        (own.claims(&long_ago), "times", "7 days ago"),
        (own.claims_with("sub", json!("")), "subject", "sub"),
        (own.claims_with("sub", json!("nobody")), "account", "account"),
        (own.claims_with("sid", json!("none")), "revocation", "session"),
    ] {
        let (code, text) = told(&token);
        assert_eq!(code, Some(1), "{text}");
        let line = text.lines().find(|line| line.starts_with("no ")).expect("a refusal");
        assert!(line.contains(step) && line.contains(reason), "{step}, {reason}: {text}");
        assert!(text.trim_end().ends_with("refused"), "{text}");
    }
    app.run(&["user", "disable", "ada@example.org"]);
    let (code, text) = told(&ada.token);
    assert_eq!(code, Some(1));
    assert!(text.contains("the account is disabled"), "{text}");
}

/// Nobody can tell a token without a date from those that were meant to end.
#[test]
fn a_token_without_its_date_is_refused_once_older_ones_are_and_told_why() {
    let app = App::with(&[("BETTER_AUTH_SECRET", SECRET)]);
    let sign = |claims: Value| Key::hmac(SECRET).sign(&json!({ "alg": "HS256" }), &claims);
    let undated = sign(json!({ "sub": "eve", "exp": now() + 600 }));
    let eve = app.bearer(&undated);
    let id = eve.get("/api/me").body["id"].as_str().expect("an id").to_owned();
    app.run(&["user", "disable", &id]);
    app.run(&["user", "enable", &id]);
    assert_ends_soon(&app, &eve);
    let told = app.command(&["token", "check", &undated]).output().expect("docket runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("does not say when it was issued (iat)"), "{told}");
    let dated = sign(json!({ "sub": "eve", "exp": now() + 600, "iat": now() + 2 }));
    assert_eq!(status(&app.bearer(&dated)), 200);
}

#[test]
fn token_check_makes_no_account() {
    let app = App::with(&[("BETTER_AUTH_SECRET", SECRET)]);
    let claims = json!({ "sub": "eve", "exp": now() + 600 });
    let token = Key::hmac(SECRET).sign(&json!({ "alg": "HS256" }), &claims);

    assert_eq!(check(&app, &[&token], "").status.code(), Some(0));
    assert_eq!(app.run(&["user", "list", "--json"]).trim(), "[]");
}
