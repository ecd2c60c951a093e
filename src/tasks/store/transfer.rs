//! All of a person's rows at once, and which import brought which.

use std::collections::HashSet;

use rusqlite::{Row, ToSql, named_params};
use serde::Serialize;
use uuid::Uuid;

use super::{bury, unbury};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{ListId, Owner};
use crate::tasks::content::{KeptList, KeptTask};
use crate::tasks::due::Due;
use crate::tasks::task::Priority;
use crate::tasks::transfer::TakenBack;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    List,
    Task,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::List => "list",
            Kind::Task => "task",
        }
    }
}

/// A row by its id.
pub(in crate::tasks) type Seen = (Kind, Uuid);

pub(in crate::tasks) fn kept_lists(conn: &Conn, owner: Owner) -> Result<Vec<KeptList>> {
    let mut statement = conn.prepare_cached(
        "select id, name, is_inbox, position, created_at, updated_at, deleted_at
         from lists
         where owner = :owner
         order by id",
    )?;
    let rows = statement.query_map(named_params! { ":owner": owner }, |row| {
        Ok(KeptList {
            id: row.get(0)?,
            name: row.get(1)?,
            is_inbox: row.get(2)?,
            position: row.get(3)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
            deleted_at: row.get(6)?,
        })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::tasks) fn kept_tasks(conn: &Conn, owner: Owner) -> Result<Vec<KeptTask>> {
    let mut statement = conn.prepare_cached(
        "select id, list_id, title, description, completed_at, priority, due, position,
             created_at, updated_at, deleted_at, deleted_with_list
         from tasks
         where owner = :owner
         order by id",
    )?;
    let rows = statement.query_map(named_params! { ":owner": owner }, kept_task_from)?;
    rows.map(|row| Ok(row?)).collect()
}

fn kept_task_from(row: &Row) -> rusqlite::Result<KeptTask> {
    Ok(KeptTask {
        id: row.get(0)?,
        list_id: row.get(1)?,
        title: row.get(2)?,
        description: row.get(3)?,
        completed_at: row.get(4)?,
        priority: Priority(row.get(5)?),
        due: row.get::<_, Option<String>>(6)?.map(Due::from_stored),
        position: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        deleted_at: row.get(10)?,
        deleted_with_list: row.get(11)?,
    })
}

/// What was removed for good.
pub(in crate::tasks) fn purged(conn: &Conn, owner: Owner) -> Result<HashSet<Seen>> {
    let mut statement =
        conn.prepare_cached("select kind, id from tombstones where owner = :owner and purged = 1")?;
    let rows = statement.query_map(named_params! { ":owner": owner }, |row| {
        let kind: String = row.get(0)?;
        let id: [u8; 16] = row.get(1)?;
        Ok((if kind == "list" { Kind::List } else { Kind::Task }, Uuid::from_bytes(id)))
    })?;
    rows.map(|row| Ok(row?)).collect()
}

/// Makes room for the Inbox of a file.
pub(in crate::tasks) fn delete_inbox(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from lists where owner = :owner and is_inbox = 1")?
        .execute(named_params! { ":owner": owner })?;
    Ok(())
}

pub(in crate::tasks) fn bring_list(
    tx: &Tx,
    owner: Owner,
    list: &KeptList,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "insert into lists
            (owner, id, name, is_inbox, position, version, revision, created_at, updated_at,
             deleted_at)
         values
            (:owner, :id, :name, :is_inbox, :position, 1, :revision, :created_at, :updated_at,
             :deleted_at)",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": list.id,
        ":name": list.name,
        ":is_inbox": list.is_inbox,
        ":position": list.position,
        ":revision": revision,
        ":created_at": list.created_at,
        ":updated_at": list.updated_at,
        ":deleted_at": list.deleted_at,
    })?;
    place(tx, owner, Kind::List, list.id.0, list.deleted_at.is_some(), revision)
}

pub(in crate::tasks) fn bring_task(
    tx: &Tx,
    owner: Owner,
    task: &KeptTask,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "insert into tasks
            (owner, id, list_id, title, description, completed_at, priority, due, position,
             version, revision, created_at, updated_at, deleted_at, deleted_with_list, indexed)
         values
            (:owner, :id, :list_id, :title, :description, :completed_at, :priority, :due,
             :position, 1, :revision, :created_at, :updated_at, :deleted_at, :deleted_with_list,
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
        ":revision": revision,
        ":created_at": task.created_at,
        ":updated_at": task.updated_at,
        ":deleted_at": task.deleted_at,
        ":deleted_with_list": task.deleted_with_list,
    })?;
    place(tx, owner, Kind::Task, task.id.0, task.deleted_at.is_some(), revision)
}

