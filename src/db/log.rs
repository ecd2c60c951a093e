//! Keeping the write-ahead log short.
//!
//! SQLite folds the log into the file by itself, but begins it anew only at a
//! moment when nobody reads what is in it. Reads that overlap without end leave
//! no such moment, so once the log is long they are told to make way. A copy of
//! the whole database cannot: while one is made, commits become rarer instead.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::checkpoint::{self, Checkpointer};
use super::{lock, open};
use crate::error::Result;

/// Half of what SECURITY-BAR D14 allows: one commit adds much less than the rest.
const LONG: u64 = 32 << 20;

/// How much it grows before it is tried again, if somebody else's read goes on.
const STEP: u64 = 4 << 20;

/// Writes wait this long for reads to make way.
const PATIENCE: Duration = Duration::from_secs(1);

/// Beside a log this long no copy goes on.
pub(super) const LONGEST_BESIDE_COPY: u64 = 60 << 20;

/// The rest between two commits beside a copy, once the log is nearly that long.
/// Those who wait then share a commit, so more of them do not make it grow faster.
const LONGEST_REST: Duration = Duration::from_millis(150);

/// What a copy kept from being folded is left to the checkpointer for so long, or
/// until only this many pages of it are left: then the writer is quick about them.
const AFTER_COPY: Duration = Duration::from_secs(3);
const FEW_PAGES: i64 = 3000;

/// Where others copy the log, it is said when it is this long, and twice as long.
const LONG_ELSEWHERE: u64 = 256 << 20;

/// The log beside a database file.
pub(super) struct Log {
    file: PathBuf,
    hurry: Arc<AtomicBool>,
    checkpointer: Checkpointer,
    checkpoints: bool,
    next: u64,
    /// When a copy was last seen to be made.
    copied_at: Option<Instant>,
}

impl Log {
    /// Sets `hurry` while it waits for reads to end.
    /// Without `checkpoints` the log is another program's to copy.
    pub(super) fn new(
        file: &Path,
        hurry: Arc<AtomicBool>,
        checkpointer: Checkpointer,
        checkpoints: bool,
    ) -> Log {
        let next = if checkpoints { LONG } else { LONG_ELSEWHERE };
        let file = file.with_extension("db-wal");
        Log { file, hurry, checkpointer, checkpoints, next, copied_at: None }
    }

    /// Tells a writer's connection whether to copy the log by itself.
    pub(super) fn set_up(&self, conn: &Connection) -> Result<()> {
        if !self.checkpoints {
            conn.pragma_update(None, "wal_autocheckpoint", 0)?;
        }
        Ok(())
    }

    /// Looks at the log between two commits, and begins it anew if it is long.
    pub(super) fn keep_short(&mut self, conn: &Connection) {
        if self.checkpointer.leaves_the_rest() {
            // The next commit then begins the log anew.
            tell(checkpoint::checkpoint(conn));
        }
        self.checkpointer.wake();
        let length = self.length();
        if length < LONG {
            return;
        }
        if !self.checkpoints {
            return self.mind(length);
        }
        if self.waits_for_copy(conn) {
            std::thread::sleep(rest(length));
            return;
        }
        if length < self.next {
            return;
        }
        self.hurry.store(true, Ordering::Relaxed);
        let folded = fold(conn);
        self.hurry.store(false, Ordering::Relaxed);
        tell(folded);
        let left = self.length();
        self.next = if left < LONG { LONG } else { left + STEP };
    }

    /// Says that nobody copies a log that is somebody else's to copy.
    fn mind(&mut self, length: u64) {
        if length >= self.next {
            self.next = length * 2;
            let mib = length >> 20;
            tracing::warn!(
                "the write-ahead log has grown to {mib} MiB; checkpoints is off, so \
                 Litestream, or whoever copies it, must be running"
            );
        }
    }

    fn length(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |log| log.len())
    }

    /// True while somebody, perhaps another process, reads the whole database, and
    /// until the checkpointer has made up for it.
    fn waits_for_copy(&mut self, conn: &Connection) -> bool {
        if self.file.parent().is_some_and(|dir| lock::is_taken(dir, lock::SNAPSHOT)) {
            self.copied_at = Some(Instant::now());
            return true;
        }
        let is_recent = self.copied_at.is_some_and(|at| at.elapsed() < AFTER_COPY);
        is_recent && checkpoint::uncopied(conn).is_ok_and(|pages| pages > FEW_PAGES)
    }
}

fn tell(folded: Result<()>) {
    if let Err(error) = folded {
        tracing::warn!(%error, "the write-ahead log cannot be folded into the file");
    }
}

/// Nothing at first, the longest rest when the log is as long as it may be.
fn rest(length: u64) -> Duration {
    let over = length.saturating_sub(LONG) as f64 / (LONGEST_BESIDE_COPY - LONG) as f64;
    LONGEST_REST.mul_f64(over.min(1.0))
}

/// Its row says whether it had to give up; the length says that too.
fn fold(conn: &Connection) -> Result<()> {
    conn.busy_timeout(PATIENCE)?;
    let folded = conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
    conn.busy_timeout(open::BUSY)?;
    Ok(folded?)
}
