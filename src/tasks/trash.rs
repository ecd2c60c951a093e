//! The trash: what was deleted, for thirty days.

use serde::Serialize;

use super::list::List;
use super::query::{Cursor, Key, Limit, Page};
use super::store;
use super::task::Task;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{Owner, TaskId};
use crate::time::Timestamp;

/// How long the trash keeps what is in it.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// One thing in the trash.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TrashItem {
    Task {
        deleted_at: Timestamp,
        task: Task,
    },
    /// A list stands for the tasks that went with it.
    List {
        deleted_at: Timestamp,
        list: List,
    },
}

impl TrashItem {
    fn key(&self) -> (Timestamp, uuid::Uuid) {
        match self {
            TrashItem::Task { deleted_at, task } => (*deleted_at, task.id.0),
            TrashItem::List { deleted_at, list } => (*deleted_at, list.id.0),
        }
    }
}

/// One page of the trash, latest first.
pub fn trash_page(
    conn: &Conn,
    owner: Owner,
    cursor: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<TrashItem>> {
    let before = cursor.map(decode).transpose()?;
    let tasks = store::trashed_tasks(conn, owner, before, limit.0 + 1)?;
    let lists = store::trashed_lists(conn, owner, before, limit.0 + 1)?;
    let tasks =
        tasks.into_iter().map(|row| TrashItem::Task { deleted_at: row.deleted_at, task: row.item });
    let lists =
        lists.into_iter().map(|row| TrashItem::List { deleted_at: row.deleted_at, list: row.item });
    let mut items: Vec<TrashItem> = tasks.chain(lists).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.key()));
    let more = items.len() > limit.0 as usize;
    items.truncate(limit.0 as usize);
    let next_cursor = items.last().filter(|_| more).map(|item| encode(item.key()));
    Ok(Page { items, next_cursor })
}

/// Empties the trash for good. Nothing to remove changes nothing.
pub fn purge(tx: &Tx, owner: Owner) -> Result<()> {
    purge_until(tx, owner, Timestamp(i64::MAX))
}

/// Removes for good what has been in the trash for thirty days.
pub fn purge_old(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    purge_until(tx, owner, now.plus_seconds(-KEPT_SECONDS))
}

/// Those with something in the trash for thirty days.
pub fn owners_with_old_trash(conn: &Conn, now: Timestamp) -> Result<Vec<Owner>> {
    store::owners_with_trash(conn, now.plus_seconds(-KEPT_SECONDS))
}

fn purge_until(tx: &Tx, owner: Owner, until: Timestamp) -> Result<()> {
    if store::has_trash(tx, owner, until)? {
        store::purge(tx, owner, until)?;
        // The trash is a page too: whoever watches it sees a new revision.
        store::next_revision(tx, owner)?;
    }
    Ok(())
}

fn encode((time, id): (Timestamp, uuid::Uuid)) -> String {
    Cursor { of: "trash".into(), keys: vec![Key::Number(time.0), Key::Text(id.to_string())] }
        .encode()
}

fn decode(cursor: &Cursor) -> Result<(Timestamp, TaskId)> {
    if let [Key::Number(time), Key::Text(id)] = cursor.keys.as_slice()
        && cursor.of == "trash"
        && let Ok(id) = uuid::Uuid::try_parse(id)
    {
        return Ok((Timestamp(*time), TaskId(id)));
    }
    Err(Error::invalid("cursor", "is not one that this address gave"))
}
