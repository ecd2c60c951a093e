//! The data: a thousand people with a hundred tasks each, and a few with many.

use std::path::Path;
use std::time::Instant;

use docket::auth::{self, session, user};
use docket::db::{Db, Role, Tx};
use docket::error::Result;
use docket::ids::{Owner, TaskId};
use docket::tasks::{self, NewTask};
use docket::time::Timestamp;
use serde_json::json;
use tempfile::TempDir;

pub const PEOPLE: usize = 1000;
pub const TASKS: usize = 100;

/// Those whose searches are slow, and how many tasks make them so.
pub const HOARDERS: usize = 4;
const HOARD: usize = 50_000;

/// What the server calls itself, so that tokens made before it starts hold.
pub const BASE_URL: &str = "http://docket.test";

/// Somebody with a token.
#[derive(Clone)]
pub struct Person {
    pub token: String,
    pub tasks: Vec<TaskId>,
}

/// A data directory to start servers on copies of.
pub struct Seeded {
    dir: TempDir,
    pub people: Vec<Person>,
    pub hoarders: Vec<Person>,
}

impl Seeded {
    pub fn make() -> Seeded {
        Seeded::with(PEOPLE, TASKS, HOARDERS)
    }

    /// People with so many usual tasks each, and nobody else.
    pub fn of(people: usize, tasks: usize) -> Seeded {
        Seeded::with(people, tasks, 0)
    }

    fn with(people: usize, tasks: usize, hoarders: usize) -> Seeded {
        let begun = Instant::now();
        let dir = tempfile::tempdir().expect("a directory");
        let db = Db::open(dir.path(), Role::Command).expect("a database");
        let make = |name: String, count, long| person(&db, &name, count, long).expect("somebody");
        let people: Vec<Person> =
            (0..people).map(|index| make(format!("p{index}"), tasks, false)).collect();
        let hoarders: Vec<Person> =
            (0..hoarders).map(|index| make(format!("h{index}"), HOARD, true)).collect();
        db.close();
        let tasks = people.len() * tasks + hoarders.len() * HOARD;
        println!("seeded {tasks} tasks in {:.1} s", begun.elapsed().as_secs_f64());
        Seeded { dir, people, hoarders }
    }

    /// Where the data lies, for what is no server.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A directory of its own with the same data.
    pub fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().expect("a directory");
        let file = |dir: &Path| docket::db::file_in(dir);
        std::fs::copy(file(self.dir.path()), file(copy.path())).expect("a copy");
        // Writing it back later would disturb what is measured.
        std::fs::File::open(file(copy.path())).and_then(|file| file.sync_all()).expect("a sync");
        copy
    }
}

fn person(db: &Db, name: &str, count: usize, long: bool) -> Result<Person> {
    let now = Timestamp::now();
    let email = user::Email::parse(&format!("{name}@example.org"))?;
    let (owner, token) = db.write_now(move |tx| {
        auth::ensure_key(tx, now)?;
        let user = user::add(tx, email, "", None, now)?;
        let owner = user::find(tx, user.id.as_str())?;
        Ok((owner, session::issue_token(tx, owner, BASE_URL, 24 * 3600, now)?))
    })?;
    let mut tasks = Vec::with_capacity(count);
    while tasks.len() < count {
        let (from, until) = (tasks.len(), count.min(tasks.len() + 5000));
        let work = move |tx: &Tx| (from..until).map(|index| add(tx, owner, index, long)).collect();
        let made: Vec<TaskId> = db.write_now(work)?;
        tasks.extend(made);
    }
    Ok(Person { token, tasks })
}

/// One task in three has a due date, one in two a description.
fn add(tx: &Tx, owner: Owner, index: usize, long: bool) -> Result<TaskId> {
    let mut body =
        json!({ "title": format!("Water the plants {index}"), "priority": index % 4 + 1 });
    if index.is_multiple_of(3) {
        body["due"] = format!("2026-12-{:02}", index % 28 + 1).into();
    }
    if long {
        body["description"] = "Every other day, and more in July. ".repeat(12).into();
    } else if index.is_multiple_of(2) {
        body["description"] = "Every other day, and more in July.".into();
    }
    Ok(tasks::create(tx, owner, NewTask::read(body)?, Timestamp::now())?.id)
}
