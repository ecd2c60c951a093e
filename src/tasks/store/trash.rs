//! What is in the trash, and its end.

use rusqlite::named_params;

use super::lists::trashed_list_from;
use super::tasks::trashed_task_from;
use super::{LIST, TASK, Trashed};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{Owner, TaskId};
use crate::tasks::list::List;
use crate::tasks::task::Task;
use crate::time::Timestamp;

/// Trashed tasks that did not go with their list, latest first.
pub(in crate::tasks) fn trashed_tasks(
    conn: &Conn,
    owner: Owner,
    before: Option<(Timestamp, TaskId)>,
    limit: u32,
) -> Result<Vec<Trashed<Task>>> {
    let (time, id) = before.unwrap_or((Timestamp(i64::MAX), TaskId(uuid::Uuid::max())));
    let mut statement = conn.prepare_cached(&format!(
        "select {TASK}, deleted_at
         from tasks
         where owner = :owner and deleted_at is not null and deleted_with_list = 0
             and (deleted_at, id) < (:time, :id)
         order by deleted_at desc, id desc
         limit :limit"
    ))?;
    let rows = statement.query_map(
        named_params! { ":owner": owner, ":time": time, ":id": id, ":limit": limit },
        trashed_task_from,
    )?;
    rows.map(|row| Ok(row?)).collect()
}

/// Trashed lists, latest first.
pub(in crate::tasks) fn trashed_lists(
    conn: &Conn,
    owner: Owner,
    before: Option<(Timestamp, TaskId)>,
    limit: u32,
) -> Result<Vec<Trashed<List>>> {
    let (time, id) = before.unwrap_or((Timestamp(i64::MAX), TaskId(uuid::Uuid::max())));
    let mut statement = conn.prepare_cached(&format!(
        "select {LIST}, deleted_at
         from lists
         where owner = :owner and deleted_at is not null and (deleted_at, id) < (:time, :id)
         order by deleted_at desc, id desc
         limit :limit"
    ))?;
    let rows = statement.query_map(
        named_params! { ":owner": owner, ":time": time, ":id": id, ":limit": limit },
        trashed_list_from,
    )?;
    rows.map(|row| Ok(row?)).collect()
}

/// True if the trash holds anything from before `until`.
pub(in crate::tasks) fn has_trash(conn: &Conn, owner: Owner, until: Timestamp) -> Result<bool> {
    let any = conn
        .prepare_cached(
            "select 1 from tasks
             where owner = :owner and deleted_at is not null and deleted_at <= :until
             union all
             select 1 from lists
             where owner = :owner and deleted_at is not null and deleted_at <= :until
             limit 1",
        )?
        .exists(named_params! { ":owner": owner, ":until": until })?;
    Ok(any)
}

/// Removes for good what went to the trash up to `until`; the ids stay taken.
pub(in crate::tasks) fn purge(tx: &Tx, owner: Owner, until: Timestamp) -> Result<usize> {
    let whose = named_params! { ":owner": owner, ":until": until };
    tx.prepare_cached(
        "update tombstones set purged = 1
         where owner = :owner and (
             kind = 'task' and id in (
                 select id from tasks
                 where owner = :owner and deleted_at is not null and deleted_at <= :until
             )
             or kind = 'list' and id in (
                 select id from lists
                 where owner = :owner and deleted_at is not null and deleted_at <= :until
             )
         )",
    )?
    .execute(whose)?;
    let tasks = tx
        .prepare_cached(
            "delete from tasks
             where owner = :owner and deleted_at is not null and deleted_at <= :until",
        )?
        .execute(whose)?;
    // A task trashed later by itself holds its list's row a while longer.
    let lists = tx
        .prepare_cached(
            "delete from lists
             where owner = :owner and deleted_at is not null and deleted_at <= :until
                 and not exists (
                     select 1 from tasks
                     where tasks.owner = lists.owner and tasks.list_id = lists.id
                 )",
        )?
        .execute(whose)?;
    Ok(tasks + lists)
}

/// Owners whose trash holds something from before `until`.
pub(in crate::tasks) fn owners_with_trash(conn: &Conn, until: Timestamp) -> Result<Vec<Owner>> {
    let mut statement = conn.prepare_cached(
        "select owner from users
         where exists (
             select 1 from tasks
             where tasks.owner = users.owner and deleted_at is not null and deleted_at <= :until
         ) or exists (
             select 1 from lists
             where lists.owner = users.owner and deleted_at is not null and deleted_at <= :until
         )",
    )?;
    let rows = statement.query_map(named_params! { ":until": until }, |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}
