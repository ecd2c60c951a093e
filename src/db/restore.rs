//! Putting another database in place, and keeping what it replaces.
//!
//! Only while no server runs. What is to be put in place is restored beside the
//! database and examined there; those very bytes then take its place by one
//! rename, so a kill at any moment leaves a whole database.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use super::backup::{self, Manifest, Report, files};
use super::{SECRET_FILE, ServerLock, migrate, open};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// A database that was examined and can take the place of the present one.
pub struct Candidate {
    data_dir: PathBuf,
    part: PathBuf,
    secret: Option<PathBuf>,
    /// What is known of it; nothing if it is a copy without a manifest.
    pub manifest: Option<Manifest>,
    pub schema: usize,
    /// Nobody may start a server meanwhile.
    _lock: ServerLock,
}

/// What would go with a rollback: made, changed and deleted since.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub table: &'static str,
    pub made: i64,
    pub changed: i64,
    pub deleted: i64,
}

/// Examines a backup or another copy of a database for taking the place of the
/// one in `data_dir`. Changes nothing there.
pub fn prepare(data_dir: &Path, file: &Path, report: &mut Report) -> Result<Candidate> {
    if !file.is_file() {
        return Err(Error::NotFound("backup"));
    }
    let lock = ServerLock::try_take(data_dir)?.ok_or_else(|| {
        let why = format!("a docket serves {}; stop it first", data_dir.display());
        Error::conflict("server_runs", why)
    })?;
    files::remove_leftovers(data_dir)?;
    let manifest_file = file.with_extension("json");
    let (problems, part) = if manifest_file.exists() {
        backup::examine_at(file, data_dir, report)?
    } else {
        examine_bare(data_dir, file, report)?
    };
    let refused = |why: String| {
        remove_part(&part);
        Error::conflict(
            "not_verified",
            format!("{} is not restored: {why}; nothing was changed", file.display()),
        )
    };
    if !problems.is_empty() {
        return Err(refused(problems.join("; ")));
    }
    let conn = open::open(&part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let schema = migrate::version(&conn)?;
    drop(conn);
    migrate::refuse_newer(file, schema).map_err(|error| refused(error.to_string()))?;
    let secret = Some(file.with_extension("secret")).filter(|path| path.is_file());
    Ok(Candidate {
        data_dir: data_dir.to_owned(),
        part,
        secret: secret.filter(|_| manifest_file.exists()),
        manifest: Manifest::read(&manifest_file).ok(),
        schema,
        _lock: lock,
    })
}

impl Candidate {
    /// Puts it in place; gives the directory in which what it replaced is kept.
    pub fn put_in_place(self, now: Timestamp) -> Result<PathBuf> {
        renew_history(&self.part, self.schema, now)?;
        let kept = self.data_dir.join(format!("replaced-{}", backup::stamp(now)));
        open::make_private_dir(&kept, "replaced")?;
        let file = super::file_in(&self.data_dir);
        fold(&file);
        // The file has a second name before it loses the first.
        if file.exists() {
            let second = kept.join("docket.db");
            if fs::hard_link(&file, &second).is_err() {
                files::copy(&file, &second, &mut |_| Ok(()))?;
            }
        }
        for end in ["docket.db-wal", "docket.db-shm"] {
            let from = self.data_dir.join(end);
            if from.exists() {
                files::rename(&from, &kept.join(end))?;
            }
        }
        self.put_secret(&kept)?;
        files::sync_dir(&kept)?;
        files::rename(&self.part, &file)?;
        files::sync_dir(&self.data_dir)?;
        Ok(kept)
    }

    /// Of a backup that has its secret with it, unless that is the present one.
    fn put_secret(&self, kept: &Path) -> Result<()> {
        let Some(secret) = &self.secret else { return Ok(()) };
        let present = self.data_dir.join(SECRET_FILE);
        let known = files::hash_of(&present)?;
        if known == files::hash_of(secret)? {
            return Ok(());
        }
        if known.is_some() {
            files::copy(&present, &kept.join(SECRET_FILE), &mut |_| Ok(()))?;
        }
        let part = self.part.with_extension("part");
        files::copy(secret, &part, &mut |_| Ok(()))?;
        files::rename(&part, &present)
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        remove_part(&self.part);
    }
}

/// The copy that was made before the last migration.
pub fn before_last_migration(data_dir: &Path) -> Result<PathBuf> {
    let copy = |version: usize| data_dir.join(format!("before-migration-{version}.db"));
    let known = (1..=migrate::latest()).rev().map(copy).find(|path| path.is_file());
    known.ok_or(Error::NotFound("copy from before a migration"))
}

/// What has been written since `older`, an examined copy of the same database.
pub fn written_since(data_dir: &Path, older: &Candidate) -> Result<Vec<Lost>> {
    let conn = open::reader(&super::file_in(data_dir))?;
    conn.execute("attach database ?1 as older", [older.part.to_string_lossy()])?;
    let lost = ["users", "lists", "tasks"].map(|table| compare(&conn, table));
    let lost = lost.into_iter().collect::<Result<Vec<Lost>>>();
    conn.execute_batch("detach database older")?;
    lost
}

fn compare(conn: &Connection, table: &'static str) -> Result<Lost> {
    let sql = format!(
        "select
            (select count(*) from main.{table} as now
             where not exists (select 1 from older.{table} as old
                 where old.owner = now.owner and old.id = now.id)),
            (select count(*) from main.{table} as now
             join older.{table} as old on old.owner = now.owner and old.id = now.id
             where old.updated_at <> now.updated_at),
            (select count(*) from older.{table} as old
             where not exists (select 1 from main.{table} as now
                 where old.owner = now.owner and old.id = now.id))"
    );
    Ok(conn.query_row(&sql, [], |row| {
        Ok(Lost { table, made: row.get(0)?, changed: row.get(1)?, deleted: row.get(2)? })
    })?)
}

/// A copy without a manifest: it can only be asked whether it is sound.
fn examine_bare(
    data_dir: &Path,
    file: &Path,
    report: &mut Report,
) -> Result<(Vec<String>, PathBuf)> {
    let beside = PathBuf::from(format!("{}-wal", file.display()));
    if fs::metadata(&beside).is_ok_and(|wal| wal.len() > 0) {
        let why = format!("a part of it is in {}, so it is no finished copy", beside.display());
        return Ok((vec![why], beside));
    }
    let part = data_dir.join("docket-restored.scratch");
    files::copy(file, &part, &mut |_| Ok(()))?;
    Ok((backup::soundness(&part, report)?, part))
}

/// The first schema whose marks for clients name the history of the file.
const NAMED_HISTORY: usize = 11;

/// Begins another history in a file that nobody uses yet: what a client knows of
/// the one that ends here, its cursors and ETags, must never fit this one. A number
/// that rises goes on where that history cannot have come.
fn renew_history(file: &Path, schema: usize, now: Timestamp) -> Result<()> {
    if schema < NAMED_HISTORY {
        // Its program knows a client that is ahead by the lower revision.
        return Ok(());
    }
    let conn = open::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // It is synced below, and does not count before.
    conn.execute_batch("pragma journal_mode = off; pragma synchronous = off")?;
    conn.execute_batch(&format!(
        "begin;
         update history set name = lower(hex(randomblob(6)));
         update revisions set revision = revision + {now};
         update lists set version = version + {now};
         update tasks set version = version + {now};
         commit",
        now = now.0.max(0)
    ))?;
    drop(conn);
    let synced = fs::File::open(file).and_then(|file| file.sync_all());
    synced.map_err(|error| Error::of_io(&format!("cannot write {}", file.display()), &error))
}

/// Brings the log into the file, if the file is good for that.
fn fold(file: &Path) {
    if file.exists()
        && let Ok(conn) = open::writer(file)
        && let Err(error) = conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
    {
        tracing::warn!(%error, "the replaced database is kept with its log");
    }
}

fn remove_part(part: &Path) {
    for end in ["", "-wal", "-shm"] {
        // It is gone already if it was put in place.
        let _ = fs::remove_file(format!("{}{end}", part.display()));
    }
}
