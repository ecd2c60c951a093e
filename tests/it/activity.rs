//! The record of what happened to accounts: complete, one's own, and bounded.

use std::time::{Duration, Instant};

use docket::auth::audit::{self, Filter, Kind};
use docket::auth::session::Device;
use docket::db::{Db, Role};
use docket::time::Timestamp;
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::openapi::check;

/// A person's activity, latest first, once it has this many entries: failures
/// are noted a moment later.
fn activity(person: &Person, entries: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let reply = person.get("/api/me/activity?limit=200");
        assert_eq!(reply.status, 200, "{}", reply.text);
        check("GET", "/api/me/activity", &reply);
        let items = reply.body["items"].as_array().expect("items").clone();
        if items.len() >= entries {
            return items;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{items:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub fn kinds(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["kind"].as_str().expect("a kind")).collect()
}

/// Waits until a number from the database is this.
pub fn wait_for_count(app: &App, sql: &str, expected: i64) {
    let begun = Instant::now();
    while app.count(sql) != expected {
        assert!(begun.elapsed() < Duration::from_secs(20), "{sql}: {}", app.count(sql));
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub fn wrong_sign_ins(app: &App, email: &str, times: usize) {
    let body = json!({ "email": email, "password": "wrong-horse-9" }).to_string();
    for _ in 0..times {
        let json = [("content-type", "application/json"), ("user-agent", "guess/1")];
        let reply = app.request("POST", "/api/auth/sign-in/email", &json, Some(&body));
        assert_eq!(reply.status, 401, "{}", reply.text);
    }
}

// SECURITY-BAR H16
#[test]
fn what_happens_to_an_account_is_on_its_record() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let first = ada.get("/get-session").body["session"]["id"].clone();
    let mut other = Browser::signed_in(&app, "ada");
    let second = other.get("/get-session").body["session"]["id"].clone();
    assert_eq!(other.post("/sign-out", &json!({})).status, 200);
    let third = Browser::signed_in(&app, "ada");
    let third_id = third.clone().get("/get-session").body["session"]["id"].clone();
    assert_eq!(ada.post("/revoke-session", &json!({ "token": third.token })).status, 200);
    // There is no other session any more, so nothing ends.
    assert_eq!(ada.post("/revoke-other-sessions", &json!({})).status, 200);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another-horse-9",
        "revokeOtherSessions": true });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    let fourth = ada.get("/get-session").body["session"]["id"].clone();
    app.run(&["token", "issue", "--user", "ada@example.org"]);
    app.run(&["user", "disable", "ada@example.org"]);
    app.run(&["user", "enable", "ada@example.org"]);
    let token = app.run(&["token", "issue", "--user", "ada@example.org"]);

    let items = activity(&app.bearer(token.trim()), 11);

    assert_eq!(
        kinds(&items),
        [
            "token_issued",
            "account_enabled",
            "account_disabled",
            "token_issued",
            "sessions_ended",
            "password_changed",
            "sessions_ended",
            "signed_in",
            "signed_out",
            "signed_in",
            "signed_up",
        ]
    );
    let sessions = |index: usize| items[index]["sessions"].clone();
    assert_eq!(sessions(10), json!([first]));
    assert_eq!((sessions(9), sessions(8)), (json!([second]), json!([second])));
    assert_eq!((sessions(7), sessions(6)), (json!([third_id]), json!([third_id])));
    assert_eq!(sessions(4), json!([first]), "the password ended it, and began {fourth}");
    assert_eq!(items[0]["origin"], "cli");
    assert_eq!(items[0]["address"], Value::Null);
    assert_eq!(items[10]["origin"], "web");
    assert_eq!(items[10]["address"], "127.0.0.1");
}

#[test]
fn a_record_is_read_by_its_own_person_page_by_page() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    for _ in 0..5 {
        app.run(&["token", "issue", "--user", "ada@example.org"]);
    }
    // Several at the same moment are told apart, too.
    let at =
        "(select max(at) from audit where account = (select id from users where name = 'ada'))";
    let update = format!(
        "update audit set at = {at} where account = (select id from users where name = 'ada')"
    );
    app.change(move |tx| tx.execute(&update, []));

    let mut path = "/api/me/activity?limit=4".to_owned();
    let first = ada.get(&path);
    let cursor = first.body["next_cursor"].as_str().expect("a cursor").to_owned();
    assert!(first.header("link").expect("a link").contains(&cursor));
    path.push_str(&format!("&cursor={cursor}"));
    let second = ada.get(&path);
    let length = |reply: &crate::app::Reply| reply.body["items"].as_array().expect("items").len();
    assert_eq!((length(&first), length(&second)), (4, 2));
    assert_eq!(second.body["next_cursor"], Value::Null);
    assert_ne!(first.body["items"][3]["sessions"], second.body["items"][0]["sessions"]);

    assert_eq!(length(&bob.get(&path)), 0, "a cursor of another's leads to nothing of theirs");
    assert_eq!(length(&bob.get("/api/me/activity")), 1);
    for bad in ["x", &cursor[1..], ada.get("/api/tasks?limit=1").text.as_str()] {
        let reply =
            ada.get(&format!("/api/me/activity?cursor={}", bad.replace(['"', '{', '}'], "")));
        assert_eq!(reply.status, 422, "{bad}: {}", reply.text);
    }
    assert_eq!(app.get("/api/me/activity").status, 401);
}

