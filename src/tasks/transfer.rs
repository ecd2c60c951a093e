//! Taking away all that a person keeps, bringing it in, and taking that back.
//!
//! What is here already stays as it is: an id that is known is left alone, so the
//! same file can be brought in again. All that one file brought is known by the
//! number of its import, until it is undone.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::content::{Content, KeptList, KeptTask};
pub use super::store::Kind;
use super::store::{self, Seen};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{ListId, Owner, TaskId};

/// What became, or would become, of a row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Imported,
    /// It is here already, just so.
    Unchanged,
    /// Another with its id is here.
    Conflict,
    Left,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Imported => "imported",
            Outcome::Unchanged => "unchanged",
            Outcome::Conflict => "conflict",
            Outcome::Left => "left",
        }
    }
}

/// A row of a file, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Brought {
    pub kind: Kind,
    pub id: String,
    pub title: String,
    pub outcome: Outcome,
    pub why: &'static str,
}

/// A row that an import brought, as undoing it leaves it.
#[derive(Clone, Debug, Serialize)]
pub struct TakenBack {
    pub kind: Kind,
    pub id: String,
    pub title: String,
    /// Changed since, or a list that is not empty: it stays.
    pub kept: bool,
}

/// Tasks brought in between two words of progress.
const STRIDE: usize = 1024;

/// All that a person keeps.
pub fn export(conn: &Conn, owner: Owner) -> Result<Content> {
    Ok(Content { lists: store::kept_lists(conn, owner)?, tasks: store::kept_tasks(conn, owner)? })
}

/// What bringing this in would do. Changes nothing.
pub fn plan_import(conn: &Conn, owner: Owner, content: Content) -> Result<ImportPlan> {
    ImportPlan::make(conn, owner, content)
}

