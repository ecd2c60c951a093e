//! Noticing what other processes commit.
//!
//! `PRAGMA data_version` tells that somebody committed, `other_writes.count`
//! whether it was another process: commands raise it with each commit.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::Signals;
use super::open;
use crate::error::{Error, Result};

const INTERVAL: Duration = Duration::from_millis(250);

/// The thread that looks; a default one has none.
#[derive(Clone, Default)]
pub(super) struct Watcher {
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    /// Dropping it wakes the thread, which then ends.
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Watcher {
    pub(super) fn start(file: &Path, signals: Arc<Signals>) -> Result<Watcher> {
        let conn = open::reader(file)?;
        let seen = look(&conn)?;
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("docket-watch".into())
            .spawn(move || run(&conn, &signals, seen, &stopped))
            .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
        Ok(Watcher { running: Arc::new(Mutex::new(Some(Running { stop, thread }))) })
    }

    /// Ends the thread and closes its connection.
    pub(super) fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { stop, thread }) = running {
            drop(stop);
            // It has nothing to say that has not been logged.
            let _ = thread.join();
        }
    }
}

fn run(conn: &Connection, signals: &Signals, mut seen: (i64, i64), stopped: &Receiver<()>) {
    while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        match look_again(conn, seen) {
            Ok(now) => {
                if now.1 != seen.1 {
                    signals.standing_changed();
                }
                seen = now;
            }
            // What cannot be seen may have changed.
            Err(error) => {
                tracing::warn!(%error, "cannot look for changes by other processes");
                signals.standing_changed();
            }
        }
    }
}

fn look_again(conn: &Connection, seen: (i64, i64)) -> Result<(i64, i64)> {
    let version: i64 = conn.pragma_query_value(None, "data_version", |row| row.get(0))?;
    if version == seen.0 { Ok(seen) } else { look(conn) }
}

fn look(conn: &Connection) -> Result<(i64, i64)> {
    let version = conn.pragma_query_value(None, "data_version", |row| row.get(0))?;
    let count =
        conn.prepare_cached("select count from other_writes")?.query_row([], |row| row.get(0))?;
    Ok((version, count))
}
