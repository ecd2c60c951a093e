//! One task at a time.

use rusqlite::{OptionalExtension, Row, named_params};

use super::{Seen, TASK, Trashed, bury, task_from, unbury};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{ListId, Owner, TaskId};
use crate::tasks::due::Due;
use crate::tasks::task::Task;
use crate::time::Timestamp;

pub(in crate::tasks) fn find_task(conn: &Conn, owner: Owner, id: TaskId) -> Result<Option<Task>> {
    let task = conn
        .prepare_cached(&format!(
            "select {TASK}
             from tasks
             where owner = :owner and id = :id and deleted_at is null"
        ))?
        .query_row(named_params! { ":owner": owner, ":id": id }, task_from)
        .optional()?;
    Ok(task)
}

pub(in crate::tasks) fn find_trashed_task(
    conn: &Conn,
    owner: Owner,
    id: TaskId,
) -> Result<Option<Trashed<Task>>> {
    let task = conn
        .prepare_cached(&format!(
            "select {TASK}, deleted_at
             from tasks
             where owner = :owner and id = :id and deleted_at is not null"
        ))?
        .query_row(named_params! { ":owner": owner, ":id": id }, trashed_task_from)
        .optional()?;
    Ok(task)
}

pub(super) fn trashed_task_from(row: &Row) -> rusqlite::Result<Trashed<Task>> {
    Ok(Trashed { item: task_from(row)?, deleted_at: row.get(11)? })
}

/// True if this id was purged: it is never used again.
pub(in crate::tasks) fn is_purged(conn: &Conn, owner: Owner, (kind, id): Seen) -> Result<bool> {
    let purged = conn
        .prepare_cached(
            "select 1 from tombstones
             where owner = :owner and kind = :kind and id = :id and purged = 1",
        )?
        .exists(named_params! { ":owner": owner, ":kind": kind.name(), ":id": id.as_bytes() })?;
    Ok(purged)
}

pub(in crate::tasks) fn insert_task(
    tx: &Tx,
    owner: Owner,
    task: &Task,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "insert into tasks
            (owner, id, list_id, title, description, completed_at, priority, due, position,
             version, revision, created_at, updated_at, indexed)
         values
            (:owner, :id, :list_id, :title, :description, :completed_at, :priority, :due,
             :position, :version, :revision, :created_at, :updated_at,
             (select indexed from revisions where owner = :owner))",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": task.id,
        ":list_id": task.list_id,
        ":title": task.title,
        ":description": task.description,
        ":completed_at": task.completed_at,
        ":priority": task.priority.0,
        ":due": task.due.as_ref().map(Due::as_str),
        ":position": task.position,
        ":version": task.version,
        ":revision": revision,
        ":created_at": task.created_at,
        ":updated_at": task.updated_at,
    })?;
    Ok(())
}

/// Writes back what may change; only columns an index does not hold are
/// rewritten in place, so an unchanged index costs nothing.
pub(in crate::tasks) fn update_task(
    tx: &Tx,
    owner: Owner,
    task: &Task,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "update tasks
         set list_id = :list_id, title = :title, description = :description,
             completed_at = :completed_at, priority = :priority, due = :due,
             position = :position, version = :version, revision = :revision,
             updated_at = :updated_at
         where owner = :owner and id = :id and deleted_at is null",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": task.id,
        ":list_id": task.list_id,
        ":title": task.title,
        ":description": task.description,
        ":completed_at": task.completed_at,
        ":priority": task.priority.0,
        ":due": task.due.as_ref().map(Due::as_str),
        ":position": task.position,
        ":version": task.version,
        ":revision": revision,
        ":updated_at": task.updated_at,
    })?;
    Ok(())
}

pub(in crate::tasks) fn trash_task(
    tx: &Tx,
    owner: Owner,
    id: TaskId,
    revision: i64,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update tasks
         set deleted_at = :now, deleted_with_list = 0, version = version + 1,
             revision = :revision, updated_at = :now
         where owner = :owner and id = :id and deleted_at is null",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":revision": revision, ":now": now })?;
    bury(tx, owner, "task", &id.0.as_bytes()[..], revision)
}

pub(in crate::tasks) fn restore_task(
    tx: &Tx,
    owner: Owner,
    task: &Task,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "update tasks
         set deleted_at = null, deleted_with_list = 0, list_id = :list_id, position = :position,
             version = :version, revision = :revision, updated_at = :updated_at
         where owner = :owner and id = :id",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": task.id,
        ":list_id": task.list_id,
        ":position": task.position,
        ":version": task.version,
        ":revision": revision,
        ":updated_at": task.updated_at,
    })?;
    unbury(tx, owner, "task", &task.id.0.as_bytes()[..])
}

/// The rank of the last task of a list, trash included so that a restored
/// task never shares its rank.
pub(in crate::tasks) fn last_task_position(
    conn: &Conn,
    owner: Owner,
    list: ListId,
) -> Result<Option<String>> {
    let position = conn
        .prepare_cached(
            "select position from tasks
             where owner = :owner and list_id = :list
             order by position desc
             limit 1",
        )?
        .query_row(named_params! { ":owner": owner, ":list": list }, |row| row.get(0))
        .optional()?;
    Ok(position)
}

/// The nearest rank after (or before) another in a list.
pub(in crate::tasks) fn neighbour_task_position(
    conn: &Conn,
    owner: Owner,
    list: ListId,
    position: &str,
    after: bool,
) -> Result<Option<String>> {
    let sql = if after {
        "select position from tasks
         where owner = :owner and list_id = :list and position > :position
         order by position
         limit 1"
    } else {
        "select position from tasks
         where owner = :owner and list_id = :list and position < :position
         order by position desc
         limit 1"
    };
    let found = conn
        .prepare_cached(sql)?
        .query_row(named_params! { ":owner": owner, ":list": list, ":position": position }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found)
}
