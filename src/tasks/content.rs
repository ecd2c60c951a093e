//! All that one person keeps, as it is taken away and brought in: every list and
//! task, those in the trash too, with everything but the numbers that belong to
//! this file (whose they are, and how often they changed).

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::due::Due;
use super::list::ListName;
use super::rank;
use super::task::{Description, Priority, Title};
use crate::error::{Error, Result};
use crate::fields::{Field, Fields, text};
use crate::ids::{ListId, TaskId};
use crate::time::Timestamp;

/// A person's lists and tasks, each in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Content {
    pub lists: Vec<KeptList>,
    pub tasks: Vec<KeptTask>,
}

/// A list, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptList {
    pub id: ListId,
    pub name: String,
    pub is_inbox: bool,
    pub position: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// In the trash since.
    pub deleted_at: Option<Timestamp>,
}

/// A task, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptTask {
    pub id: TaskId,
    pub list_id: ListId,
    pub title: String,
    pub description: String,
    pub completed_at: Option<Timestamp>,
    pub priority: Priority,
    pub due: Option<Due>,
    pub position: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// In the trash since.
    pub deleted_at: Option<Timestamp>,
    /// It went to the trash with its list, and comes back with it.
    pub deleted_with_list: bool,
}

impl Content {
    /// Reads what was written. A fault is told with where it stands.
    pub fn read(lists: Value, tasks: Value) -> Result<Content> {
        let content = Content {
            lists: read_all("/lists", lists, KeptList::read)?,
            tasks: read_all("/tasks", tasks, KeptTask::read)?,
        };
        content.check()?;
        Ok(content)
    }

    /// Refuses what cannot stand together.
    fn check(&self) -> Result<()> {
        if self.lists.iter().filter(|list| list.is_inbox).count() > 1 {
            return Err(Error::invalid("/lists", "must have one Inbox at most"));
        }
        let trashed: HashSet<ListId> = self
            .lists
            .iter()
            .filter(|list| list.deleted_at.is_some())
            .map(|list| list.id)
            .collect();
        for (index, task) in self.tasks.iter().enumerate() {
            let is_in_trashed = trashed.contains(&task.list_id);
            if is_in_trashed && task.deleted_at.is_none() {
                let place = format!("/tasks/{index}/deleted_at");
                return Err(Error::invalid(place, "must be set, as its list is in the trash"));
            }
            if task.deleted_with_list && !(is_in_trashed && task.deleted_at.is_some()) {
                let place = format!("/tasks/{index}/deleted_with_list");
                return Err(Error::invalid(
                    place,
                    "must be false, as its list is not in the trash",
                ));
            }
        }
        Ok(())
    }
}

fn read_all<T>(place: &str, rows: Value, read: fn(Value) -> Result<T>) -> Result<Vec<T>> {
    let Value::Array(rows) = rows else {
        return Err(Error::invalid(place, "must be an array"));
    };
    let at = |(index, row)| {
        read(row).map_err(|error| match error {
            Error::Invalid(mut faults) => {
                for fault in &mut faults {
                    fault.pointer = format!("{place}/{index}{}", fault.pointer);
                }
                Error::Invalid(faults)
            }
            error => error,
        })
    };
    rows.into_iter().enumerate().map(at).collect()
}

impl KeptList {
    fn read(row: Value) -> Result<KeptList> {
        let mut fields = Fields::new(row)?;
        let (id, name) = (fields.required("id"), fields.required::<ListName>("name"));
        let is_inbox = fields.required("is_inbox");
        let position = fields.required::<Rank>("position");
        let (created_at, updated_at) =
            (fields.required("created_at"), fields.required("updated_at"));
        let deleted_at = fields.nullable("deleted_at").flatten();
        if is_inbox == Some(true) && deleted_at.is_some() {
            fields.fault::<()>("deleted_at", "the Inbox is never in the trash");
        }
        fields.done(|| {
            Some(KeptList {
                id: id?,
                name: name?.0,
                is_inbox: is_inbox?,
                position: position?.0,
                created_at: created_at?,
                updated_at: updated_at?,
                deleted_at,
            })
        })
    }
}

impl KeptTask {
    fn read(row: Value) -> Result<KeptTask> {
        let mut fields = Fields::new(row)?;
        let (id, list_id) = (fields.required("id"), fields.required("list_id"));
        let title = fields.required::<Title>("title");
        let description = fields.optional::<Description>("description").unwrap_or_default();
        let completed_at = fields.nullable("completed_at").flatten();
        let priority = fields.optional("priority").unwrap_or_default();
        let due = fields.nullable("due").flatten();
        let position = fields.required::<Rank>("position");
        let (created_at, updated_at) =
            (fields.required("created_at"), fields.required("updated_at"));
        let deleted_at = fields.nullable("deleted_at").flatten();
        let deleted_with_list = fields.optional("deleted_with_list").unwrap_or(false);
        fields.done(|| {
            Some(KeptTask {
                id: id?,
                list_id: list_id?,
                title: title?.0,
                description: description.0,
                completed_at,
                priority,
                due,
                position: position?.0,
                created_at: created_at?,
                updated_at: updated_at?,
                deleted_at,
                deleted_with_list,
            })
        })
    }
}

/// A place in an order, as this program writes it.
struct Rank(String);

impl Field for Rank {
    fn read(value: &Value) -> Result<Rank, String> {
        match text(value)? {
            text if rank::is_rank(text) => Ok(Rank(text.to_owned())),
            _ => Err("is no place in an order".into()),
        }
    }
}

impl Field for Timestamp {
    fn read(value: &Value) -> Result<Timestamp, String> {
        Timestamp::parse(text(value)?)
            .filter(|time| time.0 >= 0)
            .ok_or_else(|| "must be a time such as 2026-12-02T13:00:00.000Z".into())
    }
}
