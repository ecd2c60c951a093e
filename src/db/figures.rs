//! What the writer has done so far, for whoever watches the server.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::disk;

/// Bytes that some writes need: less is as good as none.
const ROOM: u64 = 1 << 20;

/// Counts that only rise, but for the writes that wait.
pub struct Figures {
    file: PathBuf,
    commits: AtomicU64,
    failures: AtomicU64,
    writes: AtomicU64,
    nanoseconds: AtomicU64,
    waiting: AtomicU64,
}

impl Figures {
    pub(super) fn of(file: &Path) -> Figures {
        let zero = AtomicU64::default;
        Figures {
            file: file.to_owned(),
            commits: zero(),
            failures: zero(),
            writes: zero(),
            nanoseconds: zero(),
            waiting: zero(),
        }
    }

    /// Transactions that were synced.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The writes in them: several share one.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    pub fn syncing(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// Writes that are not answered yet.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How large the database file and its write-ahead log are.
    pub fn sizes(&self) -> (u64, u64) {
        let size = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
        (size(&self.file), size(&self.file.with_extension("db-wal")))
    }

    /// False if the disk has no room for another write.
    pub fn has_room(&self) -> bool {
        let dir = self.file.parent();
        dir.and_then(disk::free_space).is_none_or(|bytes| bytes >= ROOM)
    }

    pub(super) fn committed(&self, writes: usize, syncing: Duration) {
        let nanoseconds = u64::try_from(syncing.as_nanos()).unwrap_or_default();
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(writes as u64, Ordering::Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn waits(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, writes: usize) {
        self.waiting.fetch_sub(writes as u64, Ordering::Relaxed);
    }
}
