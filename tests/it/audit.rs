//! `docket audit`: everybody's record, for the server's owner.

use std::io::{BufRead, BufReader, Lines};
use std::process::{ChildStdout, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::activity::{kinds, wait_for_count, wrong_sign_ins};
use crate::app::App;
use crate::browser::{Browser, PASSWORD, UNLIMITED};

#[test]
fn the_owner_reads_everybodys_record_in_a_terminal() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    Browser::signed_up(&app, "bob");
    wrong_sign_ins(&app, "ada@example.org", 2);
    app.run(&["key", "rotate"]);
    wait_for_count(
        &app,
        "select coalesce(sum(count), 0) from audit where kind = 'sign_in_failed'",
        2,
    );
    let id = ada.get("/get-session").body["user"]["id"].as_str().expect("an id").to_owned();
    let list = |arguments: &[&str]| -> Vec<Value> {
        let text = app.run(&[["audit", "list", "--json"].as_slice(), arguments].concat());
        serde_json::from_str(&text).expect("JSON")
    };

    let all = list(&[]);
    assert!(all.len() >= 4, "{all:?}");
    assert_eq!(kinds(&list(&["--kind", "key_rotated"])), ["key_rotated"]);
    assert_eq!(kinds(&list(&["--user", "bob@example.org"])), ["signed_up"]);
    assert!(list(&["--user", "ada@example.org"]).iter().all(|entry| entry["user_id"] == *id));
    assert_eq!(list(&["--since", "1h"]).len(), all.len());
    assert_eq!(list(&["--since", "2200-01-01"]).len(), 0);
    assert_eq!(list(&["--limit", "1"]).len(), 1);
    let table = app.run(&["audit", "list"]);
    assert!(
        table.starts_with("TIME ") && table.contains("  ada@example.org  127.0.0.1  "),
        "{table}"
    );

    // Gone, but not forgotten.
    assert_eq!(ada.post("/delete-user", &json!({ "password": PASSWORD })).status, 200);
    let gone = list(&["--user", &id]);
    assert_eq!((&gone[0]["kind"], &gone[0]["email"]), (&json!("account_deleted"), &Value::Null));
    assert!(gone.len() >= 3, "{gone:?}");
    for (arguments, code) in [
        (["audit", "list", "--user", "nobody@example.org"], 3),
        (["audit", "list", "--kind", "nonsense"], 2),
        (["audit", "list", "--since", "yesterday"], 2),
    ] {
        let output = app.command(&arguments).output().expect("docket runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn whoever_follows_the_record_sees_it_grow() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let mut follower = app
        .command(&["audit", "tail", "--follow", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("docket runs");
    let mut lines = BufReader::new(follower.stdout.take().expect("its output")).lines();
    assert_eq!(next(&mut lines)["kind"], "signed_up");

    Browser::signed_up(&app, "bob");
    let entry = next(&mut lines);
    assert_eq!((&entry["kind"], &entry["email"]), (&json!("signed_up"), &json!("bob@example.org")));

    // It ends when nobody reads it any more.
    drop(lines);
    app.run(&["key", "rotate"]);
    let begun = Instant::now();
    while follower.try_wait().expect("a child").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it goes on for nobody");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The next line of what a command prints, as JSON.
fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Value {
    serde_json::from_str(&lines.next().expect("a line").expect("UTF-8")).expect("JSON")
}
