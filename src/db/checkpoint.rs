//! Copying the WAL into the file beside the writer, not in its way.
//!
//! SQLite would do it on the connection whose commit finds the WAL long, and
//! everybody who waits for that commit would wait for a thousand pages more.
//! This thread copies and syncs while the writer goes on, again for what came
//! meanwhile, until little is left. The WAL begins anew only where nothing is:
//! then the writer copies the last pages itself, between two commits.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::open;
use crate::error::{Error, Result};

/// Pages in the WAL that make a copy worth its syncs (16 MB): the more of them,
/// the more often one copy serves several changes of a page.
const PAGES: i64 = 4000;

/// So few the writer copies and syncs in a millisecond or two.
const FEW: i64 = 256;

/// So many it copies where another round would leave hardly fewer: a round takes as
/// long as a commit or two, and with many writers they bring that much.
const MOST: i64 = 1000;

/// The thread that copies; a default one has none.
#[derive(Clone, Default)]
pub(super) struct Checkpointer {
    nearly_done: Arc<AtomicBool>,
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    /// Dropping it ends the thread.
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(file: &Path) -> Result<Checkpointer> {
        let nearly_done = Arc::new(AtomicBool::new(false));
        let copier = Copier {
            conn: open::writer(file)?,
            file: hold(file)?,
            nearly_done: nearly_done.clone(),
        };
        // A second word of commits while it copies says nothing new.
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("docket-wal".into())
            .spawn(move || copier.run(&woken))
            .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
        let running = Arc::new(Mutex::new(Some(Running { wake, thread })));
        Ok(Checkpointer { nearly_done, running })
    }

    /// True once after each copy that left so little that the writer should finish it.
    pub(super) fn leaves_the_rest(&self) -> bool {
        self.nearly_done.load(Ordering::Relaxed) && self.nearly_done.swap(false, Ordering::Relaxed)
    }

    /// Says that there was a commit.
    pub(super) fn wake(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Running { wake, .. }) = running.as_ref() {
            // A thread that has not come round yet will see this commit too.
            let _ = wake.try_send(());
        }
    }

    /// Ends the thread and closes its connection.
    pub(super) fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { wake, thread }) = running {
            drop(wake);
            // It has nothing to say that has not been logged.
            let _ = thread.join();
        }
    }
}

/// The database file, for syncs beside SQLite, which syncs only a copy that is
/// complete: the writer would wait for all of it. The handle is never closed:
/// that would drop the locks which SQLite holds on the file in this process.
fn hold(file: &Path) -> Result<ManuallyDrop<File>> {
    let held =
        File::open(file).map_err(|error| Error::of_io("cannot open the database", &error))?;
    Ok(ManuallyDrop::new(held))
}

/// What the thread has.
struct Copier {
    conn: Connection,
    file: ManuallyDrop<File>,
    nearly_done: Arc<AtomicBool>,
}

impl Copier {
    fn run(self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            if let Err(error) = self.copy() {
                tracing::warn!(%error, "cannot copy the write-ahead log into the file");
            }
        }
    }

    /// Copies until little is left, or nothing more can be: somebody still reads it.
    fn copy(&self) -> Result<()> {
        let mut left = uncopied(&self.conn)?;
        if left < PAGES {
            return Ok(());
        }
        loop {
            let before = left;
            checkpoint(&self.conn)?;
            let synced = self.file.sync_data();
            synced.map_err(|error| Error::of_io("cannot sync the database", &error))?;
            left = uncopied(&self.conn)?;
            if is_little(left, before) {
                self.nearly_done.store(true, Ordering::Relaxed);
                return Ok(());
            }
            if left >= before {
                return Ok(());
            }
        }
    }
}

/// True if so many pages, after a round that began with those before, are the writer's.
fn is_little(left: i64, before: i64) -> bool {
    left <= FEW || left <= MOST && left > before / 2
}

/// Copies what can be copied without anybody waiting for it.
pub(super) fn checkpoint(conn: &Connection) -> Result<()> {
    look(conn, "pragma wal_checkpoint(passive)").map(drop)
}

/// How many pages of the WAL are not in the file yet.
pub(super) fn uncopied(conn: &Connection) -> Result<i64> {
    let (pages, copied) = look(conn, "pragma wal_checkpoint(noop)")?;
    Ok(pages - copied)
}

/// How many pages the WAL has, and how many of them are in the file.
fn look(conn: &Connection, pragma: &str) -> Result<(i64, i64)> {
    Ok(conn.prepare_cached(pragma)?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?)
}
