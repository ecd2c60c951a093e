//! Every schema that has landed comes up to today's with its data in it
//! (SECURITY-BAR D11). `fixtures/schema-N.sql` is a database of version N.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App};
use crate::browser::Browser;
use crate::cli::stdout;

/// The first that landed.
const FIRST: usize = 2;

/// The password of Ada's in all of them.
const PASSWORD: &str = "correct horse battery staple";

fn fixture(version: usize) -> PathBuf {
    let name = format!("tests/it/fixtures/schema-{version:02}.sql");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A data directory with the database of this version.
fn of_version(version: usize) -> TempDir {
    let dir = TempDir::new().expect("a directory");
    let file = dir.path().join("docket.db");
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    made.expect("a file");
    let sql = fs::read_to_string(fixture(version)).expect("a fixture");
    let conn = Connection::open(&file).expect("it opens");
    // As sqlite3 begins what it dumps: a row may come before its parent.
    conn.execute_batch(&format!("pragma foreign_keys = off; {sql}")).expect("a database");
    dir
}

fn docket(dir: &Path, arguments: &[&str]) -> Output {
    app::command(dir, &[]).args(arguments).stdin(Stdio::null()).output().expect("docket runs")
}

type Rows = Vec<BTreeMap<String, Cell>>;

/// What is in a table, by column.
fn rows(dir: &Path, table: &str) -> Rows {
    let conn = Connection::open(dir.join("docket.db")).expect("it opens");
    let by = if table == "served" { "1" } else { "1, 2" };
    let sql = format!("select * from {table} order by {by}");
    let mut select = conn.prepare(&sql).expect("a table");
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let read = |row: &rusqlite::Row| {
        let cell = |(index, name): (usize, &String)| Ok((name.clone(), row.get(index)?));
        names.iter().enumerate().map(cell).collect::<rusqlite::Result<BTreeMap<String, Cell>>>()
    };
    select.query_map([], read).expect("rows").map(|row| row.expect("a row")).collect()
}

/// Columns whose home or words another version changed.
const MOVED: [(&str, &str); 4] = [
    ("users", "revision"),
    ("lists", "open_tasks"),
    ("lists", "completed_tasks"),
    ("audit", "origin"),
];

/// Whatever was in the row is in it still.
fn assert_kept(table: &str, before: &Rows, after: &Rows) {
    assert_eq!(before.len(), after.len(), "{table}");
    for (before, after) in before.iter().zip(after) {
        for (column, cell) in before {
            if !MOVED.contains(&(table, column.as_str())) {
                assert_eq!(after.get(column), Some(cell), "{table}.{column}");
            }
        }
    }
}

fn latest() -> usize {
    docket::db::latest_schema()
}

#[test]
fn there_is_a_database_of_every_schema_that_has_landed() {
    for version in FIRST..=latest() {
        assert!(
            fixture(version).is_file(),
            "a migration needs a database of its schema: load the one before, run docket migrate \
             on it, add rows to what is new, and keep what sqlite3 docket.db .dump writes, with \
             its application_id and user_version, as {}",
            fixture(version).display()
        );
    }
}

#[test]
fn every_schema_comes_up_with_all_that_was_in_it() {
    for version in FIRST..=latest() {
        let dir = of_version(version);
        let dir = dir.path();
        let tables = [
            "users",
            "lists",
            "tasks",
            "sessions",
            "signing_keys",
            "audit",
            "links",
            "two_factors",
            "challenges",
            "tombstones",
            "replies",
            "served",
        ];
        let before: Vec<Rows> = tables.iter().map(|table| rows(dir, table)).collect();
        assert!(
            before.iter().all(|rows| !rows.is_empty()),
            "version {version} has something of all"
        );

        let rehearsed = docket(dir, &["migrate", "rehearse", "--json"]);
        let rehearsed: Value = serde_json::from_slice(&rehearsed.stdout).expect("JSON");
        assert_eq!((&rehearsed["from"], &rehearsed["problems"]), (&json!(version), &json!([])));
        assert_eq!(before[2], rows(dir, "tasks"), "a rehearsal changes nothing");
        stdout(dir, &["migrate", "up"]);

        for (table, before) in tables.iter().zip(&before) {
            assert_kept(table, before, &rows(dir, table));
        }
        let status: Value =
            serde_json::from_str(&stdout(dir, &["migrate", "status", "--json"])).expect("JSON");
        assert_eq!((&status["version"], &status["pending"]), (&json!(latest()), &json!([])));
        let kept = dir.join(format!("before-migration-{version}.db"));
        assert_eq!(kept.exists(), version < latest(), "version {version}");
        // Integrity, foreign keys, counters and revisions.
        let doctor = docket(dir, &["doctor", "--offline", "--json"]);
        let doctor: Value = serde_json::from_slice(&doctor.stdout).expect("JSON");
        let soundness = |finding: &&Value| finding["check"] == "soundness";
        let found = doctor["findings"].as_array().expect("a list").iter().find(soundness);
        assert_eq!(found.expect("it was looked at")["level"], "ok", "version {version}: {doctor}");
    }
}

#[test]
fn whoever_was_there_goes_on_where_they_were() {
    for version in FIRST..=latest() {
        let before = rows(of_version(version).path(), "tasks").len();
        let mut app = App::on_under(of_version(version), &[], "true");
        let mut ada = Browser::new(&app);
        ada.sign_in("ada@example.org", PASSWORD);
        let ada = ada.person(&app);
        let tasks =
            ada.get("/api/tasks?limit=200").body["items"].as_array().expect("tasks").clone();
        let titles: Vec<&str> = tasks.iter().filter_map(|task| task["title"].as_str()).collect();
        for title in ["Water the plants", "Call Zoë about the café ☕", "Milk"] {
            assert!(titles.contains(&title), "version {version}: {titles:?}");
        }
        assert!(!titles.contains(&"Gone by mistake") && titles.len() < before);
        // The triggers that count are there.
        let open = || {
            let counts = ada.get("/api/lists/counts").body;
            let all = counts["items"].as_array().or_else(|| counts.as_array()).expect("counts");
            all.iter().filter_map(|list| list["open"].as_i64()).sum::<i64>()
        };
        let (was, milk) = (open(), ada.add("One more"));
        assert_eq!(open(), was + 1, "version {version}");
        let done = json!({ "completed": true });
        let path = format!("/api/tasks/{}", milk["id"].as_str().expect("an id"));
        assert_eq!(ada.patch(&path, &done).status, 200);
        assert_eq!(open(), was, "version {version}");
        // Who was kept out is so still, and everybody has what they had.
        let bob = app.run(&["user", "show", "bob@example.org", "--json"]);
        let bob: Value = serde_json::from_str(&bob).expect("JSON");
        assert!(!bob["disabled_at"].is_null(), "version {version}: {bob}");
        assert_eq!(app.stop(), Some(0));
    }
}

#[test]
fn a_schema_that_is_not_known_yet_is_left_alone() {
    let dir = of_version(latest());
    let file = dir.path().join("docket.db");
    let conn = Connection::open(&file).expect("it opens");
    conn.pragma_update(None, "user_version", latest() as i64 + 1).expect("a number");
    drop(conn);
    let before = fs::read(&file).expect("it is there");
    for command in [["migrate", "up"].as_slice(), &["user", "list"], &["serve", "--port", "0"]] {
        let output = docket(dir.path(), command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("newer docket"), "{command:?}: {said}");
    }
    assert_eq!(fs::read(&file).expect("it is there"), before);
}
