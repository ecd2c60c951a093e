//! What changed after a given point, by the owner's revision.

use rusqlite::types::FromSql;
use rusqlite::{Row, named_params};

use super::many::if_indexed;
use super::{LIST, TASK, list_from, task_from};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ListId, Owner, TaskId};
use crate::tasks::changes::{Change, Kind, Point};

/// Lists that changed, in order.
pub(in crate::tasks) fn changed_lists(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
) -> Result<Vec<(Point, Change)>> {
    let sql = format!(
        "select {LIST}, revision
         from lists
         where owner = :owner and revision >= :revision and deleted_at is null
             and (revision, 0, id) > (:revision, :kind, :id)
         order by revision, id
         limit :limit"
    );
    rows(conn, owner, after, limit, &sql, |row| {
        let list = list_from(row)?;
        Ok((Point { revision: row.get(7)?, kind: Kind::List, id: list.id.0 }, Change::List(list)))
    })
}

/// Tasks that changed, in order.
pub(in crate::tasks) fn changed_tasks(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
) -> Result<Vec<(Point, Change)>> {
    let indexed = if_indexed(conn, owner)?;
    let sql = format!(
        "select {TASK}, revision
         from tasks
         where owner = :owner{indexed} and revision >= :revision and deleted_at is null
             and (revision, 1, id) > (:revision, :kind, :id)
         order by revision, id
         limit :limit"
    );
    rows(conn, owner, after, limit, &sql, |row| {
        let task = task_from(row)?;
        Ok((Point { revision: row.get(11)?, kind: Kind::Task, id: task.id.0 }, Change::Task(task)))
    })
}

/// What went, in order.
pub(in crate::tasks) fn removed(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
) -> Result<Vec<(Point, Change)>> {
    let sql = "select id, kind, revision
         from tombstones
         where owner = :owner and revision >= :revision
             and (revision, kind = 'task', id) > (:revision, :kind, :id)
         order by revision, kind = 'task', id
         limit :limit";
    rows(conn, owner, after, limit, sql, |row| {
        let revision = row.get(2)?;
        if row.get::<_, String>(1)? == "list" {
            let id: ListId = id(row)?;
            Ok((Point { revision, kind: Kind::List, id: id.0 }, Change::ListGone(id)))
        } else {
            let id: TaskId = id(row)?;
            Ok((Point { revision, kind: Kind::Task, id: id.0 }, Change::TaskGone(id)))
        }
    })
}

fn id<Id: FromSql>(row: &Row) -> rusqlite::Result<Id> {
    row.get(0)
}

fn rows(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
    sql: &str,
    read: impl FnMut(&Row) -> rusqlite::Result<(Point, Change)>,
) -> Result<Vec<(Point, Change)>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(
        named_params! {
            ":owner": owner,
            ":revision": after.revision,
            ":kind": after.kind as i64,
            ":id": &after.id.as_bytes()[..],
            ":limit": limit,
        },
        read,
    )?;
    rows.map(|row| Ok(row?)).collect()
}
