//! Moving in: the accounts of a Better Auth database, with their passwords,
//! second factors and sessions. A file is read first, without looking at what
//! is here; then it is decided who comes; and all who do come at once.

mod person;
mod plan;
mod report;
mod rows;
mod source;
mod undo;

use std::path::Path;

pub use report::{Count, Outcome, Report, Row};
pub use source::Source;
pub use undo::{Import, Member, list, members, undo};

use self::person::Person;
use super::secret::ServerSecret;
use super::store::{self, imports};
use super::{audit, session, two_factor};
use crate::db::{Conn, Tx, read_foreign};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

/// The secret of the server that is moved from.
#[derive(Clone)]
pub struct OldSecret {
    pub secret: ServerSecret,
    /// Docket signs cookies with the same one, so those of the old server are good here.
    pub is_ours: bool,
}

/// Reads a Better Auth database or its SQL dump, whatever its name. The file is
/// not changed, and what a dump holds is run in memory, as far as it is harmless.
pub fn read(file: &Path, old: Option<OldSecret>, now: Timestamp) -> Result<Source> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    read_foreign(file, move |foreign| source::read(foreign, name, old.as_ref(), now))
}

/// What importing would do, without a database to look at if there is none yet.
pub fn rehearse(conn: Option<&Conn>, source: &Source) -> Result<Report> {
    plan::make(conn, source).map(|plan| plan.into_report(None))
}

/// Begins the import of what one account keeps, and gives its number.
pub fn begin(tx: &Tx, owner: Owner, file: &str, now: Timestamp) -> Result<i64> {
    audit::note_command(tx, owner, audit::Kind::Imported, now)?;
    imports::insert(tx, file, now)
}

/// Imports everybody who is not here yet. The passwords, factors and sessions
/// of those who are stay as they are here. `progress` hears how many are in,
/// and of how many.
pub fn carry_out(
    tx: &Tx,
    secret: &ServerSecret,
    source: &Source,
    now: Timestamp,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Report> {
    let plan = plan::make(Some(tx), source)?;
    if plan.people.is_empty() {
        return Ok(plan.into_report(None));
    }
    let import = imports::insert(tx, &source.file, now)?;
    for (index, person) in plan.people.iter().enumerate() {
        bring(tx, secret, import, person, now)?;
        progress(index + 1, plan.people.len());
    }
    Ok(plan.into_report(Some(import)))
}

fn bring(
    tx: &Tx,
    secret: &ServerSecret,
    import: i64,
    person: &Person,
    now: Timestamp,
) -> Result<()> {
    let owner = store::insert_user(tx, &person.user, person.password_hash.as_deref())?;
    imports::insert_user(tx, import, &person.user.id, owner)?;
    if let Some((key, codes)) = &person.factor {
        two_factor::bring(tx, secret, owner, key, codes)?;
    }
    for (session, token) in &person.sessions {
        session::bring(tx, secret, owner, session, token)?;
    }
    audit::note_command(tx, Some(owner), audit::Kind::Imported, now)
}
