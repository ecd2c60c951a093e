//! A person's lists and tasks: the rules.
//!
//! Everything takes the owner and sees no other's rows. Whatever changes
//! something stamps it with the owner's next revision, which is how ETags,
//! the changes feed and live events learn of it.

mod changes;
mod content;
mod due;
mod expect;
mod list;
mod lists;
mod query;
mod rank;
mod store;
mod task;
mod transfer;
mod trash;

pub use changes::{Change, Point, changes_after};
pub use content::{Content, KeptList, KeptTask};
pub use due::{Due, DueBound};
pub use expect::{Expect, etag};
pub use list::{List, ListCount, ListName, ListPatch, NewList};
pub use lists::{
    all_lists, counts, create_list, get_list, put_list, restore_list, trash_list, update_list,
};
pub use query::{Cursor, Key, Limit, Page, Params, Sort, SortKey, TaskQuery, read_query};
pub use task::{Description, NewTask, Place, Priority, Task, TaskPatch, Title, read_completed};
pub use transfer::{
    Brought, ImportPlan, Kind, Outcome, TakenBack, carry_out, export, plan_import,
    rehearse_undo_import, undo_import,
};
pub use trash::{TrashItem, owners_with_old_trash, purge, purge_old, trash_page};

use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{ListId, Owner, TaskId};
use crate::time::Timestamp;

/// The owner's revision: it rises with every change to their lists and tasks.
pub fn revision(conn: &Conn, owner: Owner) -> Result<i64> {
    store::revision(conn, owner)
}

/// The name of the owner's history: no other account has it, nor one made
/// anew for the same person, nor the same account in another copy of the file.
pub fn history(conn: &Conn, owner: Owner) -> Result<String> {
    // The last hyphenated part of a UUIDv7 is random.
    let inbox = store::inbox_id(conn, owner)?.to_string();
    let of_owner = inbox.rsplit('-').next().unwrap_or_default();
    Ok(format!("{of_owner}{}", store::file_history(conn)?))
}

/// One page of tasks that are not in the trash.
pub fn list(conn: &Conn, owner: Owner, query: &TaskQuery) -> Result<Page<Task>> {
    let of = query.fingerprint();
    if let Some(cursor) = &query.cursor
        && (cursor.of != of || cursor.keys.len() != store::cursor_length(query))
    {
        return Err(Error::invalid("cursor", "belongs to another query"));
    }
    let (items, last) = store::page(conn, owner, query)?;
    let next_cursor = last.map(|keys| Cursor { of, keys }.encode());
    Ok(Page { items, next_cursor })
}

/// The task, or `NotFound` when it is in the trash, gone, or not theirs.
pub fn get(conn: &Conn, owner: Owner, id: TaskId) -> Result<Task> {
    store::find_task(conn, owner, id)?.ok_or(Error::NotFound("task"))
}

/// Makes a task with an id of our own.
pub fn create(tx: &Tx, owner: Owner, new: NewTask, now: Timestamp) -> Result<Task> {
    insert(tx, owner, TaskId::new(), new, now)
}

/// Makes the task with the id a client chose, or replaces the one that has it.
/// The same body again changes nothing, so a retry is safe.
/// True if it was made.
pub fn put(
    tx: &Tx,
    owner: Owner,
    id: TaskId,
    new: NewTask,
    expect: &Expect,
    now: Timestamp,
) -> Result<(Task, bool)> {
    if store::find_task(tx, owner, id)?.is_some() {
        return Ok((replace(tx, owner, id, new, expect, now)?, false));
    }
    if store::find_trashed_task(tx, owner, id)?.is_some() {
        return Err(Error::conflict("in_trash", "the task is in the trash; restore it first"));
    }
    if store::is_purged(tx, owner, (Kind::Task, id.0))? {
        return Err(Error::conflict("id_was_used", "a task with this id was removed for good"));
    }
    if *expect != Expect::Anything {
        return Err(Error::NotFound("task"));
    }
    Ok((insert(tx, owner, id, new, now)?, true))
}

/// Replaces what a client may set; what `new` leaves out goes back to its
/// default, except the list and the place in it.
pub fn replace(
    tx: &Tx,
    owner: Owner,
    id: TaskId,
    new: NewTask,
    expect: &Expect,
    now: Timestamp,
) -> Result<Task> {
    let patch = TaskPatch {
        list_id: new.list_id,
        title: Some(new.title),
        description: Some(new.description),
        completed: Some(new.completed),
        priority: Some(new.priority),
        due: Some(new.due),
        place: new.place,
    };
    update(tx, owner, id, patch, expect, now)
}