/// Whatever is in the trash has a tombstone, and nothing else has.
fn place(
    tx: &Tx,
    owner: Owner,
    kind: Kind,
    id: Uuid,
    is_trashed: bool,
    revision: i64,
) -> Result<()> {
    if is_trashed {
        bury(tx, owner, kind.name(), id.as_bytes(), revision)
    } else {
        unbury(tx, owner, kind.name(), id.as_bytes())
    }
}

/// Notes which import brought a row, and at which revision.
pub(in crate::tasks) fn note_imported(
    tx: &Tx,
    owner: Owner,
    kind: Kind,
    id: Uuid,
    import: i64,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "insert or replace into imported_rows (owner, kind, id, import, revision)
         values (:owner, :kind, :id, :import, :revision)",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":kind": kind.name(),
        ":id": id.as_bytes(),
        ":import": import,
        ":revision": revision,
    })?;
    Ok(())
}

pub(in crate::tasks) fn owners_of_import(conn: &Conn, import: i64) -> Result<Vec<Owner>> {
    let mut statement = conn.prepare_cached(
        "select distinct owner from imported_rows where import = :import order by owner",
    )?;
    let rows = statement.query_map(named_params! { ":import": import }, |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}

/// Tasks that an import brought and that are as it brought them.
///
/// One import has one revision: looked up by that, each row would find all of them.
const TASKS: &str = "select tasks.id from imported_rows cross join tasks
    where imported_rows.owner = :owner and kind = 'task' and import = :import
        and tasks.owner = :owner and tasks.id = imported_rows.id
        and +tasks.revision = imported_rows.revision";

/// Lists of it that are as it brought them, and hold nothing that stays.
fn lists() -> String {
    format!(
        "select lists.id from imported_rows cross join lists
        where imported_rows.owner = :owner and kind = 'list' and import = :import
            and lists.owner = :owner and lists.id = imported_rows.id
            and +lists.revision = imported_rows.revision
            and not exists (
                select 1 from tasks
                where tasks.owner = :owner and list_id = lists.id and tasks.id not in ({TASKS})
            )"
    )
}

/// What an import brought that is here, and whether it stays when it is undone.
pub(in crate::tasks) fn imported(conn: &Conn, owner: Owner, import: i64) -> Result<Vec<TakenBack>> {
    let whose = named_params! { ":owner": owner, ":import": import };
    let mut rows = Vec::new();
    for (kind, title, going) in
        [(Kind::List, "name", lists()), (Kind::Task, "title", TASKS.to_owned())]
    {
        let table = format!("{}s", kind.name());
        let mut statement = conn.prepare(&format!(
            "select {table}.id, {title}, {table}.id not in ({going})
             from imported_rows cross join {table} on imported_rows.id = {table}.id
             where {table}.owner = :owner and imported_rows.owner = :owner
                 and kind = '{}' and import = :import
             order by {table}.id",
            kind.name()
        ))?;
        let found = statement.query_map(whose, |row| {
            let id: ListId = row.get(0)?;
            Ok(TakenBack { kind, id: id.to_string(), title: row.get(1)?, kept: row.get(2)? })
        })?;
        for row in found {
            rows.push(row?);
        }
    }
    Ok(rows)
}

/// Removes what is as an import brought it, and forgets which rows it brought.
pub(in crate::tasks) fn take_back(tx: &Tx, owner: Owner, import: i64, revision: i64) -> Result<()> {
    let whose: &[(&str, &dyn ToSql)] = named_params! { ":owner": owner, ":import": import };
    let (tasks, lists) = (ids(tx, TASKS, whose)?, ids(tx, &lists(), whose)?);
    for id in &tasks {
        tx.prepare_cached("delete from tasks where owner = :owner and id = :id")?
            .execute(named_params! { ":owner": owner, ":id": id })?;
        bury(tx, owner, "task", id, revision)?;
    }
    for id in &lists {
        tx.prepare_cached("delete from lists where owner = :owner and id = :id")?
            .execute(named_params! { ":owner": owner, ":id": id })?;
        bury(tx, owner, "list", id, revision)?;
    }
    tx.prepare_cached("delete from imported_rows where owner = :owner and import = :import")?
        .execute(whose)?;
    Ok(())
}

fn ids(tx: &Tx, sql: &str, whose: &[(&str, &dyn ToSql)]) -> Result<Vec<[u8; 16]>> {
    let mut statement = tx.prepare(sql)?;
    let rows = statement.query_map(whose, |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}
