//! The changes feed, as pages and as live events.

use serde::Serialize;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::tasks::{self, Change, Cursor, Key, List, Point, Task};

/// One change as clients see it: the thing as it is now, or `null` if it went.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeItem {
    Task { id: String, deleted: bool, task: Option<Task> },
    List { id: String, deleted: bool, list: Option<List> },
}

/// A page of changes and where to go on from.
#[derive(Clone, Debug, Serialize)]
pub struct ChangePage {
    pub items: Vec<ChangeItem>,
    /// Never null: ask again with it, now or later.
    pub next_cursor: String,
    /// True when the next page already holds something.
    pub has_more: bool,
}

/// A cursor that a client brought: a point, and in whose history.
#[derive(Clone, Debug)]
pub struct Mark {
    point: Point,
    history: String,
}

/// Changes after a mark, or from the start, oldest first, at most `limit`.
pub fn changes_since(
    conn: &Conn,
    owner: Owner,
    since: Option<&Mark>,
    limit: u32,
) -> Result<ChangePage> {
    let history = tasks::history(conn, owner)?;
    let since = match since {
        Some(mark) => resume(conn, owner, mark, &history)?,
        None => Point::START,
    };
    let mut found = stream(conn, owner, since, limit + 1)?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().map_or(since, |(point, _)| *point);
    let items = found.into_iter().map(|(_, item)| item).collect();
    Ok(ChangePage { items, next_cursor: cursor_text(next, &history), has_more })
}

/// The same, each change with the cursor behind it: the id of its live event.
pub fn newest(
    conn: &Conn,
    owner: Owner,
    since: Point,
    limit: u32,
) -> Result<Vec<(Point, String, ChangeItem)>> {
    let history = tasks::history(conn, owner)?;
    let found = stream(conn, owner, since, limit)?;
    let with_cursor = |(point, item)| (point, cursor_text(point, &history), item);
    Ok(found.into_iter().map(with_cursor).collect())
}

/// Where a stream begins: behind a mark, or else after everything up to this
/// moment, with the cursor of that.
pub fn begin(conn: &Conn, owner: Owner, last: Option<&Mark>) -> Result<(Point, Option<String>)> {
    let history = tasks::history(conn, owner)?;
    if let Some(mark) = last {
        return Ok((resume(conn, owner, mark, &history)?, None));
    }
    let point = Point::end_of(tasks::revision(conn, owner)?);
    Ok((point, Some(cursor_text(point, &history))))
}

/// The point of a mark, if it is one of this history.
fn resume(conn: &Conn, owner: Owner, mark: &Mark, history: &str) -> Result<Point> {
    // A restored backup is behind what its clients have seen.
    if mark.history != history || mark.point.revision > tasks::revision(conn, owner)? {
        return Err(Error::Gone);
    }
    Ok(mark.point)
}

fn stream(conn: &Conn, owner: Owner, since: Point, limit: u32) -> Result<Vec<(Point, ChangeItem)>> {
    let found = tasks::changes_after(conn, owner, since, limit)?;
    Ok(found.into_iter().map(|(point, change)| (point, item(change))).collect())
}

fn item(change: Change) -> ChangeItem {
    match change {
        Change::Task(task) => {
            ChangeItem::Task { id: task.id.to_string(), deleted: false, task: Some(task) }
        }
        Change::List(list) => {
            ChangeItem::List { id: list.id.to_string(), deleted: false, list: Some(list) }
        }
        Change::TaskGone(id) => ChangeItem::Task { id: id.to_string(), deleted: true, task: None },
        Change::ListGone(id) => ChangeItem::List { id: id.to_string(), deleted: true, list: None },
    }
}

fn cursor_text(point: Point, history: &str) -> String {
    let keys = vec![
        Key::Number(point.revision),
        Key::Number(point.kind as i64),
        Key::Text(point.id.to_string()),
        Key::Text(history.to_owned()),
    ];
    Cursor { of: "changes".into(), keys }.encode()
}

/// Reads a cursor that this module wrote.
pub fn parse_cursor(text: &str) -> Option<Mark> {
    let cursor = Cursor::decode(text).filter(|cursor| cursor.of == "changes")?;
    let [Key::Number(revision), Key::Number(kind), Key::Text(id), Key::Text(history)] =
        cursor.keys.as_slice()
    else {
        return None;
    };
    let end = Point::end_of(*revision);
    let kind = if *kind == 0 { Point::START.kind } else { end.kind };
    let point = Point { revision: *revision, kind, id: uuid::Uuid::try_parse(id).ok()? };
    Some(Mark { point, history: history.clone() })
}
