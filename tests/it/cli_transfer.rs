//! Taking all of an account away, and bringing it in elsewhere.

use std::path::{Path, PathBuf};

use docket::db::{Db, Role};
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::cli::run_with_input;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// Somebody with lists and tasks of all kinds, in the trash as well.
fn furnished(app: &App) -> Person {
    let ada = app.user("ada");
    let list = |name: &str| id(&ada.post("/api/lists", &json!({ "name": name })).body);
    let (home, gone) = (list("My home"), list("Gone, \"quoted\""));
    for (title, more) in [
        ("Buy milk, bread; wine", json!({ "due": "2026-12-02", "priority": 1, "list_id": home })),
        ("Ring \"Zoë\"", json!({ "due": "2026-12-02T14:00", "description": "two\nlines" })),
        ("In Berlin", json!({ "due": "2026-12-02T14:00[Europe/Berlin]", "priority": 2 })),
        ("Done", json!({ "completed": true, "priority": 3, "list_id": home })),
        ("Trashed", json!({})),
        ("With its list", json!({ "list_id": gone })),
    ] {
        let mut body = json!({ "title": title });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let task = ada.post("/api/tasks", &body);
        assert_eq!(task.status, 201, "{}", task.text);
        if title == "Trashed" {
            ada.delete(&format!("/api/tasks/{}", id(&task.body)));
        }
    }
    assert_eq!(ada.delete(&format!("/api/lists/{gone}")).status, 204);
    ada
}

fn id(body: &Value) -> String {
    body["id"].as_str().expect("an id").to_owned()
}

fn export(app: &App, account: &str) -> Value {
    serde_json::from_str(&app.run(&["export", account])).expect("JSON")
}

/// Everything of an account but whose it is.
fn content(app: &App, account: &str) -> (Value, Value) {
    let mut export = export(app, account);
    (export["lists"].take(), export["tasks"].take())
}

fn saved(app: &App, export: &Value) -> PathBuf {
    let file = app.dir.path().join("export.json");
    std::fs::write(&file, export.to_string()).expect("a file");
    file
}

fn import(app: &App, file: &Path, more: &[&str]) -> Value {
    let file = file.to_str().expect("UTF-8");
    let arguments = [["import", "json", file, "--json"].as_slice(), more].concat();
    serde_json::from_str(&app.run(&arguments)).expect("JSON")
}

fn numbers(report: &Value) -> Vec<Vec<i64>> {
    let outcomes = ["imported", "unchanged", "conflict", "left"];
    let row = |count: &Value| outcomes.map(|name| count[name].as_i64().unwrap()).to_vec();
    report["summary"].as_array().expect("a summary").iter().map(row).collect()
}

fn text(app: &App, sql: &str) -> String {
    let db = Db::open(app.dir.path(), Role::Command).expect("the database opens");
    let sql = sql.to_owned();
    let found = db.write_now(move |tx| Ok(tx.query_row(&sql, [], |row| row.get(0))?));
    db.close();
    found.expect("a text")
}

/// The hash of what the one account here keeps, as a backup has it.
fn content_hash(app: &App) -> String {
    let backup = app.run(&["backup", "now"]);
    let manifest = std::fs::read(Path::new(backup.trim()).with_extension("json")).expect("a file");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let accounts = manifest["manifest"]["content"]["accounts"].as_object().expect("accounts");
    assert_eq!(accounts.len(), 1);
    accounts.values().map(|account| account["sha256"].as_str().expect("a hash")).collect()
}

#[test]
fn what_was_taken_away_comes_back_without_loss() {
    let (here, there) = (App::start(), App::start());
    furnished(&here);
    there.user("ada");
    let export = export(&here, ADA);
    assert_eq!(export["tasks"].as_array().expect("tasks").len(), 6);
    let file = saved(&there, &export);

    let trial = import(&there, &file, &["--dry-run"]);
    assert_eq!(
        (numbers(&trial), &trial["import"]),
        (vec![vec![3, 0, 0, 0], vec![6, 0, 0, 0]], &Value::Null)
    );
    assert_ne!(content(&there, ADA), content(&here, ADA));
    let report = import(&there, &file, &[]);
    assert_eq!((&report["import"], numbers(&report)), (&json!(1), numbers(&trial)));
    assert_eq!(content(&there, ADA), content(&here, ADA));

    // Byte for byte in the file, but for whose it is and how often it changed.
    for (table, columns) in [("lists", LISTS), ("tasks", TASKS)] {
        let sql = format!(
            "select json_group_array(json_array({columns}))
             from (select * from {table} where owner = 1 order by id)"
        );
        assert_eq!(text(&here, &sql), text(&there, &sql), "{table}");
    }

    // So says what proves a backup.
    assert_eq!(content_hash(&here), content_hash(&there));

    let again = import(&there, &file, &[]);
    assert_eq!(
        (&again["import"], numbers(&again)),
        (&Value::Null, vec![vec![0, 3, 0, 0], vec![0, 6, 0, 0]])
    );
}

