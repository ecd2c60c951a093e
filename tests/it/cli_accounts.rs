//! Accounts, sessions and keys in a terminal, beside a running server.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::activity::kinds;
use crate::app::{App, Person};
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::forge::{Key, KeyServer};
use crate::revocation::{assert_ends_soon, issue, status};
use crate::two_factor::{challenged, protected, totp, wrong};

const ADA: &str = "ada@example.org";

/// Runs a command with input, and gives its exit code and what it said.
fn outcome(app: &App, arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = app
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docket runs");
    // A command that does not read its input may be gone.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    (output.status.code().expect("an exit code"), said)
}

fn code(app: &App, arguments: &[&str]) -> i32 {
    outcome(app, arguments, "").0
}

fn json_of(app: &App, arguments: &[&str]) -> Value {
    serde_json::from_str(&app.run(&[arguments, &["--json"]].concat())).expect("JSON")
}

fn show(app: &App, account: &str) -> Value {
    json_of(app, &["user", "show", account])
}

/// What was done to an account by commands, the latest first.
fn record(app: &App, account: &str) -> Vec<String> {
    let entries = json_of(app, &["audit", "list", "--user", account]);
    let entries: Vec<Value> = entries.as_array().expect("a list").clone();
    let own: Vec<Value> = entries.into_iter().filter(|entry| entry["origin"] == "cli").collect();
    kinds(&own).into_iter().map(str::to_owned).collect()
}

#[track_caller]
fn signs_out_soon(browser: &mut Browser) {
    let begun = Instant::now();
    while browser.is_signed_in() {
        assert!(begun.elapsed() < Duration::from_secs(3), "still signed in");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_account_is_shown_with_what_it_holds() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    let done = person.add("done");
    person.add("open");
    person.patch(
        &format!("/api/tasks/{}", done["id"].as_str().unwrap()),
        &json!({ "completed": true }),
    );
    Browser::signed_in(&app, "ada");

    let shown = show(&app, "ADA@example.org");
    assert_eq!(shown["email"], ADA);
    assert_eq!((&shown["open_tasks"], &shown["completed_tasks"]), (&json!(1), &json!(1)));
    assert_eq!((&shown["sessions"], &shown["lists"]), (&json!(2), &json!(1)));
    assert_eq!(shown["has_password"], true);
    assert!(shown["last_signed_in_at"].is_string(), "{shown}");
    for name in ["locked_until", "purged_at", "disabled_at", "deleted_at"] {
        assert_eq!(shown[name], Value::Null, "{name}");
    }
    let text = app.run(&["user", "show", shown["id"].as_str().unwrap()]);
    for part in [ADA, "enabled", "1 open, 1 completed, in 1 lists"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("argon2") && !shown.to_string().contains("argon2"));
    assert_eq!(code(&app, &["user", "show", "bob@example.org"]), 3);
}

#[test]
fn a_person_is_renamed_and_gets_another_address() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    Browser::signed_up(&app, "bob");

    app.run(&["user", "rename", ADA, "Ada Lovelace"]);
    app.run(&["user", "email", ADA, "Ada@Example.com", "--verified"]);
    let user = &ada.get("/get-session").body["user"];
    assert_eq!(
        (&user["name"], &user["email"]),
        (&json!("Ada Lovelace"), &json!("ada@example.com"))
    );
    assert_eq!(user["emailVerified"], true);
    assert_eq!(Browser::new(&app).sign_in("ada@example.com", PASSWORD).status, 200);
    assert_eq!(Browser::new(&app).sign_in(ADA, PASSWORD).status, 401);
    assert_eq!(record(&app, "ada@example.com"), ["email_changed", "account_renamed"]);

    app.run(&["user", "email", "ada@example.com", ADA]);
    assert_eq!(show(&app, ADA)["email_verified"], false);
    for (arguments, expected) in [
        (["user", "email", ADA, "bob@example.org"], 4),
        (["user", "email", ADA, "no address"], 1),
        (["user", "email", "carol@example.org", "c@example.org"], 3),
        (["user", "rename", ADA, "two\nlines"], 1),
        (["user", "rename", "carol@example.org", "Carol"], 3),
    ] {
        assert_eq!(code(&app, &arguments), expected, "{arguments:?}");
    }
    assert_eq!(show(&app, ADA)["name"], "Ada Lovelace");
}

