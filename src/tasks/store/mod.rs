//! The SQL of tasks and lists. Every statement says whose rows it means.

mod changes;
mod lists;
mod many;
mod page;
mod tasks;
mod transfer;
mod trash;

use rusqlite::{Row, named_params};

pub(in crate::tasks) use changes::*;
pub(in crate::tasks) use lists::*;
pub(in crate::tasks) use many::index_if_many;
pub(in crate::tasks) use page::*;
pub(in crate::tasks) use tasks::*;
pub use transfer::Kind;
pub(in crate::tasks) use transfer::*;
pub(in crate::tasks) use trash::*;

use super::due::Due;
use super::list::List;
use super::task::{Priority, Task};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

/// The columns that [`task_from`] reads.
const TASK: &str = "id, list_id, title, description, completed_at, priority, due, position,
    version, created_at, updated_at";

/// The columns that [`list_from`] reads.
const LIST: &str = "id, name, is_inbox, position, version, created_at, updated_at";

/// Something in the trash, and when it went there.
pub(in crate::tasks) struct Trashed<T> {
    pub item: T,
    pub deleted_at: Timestamp,
}

fn task_from(row: &Row) -> rusqlite::Result<Task> {
    let completed_at: Option<Timestamp> = row.get(4)?;
    Ok(Task {
        id: row.get(0)?,
        list_id: row.get(1)?,
        title: row.get(2)?,
        description: row.get(3)?,
        completed: completed_at.is_some(),
        completed_at,
        priority: Priority(row.get(5)?),
        due: row.get::<_, Option<String>>(6)?.map(Due::from_stored),
        position: row.get(7)?,
        version: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
    })
}

fn list_from(row: &Row) -> rusqlite::Result<List> {
    Ok(List {
        id: row.get(0)?,
        name: row.get(1)?,
        is_inbox: row.get(2)?,
        position: row.get(3)?,
        version: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}

/// Raises the owner's revision: the stamp of whatever this transaction changes.
pub(in crate::tasks) fn next_revision(tx: &Tx, owner: Owner) -> Result<i64> {
    tx.rows_change(owner);
    // SQLite would make a table for the one row of a `returning`.
    let revision = revision(tx, owner)? + 1;
    tx.prepare_cached("update revisions set revision = :revision where owner = :owner")?
        .execute(named_params! { ":owner": owner, ":revision": revision })?;
    many::look_at(tx, owner, revision)?;
    Ok(revision)
}

pub(in crate::tasks) fn revision(conn: &Conn, owner: Owner) -> Result<i64> {
    let revision = conn
        .prepare_cached("select revision from revisions where owner = :owner")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))?;
    Ok(revision)
}

/// Notes that something is gone, for clients that ask what changed.
fn bury(tx: &Tx, owner: Owner, kind: &str, id: &[u8], revision: i64) -> Result<()> {
    tx.prepare_cached(
        "insert into tombstones (owner, id, kind, revision)
         values (:owner, :id, :kind, :revision)
         on conflict (owner, kind, id) do update set revision = :revision",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":kind": kind, ":revision": revision })?;
    Ok(())
}

fn unbury(tx: &Tx, owner: Owner, kind: &str, id: &[u8]) -> Result<()> {
    tx.prepare_cached("delete from tombstones where owner = :owner and kind = :kind and id = :id")?
        .execute(named_params! { ":owner": owner, ":kind": kind, ":id": id })?;
    Ok(())
}
