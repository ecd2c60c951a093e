//! What changed and what went, in the order it happened.

use uuid::Uuid;

use super::list::List;
use super::store;
use super::task::Task;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ListId, Owner, TaskId};

/// One thing as it is now, or that it is gone (to the trash, or for good).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    List(List),
    Task(Task),
    ListGone(ListId),
    TaskGone(TaskId),
}

/// A list goes before the tasks of the same revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    List = 0,
    Task = 1,
}

/// A point in the order of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub revision: i64,
    pub kind: Kind,
    pub id: Uuid,
}

impl Point {
    /// Before everything.
    pub const START: Point = Point { revision: 0, kind: Kind::List, id: Uuid::nil() };

    /// After everything of a revision.
    pub fn end_of(revision: i64) -> Point {
        Point { revision, kind: Kind::Task, id: Uuid::max() }
    }
}

/// Up to `limit` changes after a point, each with its own point. A thing that
/// changed several times appears once, as it is now.
pub fn changes_after(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
) -> Result<Vec<(Point, Change)>> {
    // One snapshot: a commit between the statements must not be half seen.
    let snapshot = conn.unchecked_transaction()?;
    let mut found = store::changed_lists(&snapshot, owner, after, limit)?;
    found.extend(store::changed_tasks(&snapshot, owner, after, limit)?);
    found.extend(store::removed(&snapshot, owner, after, limit)?);
    found.sort_by_key(|(point, _)| *point);
    found.truncate(limit as usize);
    Ok(found)
}
