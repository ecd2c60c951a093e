//! Lists, and what happens to their tasks with them.

use rusqlite::{OptionalExtension, Row, named_params};

use super::{LIST, Trashed, bury, list_from, unbury};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{ListId, Owner};
use crate::tasks::list::{List, ListCount};
use crate::time::Timestamp;

pub(in crate::tasks) fn lists(conn: &Conn, owner: Owner) -> Result<Vec<List>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {LIST}
         from lists
         where owner = :owner and deleted_at is null
         order by is_inbox desc, position, id"
    ))?;
    let rows = statement.query_map(named_params! { ":owner": owner }, list_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::tasks) fn find_list(conn: &Conn, owner: Owner, id: ListId) -> Result<Option<List>> {
    let list = conn
        .prepare_cached(&format!(
            "select {LIST}
             from lists
             where owner = :owner and id = :id and deleted_at is null"
        ))?
        .query_row(named_params! { ":owner": owner, ":id": id }, list_from)
        .optional()?;
    Ok(list)
}

pub(in crate::tasks) fn find_trashed_list(
    conn: &Conn,
    owner: Owner,
    id: ListId,
) -> Result<Option<Trashed<List>>> {
    let list = conn
        .prepare_cached(&format!(
            "select {LIST}, deleted_at
             from lists
             where owner = :owner and id = :id and deleted_at is not null"
        ))?
        .query_row(named_params! { ":owner": owner, ":id": id }, trashed_list_from)
        .optional()?;
    Ok(list)
}

pub(super) fn trashed_list_from(row: &Row) -> rusqlite::Result<Trashed<List>> {
    Ok(Trashed { item: list_from(row)?, deleted_at: row.get(7)? })
}

pub(in crate::tasks) fn inbox_id(conn: &Conn, owner: Owner) -> Result<ListId> {
    let id = conn
        .prepare_cached("select id from lists where owner = :owner and is_inbox = 1")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))?;
    Ok(id)
}

/// The name that the file's history has since this copy was put in place.
pub(in crate::tasks) fn file_history(conn: &Conn) -> Result<String> {
    Ok(conn.prepare_cached("select name from history")?.query_row([], |row| row.get(0))?)
}

pub(in crate::tasks) fn counts(conn: &Conn, owner: Owner) -> Result<Vec<ListCount>> {
    let mut statement = conn.prepare_cached(
        "select lists.id, open, completed
         from lists join list_counts on list_counts.owner = :owner and list_id = lists.id
         where lists.owner = :owner and deleted_at is null
         order by is_inbox desc, position, lists.id",
    )?;
    let rows = statement.query_map(named_params! { ":owner": owner }, |row| {
        Ok(ListCount { list_id: row.get(0)?, open: row.get(1)?, completed: row.get(2)? })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::tasks) fn insert_list(
    tx: &Tx,
    owner: Owner,
    list: &List,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "insert into lists
            (owner, id, name, position, version, revision, created_at, updated_at)
         values
            (:owner, :id, :name, :position, :version, :revision, :created_at, :updated_at)",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": list.id,
        ":name": list.name,
        ":position": list.position,
        ":version": list.version,
        ":revision": revision,
        ":created_at": list.created_at,
        ":updated_at": list.updated_at,
    })?;
    Ok(())
}

pub(in crate::tasks) fn update_list(
    tx: &Tx,
    owner: Owner,
    list: &List,
    revision: i64,
) -> Result<()> {
    tx.prepare_cached(
        "update lists
         set name = :name, position = :position, version = :version, revision = :revision,
             updated_at = :updated_at
         where owner = :owner and id = :id and deleted_at is null",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": list.id,
        ":name": list.name,
        ":position": list.position,
        ":version": list.version,
        ":revision": revision,
        ":updated_at": list.updated_at,
    })?;
    Ok(())
}

/// The ranks of the lists on both sides of a place.
pub(in crate::tasks) fn list_positions(conn: &Conn, owner: Owner) -> Result<Vec<(ListId, String)>> {
    let mut statement = conn.prepare_cached(
        "select id, position from lists
         where owner = :owner
         order by position",
    )?;
    let rows = statement
        .query_map(named_params! { ":owner": owner }, |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| Ok(row?)).collect()
}

/// Moves a list to the trash together with the tasks it still has.
pub(in crate::tasks) fn trash_list(
    tx: &Tx,
    owner: Owner,
    id: ListId,
    revision: i64,
    now: Timestamp,
) -> Result<()> {
    let whose = named_params! { ":owner": owner, ":id": id, ":revision": revision, ":now": now };
    tx.prepare_cached(
        "insert into tombstones (owner, id, kind, revision)
         select owner, id, 'task', :revision
         from tasks
         where owner = :owner and list_id = :id and deleted_at is null
         on conflict (owner, kind, id) do update set revision = excluded.revision",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":revision": revision })?;
    tx.prepare_cached(
        "update tasks
         set deleted_at = :now, deleted_with_list = 1, version = version + 1,
             revision = :revision, updated_at = :now
         where owner = :owner and list_id = :id and deleted_at is null",
    )?
    .execute(whose)?;
    tx.prepare_cached(
        "update lists
         set deleted_at = :now, version = version + 1, revision = :revision, updated_at = :now
         where owner = :owner and id = :id and deleted_at is null and is_inbox = 0",
    )?
    .execute(whose)?;
    bury(tx, owner, "list", &id.0.as_bytes()[..], revision)
}

/// Brings a list back, with the tasks that went with it.
pub(in crate::tasks) fn restore_list(
    tx: &Tx,
    owner: Owner,
    id: ListId,
    revision: i64,
    now: Timestamp,
) -> Result<()> {
    let whose = named_params! { ":owner": owner, ":id": id, ":revision": revision, ":now": now };
    tx.prepare_cached(
        "delete from tombstones
         where owner = :owner and kind = 'task' and id in (
             select id from tasks
             where owner = :owner and list_id = :id and deleted_with_list = 1
         )",
    )?
    .execute(named_params! { ":owner": owner, ":id": id })?;
    tx.prepare_cached(
        "update lists
         set deleted_at = null, version = version + 1, revision = :revision, updated_at = :now
         where owner = :owner and id = :id",
    )?
    .execute(whose)?;
    tx.prepare_cached(
        "update tasks
         set deleted_at = null, deleted_with_list = 0, version = version + 1,
             revision = :revision, updated_at = :now
         where owner = :owner and list_id = :id and deleted_with_list = 1",
    )?
    .execute(whose)?;
    unbury(tx, owner, "list", &id.0.as_bytes()[..])
}