/// Every column but `owner`, `version`, `revision` and, of tasks, `indexed`.
const LISTS: &str = "hex(id), name, is_inbox, position, created_at, updated_at, deleted_at";
const TASKS: &str = "hex(id), hex(list_id), title, description, completed_at, priority, due, \
    position, created_at, updated_at, deleted_at, deleted_with_list";

/// A column that is added later must be taken away as well.
#[test]
fn no_column_is_forgotten() {
    let app = App::start();
    for (table, known, internal) in [("lists", LISTS, 3), ("tasks", TASKS, 4)] {
        let known: Vec<&str> =
            known.split(", ").map(|name| name.trim_matches(['h', 'e', 'x', '(', ')'])).collect();
        let count = app.count(&format!("select count(*) from pragma_table_info('{table}')"));
        assert_eq!(
            count,
            known.len() as i64 + internal,
            "{table} has another column than {known:?}"
        );
    }
}

#[test]
fn what_is_here_stays_and_an_import_is_taken_back() {
    let app = App::start();
    let ada = furnished(&app);
    let bob = app.user("bob");
    let own = bob.add("Bob's own");
    let before = content(&app, BOB);
    let file = saved(&app, &export(&app, ADA));
    let report = import(&app, &file, &["--user", BOB]);
    // The Inbox is Bob's own, and takes the tasks of the other one.
    assert_eq!(numbers(&report), [[2, 1, 0, 0], [6, 0, 0, 0]]);
    let tasks = bob.get("/api/tasks").body;
    assert_eq!(tasks["items"].as_array().expect("tasks").len(), 5);
    assert_eq!(numbers(&import(&app, &file, &["--user", BOB])), [[0, 3, 0, 0], [0, 6, 0, 0]]);
    assert_eq!(content(&app, ADA).1.as_array().unwrap().len(), 6, "{}", ada.get("/api/tasks").text);

    let changed = tasks["items"].as_array().unwrap().iter().find(|task| task["title"] == "Done");
    let changed = id(changed.expect("it came"));
    bob.patch(&format!("/api/tasks/{changed}"), &json!({ "title": "Done by Bob" }));
    assert_eq!(numbers(&import(&app, &file, &["--user", BOB])), [[0, 3, 0, 0], [0, 5, 1, 0]]);
    let list = app.run(&["imports", "list", "--json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!((&list[0]["file"], &list[0]["rows"]), (&json!("export.json"), &json!(8)));

    let trial: Value =
        serde_json::from_str(&app.run(&["imports", "undo", "1", "--dry-run", "--json"]))
            .expect("JSON");
    let kept: Vec<&Value> =
        trial.as_array().unwrap().iter().filter(|row| row["kept"] == true).collect();
    let kept: Vec<&Value> = kept.iter().map(|row| &row["title"]).collect();
    assert_eq!(kept, ["My home", "Done by Bob"]);
    app.run(&["imports", "undo", "1", "--yes"]);
    let left = bob.get("/api/tasks").body;
    let left: Vec<&Value> =
        left["items"].as_array().unwrap().iter().map(|task| &task["title"]).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(bob.get(&format!("/api/tasks/{}", id(&own))).body, own);
    assert_eq!(bob.get("/api/trash").body["items"], json!([]));

    // And once more, but for what is here.
    let report = import(&app, &file, &["--user", BOB]);
    assert_eq!(numbers(&report), [[1, 2, 0, 0], [5, 0, 1, 0]]);
    bob.delete(&format!("/api/tasks/{changed}"));
    app.run(&["imports", "undo", "2", "--yes"]);
    assert_eq!(
        content(&app, BOB).1.as_array().unwrap().len(),
        before.1.as_array().unwrap().len() + 1
    );
}

#[test]
fn what_was_removed_for_good_stays_gone() {
    let app = App::start();
    let ada = furnished(&app);
    let file = saved(&app, &export(&app, ADA));
    assert_eq!(ada.delete("/api/trash").status, 204);
    let report = import(&app, &file, &[]);
    assert_eq!(numbers(&report), [[0, 2, 0, 1], [0, 4, 0, 2]]);
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    let app = App::start();
    furnished(&app);
    app.user("bob");
    let good = export(&app, ADA);
    let with = |pointer: &str, value: Value| {
        let mut file = good.clone();
        *file.pointer_mut(pointer).expect("it is there") = value;
        file
    };
    let later = json!("2026-12-02T13:00:00.000Z");
    let first_list = good.pointer("/lists/0/id").expect("an id").clone();
    for (file, part) in [
        (json!([]), "docket"),
        (with("/format", json!("other")), "format"),
        (with("/version", json!(2)), "version is 2"),
        (with("/lists", json!({})), "/lists"),
        (with("/tasks/0/title", json!(" ")), "/tasks/0/title"),
        (with("/tasks/1/due", json!("tomorrow")), "/tasks/1/due"),
        (with("/tasks/1/position", json!("!")), "/tasks/1/position"),
        (with("/lists/1/is_inbox", json!(true)), "Inbox"),
        (with("/lists/0/deleted_at", later.clone()), "/lists/0/deleted_at"),
        (with("/tasks/0", json!({ "title": "x", "extra": 1 })), "/tasks/0/extra"),
        (with("/tasks/0/deleted_with_list", json!(true)), "/tasks/0/deleted_with_list"),
        (with("/lists/1/deleted_at", later), "/deleted_at"),
        (with("/lists/1/id", first_list), ""),
    ] {
        let file = saved(&app, &file);
        let arguments = ["import", "json", file.to_str().unwrap(), "--user", BOB, "--dry-run"];
        let output = app.command(&arguments).output().expect("docket runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = if part.is_empty() { 0 } else { 1 };
        assert_eq!(output.status.code(), Some(expected), "{part}: {said}");
        assert!(said.contains(part) && !said.contains("panicked"), "{part}: {said}");
    }
    let stranger = with("/account", json!({ "id": "nobody", "email": null }));
    let output = run_with_input(app.dir.path(), &["import", "json", "-"], &stranger.to_string());
    assert_eq!(output.status.code(), Some(3));
    let nowhere = run_with_input(app.dir.path(), &["import", "json", "/nowhere.json"], "");
    assert_eq!(nowhere.status.code(), Some(1));
    assert_eq!(app.count("select count(*) from imports"), 0);
}

#[test]
fn other_programs_get_their_formats() {
    let app = App::start();
    furnished(&app);
    let of = |format: &str| app.run(&["export", ADA, "--format", format]);

    let csv = of("csv");
    let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 5, "{csv}");
    assert!(rows[1].contains(",My home,\"Buy milk, bread; wine\",,1,2026-12-02,,"), "{csv}");
    assert!(csv.contains("\"Ring \"\"Zoë\"\"\",\"two\nlines\",4,2026-12-02T14:00:00,"), "{csv}");

    let todo = of("todo.txt");
    let lines: Vec<&str> = todo.lines().collect();
    assert_eq!(lines.len(), 4, "{todo}");
    assert!(
        lines[0].starts_with("(A) 2") && lines[0].ends_with("due:2026-12-02 +My_home"),
        "{todo}"
    );
    assert!(lines[3].starts_with("x 2") && lines[3].ends_with("Done pri:C +My_home"), "{todo}");

    let ics = of("ics");
    assert_eq!(ics.matches("BEGIN:VTODO\r\n").count(), 4);
    for part in [
        "SUMMARY:Buy milk\\, bread\\; wine\r\n",
        "DUE;VALUE=DATE:20261202\r\n",
        "DUE:20261202T140000\r\n",
        "DUE:20261202T130000Z\r\n",
        "DESCRIPTION:two\\nlines\r\n",
        "STATUS:COMPLETED\r\n",
    ] {
        assert!(ics.contains(part), "{part}: {ics}");
    }
    for text in [csv, todo, ics] {
        assert!(!text.contains("Trashed") && !text.contains("With its list"), "{text}");
    }
}

#[test]
fn an_export_is_for_its_owner_alone_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let mut app = App::start();
    furnished(&app);
    assert_eq!(app.stop(), Some(0));
    let file = app.dir.path().join("ada.json");
    let arguments = ["export", ADA, "--output", file.to_str().unwrap()];
    app.run(&arguments);
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(&file).expect("a file");
    let again = app.command(&arguments).output().expect("docket runs");
    assert_eq!(again.status.code(), Some(4));
    assert_eq!(std::fs::read(&file).expect("a file"), before);
    for (arguments, expected) in [
        (["export", BOB].as_slice(), 3),
        (&["export"], 2),
        (&["export", ADA, "--format", "xml"], 2),
    ] {
        let output = app.command(arguments).output().expect("docket runs");
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}");
    }
}
