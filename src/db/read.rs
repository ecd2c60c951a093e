//! Reading: on the thread that asks while it is short, elsewhere once it is long.
//!
//! A read begins where the request is, on a pooled connection taken without
//! waiting. After [`SHORT`] SQLite stops it, and it begins anew on a blocking
//! thread, where one person has one place and all together [`LONG_READS`], so
//! that a slow query holds up nobody but the one who asked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use r2d2::{Pool, PooledConnection};
use tokio::sync::Semaphore;

use super::{Db, Role, open};
use crate::error::{Error, Result};
use crate::ids::Owner;

/// A connection that can only read.
pub type Conn = rusqlite::Connection;

/// How long a read may keep a worker: some hundred times what a page of tasks takes.
const SHORT: Duration = Duration::from_millis(4);

/// How long a read may go on while the log waits for it to end.
const GRACE: Duration = Duration::from_millis(250);

/// How long a read may take at all.
const LONG: Duration = Duration::from_secs(20);

/// How long the end waits for connections to close.
const CLOSING: Duration = Duration::from_secs(2);

/// Long reads at once: they share two cores with everybody's short ones.
const LONG_READS: usize = 2;

/// One for each worker that may be reading, and for the long reads.
const CONNECTIONS: u32 = 8;

/// A server opens these before they are asked for, and the others when they
/// are taken; a command reads once or twice and opens what it needs.
const IDLE: u32 = 2;

/// SQLite asks about the deadline after this many steps of its machine (about 20 µs).
const STEPS: i32 = 1000;

#[derive(Clone)]
pub(super) struct Readers {
    pool: Arc<RwLock<Option<Pool<Manager>>>>,
    /// Gone when the last connection is.
    alive: Weak<()>,
    hurry: Arc<AtomicBool>,
    long: Arc<LongReads>,
}

impl Readers {
    /// While `hurry` is true, reads end early and begin anew.
    pub(super) fn new(file: &Path, role: Role, hurry: Arc<AtomicBool>) -> Readers {
        let token = Arc::new(());
        let alive = Arc::downgrade(&token);
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(if role == Role::Command { 0 } else { IDLE }))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connection_timeout(Duration::from_secs(10))
            .build_unchecked(Manager { file: file.to_owned(), hurry: hurry.clone(), alive: token });
        Readers { pool: Arc::new(RwLock::new(Some(pool))), alive, hurry, long: Arc::default() }
    }

    /// Closes the connections; whoever asks from now on is told so. The pool may
    /// be opening one just now, and a long read may be using one: waits for both.
    pub(super) fn close(&self) {
        self.hurry.store(true, Ordering::Relaxed);
        drop(self.pool.write().unwrap_or_else(PoisonError::into_inner).take());
        let begun = Instant::now();
        while self.alive.strong_count() > 0 && begun.elapsed() < CLOSING {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// A connection, if one is free this moment.
    fn try_take(&self) -> Option<PooledConnection<Manager>> {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.try_get()
    }

    /// A connection, after waiting for one.
    fn take(&self) -> Result<PooledConnection<Manager>> {
        let pool = self.pool.read().unwrap_or_else(PoisonError::into_inner).clone();
        let pool = pool.ok_or_else(stopping)?;
        pool.get().map_err(|error| Error::Unavailable(format!("cannot read: {error}")))
    }

    /// Reads until it is done or out of time, making way for the log in between.
    fn run_long<T>(&self, work: impl Fn(&Conn) -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        loop {
            let left = LONG.saturating_sub(begun.elapsed());
            match self.take()?.run(left, |conn| work(conn)) {
                Err(Error::Interrupted) if begun.elapsed() < LONG => {}
                result => return result,
            }
        }
    }
}

/// Opens connections for the pool.
struct Manager {
    file: PathBuf,
    hurry: Arc<AtomicBool>,
    alive: Arc<()>,
}

/// A read-only connection, and the moments at which SQLite stops its work.
struct Reader {
    conn: Conn,
    limits: Arc<Limits>,
    epoch: Instant,
    /// Let go of after `conn`.
    _alive: Arc<()>,
}

/// In microseconds since the connection's epoch.
#[derive(Default)]
struct Limits {
    deadline: AtomicU64,
    /// Counts only while the log waits.
    grace: AtomicU64,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Reader;
    type Error = Error;

    fn connect(&self) -> Result<Reader> {
        let mut conn = open::reader(&self.file)?;
        let limits = Arc::new(Limits::default());
        let (set, hurry, epoch) = (limits.clone(), self.hurry.clone(), Instant::now());
        let late = move || {
            let now = elapsed(epoch);
            now > set.deadline.load(Ordering::Relaxed)
                || hurry.load(Ordering::Relaxed) && now > set.grace.load(Ordering::Relaxed)
        };
        conn.progress_handler(STEPS, Some(late))?;
        Ok(Reader { conn, limits, epoch, _alive: self.alive.clone() })
    }

    fn is_valid(&self, _: &mut Reader) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Reader) -> bool {
        false
    }
}

impl Reader {
    fn run<T>(&self, limit: Duration, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        let now = elapsed(self.epoch);
        let after = |time| now.saturating_add(micros(time));
        self.limits.deadline.store(after(limit), Ordering::Relaxed);
        self.limits.grace.store(after(GRACE), Ordering::Relaxed);
        work(&self.conn)
    }
}

/// Microseconds since `epoch`.
fn elapsed(epoch: Instant) -> u64 {
    micros(epoch.elapsed())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Places for long reads: one for each person who has some, a few for all.
struct LongReads {
    shared: Semaphore,
    own: Mutex<HashMap<Owner, Weak<Semaphore>>>,
}

impl Default for LongReads {
    fn default() -> Self {
        LongReads { shared: Semaphore::new(LONG_READS), own: Mutex::default() }
    }
}

impl LongReads {
    fn place_of(&self, owner: Owner) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = own.get(&owner).and_then(Weak::upgrade) {
            return place;
        }
        own.retain(|_, place| place.strong_count() > 0);
        let place = Arc::new(Semaphore::new(1));
        own.insert(owner, Arc::downgrade(&place));
        place
    }
}

impl Db {
    /// Reads for one person. The work may be begun twice and must not care.
    pub async fn read<T, F>(&self, owner: Owner, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Conn) -> Result<T> + Send + 'static,
    {
        if let Some(reader) = self.readers.try_take() {
            match reader.run(SHORT, |conn| work(conn)) {
                Err(Error::Interrupted) => {}
                result => return result,
            }
        }
        self.read_long(owner, work).await
    }

    /// Reads what is known to take long, without trying it on the worker first.
    pub async fn read_long<T, F>(&self, owner: Owner, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Conn) -> Result<T> + Send + 'static,
    {
        let own = self.readers.long.place_of(owner);
        let _own = own.acquire().await.map_err(|_| stopping())?;
        let _shared = self.readers.long.shared.acquire().await.map_err(|_| stopping())?;
        let readers = self.readers.clone();
        tokio::task::spawn_blocking(move || readers.run_long(work))
            .await
            .map_err(|error| Error::Internal(format!("a read ended early: {error}")))?
            .map_err(|error| match error {
                Error::Interrupted => Error::Unavailable("the search took too long".into()),
                other => other,
            })
    }

    /// Reads on this thread, for commands.
    pub fn read_now<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        self.readers.take()?.run(LONG, work)
    }
}

fn stopping() -> Error {
    Error::Unavailable("the server is stopping".into())
}