// SECURITY-BAR H16: in the log at once, in the database together.
#[test]
fn failures_are_said_one_by_one_and_noted_together() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    wrong_sign_ins(&app, "ada@example.org", 12);
    wrong_sign_ins(&app, "nobody@example.org", 3);

    wait_for_count(
        &app,
        "select coalesce(sum(count), 0) from audit where kind = 'sign_in_failed'",
        15,
    );
    let rows = app.count("select count(*) from audit where kind = 'sign_in_failed'");
    assert!(rows < 15, "{rows} rows");
    let known =
        "select sum(count) from audit join users using (owner) where kind = 'sign_in_failed'";
    assert_eq!(app.count(known), 12);
    let log = app.log();
    let line = " WARN sign-in failed from 127.0.0.1\n";
    assert_eq!(log.matches(line).count(), 15, "{log}");
    assert!(!log.contains("example.org") && !log.contains("wrong-horse"), "{log}");
    let items = activity(&Browser::signed_in(&app, "ada").person(&app), 3);
    let failed: Vec<_> = items.iter().filter(|item| item["kind"] == "sign_in_failed").collect();
    assert!(failed.iter().all(|item| item["user_agent"] == "guess/1" && item["origin"] == "api"));
}

#[test]
fn wrong_passwords_and_codes_of_somebody_signed_in_are_on_record() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    assert_eq!(ada.post("/verify-password", &json!({ "password": "wrong-horse-9" })).status, 400);
    assert_eq!(ada.post("/two-factor/enable", &json!({ "password": PASSWORD })).status, 200);
    assert_eq!(ada.post("/two-factor/verify-totp", &json!({ "code": "abcdef" })).status, 401);

    let items = activity(&ada.person(&app), 3);

    let mut kinds = kinds(&items);
    kinds.sort_unstable();
    assert_eq!(kinds, ["password_failed", "second_factor_failed", "signed_up"]);
    assert!(app.log().contains(" WARN password failed from 127.0.0.1\n"));
    assert!(app.log().contains(" WARN second factor failed from 127.0.0.1\n"));
}

#[test]
fn failures_that_wait_are_noted_before_the_server_stops() {
    let mut app = App::with(&[UNLIMITED]);
    wrong_sign_ins(&app, "nobody@example.org", 2);
    assert_eq!(app.stop(), Some(0));
    assert_eq!(
        app.count("select coalesce(sum(count), 0) from audit where kind = 'sign_in_failed'"),
        2
    );
}

#[test]
fn a_flood_of_failures_fills_no_disk_and_hides_no_sign_in() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    app.change(|tx| {
        tx.execute(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < 12000)
             insert into audit (at, kind, origin) select i, 'sign_in_failed', 'api' from n",
            [],
        )
    });
    wrong_sign_ins(&app, "ada@example.org", 1);

    wait_for_count(&app, "select count(*) from audit where kind = 'sign_in_failed'", 10_000);
    assert_eq!(app.count("select count(*) from audit where kind = 'signed_up'"), 1);
    let latest =
        "select count(*) from audit join users using (owner) where kind = 'sign_in_failed'";
    assert_eq!(app.count(latest), 1, "the oldest went, not the latest");
}

#[test]
fn what_is_older_than_the_setting_says_is_let_go() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let db = Db::open(folder.path(), Role::Command).expect("a database");
    let (day, now) = (24 * 60 * 60, Timestamp::now());
    let left = db.write_now(move |tx| {
        for days in [0, 399, 401, 5000] {
            let then = now.plus_seconds(-days * day);
            audit::note(tx, None, Kind::KeyRotated, &Device::default(), then)?;
        }
        audit::forget_old(tx, 400, now)?;
        audit::list(tx, &Filter::default(), 10)
    });
    assert_eq!(left.expect("a list").len(), 2);
    db.close();
}
