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

const ALL: &[Migration] = &[
    Migration { name: "0001_foundation", sql: include_str!("migrations/0001_foundation.sql") },
    Migration { name: "0002_accounts", sql: include_str!("migrations/0002_accounts.sql") },
    Migration { name: "0003_invites", sql: include_str!("migrations/0003_invites.sql") },
    Migration { name: "0004_audit", sql: include_str!("migrations/0004_audit.sql") },
    Migration { name: "0005_imports", sql: include_str!("migrations/0005_imports.sql") },
    Migration { name: "0006_counters", sql: include_str!("migrations/0006_counters.sql") },
    Migration { name: "0007_mailed", sql: include_str!("migrations/0007_mailed.sql") },
    Migration {
        name: "0008_access_tokens",
        sql: include_str!("migrations/0008_access_tokens.sql"),
    },
    Migration {
        name: "0009_deleted_accounts",
        sql: include_str!("migrations/0009_deleted_accounts.sql"),
    },
    Migration {
        name: "0010_imported_rows",
        sql: include_str!("migrations/0010_imported_rows.sql"),
    },
    Migration { name: "0011_history", sql: include_str!("migrations/0011_history.sql") },
    Migration { name: "0012_many", sql: include_str!("migrations/0012_many.sql") },
];

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
    let status = version(&open::reader(file)?)?;
    let _alone = match role {
        Role::Command if (1..ALL.len()).contains(&status) => Some(ServerLock::take(data_dir)?),
        _ => None,
    };
    run(file, ALL)
}

fn run(file: &Path, steps: &[Migration]) -> Result<()> {
    let mut conn = open::writer(file)?;
    if version(&conn)? == steps.len() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let found = version(&tx)?;
    refuse_newer(file, found)?;
    if found > 0 && found < steps.len() {
        // SQLite copies nothing from within a transaction that writes.
        let target = file.with_file_name(format!("before-migration-{found}.db"));
        snapshot::copy(&open::reader(file)?, &target)?;
    }
    for step in steps.iter().skip(found) {
        tx.execute_batch(step.sql)
            .map_err(|error| Error::Setup(format!("migration {} failed: {error}", step.name)))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", i64::try_from(steps.len()).expect("few steps"))?;
    tx.commit()?;
    Ok(())
}

/// How many steps this program knows.
pub(super) fn latest() -> usize {
    ALL.len()
}

/// Runs what is missing in a copy that nobody else uses.
pub(super) fn bring_up(file: &Path) -> Result<()> {
    run(file, ALL)
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
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A file at version 1 with one account in it, and the second step.
    fn data_to_migrate(folder: &Path) -> (PathBuf, [Migration; 2]) {
        let file = super::super::prepare(folder).unwrap();
        open::check(&file).unwrap();
        let first = || Migration { name: ALL[0].name, sql: ALL[0].sql };
        run(&file, &[first()]).unwrap();
        open::writer(&file)
            .unwrap()
            .execute_batch(
                "insert into users (id, email, created_at, updated_at)
                 values ('ada', 'ada@example.org', 1, 1)",
            )
            .unwrap();
        let second = "alter table users add column shoe_size integer; update users set name = 'x'";
        (file, [first(), Migration { name: "0002_second", sql: second }])
    }

    fn name_in(file: &Path) -> String {
        let conn = Connection::open(file).unwrap();
        let verdict: String =
            conn.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        conn.query_row("select name from users", [], |row| row.get(0)).unwrap()
    }

    // SECURITY-BAR D11, D16
    #[test]
    fn what_was_there_is_kept_before_a_migration() {
        let folder = tempfile::TempDir::new().unwrap();
        let (file, steps) = data_to_migrate(folder.path());

        run(&file, &steps).unwrap();

        assert_eq!(name_in(&file), "x");
        assert_eq!(version(&Connection::open(&file).unwrap()).unwrap(), 2);
        let kept = folder.path().join("before-migration-1.db");
        assert_eq!(name_in(&kept), "");
        assert_eq!(version(&Connection::open(&kept).unwrap()).unwrap(), 1);
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!kept.with_extension("part").exists());
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let (file, mut steps) = data_to_migrate(folder.path());
        steps[1].sql = "update users set name = 'x'; insert into nowhere values (1)";

        let error = run(&file, &steps).unwrap_err().to_string();

        assert!(error.contains("0002_second"), "{error}");
        assert_eq!(name_in(&file), "");
        assert_eq!(version(&Connection::open(&file).unwrap()).unwrap(), 1);
    }

    #[test]
    fn counters_from_before_they_had_tables_are_kept() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = super::super::prepare(folder.path()).unwrap();
        open::check(&file).unwrap();
        run(&file, &ALL[..5]).unwrap();
        open::writer(&file)
            .unwrap()
            .execute_batch(
                "insert into users (id, email, created_at, updated_at)
                 values ('ada', 'ada@example.org', 1, 1);
                 insert into tasks (owner, id, list_id, title, completed_at, position, version,
                     revision, created_at, updated_at)
                 select lists.owner, randomblob(16), lists.id, 'milk', at, 'a0', 1, 5, 1, 1
                 from lists, (select null as at union all select null union all select 7);
                 update users set revision = 5",
            )
            .unwrap();

        run(&file, ALL).unwrap();

        let counters = Connection::open(&file)
            .unwrap()
            .query_row("select open, completed, revision from list_counts, revisions", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!(counters, (2, 1, 5));
    }

    #[test]
    fn steps_are_numbered_in_order() {
        for (index, step) in ALL.iter().enumerate() {
            assert!(step.name.starts_with(&format!("{:04}_", index + 1)), "{}", step.name);
        }
    }
}