// SECURITY-BAR S6
#[test]
fn a_password_that_a_command_sets_ends_what_the_old_one_opened() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let (person, mut bob) = (ada.person(&app), Browser::signed_up(&app, "bob"));
    let link = app.run(&["user", "reset-link", ADA]);
    let set = ["user", "password", ADA, "--password-stdin"];

    for (password, why) in [("short", "password"), ("", "password")] {
        let (code, said) = outcome(&app, &set, &format!("{password}\n"));
        assert!(code == 1 && said.contains(why), "{said}");
    }
    let (code, said) = outcome(&app, &["user", "password", ADA], "a new good password\n");
    assert!(code == 1 && said.contains("--password-stdin"), "{said}");
    assert!(ada.is_signed_in());

    assert_eq!(outcome(&app, &set, "a new good password\nnot this\n"), (0, String::new()));
    assert_ends_soon(&app, &person);
    signs_out_soon(&mut ada);
    assert!(bob.is_signed_in());
    assert_eq!(Browser::new(&app).sign_in(ADA, PASSWORD).status, 401);
    assert_eq!(Browser::new(&app).sign_in(ADA, "a new good password").status, 200);
    let token = link.trim().split("token=").nth(1).expect("a token").to_owned();
    let reset = json!({ "newPassword": PASSWORD, "token": token });
    assert_eq!(Browser::new(&app).post("/reset-password", &reset).status, 400);
    assert_eq!(record(&app, ADA)[0], "password_changed");
    let nobody = ["user", "password", "bob@example.com", "--password-stdin"];
    assert_eq!(outcome(&app, &nobody, "a new good password\n").0, 3);
}

#[test]
fn a_locked_second_factor_is_unlocked_and_a_lost_one_taken_away() {
    let app = App::with(&[UNLIMITED]);
    let (_, authenticator, _) = protected(&app, "ada");
    for _ in 0..2 {
        let mut guesser = challenged(&app, "ada");
        for _ in 0..5 {
            totp(&mut guesser, &wrong(&authenticator));
        }
    }
    assert_ne!(totp(&mut challenged(&app, "ada"), &authenticator.code(0)).status, 200);
    assert!(show(&app, ADA)["locked_until"].is_string());

    app.run(&["user", "unlock", ADA]);
    assert_eq!(show(&app, ADA)["locked_until"], Value::Null);
    assert_eq!(totp(&mut challenged(&app, "ada"), &authenticator.code(0)).status, 200);

    assert_eq!(code(&app, &["user", "mfa-reset", ADA]), 4);
    challenged(&app, "ada");
    app.run(&["user", "mfa-reset", ADA, "--yes"]);
    assert!(Browser::signed_in(&app, "ada").is_signed_in());
    assert_eq!(record(&app, ADA), ["two_factor_disabled", "account_unlocked"]);
    assert_eq!(code(&app, &["user", "mfa-reset", ADA, "--yes"]), 3);
    let (code_without, said) = outcome(&app, &["user", "unlock", ADA], "");
    assert!(code_without == 0 && said.contains("no second factor"), "{said}");
    assert_eq!(code(&app, &["user", "unlock", "bob@example.org"]), 3);
}

#[test]
fn a_deleted_account_is_out_at_once_and_comes_back_whole() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    let task = person.add("kept");
    let (expected, said) = outcome(&app, &["user", "delete", ADA], "");
    assert!(expected == 4 && said.contains("--yes"), "{said}");
    assert_eq!(status(&person), 200);

    app.run(&["user", "delete", ADA, "--yes"]);
    assert_ends_soon(&app, &person);
    signs_out_soon(&mut ada);
    assert_eq!(Browser::new(&app).sign_in(ADA, PASSWORD).status, 401);
    let shown = show(&app, ADA);
    assert!(shown["deleted_at"].is_string() && shown["purged_at"].is_string(), "{shown}");
    assert!(app.run(&["user", "list"]).contains("deleted"));
    for refused in [
        ["user", "enable", ADA].as_slice(),
        &["user", "reset-link", ADA],
        &["token", "issue", "--user", ADA],
    ] {
        assert_eq!(code(&app, refused), 4, "{refused:?}");
    }

    app.run(&["user", "undelete", ADA]);
    assert_eq!(code(&app, &["user", "undelete", ADA]), 4);
    let begun = Instant::now();
    while Browser::new(&app).sign_in(ADA, PASSWORD).status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(3), "not let in: {}", app.log());
    }
    assert_eq!(status(&person), 401, "what was ended stays ended");
    let back = Browser::signed_in(&app, "ada").person(&app);
    assert_eq!(back.get(&format!("/api/tasks/{}", task["id"].as_str().unwrap())).body, task);
    assert_eq!(record(&app, ADA), ["account_restored", "account_deleted"]);
}

