//! Proving whose an e-mail address is, and changing one that was proven.

use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use docket::auth::{ServerSecret, user, verification};
use docket::config::Flags;
use docket::db::{Db, Role};
use docket::time::Timestamp;
use serde_json::{Value, json};

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal, set_cookies};
use crate::outbox::Outbox;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@new.example.org";

/// A token that the server signed this long ago.
pub fn token_from(app: &App, email: &str, seconds_ago: i64) -> String {
    let data_dir = Some(app.dir.path().to_owned());
    let loaded = docket::config::load(&Flags { data_dir, ..Flags::default() }).expect("settings");
    let secret = ServerSecret::load(&loaded.config).expect("a secret");
    let db = Db::open(app.dir.path(), Role::Command).expect("the database opens");
    let email = user::Email::parse(email).expect("an address");
    let user = db.read_now(move |conn| user::by_email(conn, &email)).expect("a read");
    db.close();
    let then = Timestamp::now().plus_seconds(-seconds_ago);
    verification::token(&secret, &user.expect("an account"), then).expect("a token")
}

/// Somebody whose address is proven.
pub fn proven(app: &App, outbox: &Outbox, name: &str) -> Browser {
    let mut browser = Browser::signed_up(app, name);
    let email = browser.email.clone();
    ask(&mut browser, &email);
    let token = outbox.token("verify-email", &email);
    assert_eq!(open(&mut browser, &token).status, 200);
    browser
}

fn ask(browser: &mut Browser, email: &str) -> Reply {
    let reply = browser.post("/send-verification-email", &json!({ "email": email }));
    assert_eq!((reply.status, &reply.body), (200, &json!({ "status": true })), "{}", reply.text);
    reply
}

fn open(browser: &mut Browser, token: &str) -> Reply {
    browser.get(&format!("/verify-email?token={token}"))
}

fn user_of(browser: &mut Browser) -> Value {
    browser.get("/get-session").body["user"].clone()
}

fn change(browser: &mut Browser, new: &str) -> Reply {
    let reply = browser.post("/change-email", &json!({ "newEmail": new }));
    assert_eq!((reply.status, &reply.body), (200, &json!({ "status": true })), "{}", reply.text);
    reply
}

// CONTRACT, 7
#[test]
fn a_mailed_link_verifies_the_address() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    assert_eq!(user_of(&mut ada)["emailVerified"], false);
    ask(&mut ada, ADA);
    let mail = outbox.mail("verify-email", ADA, 0);
    let token = mail["token"].as_str().unwrap();
    let url = format!("{}/api/auth/verify-email?token={token}&callbackURL=%2F", app.url);
    assert_eq!(mail["url"], url);

    // Wherever it is opened, and as often.
    for _ in 0..2 {
        let reply = open(&mut Browser::new(&app), token);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body, json!({ "status": true, "user": null }));
        assert!(set_cookies(&reply).is_empty());
    }
    assert_eq!(user_of(&mut ada)["emailVerified"], true);
    assert_eq!(ada.person(&app).get("/api/me").body["email_verified"], true);
    let again = ada.post("/send-verification-email", &json!({ "email": ADA }));
    assert_eq!(refusal(&again), (400, "EMAIL_ALREADY_VERIFIED"));
    let other = ada.post("/send-verification-email", &json!({ "email": NEW }));
    assert_eq!(refusal(&other), (400, "EMAIL_MISMATCH"));
}

