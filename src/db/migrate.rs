//! Numbered steps from an empty file to today's schema.
//!
//! A step is a file in `migrations/`, append-only, run once in one transaction
//! and counted by `user_version`. Data that is there already is copied first.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;

use super::open::{self, APPLICATION_ID};
use super::{Role, ServerLock, snapshot};
use crate::error::{Error, Result};

/// One step of the schema.
pub struct Migration {
    pub name: &'static str,
    sql: &'static str,
}

const ALL: &[Migration] =
    &[Migration { name: "0001_foundation", sql: include_str!("migrations/0001_foundation.sql") }];

/// Where a file stands, as `docket migrate status` prints it.
#[derive(Debug, Serialize)]
pub struct Status {
    pub file: PathBuf,
    /// Steps the file has had; 0 when it does not exist yet.
    pub version: usize,
    /// Steps that this program knows.
    pub latest: usize,
    /// Names of the steps still to run, in order.
    pub pending: Vec<&'static str>,
}

/// Looks without changing anything.
pub fn status(data_dir: &Path) -> Result<Status> {
    let file = super::file_in(data_dir);
    let version = if file.exists() {
        open::check(&file)?;
        version(&open::reader(&file)?)?
    } else {
        0
    };
    let pending = ALL.iter().skip(version).map(|step| step.name).collect();
    Ok(Status { file, version, latest: ALL.len(), pending })
}

/// Runs what is missing in a file that was checked. One that a running server
/// uses is not changed under it.
pub(super) fn apply(data_dir: &Path, file: &Path, role: Role) -> Result<()> {
    let mut conn = open::writer(file)?;
    let found = version(&conn)?;
    if found == ALL.len() {
        return Ok(());
    }
    let _alone = match role {
        Role::Command if found > 0 => Some(ServerLock::take(data_dir)?),
        _ => None,
    };
    if found > 0 {
        snapshot::copy(&conn, &file.with_file_name(format!("before-migration-{found}.db")))?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let found = version(&tx)?;
    refuse_newer(file, found)?;
    for step in &ALL[found..] {
        tx.execute_batch(step.sql)
            .map_err(|error| Error::Setup(format!("migration {} failed: {error}", step.name)))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", i64::try_from(ALL.len()).expect("few steps"))?;
    tx.commit()?;
    Ok(())
}

pub(super) fn version(conn: &Connection) -> Result<usize> {
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(version)
        .map_err(|_| Error::Setup(format!("impossible schema version {version}")))
}

pub(super) fn refuse_newer(file: &Path, found: usize) -> Result<()> {
    if found > ALL.len() {
        return Err(Error::Setup(format!(
            "{} has schema version {found}, made by a newer docket; this one knows {}. \
             Nothing was changed; use the newer program",
            file.display(),
            ALL.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_in_order() {
        for (index, step) in ALL.iter().enumerate() {
            assert!(step.name.starts_with(&format!("{:04}_", index + 1)), "{}", step.name);
        }
    }
}
