//! Copying the WAL into the file beside the writer, not in its way.
//!
//! SQLite would do it on the connection whose commit finds the WAL long, and
//! everybody who waits for that commit would wait for a thousand pages more.
//! This thread copies while the writer goes on. What it cannot do is begin the
//! WAL anew while commits keep coming, so the writer still checkpoints one that
//! grows to several times that size; by then little is left to copy.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::open;
use crate::error::{Error, Result};

/// Pages in the WAL that make a copy worth its two syncs (4 MiB).
const PAGES: i64 = 3000;

/// The thread that copies; a default one has none.
#[derive(Clone, Default)]
pub(super) struct Checkpointer {
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    /// Dropping it ends the thread.
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(file: &Path) -> Result<Checkpointer> {
        let conn = open::writer(file)?;
        // A second word of commits while it copies says nothing new.
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("docket-wal".into())
            .spawn(move || run(&conn, &woken))
            .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
        Ok(Checkpointer { running: Arc::new(Mutex::new(Some(Running { wake, thread }))) })
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

fn run(conn: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        if let Err(error) = copy(conn) {
            tracing::warn!(%error, "cannot copy the write-ahead log into the file");
        }
    }
}

fn copy(conn: &Connection) -> Result<()> {
    if uncopied(conn)? >= PAGES {
        look(conn, "pragma wal_checkpoint(passive)")?;
    }
    Ok(())
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
