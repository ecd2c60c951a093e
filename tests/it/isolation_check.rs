//! `docket isolation-check`: passes on what is there, and notices what forgets
//! whose it is.

use std::path::Path;

use docket::config::{Config, Flags};
use docket::http::App as Served;
use docket::http::isolation::{self, Finding, Subject};
use docket::ids::{Owner, TaskId};
use rocket::http::Status;
use rocket::{Route, State, delete, get, routes};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App};
use crate::cli::{code, stdout};
use crate::isolation::everything;

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("a directory");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_api_passes_beside_a_server_and_nothing_is_left() {
    let mut app = App::start();
    let ada = app.user("ada");
    ada.add("milk");
    let (before, files) = (everything(&ada), names(app.dir.path()));
    let text = app.run(&["isolation-check", "--json"]);
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(told["isolated"], true, "{told}");
    let operations = told["operations"].as_array().expect("a list");
    let document = app.get("/api/openapi.json").body;
    let documented: usize =
        document["paths"].as_object().expect("paths").values().map(methods).sum();
    assert_eq!(operations.len(), documented);
    for operation in operations {
        assert!(operation["attempts"].as_u64() > Some(0), "{operation}");
    }
    assert_eq!(everything(&ada), before);
    assert_eq!(app.run(&["user", "list", "--json"]).matches("\"id\"").count(), 1);
    let left = names(app.dir.path());
    assert!(left.iter().all(|name| files.contains(name) || name == "snapshot.lock"), "{left:?}");
    assert_eq!(app.stop(), Some(0));
}

fn methods(item: &Value) -> usize {
    let all = ["get", "post", "put", "patch", "delete"];
    all.iter().filter(|method| item.get(**method).is_some()).count()
}

#[test]
fn without_a_database_there_is_nothing_to_check() {
    let dir = TempDir::new().expect("a directory");
    assert_eq!(code(dir.path(), &["isolation-check"]), 1);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_copy_that_cannot_be_made_leaves_nothing() {
    let dir = TempDir::new().expect("a directory");
    stdout(dir.path(), &["user", "add", "ada@example.org"]);
    let database = std::fs::metadata(dir.path().join("docket.db")).expect("it is there").len();
    for blocks in [0, database / 1024] {
        let prelude = format!("trap '' XFSZ; ulimit -S -f {blocks}");
        let mut command = app::command_under(&prelude, dir.path(), &[]);
        let output = command.arg("isolation-check").output().expect("docket runs");
        assert!(!output.status.success(), "{blocks} blocks");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "{said}");
        let left = names(dir.path());
        assert!(!left.iter().any(|name| name.starts_with("scratch")), "{left:?}: {said}");
    }
}

/// What a walk over these operations alone finds, with routes of our own beside.
fn walked(paths: Value, more: Vec<Route>) -> Vec<Finding> {
    let dir = TempDir::new().expect("a directory");
    stdout(dir.path(), &["user", "add", "ada@example.org"]);
    let config = config(dir.path());
    let mut subject = Subject::ours().expect("the document");
    subject.document["paths"] = paths;
    subject.more = more;
    let found = isolation::check(&config, subject, &mut |_| Ok(())).expect("it runs");
    let left = names(dir.path());
    assert!(!left.iter().any(|name| name.starts_with("scratch")), "{left:?}");
    found
}

fn config(dir: &Path) -> Config {
    let flags = Flags { data_dir: Some(dir.to_owned()), ..Flags::default() };
    docket::config::load(&flags).expect("settings").config
}

fn on_a_task(method: &str) -> Value {
    let id = json!([{ "$ref": "#/components/parameters/TaskId" }]);
    json!({ "/api/tasks/{id}/planted": { method: { "parameters": id } } })
}

/// Forgets whose the task is.
#[get("/api/tasks/<id>/planted")]
async fn planted(app: &State<Served>, id: &str) -> Option<String> {
    let id = id.parse::<TaskId>().ok()?;
    let title = app
        .db
        .read(Owner::NOBODY, move |conn| {
            let sql = "select title from tasks where id = ?1";
            let title = conn.query_row(sql, [&id.0.as_bytes()[..]], |row| row.get(0)).optional()?;
            Ok(title)
        })
        .await;
    title.expect("it reads")
}

/// Answers everybody alike, and changes what is not theirs.
#[delete("/api/tasks/<id>/planted")]
async fn quiet(app: &State<Served>, id: &str) -> Status {
    if let Ok(id) = id.parse::<TaskId>() {
        let work = move |tx: &docket::db::Tx| {
            let sql = "update tasks set title = 'gone' where id = ?1";
            Ok(tx.execute(sql, [&id.0.as_bytes()[..]])?)
        };
        app.db.write(work).await.expect("it writes");
    }
    Status::NoContent
}

#[test]
fn a_route_that_forgets_the_owner_is_found() {
    let found = walked(on_a_task("get"), routes![planted]);
    let [Finding { path, problems, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(path, "/api/tasks/{id}/planted");
    let told = problems.join("\n");
    assert!(told.contains("id = their task: ") && told.contains("status is 200, not"), "{told}");
    assert!(told.contains("it tells their word"), "{told}");
}

#[test]
fn a_change_to_what_is_anothers_is_found_whatever_is_answered() {
    let found = walked(on_a_task("delete"), routes![quiet]);
    assert_eq!(found[0].problems, ["what the other person sees has changed"]);
}

#[test]
fn what_cannot_be_walked_is_no_success() {
    let mut unknown = on_a_task("get");
    let shoe = json!({ "name": "shoe", "in": "query", "schema": { "type": "string" } });
    unknown["/api/tasks/{id}/planted"]["parameters"] = json!([shoe]);
    let found = walked(unknown, routes![planted]);
    assert_eq!(found[0].problems, ["nobody knows what shoe names"]);

    let found = walked(on_a_task("get"), Vec::new());
    let told = found[0].problems.join("\n");
    assert!(told.contains("its own person is answered 404"), "{told}");
}