/// Applies a merge patch. One that changes nothing leaves version and times
/// alone, so completing a completed task keeps when it was first done.
pub fn update(
    tx: &Tx,
    owner: Owner,
    id: TaskId,
    patch: TaskPatch,
    expect: &Expect,
    now: Timestamp,
) -> Result<Task> {
    let before = get(tx, owner, id)?;
    expect.check(before.version, &before)?;
    let after = patched(tx, owner, &before, patch, now)?;
    if after == before {
        return Ok(before);
    }
    let after = Task { version: before.version + 1, updated_at: now, ..after };
    store::update_task(tx, owner, &after, store::next_revision(tx, owner)?)?;
    Ok(after)
}

/// Moves a task to the trash.
pub fn trash(tx: &Tx, owner: Owner, id: TaskId, expect: &Expect, now: Timestamp) -> Result<()> {
    let task = get(tx, owner, id)?;
    expect.check(task.version, &task)?;
    store::trash_task(tx, owner, id, store::next_revision(tx, owner)?, now)
}

/// Takes a task out of the trash, to the Inbox if its list is in the trash.
/// A task that is not in the trash stays as it is.
pub fn restore(tx: &Tx, owner: Owner, id: TaskId, now: Timestamp) -> Result<Task> {
    if let Some(task) = store::find_task(tx, owner, id)? {
        return Ok(task);
    }
    let trashed = store::find_trashed_task(tx, owner, id)?.ok_or(Error::NotFound("task"))?;
    let mut task = trashed.item;
    if store::find_list(tx, owner, task.list_id)?.is_none() {
        task.list_id = store::inbox_id(tx, owner)?;
        task.position = place(tx, owner, task.list_id, None)?;
    }
    let task = Task { version: task.version + 1, updated_at: now, ..task };
    store::restore_task(tx, owner, &task, store::next_revision(tx, owner)?)?;
    Ok(task)
}

fn insert(tx: &Tx, owner: Owner, id: TaskId, new: NewTask, now: Timestamp) -> Result<Task> {
    let list_id = match new.list_id {
        Some(list) => existing_list(tx, owner, list)?,
        None => store::inbox_id(tx, owner)?,
    };
    let task = Task {
        id,
        list_id,
        title: new.title.0,
        description: new.description.0,
        completed: new.completed,
        completed_at: new.completed.then_some(now),
        priority: new.priority,
        due: new.due,
        position: place(tx, owner, list_id, new.place)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_task(tx, owner, &task, store::next_revision(tx, owner)?)?;
    Ok(task)
}

fn patched(tx: &Tx, owner: Owner, before: &Task, patch: TaskPatch, now: Timestamp) -> Result<Task> {
    let mut task = before.clone();
    if let Some(list) = patch.list_id
        && list != task.list_id
    {
        task.list_id = existing_list(tx, owner, list)?;
        task.position = place(tx, owner, list, None)?;
    }
    if let Some(wanted) = patch.place.filter(|place| place.beside() != task.id) {
        task.position = beside(tx, owner, task.list_id, wanted, Some(&task.position))?;
    }
    if let Some(title) = patch.title {
        task.title = title.0;
    }
    if let Some(description) = patch.description {
        task.description = description.0;
    }
    if let Some(completed) = patch.completed
        && completed != task.completed
    {
        task.completed = completed;
        task.completed_at = completed.then_some(now);
    }
    if let Some(priority) = patch.priority {
        task.priority = priority;
    }
    if let Some(due) = patch.due {
        task.due = due;
    }
    Ok(task)
}

fn existing_list(tx: &Tx, owner: Owner, list: ListId) -> Result<ListId> {
    match store::find_list(tx, owner, list)? {
        Some(list) => Ok(list.id),
        None => Err(Error::invalid("/list_id", "no such list")),
    }
}

/// A rank in a list: beside a neighbour, or at the end.
fn place(tx: &Tx, owner: Owner, list: ListId, place: Option<Place<TaskId>>) -> Result<String> {
    if let Some(place) = place {
        return beside(tx, owner, list, place, None);
    }
    let last = store::last_task_position(tx, owner, list)?;
    Ok(rank::between(last.as_deref(), None))
}

/// A rank beside a neighbour. A task whose rank is there already keeps it, so
/// that a retry moves nothing.
fn beside(
    tx: &Tx,
    owner: Owner,
    list: ListId,
    place: Place<TaskId>,
    present: Option<&str>,
) -> Result<String> {
    let neighbour = store::find_task(tx, owner, place.beside())?
        .filter(|task| task.list_id == list)
        .ok_or_else(|| Error::invalid(place.pointer(), "no such task in this list"))?;
    let position = neighbour.position;
    let after = matches!(place, Place::After(_));
    let other = store::neighbour_task_position(tx, owner, list, &position, after)?;
    if let Some(present) = present.filter(|present| other.as_deref() == Some(present)) {
        return Ok(present.to_owned());
    }
    Ok(if after {
        rank::between(Some(&position), other.as_deref())
    } else {
        rank::between(other.as_deref(), Some(&position))
    })
}
