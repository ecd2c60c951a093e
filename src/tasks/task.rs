//! A task, and the shapes that make and change one.

use serde::Serialize;
use serde_json::Value;

use super::due::Due;
use crate::error::Result;
use crate::fields::{Field, Fields, storable, text};
use crate::ids::{ListId, TaskId};
use crate::time::Timestamp;

/// A task as it is kept and as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    pub id: TaskId,
    pub list_id: ListId,
    pub title: String,
    pub description: String,
    pub completed: bool,
    pub completed_at: Option<Timestamp>,
    pub priority: Priority,
    pub due: Option<Due>,
    /// Sorts among the tasks of its list, by bytes.
    pub position: String,
    /// Rises by one with every change; the task's ETag.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The body that makes a task, or replaces one whole.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// The Inbox when absent.
    pub list_id: Option<ListId>,
    pub title: Title,
    pub description: Description,
    pub completed: bool,
    pub priority: Priority,
    pub due: Option<Due>,
    /// The end of the list when absent.
    pub place: Option<Place<TaskId>>,
}

/// A merge patch (RFC 7396): what is absent stays, `null` clears.
#[derive(Clone, Debug, Default)]
pub struct TaskPatch {
    pub list_id: Option<ListId>,
    pub title: Option<Title>,
    pub description: Option<Description>,
    pub completed: Option<bool>,
    pub priority: Option<Priority>,
    pub due: Option<Option<Due>>,
    pub place: Option<Place<TaskId>>,
}

/// Beside which of its neighbours something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<Id> {
    Before(Id),
    After(Id),
}

impl<Id: Copy> Place<Id> {
    /// The neighbour.
    pub(super) fn beside(self) -> Id {
        match self {
            Place::Before(id) | Place::After(id) => id,
        }
    }

    /// Where a body names it.
    pub(super) fn pointer(self) -> &'static str {
        match self {
            Place::Before(_) => "/before",
            Place::After(_) => "/after",
        }
    }
}

impl NewTask {
    pub fn read(body: Value) -> Result<NewTask> {
        let mut fields = Fields::new(body)?;
        let list_id = fields.optional("list_id");
        let title = fields.required("title");
        let description = fields.nullable("description").flatten().unwrap_or_default();
        let completed = fields.optional("completed").unwrap_or(false);
        let priority = fields.nullable("priority").flatten().unwrap_or_default();
        let due = fields.nullable("due").flatten();
        let place = read_place(&mut fields);
        fields.done(|| {
            let title = title?;
            Some(NewTask { list_id, title, description, completed, priority, due, place })
        })
    }
}

impl TaskPatch {
    pub fn read(body: Value) -> Result<TaskPatch> {
        let mut fields = Fields::new(body)?;
        let patch = TaskPatch {
            list_id: fields.optional("list_id"),
            title: fields.optional("title"),
            description: fields.nullable("description").map(Option::unwrap_or_default),
            completed: fields.optional("completed"),
            priority: fields.nullable("priority").map(Option::unwrap_or_default),
            due: fields.nullable("due"),
            place: read_place(&mut fields),
        };
        fields.done(|| Some(patch))
    }

    /// The patch that only completes or reopens.
    pub fn completed(completed: bool) -> TaskPatch {
        TaskPatch { completed: Some(completed), ..TaskPatch::default() }
    }
}

/// Reads `{"completed": bool}`, the body of the user-scoped `complete`.
pub fn read_completed(body: Value) -> Result<bool> {
    let mut fields = Fields::new(body)?;
    let completed = fields.required("completed");
    fields.done(|| completed)
}

pub(super) fn read_place<Id: Field>(fields: &mut Fields) -> Option<Place<Id>> {
    match (fields.optional("before"), fields.optional("after")) {
        (Some(_), Some(_)) => fields.fault("after", "cannot stand beside before"),
        (Some(id), None) => Some(Place::Before(id)),
        (None, Some(id)) => Some(Place::After(id)),
        (None, None) => None,
    }
}

/// 1 to 500 characters, not all of them blank, kept as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(pub(super) String);

impl Field for Title {
    fn read(value: &Value) -> Result<Title, String> {
        line(value, 500).map(Title)
    }
}

/// Reads text with something to see in it, of at most `limit` characters.
pub(super) fn line(value: &Value, limit: usize) -> Result<String, String> {
    let text = storable(text(value)?)?;
    if text.chars().all(char::is_whitespace) {
        return Err("must not be blank".into());
    }
    if text.chars().count() > limit {
        return Err(format!("must be at most {limit} characters"));
    }
    Ok(text.to_owned())
}

/// Markdown as typed, up to 16 KiB of UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(pub(super) String);

impl Field for Description {
    fn read(value: &Value) -> Result<Description, String> {
        const LIMIT: usize = 16 * 1024;
        let text = storable(text(value)?)?;
        if text.len() > LIMIT {
            return Err(format!("must be at most {LIMIT} bytes of UTF-8"));
        }
        Ok(Description(text.to_owned()))
    }
}

/// 1 (highest) to 4 (none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Priority(pub(super) i64);

impl Priority {
    pub fn number(self) -> i64 {
        self.0
    }
}

impl Default for Priority {
    fn default() -> Self {
        Priority(4)
    }
}

impl Field for Priority {
    fn read(value: &Value) -> Result<Priority, String> {
        match value.as_i64() {
            Some(number @ 1..=4) => Ok(Priority(number)),
            _ => Err("must be 1 (highest), 2, 3 or 4 (none)".into()),
        }
    }
}

macro_rules! id_field {
    ($name:ident) => {
        impl Field for $name {
            fn read(value: &Value) -> Result<$name, String> {
                text(value)?.parse().map_err(|error: crate::ids::NotAnId| error.to_string())
            }
        }
    };
}

id_field!(TaskId);
id_field!(ListId);