// CONTRACT, 7: the token's form.
#[test]
fn the_token_is_a_jwt_for_this_alone() {
    let secret = "interop-test-secret-0123456789-abcdefghijklmnop";
    let (app, outbox) = Outbox::start(&[("BETTER_AUTH_SECRET", secret)]);
    let mut ada = proven(&app, &outbox, "ada");
    change(&mut ada, NEW);
    let id = user_of(&mut ada)["id"].clone();
    let plain = outbox.token("verify-email", ADA);
    let to_change = outbox.token("change-email", NEW);
    for (token, is_change) in [(&plain, false), (&to_change, true)] {
        let part = |at: usize| -> Value {
            let part = token.split('.').nth(at).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(part(0), json!({ "alg": "HS256" }));
        let claims = part(1);
        assert_eq!((&claims["email"], &claims["userId"]), (&json!(ADA), &id));
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(life, 60 * 60);
        assert_eq!(claims.get("updateTo"), is_change.then_some(&json!(NEW)));
        let kind = json!("change-email-verification");
        assert_eq!(claims.get("requestType"), is_change.then_some(&kind));
        // SECURITY-BAR T13: the secret is that of HS256 tokens here.
        assert_eq!(app.bearer(token).get("/api/tasks").status, 401);
        let reply = app.request(
            "GET",
            "/api/auth/get-session",
            &[("authorization", &format!("Bearer {token}"))],
            None,
        );
        assert_eq!(reply.body, Value::Null);
    }
    // And no token to sign in with proves an address.
    let jwt = ada.get("/token").body["token"].as_str().unwrap().to_owned();
    assert_eq!(refusal(&open(&mut ada, &jwt)), (401, "INVALID_TOKEN"));
}

// SECURITY-BAR S13; CONTRACT, 7
#[test]
fn asking_for_a_link_tells_nobody_who_has_an_account() {
    let (app, outbox) = Outbox::start(&[]);
    proven(&app, &outbox, "ada");
    Browser::signed_up(&app, "bob");
    let mut answers = Vec::new();
    for email in [ADA, "bob@example.org", "eve@example.org"] {
        let begun = Instant::now();
        let reply = ask(&mut Browser::new(&app), email);
        assert!(begun.elapsed() >= Duration::from_millis(500), "{email}");
        answers.push((reply.status, reply.text));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // Only who waits for it gets a mail.
    outbox.mail("verify-email", "bob@example.org", 0);
    assert_eq!(outbox.mails("verify-email", ADA).len(), 1);
    assert!(outbox.mails("verify-email", "eve@example.org").is_empty());
}

// CONTRACT, 7; SECURITY-BAR S16
#[test]
fn a_link_that_is_no_good_says_so_to_the_page_it_leads_to() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    let old = token_from(&app, ADA, 60 * 60 + 1);
    let good = token_from(&app, ADA, 60 * 60 - 60);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{other}{}", &signature[1..]);
    let unsigned = format!("{signed}.");
    for (token, code) in [
        (old.as_str(), "TOKEN_EXPIRED"),
        (&forged, "INVALID_TOKEN"),
        (&unsigned, "INVALID_TOKEN"),
        ("x", "INVALID_TOKEN"),
    ] {
        assert_eq!(refusal(&open(&mut ada, token)), (401, code), "{token}");
        let reply = ada.get(&format!("/verify-email?token={token}&callbackURL=/done%3Fa%3Db"));
        let page = format!("{}/done?a=b&error={code}", app.url);
        assert_eq!((reply.status, reply.header("location")), (302, Some(page.as_str())));
        let reply = ada.get(&format!("/verify-email?token={token}&callbackURL=//evil.example"));
        assert_eq!(refusal(&reply), (403, "INVALID_CALLBACK_URL"));
    }
    assert_eq!(refusal(&ada.get("/verify-email")), (400, "VALIDATION_ERROR"));
    assert_eq!(user_of(&mut ada)["emailVerified"], false);

    let body = json!({ "email": ADA, "callbackURL": "/done?a=b" });
    assert_eq!(ada.post("/send-verification-email", &body).status, 200);
    let url = outbox.mail("verify-email", ADA, 0)["url"].as_str().unwrap().to_owned();
    let reply = app.get(url.strip_prefix(&app.url).unwrap());
    let page = format!("{}/done?a=b", app.url);
    assert_eq!((reply.status, reply.header("location")), (302, Some(page.as_str())));
    assert_eq!(user_of(&mut ada)["emailVerified"], true);
}

// CONTRACT, 6
#[test]
fn an_address_that_was_never_proven_changes_at_once() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    ask(&mut ada, ADA);
    let old = outbox.token("verify-email", ADA);
    change(&mut ada, "ADA@new.example.org");
    assert_eq!(user_of(&mut ada)["email"], NEW);
    // The new address is asked, and the old one's link is for nothing any more.
    let token = outbox.token("verify-email", NEW);
    assert_eq!(refusal(&open(&mut ada, &old)), (401, "INVALID_TOKEN"));
    assert_eq!(user_of(&mut ada)["emailVerified"], false);
    assert_eq!(open(&mut ada, &token).status, 200);
    assert_eq!(user_of(&mut ada)["emailVerified"], true);
}

// CONTRACT, 6 and 7
#[test]
fn a_proven_address_changes_when_the_new_one_is_proven_and_once() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = proven(&app, &outbox, "ada");
    change(&mut ada, "ADA@new.example.org");
    assert_eq!(user_of(&mut ada)["email"], ADA);
    let token = outbox.token("change-email", NEW);

    let replies: Vec<Reply> = thread::scope(|scope| {
        let tries: Vec<_> = (0..3)
            .map(|_| {
                let (mut browser, token) = (ada.clone(), token.as_str());
                scope.spawn(move || open(&mut browser, token))
            })
            .collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    let (good, bad): (Vec<&Reply>, Vec<&Reply>) =
        replies.iter().partition(|reply| reply.status == 200);
    assert_eq!((good.len(), bad.len()), (1, 2), "{replies:?}");
    assert_eq!(good[0].body["user"]["email"], NEW);
    assert_eq!(good[0].body["user"]["emailVerified"], true);
    assert_eq!(set_cookies(good[0]).len(), 1);
    assert!(bad.iter().all(|reply| refusal(reply) == (401, "INVALID_TOKEN")));

    assert_eq!(Browser::new(&app).sign_in(ADA, PASSWORD).status, 401);
    assert_eq!(Browser::new(&app).sign_in(NEW, PASSWORD).status, 200);
    assert_eq!(app.count("select count(*) from audit where kind = 'email_changed'"), 1);
}

// Somebody who was shown out has a link to an address of theirs.
#[test]
fn a_change_of_address_ends_with_the_session_that_asked_for_it() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = proven(&app, &outbox, "ada");
    let mut thief = ada.clone();
    let mut elsewhere = Browser::signed_in(&app, "ada");
    change(&mut thief, "thief@example.org");
    let token = outbox.token("change-email", "thief@example.org");
    assert_eq!(elsewhere.post("/revoke-other-sessions", &json!({})).status, 200);
    assert_eq!(refusal(&open(&mut thief, &token)), (401, "INVALID_TOKEN"));
    assert_eq!(user_of(&mut elsewhere)["email"], ADA);
    assert!(!ada.is_signed_in());
}

