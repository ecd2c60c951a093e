//! Keeping the write-ahead log short.
//!
//! SQLite folds the log into the file by itself, but begins it anew only at a
//! moment when nobody reads what is in it. Reads that overlap without end leave
//! no such moment, so once the log is long they are told to make way.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::checkpoint::Checkpointer;
use super::open;
use crate::error::Result;

/// Half of what SECURITY-BAR D14 allows: one commit adds much less than the rest.
const LONG: u64 = 32 << 20;

/// How much it grows before it is tried again, if somebody else's read goes on.
const STEP: u64 = 4 << 20;

/// Writes wait this long for reads to make way.
const PATIENCE: Duration = Duration::from_secs(1);

/// The log beside a database file.
pub(super) struct Log {
    file: PathBuf,
    hurry: Arc<AtomicBool>,
    checkpointer: Checkpointer,
    next: u64,
}

impl Log {
    /// Sets `hurry` while it waits for reads to end.
    pub(super) fn new(file: &Path, hurry: Arc<AtomicBool>, checkpointer: Checkpointer) -> Log {
        Log { file: file.with_extension("db-wal"), hurry, checkpointer, next: LONG }
    }

    /// Looks at the log between two commits, and begins it anew if it is long.
    pub(super) fn keep_short(&mut self, conn: &Connection) {
        self.checkpointer.wake();
        let length = self.length();
        if length < self.next {
            return;
        }
        self.hurry.store(true, Ordering::Relaxed);
        let folded = fold(conn);
        self.hurry.store(false, Ordering::Relaxed);
        if let Err(error) = folded {
            tracing::warn!(%error, "the write-ahead log cannot be folded into the file");
        }
        let left = self.length();
        self.next = if left < LONG { LONG } else { left + STEP };
    }

    fn length(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |log| log.len())
    }
}

/// Its row says whether it had to give up; the length says that too.
fn fold(conn: &Connection) -> Result<()> {
    conn.busy_timeout(PATIENCE)?;
    let folded = conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
    conn.busy_timeout(open::BUSY)?;
    Ok(folded?)
}
