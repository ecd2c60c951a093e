//! Sign-up for the invited alone, and links for those who forgot their password.

use std::thread;

use serde_json::{Value, json};

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal};

const HOUR: i64 = 60 * 60 * 1000;

fn for_the_invited() -> App {
    App::with(&[UNLIMITED, ("DOCKET_SIGNUP", "invite")])
}

/// The token of a new invitation.
pub fn invite(app: &App, email: Option<&str>) -> String {
    let email: Vec<&str> = email.iter().flat_map(|email| ["--email", email]).collect();
    token_of(&app.run(&[&["user", "invite"][..], &email].concat()))
}

fn token_of(url: &str) -> String {
    url.trim().split_once("?token=").expect("a token").1.to_owned()
}

fn sign_up(app: &App, name: &str, token: Option<&str>) -> (Browser, Reply) {
    let mut browser = Browser::new(app);
    let mut body =
        json!({ "name": name, "email": format!("{name}@example.org"), "password": PASSWORD });
    if let Some(token) = token {
        body["inviteToken"] = json!(token);
    }
    let reply = browser.post("/sign-up/email", &body);
    (browser, reply)
}

fn people(app: &App) -> i64 {
    app.count("select count(*) from users")
}

// SECURITY-BAR S17, S18
#[test]
fn an_invitation_makes_one_account() {
    let app = for_the_invited();
    let info = app.get("/api/info").body;
    assert_eq!((&info["signup"], &info["signup_open"]), (&json!("invite"), &json!(false)));
    assert_eq!(info["mail"], false);
    let url = app.run(&["user", "invite"]);
    assert!(url.starts_with(&format!("{}/invite?token=", app.url)), "{url}");
    let token = token_of(&url);

    for wrong in [None, Some("")] {
        let (_, reply) = sign_up(&app, "ada", wrong);
        assert_eq!(refusal(&reply), (400, "INVITE_REQUIRED"), "{wrong:?}");
    }
    for wrong in ["unknown", &token.to_lowercase(), &format!("{token} ")] {
        let (_, reply) = sign_up(&app, "ada", Some(wrong));
        assert_eq!(refusal(&reply), (400, "INVALID_INVITE"), "{wrong}");
    }
    assert_eq!(people(&app), 0);

    let (mut ada, reply) = sign_up(&app, "ada", Some(&token));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(ada.is_signed_in());
    assert_eq!(refusal(&sign_up(&app, "bob", Some(&token)).1), (400, "INVALID_INVITE"));
    assert_eq!(people(&app), 1);
}

// SECURITY-BAR S18
#[test]
fn of_several_sign_ups_with_one_invitation_one_succeeds() {
    let app = for_the_invited();
    let token = invite(&app, None);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let (app, token) = (&app, token.as_str());
        let up = |n: usize| sign_up(app, &format!("p{n}"), Some(token)).1.status;
        let tries: Vec<_> = (0..5).map(|n| scope.spawn(move || up(n))).collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 4, "{statuses:?}");
    assert_eq!(people(&app), 1);
}

#[test]
fn an_invitation_outlives_a_sign_up_that_fails() {
    let app = for_the_invited();
    app.run(&["user", "add", "ada@example.org"]);
    let token = invite(&app, None);
    assert_eq!(sign_up(&app, "ada", Some(&token)).1.status, 422);
    let weak = json!({
        "name": "", "email": "bob@example.org", "password": "short", "inviteToken": token
    });
    let reply = Browser::new(&app).post("/sign-up/email", &weak);
    assert_eq!(refusal(&reply), (400, "PASSWORD_TOO_SHORT"));
    assert_eq!(sign_up(&app, "bob", Some(&token)).1.status, 200);
}

#[test]
fn an_invitation_for_one_address_is_for_no_other() {
    let app = for_the_invited();
    let token = invite(&app, Some("Ada@Example.org"));
    assert_eq!(refusal(&sign_up(&app, "eve", Some(&token)).1), (400, "INVITE_EMAIL_MISMATCH"));
    assert_eq!(sign_up(&app, "ada", Some(&token)).1.status, 200);

    let again = app.command(&["user", "invite", "--email", "ADA@example.org"]).output().unwrap();
    assert_eq!(again.status.code(), Some(4));
}