// CONTRACT, 6
#[test]
fn a_taken_address_is_answered_like_any_other() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = proven(&app, &outbox, "ada");
    let bob = Browser::signed_up(&app, "bob");
    let taken = change(&mut ada, &bob.email);
    let free = change(&mut ada, NEW);
    assert_eq!((taken.status, taken.text), (free.status, free.text));
    outbox.mail("change-email", NEW, 0);
    assert!(outbox.mails("change-email", &bob.email).is_empty());

    // Taken only after the mail went out: the link comes too late.
    let mut eve = Browser::signed_up(&app, "eve");
    change(&mut eve, NEW);
    let token = outbox.token("change-email", NEW);
    assert_eq!(refusal(&open(&mut ada, &token)), (401, "INVALID_TOKEN"));
    assert_eq!(user_of(&mut eve)["email"], NEW);
}

// CONTRACT, 6 and 7
#[test]
fn without_mail_nothing_is_verified() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let reply = ada.post("/send-verification-email", &json!({ "email": ADA }));
    assert_eq!(refusal(&reply), (400, "VERIFICATION_EMAIL_NOT_ENABLED"));
    // Verified once, when there was mail.
    app.change(|tx| tx.execute("update users set email_verified = 1", []));
    let reply = ada.post("/change-email", &json!({ "newEmail": NEW }));
    assert_eq!((reply.status, &reply.body["code"]), (400, &Value::Null));
    assert_eq!(reply.body["message"], "Verification email isn't enabled");
    assert_eq!(user_of(&mut ada)["email"], ADA);
}

// CONTRACT, 4
#[test]
fn where_proof_is_needed_nobody_signs_in_without_it() {
    let (app, outbox) = Outbox::start(&[("DOCKET_REQUIRE_EMAIL_VERIFICATION", "on")]);
    let sign_up = |email: &str| {
        let body = json!({
            "name": "Ada", "email": email, "password": PASSWORD, "callbackURL": "/welcome"
        });
        let reply = Browser::new(&app).post("/sign-up/email", &body);
        assert_eq!((reply.status, &reply.body["token"]), (200, &Value::Null), "{}", reply.text);
        assert!(set_cookies(&reply).is_empty());
        reply
    };
    let new = sign_up(ADA);
    // The same for somebody who has an account already, under another id.
    let taken = sign_up("ADA@example.org");
    assert_ne!(new.body["user"]["id"], taken.body["user"]["id"]);
    let shape = |reply: &Reply| {
        let mut user = reply.body["user"].clone();
        for changing in ["id", "createdAt", "updatedAt"] {
            assert!(user[changing].is_string(), "{}", reply.text);
            user[changing] = Value::Null;
        }
        user
    };
    assert_eq!(shape(&new), shape(&taken));
    assert_eq!(app.count("select count(*) from users"), 1);

    assert_eq!(refusal(&Browser::new(&app).sign_in(ADA, PASSWORD)), (403, "EMAIL_NOT_VERIFIED"));
    // Only who knows the password learns that.
    let wrong = Browser::new(&app).sign_in(ADA, "not it at all");
    assert_eq!(refusal(&wrong), (401, "INVALID_EMAIL_OR_PASSWORD"));

    let url = outbox.mail("verify-email", ADA, 0)["url"].as_str().unwrap().to_owned();
    let reply = app.get(url.strip_prefix(&app.url).unwrap());
    assert_eq!(reply.header("location"), Some(format!("{}/welcome", app.url).as_str()));
    assert_eq!(Browser::new(&app).sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(outbox.mails("verify-email", ADA).len(), 1);
}

#[test]
fn proof_is_not_asked_for_where_no_mail_can_bring_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let settings = [("DOCKET_REQUIRE_EMAIL_VERIFICATION".to_owned(), "on".to_owned())];
    let output = crate::app::command(folder.path(), &settings).arg("serve").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("require_email_verification"), "{said}");
}

// SECURITY-BAR H12
#[test]
fn the_page_of_failed_links_shows_a_code_and_nobody_elses_words() {
    let app = App::start();
    let shown = app.get("/api/auth/error?error=INVALID_TOKEN");
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(shown.text.contains("<code>INVALID_TOKEN</code>"));
    for odd in ["%3Cscript%3Ealert(1)%3C/script%3E", "Call%20us", "", &"A".repeat(61)] {
        let shown = app.get(&format!("/api/auth/error?error={odd}"));
        assert!(shown.text.contains("<code>UNKNOWN</code>"), "{odd}: {}", shown.text);
    }
}