#[test]
fn a_disabled_account_comes_back_disabled() {
    let app = App::start();
    app.run(&["user", "add", ADA]);
    app.run(&["user", "disable", ADA]);
    app.run(&["user", "delete", ADA, "--yes"]);
    app.run(&["user", "undelete", ADA]);
    assert!(show(&app, ADA)["disabled_at"].is_string());
    app.run(&["user", "enable", ADA]);
    assert_eq!(show(&app, ADA)["disabled_at"], Value::Null);
}

#[test]
fn deleting_now_leaves_nothing_but_the_record() {
    let app = App::with(&[UNLIMITED]);
    let person = Browser::signed_up(&app, "ada").person(&app);
    let id = show(&app, ADA)["id"].as_str().expect("an id").to_owned();
    person.add("gone");
    assert_eq!(code(&app, &["user", "delete", ADA, "--now"]), 4);
    app.run(&["user", "delete", ADA, "--now", "--yes"]);
    assert_ends_soon(&app, &person);
    assert_eq!(code(&app, &["user", "undelete", ADA]), 3);
    for table in ["users", "tasks", "lists", "sessions"] {
        assert_eq!(app.count(&format!("select count(*) from {table}")), 0, "{table}");
    }
    assert_eq!(record(&app, &id), ["account_purged"]);
    Browser::signed_up(&app, "ada");
}

// SECURITY-BAR S6
#[test]
fn sessions_are_listed_and_ended() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, mut other) = (Browser::signed_up(&app, "ada"), Browser::signed_in(&app, "ada"));
    let (mut bob, by_hand) = (Browser::signed_up(&app, "bob"), issue(&app, "bob"));
    let person = ada.person(&app);

    let all = json_of(&app, &["session", "list"]);
    assert_eq!(all.as_array().expect("a list").len(), 4);
    assert!(!all.to_string().contains(&ada.token), "{all}");
    let own = json_of(&app, &["session", "list", "--user", ADA]);
    assert_eq!(own.as_array().expect("a list").len(), 2);
    assert_eq!((&own[0]["email"], &own[0]["origin"]), (&json!(ADA), &json!("sign_in")));
    assert_eq!(own[0]["address"], "127.0.0.1");
    let text = app.run(&["session", "list"]);
    assert!(text.starts_with("ID ") && text.contains("docket token issue"), "{text}");

    let id = own[0]["id"].as_str().expect("an id");
    assert_eq!(app.run(&["session", "revoke", id]).trim(), id);
    assert_ends_soon(&app, &person);
    assert!(!ada.is_signed_in() && other.is_signed_in());
    assert_eq!(code(&app, &["session", "revoke", id]), 3);
    app.run(&["session", "revoke", "--user", "bob@example.org"]);
    assert_ends_soon(&app, &by_hand);
    assert!(!bob.is_signed_in() && other.is_signed_in());
    assert_eq!(record(&app, "bob@example.org")[0], "sessions_ended");

    assert_eq!(code(&app, &["session", "revoke", "--all"]), 4);
    assert!(other.is_signed_in());
    app.run(&["session", "revoke", "--all", "--yes"]);
    signs_out_soon(&mut other);
    assert_eq!(json_of(&app, &["session", "list"]), json!([]));
    for usage in [
        ["session", "revoke"].as_slice(),
        &["session", "revoke", id, "--all"],
        &["session", "revoke", "--yes"],
    ] {
        assert_eq!(code(&app, usage), 2, "{usage:?}");
    }
    assert_eq!(code(&app, &["session", "revoke", "--user", "carol@example.org"]), 3);
}