// SECURITY-BAR S18
#[test]
fn an_invitation_ends_after_an_hour_or_when_it_is_withdrawn() {
    let app = for_the_invited();
    let long = app.command(&["user", "invite", "--ttl", "61m"]).output().unwrap();
    assert_eq!(long.status.code(), Some(2));

    let old = invite(&app, None);
    let ends = app.count("select expires_at - created_at from invites");
    assert_eq!(ends, HOUR);
    app.change(|tx| tx.execute("update invites set expires_at = expires_at - 3600000", []));
    assert_eq!(refusal(&sign_up(&app, "ada", Some(&old)).1), (400, "INVALID_INVITE"));
    assert_eq!(app.run(&["user", "invites"]), "");

    let made = app.run(&["user", "invite", "--email", "ada@example.org", "--ttl", "5m", "--json"]);
    let made: Value = serde_json::from_str(&made).unwrap();
    let listed: Value = serde_json::from_str(&app.run(&["user", "invites", "--json"])).unwrap();
    assert_eq!((&listed[0]["id"], &listed[0]["email"]), (&made["id"], &made["email"]));
    let number = made["id"].to_string();
    app.run(&["user", "uninvite", &number]);
    let token = token_of(made["url"].as_str().unwrap());
    assert_eq!(refusal(&sign_up(&app, "ada", Some(&token)).1), (400, "INVALID_INVITE"));
    let again = app.command(&["user", "uninvite", &number]).output().unwrap();
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(people(&app), 0);
}

// SECURITY-BAR S17, S18
#[test]
fn an_invitation_is_kept_as_its_hash_and_opens_no_closed_door() {
    let app = App::with(&[UNLIMITED, ("DOCKET_SIGNUP", "closed")]);
    let token = invite(&app, None);
    let (_, reply) = sign_up(&app, "ada", Some(&token));
    assert_eq!(refusal(&reply), (400, "EMAIL_PASSWORD_SIGN_UP_DISABLED"));
    for name in ["docket.db", "docket.db-wal"] {
        let bytes = std::fs::read(app.dir.path().join(name)).unwrap_or_default();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{name}");
    }
    assert!(!app.log().contains(&token));
}

#[test]
fn where_sign_up_is_open_no_invitation_is_needed_or_used_up() {
    let app = App::with(&[UNLIMITED]);
    let token = invite(&app, None);
    assert_eq!(sign_up(&app, "ada", Some("unknown")).1.status, 200);
    assert_eq!(sign_up(&app, "bob", Some(&token)).1.status, 200);
    assert_eq!(app.run(&["user", "invites"]).lines().count(), 2);
}

fn reset(app: &App, token: &str, password: &str) -> Reply {
    let body = json!({ "token": token, "newPassword": password });
    Browser::new(app).post("/reset-password", &body)
}

// SECURITY-BAR S6, S18
#[test]
fn a_link_of_the_command_line_sets_a_password_once() {
    let app = App::with(&[UNLIMITED]);
    let mut before = Browser::signed_up(&app, "ada");
    let older = token_of(&app.run(&["user", "reset-link", "ada@example.org"]));
    let url = app.run(&["user", "reset-link", "ADA@example.org"]);
    assert!(url.starts_with(&format!("{}/reset-password?token=", app.url)), "{url}");
    let token = token_of(&url);
    assert_eq!(app.count("select expires_at - created_at from links"), HOUR);
    assert_eq!(refusal(&reset(&app, &older, "staple battery")), (400, "INVALID_TOKEN"));

    let statuses: Vec<u16> = thread::scope(|scope| {
        let (app, token) = (&app, token.as_str());
        let tries: Vec<_> =
            (0..3).map(|_| scope.spawn(|| reset(app, token, "staple battery").status)).collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(!before.is_signed_in());
    assert_eq!(Browser::new(&app).sign_in("ada@example.org", "staple battery").status, 200);
}

// SECURITY-BAR S18
#[test]
fn a_link_of_the_command_line_is_void_once_the_password_has_changed() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let token = token_of(&app.run(&["user", "reset-link", "ada@example.org"]));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "staple battery" });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    assert_eq!(refusal(&reset(&app, &token, "another one yet")), (400, "INVALID_TOKEN"));
}

#[test]
fn a_link_is_made_only_for_who_could_sign_in_with_it() {
    let app = App::with(&[UNLIMITED]);
    let code = |account: &str| {
        app.command(&["user", "reset-link", account]).output().unwrap().status.code()
    };
    assert_eq!(code("nobody@example.org"), Some(3));
    Browser::signed_up(&app, "ada");
    app.run(&["user", "disable", "ada@example.org"]);
    assert_eq!(code("ada@example.org"), Some(4));
    assert_eq!(app.count("select count(*) from links"), 0);
}