/// Brings in what is not here yet, under the number of an import. The plan must
/// be of the same transaction. `progress` hears now and then how
/// many tasks are in, and of how many.
pub fn carry_out(
    tx: &Tx,
    owner: Owner,
    plan: &ImportPlan,
    import: i64,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<()> {
    let revision = store::next_revision(tx, owner)?;
    store::index_if_many(tx, owner, plan.tasks.len())?;
    for list in &plan.lists {
        if list.is_inbox {
            store::delete_inbox(tx, owner)?;
        }
        store::bring_list(tx, owner, list, revision)?;
        if !list.is_inbox {
            store::note_imported(tx, owner, Kind::List, list.id.0, import, revision)?;
        }
    }
    for (index, task) in plan.tasks.iter().enumerate() {
        store::bring_task(tx, owner, task, revision)?;
        store::note_imported(tx, owner, Kind::Task, task.id.0, import, revision)?;
        if index % STRIDE == 0 {
            progress(index, plan.tasks.len());
        }
    }
    Ok(())
}

/// What taking an import back would do to each row that it brought.
pub fn rehearse_undo_import(conn: &Conn, import: i64) -> Result<Vec<TakenBack>> {
    let mut rows = Vec::new();
    for owner in store::owners_of_import(conn, import)? {
        rows.extend(store::imported(conn, owner, import)?);
    }
    Ok(rows)
}

/// Removes what an import brought and nobody has changed since. The same file can
/// bring it again.
pub fn undo_import(tx: &Tx, import: i64) -> Result<Vec<TakenBack>> {
    let rows = rehearse_undo_import(tx, import)?;
    for owner in store::owners_of_import(tx, import)? {
        let revision = store::next_revision(tx, owner)?;
        store::take_back(tx, owner, import, revision)?;
    }
    Ok(rows)
}

/// What of a file comes in, and what is said of each row.
pub struct ImportPlan {
    lists: Vec<KeptList>,
    tasks: Vec<KeptTask>,
    pub rows: Vec<Brought>,
}

/// What is here before anything comes in.
struct Present {
    lists: HashMap<ListId, KeptList>,
    tasks: HashMap<TaskId, KeptTask>,
    inbox: ListId,
    purged: HashSet<Seen>,
    /// Nobody has kept anything here: the Inbox may be the file's.
    is_untouched: bool,
}

impl ImportPlan {
    /// True if all of it is here, or stays out.
    pub fn changes_nothing(&self) -> bool {
        self.lists.is_empty() && self.tasks.is_empty()
    }

    fn make(conn: &Conn, owner: Owner, content: Content) -> Result<ImportPlan> {
        let present = Present::of(conn, owner)?;
        let mut plan = ImportPlan { lists: Vec::new(), tasks: Vec::new(), rows: Vec::new() };
        // Where the tasks of each list of the file go, and why not.
        let mut places: HashMap<ListId, Result<ListId, &'static str>> = HashMap::new();
        for list in content.lists {
            let (outcome, why, place) = present.judge_list(&list, &places);
            places.insert(list.id, place);
            plan.say(Kind::List, list.id.to_string(), &list.name, outcome, why);
            if outcome == Outcome::Imported {
                plan.lists.push(list);
            }
        }
        let mut seen = HashSet::new();
        for mut task in content.tasks {
            let known = places.get(&task.list_id).copied();
            let (outcome, why) = match known.unwrap_or(Err("its list is not in the file")) {
                Err(why) => (Outcome::Left, why),
                Ok(_) if !seen.insert(task.id) => (Outcome::Conflict, "its id comes twice"),
                Ok(list) => {
                    task.list_id = list;
                    present.judge_task(&task)
                }
            };
            plan.say(Kind::Task, task.id.to_string(), &task.title, outcome, why);
            if outcome == Outcome::Imported {
                plan.tasks.push(task);
            }
        }
        Ok(plan)
    }

    fn say(&mut self, kind: Kind, id: String, title: &str, outcome: Outcome, why: &'static str) {
        self.rows.push(Brought { kind, id, title: title.to_owned(), outcome, why });
    }
}

const PURGED: &str = "it was removed here for good";
const DIFFERS: &str = "it is here, and has changed";

impl Present {
    fn of(conn: &Conn, owner: Owner) -> Result<Present> {
        let Content { lists, tasks } = export(conn, owner)?;
        Ok(Present {
            inbox: store::inbox_id(conn, owner)?,
            purged: store::purged(conn, owner)?,
            is_untouched: store::revision(conn, owner)? == 1,
            lists: lists.into_iter().map(|list| (list.id, list)).collect(),
            tasks: tasks.into_iter().map(|task| (task.id, task)).collect(),
        })
    }

    /// What becomes of a list, and where its tasks go.
    fn judge_list(
        &self,
        list: &KeptList,
        before: &HashMap<ListId, Result<ListId, &'static str>>,
    ) -> (Outcome, &'static str, Result<ListId, &'static str>) {
        if let Some(place) = before.get(&list.id) {
            return (Outcome::Conflict, "its id comes twice", *place);
        }
        match self.lists.get(&list.id) {
            Some(known) if known == list => (Outcome::Unchanged, "", Ok(list.id)),
            Some(known) if known.deleted_at.is_some() != list.deleted_at.is_some() => {
                let why = "its list is in the trash, there or here";
                (Outcome::Conflict, DIFFERS, Err(why))
            }
            Some(_) => (Outcome::Conflict, DIFFERS, Ok(list.id)),
            None if list.is_inbox && !self.is_untouched => {
                (Outcome::Unchanged, "its tasks go to the Inbox that is here", Ok(self.inbox))
            }
            None if self.purged.contains(&(Kind::List, list.id.0)) => {
                (Outcome::Left, PURGED, Err("its list was removed here for good"))
            }
            None => (Outcome::Imported, "", Ok(list.id)),
        }
    }

    fn judge_task(&self, task: &KeptTask) -> (Outcome, &'static str) {
        match self.tasks.get(&task.id) {
            Some(known) if known == task => (Outcome::Unchanged, ""),
            Some(_) => (Outcome::Conflict, DIFFERS),
            None if self.purged.contains(&(Kind::Task, task.id.0)) => (Outcome::Left, PURGED),
            None => (Outcome::Imported, ""),
        }
    }
}
