//! A list of tasks, and the shapes that make and change one.

use serde::Serialize;
use serde_json::Value;

use super::task::{Place, line, read_place};
use crate::error::Result;
use crate::fields::{Field, Fields};
use crate::ids::ListId;
use crate::time::Timestamp;

/// A list as it is kept and as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List {
    pub id: ListId,
    pub name: String,
    /// The one list that everybody has and nobody can rename or remove.
    pub is_inbox: bool,
    /// Sorts among a person's lists, by bytes.
    pub position: String,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// How many tasks a list holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListCount {
    pub list_id: ListId,
    pub open: i64,
    pub completed: i64,
}

/// The body that makes a list.
#[derive(Clone, Debug)]
pub struct NewList {
    pub name: ListName,
    /// The end when absent.
    pub place: Option<Place<ListId>>,
}

/// A merge patch of a list.
#[derive(Clone, Debug)]
pub struct ListPatch {
    pub name: Option<ListName>,
    pub place: Option<Place<ListId>>,
}

impl NewList {
    pub fn read(body: Value) -> Result<NewList> {
        let mut fields = Fields::new(body)?;
        let name = fields.required("name");
        let place = read_place(&mut fields);
        fields.done(|| Some(NewList { name: name?, place }))
    }
}

impl ListPatch {
    pub fn read(body: Value) -> Result<ListPatch> {
        let mut fields = Fields::new(body)?;
        let patch = ListPatch { name: fields.optional("name"), place: read_place(&mut fields) };
        fields.done(|| Some(patch))
    }
}

/// 1 to 200 characters, not all of them blank, kept as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListName(pub(super) String);

impl Field for ListName {
    fn read(value: &Value) -> Result<ListName, String> {
        line(value, 200).map(ListName)
    }
}
