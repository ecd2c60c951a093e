//! Looking the whole database over, beside a server that goes on.

use std::path::Path;

use rusqlite::Connection;

use super::backup::{self, Moment, Phase, Progress, Report};
use super::migrate;
use crate::error::Result;
use crate::time::Timestamp;

/// How a database is.
#[derive(Debug)]
pub struct Examination {
    /// What is wrong with it; nothing if it is sound.
    pub problems: Vec<String>,
    /// The latest time in it.
    pub newest: Option<Timestamp>,
}

/// What must be so in every database of this schema, each as a count of what is not.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "accounts without an Inbox",
        "select count(*) from users where not exists (
             select 1 from lists where lists.owner = users.owner and is_inbox = 1
         )",
    ),
    (
        "lists whose count of tasks is wrong",
        "with counted as (
             select owner, list_id, sum(completed_at is null) as open,
                 sum(completed_at is not null) as completed
             from tasks
             where deleted_at is null
             group by owner, list_id
         )
         select count(*)
         from lists
         left join list_counts on list_counts.owner = lists.owner and list_counts.list_id = lists.id
         left join counted on counted.owner = lists.owner and counted.list_id = lists.id
         where list_counts.open is not coalesce(counted.open, 0)
             or list_counts.completed is not coalesce(counted.completed, 0)",
    ),
    (
        "accounts whose changes are ahead of their revision",
        "select count(*) from users left join revisions on revisions.owner = users.owner
         where coalesce(revisions.revision, 0) < max(
             coalesce((select max(revision) from tasks where tasks.owner = users.owner), 0),
             coalesce((select max(revision) from lists where lists.owner = users.owner), 0)
         )",
    ),
    (
        "tasks that an index lacks",
        "select count(*) from revisions join tasks using (owner)
         where revisions.indexed = 1 and tasks.indexed = 0",
    ),
];

/// Looks it over. SQLite's own checks and ours read all of it; without `thorough`
/// only the latest time is looked for. Changes nothing.
pub fn examine(
    data_dir: &Path,
    checkpoints: bool,
    thorough: bool,
    report: &mut Report,
) -> Result<Examination> {
    let moment = Moment::hold(data_dir, checkpoints)?;
    let conn = moment.conn();
    let mut problems = Vec::new();
    if thorough {
        report(Progress { phase: Phase::Checking, done: 0, total: 0 })?;
        problems = backup::look(conn)?;
        // Only what SQLite can read can be asked more.
        if problems.is_empty() && migrate::version(conn)? == migrate::latest() {
            problems = broken(conn)?;
        }
    }
    Ok(Examination { newest: newest(conn)?, problems })
}

fn broken(conn: &Connection) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (what, sql) in INVARIANTS {
        let count: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            found.push(format!("{count} {what}"));
        }
    }
    Ok(found)
}

fn newest(conn: &Connection) -> Result<Option<Timestamp>> {
    // These are in every schema.
    let sql = "select max(at) from (
             select max(updated_at) as at from users
             union all select max(updated_at) from lists
             union all select max(updated_at) from tasks
             union all select max(created_at) from sessions
         )";
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}