// SECURITY-BAR T20
#[test]
fn a_key_that_is_retired_is_believed_no_longer() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let before = ada.person(&app);
    assert_eq!(status(&before), 200);
    app.run(&["key", "rotate"]);
    let after = issue(&app, "ada");
    assert_eq!((status(&before), status(&after)), (200, 200));
    let keys = json_of(&app, &["key", "list"]);
    let states: Vec<&Value> =
        keys.as_array().expect("a list").iter().map(|key| &key["state"]).collect();
    assert_eq!(states, ["verifies", "signs"]);
    assert!(!keys.to_string().contains("seed"), "{keys}");
    let (old, new) = (keys[0]["kid"].as_str().unwrap(), keys[1]["kid"].as_str().unwrap());

    assert_eq!(code(&app, &["key", "retire", old]), 4);
    assert_eq!(app.run(&["key", "retire", old, "--yes"]), "");
    assert_ends_soon(&app, &before);
    assert_eq!(status(&after), 200);
    let made = app.run(&["key", "retire", new, "--yes"]);
    assert_ends_soon(&app, &after);
    assert_eq!(json_of(&app, &["key", "list"])[0]["kid"], made.trim());
    assert!(ada.is_signed_in());
    assert_eq!(status(&ada.person(&app)), 200, "the session gives new tokens");
    assert_eq!(code(&app, &["key", "retire", old, "--yes"]), 3);
    let record = json_of(&app, &["audit", "list", "--kind", "key_retired"]);
    assert_eq!(record.as_array().expect("a list").len(), 2);
}

#[test]
fn an_issuers_keys_are_tried_as_the_server_does() {
    let good = Key::ed25519(&[7; 32]).jwk("good");
    let server = KeyServer::with(&[good, json!({ "kty": "oct", "k": "AAAA", "kid": "bad" })]);
    let issuers = |entries: Value| [("DOCKET_ISSUERS".to_owned(), entries.to_string())];
    let dir = tempfile::TempDir::new().expect("a directory");
    let run = |settings: &[(String, String)], arguments: &[&str]| {
        let output = crate::app::command(dir.path(), settings)
            .args([["issuer"].as_slice(), arguments].concat())
            .output()
            .expect("docket runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };

    let entry = json!({ "issuer": server.issuer, "jwks_url": server.url });
    let settings = issuers(json!([entry]));
    let (code, text) = run(&settings, &["test"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("good (EdDSA)") && text.contains("key 1: kty \"oct\""), "{text}");
    let (_, text) = run(&settings, &["test", &server.issuer, "--json"]);
    let found: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(found[0]["keys"], json!([{ "kid": "good", "algorithm": "EdDSA" }]));
    let (_, text) = run(&settings, &["list", "--json"]);
    let listed: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(listed[0]["issuer"], server.issuer);
    assert!(run(&settings, &["list"]).1.contains("external"));
    assert_eq!(run(&settings, &["test", "https://nobody.example"]).0, Some(3));

    server.publish(&[]);
    assert_eq!(run(&settings, &["test"]).0, Some(7));
    let gone = json!([entry, { "issuer": "gone", "jwks_url": "http://127.0.0.1:1/jwks" }]);
    let (code, text) = run(&issuers(gone), &["test"]);
    assert!(code == Some(6) && text.contains("failed"), "{text}");
    assert_eq!(run(&[], &["test"]).0, Some(0));
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0);
}

/// Everything above works without a server as well.
#[test]
fn commands_need_no_server() {
    let mut app = App::with(&[UNLIMITED]);
    let person: Person = app.user("ada");
    assert_eq!(status(&person), 200);
    assert_eq!(app.stop(), Some(0));
    app.run(&["user", "rename", ADA, "Ada L."]);
    app.run(&["user", "show", ADA]);
    app.run(&["session", "list", "--user", ADA]);
    app.run(&["session", "revoke", "--user", ADA]);
    app.run(&["key", "list"]);
    app.run(&["user", "delete", ADA, "--yes"]);
    app.run(&["user", "undelete", ADA]);
    assert_eq!(show(&app, ADA)["name"], "Ada L.");
}
