//! Taking an import back: the accounts it brought go, with all that is in them,
//! but for those whose people have begun to use them.

use serde::Serialize;

use crate::auth::store::imports;
use crate::auth::{audit, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// An import that was carried out.
#[derive(Clone, Debug, Serialize)]
pub struct Import {
    pub id: i64,
    pub at: Timestamp,
    /// The name of the file.
    pub file: String,
    /// How many of its accounts are here.
    pub accounts: i64,
    /// How many lists and tasks it brought to an account.
    pub rows: i64,
    pub undone_at: Option<Timestamp>,
}

/// An account that an import brought, and whether it goes.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    #[serde(skip)]
    pub(in crate::auth) owner: Owner,
    pub id: UserId,
    pub email: Option<String>,
    /// Its person has signed in since, or changed something: it stays.
    pub used: bool,
}

/// Every import, oldest first.
pub fn list(conn: &Conn) -> Result<Vec<Import>> {
    imports::list(conn)
}

/// What undoing would do to each account that is still here.
pub fn members(conn: &Conn, id: i64) -> Result<Vec<Member>> {
    let import = imports::find(conn, id)?.ok_or(Error::NotFound("import"))?;
    if import.undone_at.is_some() {
        return Err(Error::conflict("already_undone", "it was undone before"));
    }
    let mut members = imports::members(conn, id)?;
    for member in &mut members {
        member.used = imports::is_used(conn, member.owner, import.at)?;
    }
    Ok(members)
}

/// Deletes the accounts that nobody has used. The same file can bring them again.
pub fn undo(tx: &Tx, id: i64, now: Timestamp) -> Result<Vec<Member>> {
    let members = members(tx, id)?;
    for member in members.iter().filter(|member| !member.used) {
        audit::note_command(tx, member.owner, audit::Kind::AccountDeleted, now)?;
        user::delete(tx, member.owner)?;
        imports::forget(tx, &member.id)?;
    }
    imports::set_undone(tx, id, now)?;
    Ok(members)
}
