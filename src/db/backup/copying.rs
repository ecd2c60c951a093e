//! Reading the whole database at one moment, while others write.
//!
//! A read that goes on for long keeps the write-ahead log from beginning anew.
//! Whoever copies therefore says so, by a lock that the server's writer looks
//! at once the log is long: the writer then does not wait for the read to end,
//! but makes commits rarer, so that each serves more of those who wait. A copy
//! during which the log grows too long all the same is given up.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::super::content::{self, Content};
use super::super::{lock, log, open};
use super::{Phase, Progress, Report};
use crate::error::{Error, Result};

/// Pages copied between two looks around (1 MiB).
const STEP: i32 = 256;

/// Steps between two syncs of the copy: a flood would delay everybody's syncs.
const SYNC_EVERY: u32 = 16;

/// How long the log may be held up before the copy begins.
const FOLDING: Duration = Duration::from_millis(50);

/// The database behind `data_dir`, held at one moment.
pub(in super::super) struct Moment {
    conn: Connection,
    wal: PathBuf,
    longest_wal: u64,
    /// Let go of after `conn`.
    _said: File,
}

impl Moment {
    /// Begins: everything committed before is in it.
    pub(in super::super) fn hold(data_dir: &Path, checkpoints: bool) -> Result<Moment> {
        let said = lock::wait(data_dir, lock::SNAPSHOT)?;
        let file = super::super::file_in(data_dir);
        let conn = open::reader(&file)?;
        if checkpoints {
            shorten_log(&conn)?;
        }
        conn.execute_batch("begin")?;
        conn.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
        let longest_wal = if checkpoints { log::LONGEST_BESIDE_COPY } else { u64::MAX };
        Ok(Moment { conn, wal: file.with_extension("db-wal"), longest_wal, _said: said })
    }

    pub(in super::super) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// Copies every page to a new file at `target`, synced.
    pub(in super::super) fn copy(&self, target: &Path, report: &mut Report) -> Result<()> {
        let file = open::private_file(target)?;
        let failed = |error| Error::Setup(format!("cannot write {}: {error}", target.display()));
        let mut conn = open::open(target, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // It is synced below, and removed if anything fails.
        conn.execute_batch("pragma synchronous = off; pragma journal_mode = off")?;
        conn.pragma_update(None, "cache_size", -2000)?;
        let copy = Backup::new(&self.conn, &mut conn)?;
        for number in 1_u32.. {
            let step = copy.step(STEP)?;
            let pages = copy.progress();
            let done = u64::try_from(pages.pagecount - pages.remaining).unwrap_or(0);
            let total = u64::try_from(pages.pagecount).unwrap_or(0);
            self.go_on(report, Progress { phase: Phase::Copying, done, total })?;
            match step {
                StepResult::Done => break,
                StepResult::More if number.is_multiple_of(SYNC_EVERY) => {
                    file.sync_data().map_err(failed)?;
                }
                _ => {}
            }
        }
        drop(copy);
        drop(conn);
        file.sync_all().map_err(failed)
    }

    /// What the database says at this moment.
    pub(in super::super) fn content(&self, report: &mut Report) -> Result<Content> {
        content::read(&self.conn, &mut |done| {
            self.go_on(report, Progress { phase: Phase::Reading, done, total: 0 })
        })
    }

    fn go_on(&self, report: &mut Report, progress: Progress) -> Result<()> {
        if std::fs::metadata(&self.wal).is_ok_and(|wal| wal.len() > self.longest_wal) {
            return Err(Error::Unavailable(
                "too much was written while the database was copied; it will work when \
                 less goes on"
                    .into(),
            ));
        }
        report(progress)
    }
}

/// Gives the log the most room to grow, as far as that takes no time.
fn shorten_log(conn: &Connection) -> Result<()> {
    let fold = |how: &str| conn.query_row(&format!("pragma wal_checkpoint({how})"), [], |_| Ok(()));
    fold("passive")?;
    conn.busy_timeout(FOLDING)?;
    let folded = fold("truncate");
    conn.busy_timeout(open::BUSY)?;
    // Its row says whether somebody was in the way; then it stays as it is.
    Ok(folded?)
}
