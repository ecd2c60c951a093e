//! Writing: one thread, many jobs, one commit.
//!
//! The writer takes every job that waits, runs each in a savepoint of its own
//! (a failed job rolls back alone), commits once, which syncs the WAL once,
//! and only then answers all of them. If the commit fails, all of them fail and
//! the connection is opened anew: after a failed sync SQLite's page cache may
//! hold what the disk does not.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::figures::Figures;
use super::linger::Linger;
use super::log::Log;
use super::signals::Signals;
use super::{Conn, Db, Role, open};
use crate::error::{Error, Result};
use crate::ids::Owner;

/// Jobs that may wait; one more is told that the server is busy.
const QUEUE: usize = 4096;

/// A commit serves at most this many jobs, or those begun in this time.
const BATCH: usize = 512;
const BATCH_TIME: Duration = Duration::from_millis(20);

/// A transaction that may change the database. Only [`Db::write`] makes one.
pub struct Tx<'conn> {
    conn: &'conn Conn,
    owners: RefCell<Vec<Owner>>,
    standing: Cell<bool>,
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl Tx<'_> {
    /// Notes that this owner's rows change, to be told after the commit.
    pub fn rows_change(&self, owner: Owner) {
        self.owners.borrow_mut().push(owner);
    }

    /// Notes that somebody's account, session or key changes: after the commit
    /// no verdict from before it is trusted.
    pub fn standing_changes(&self) {
        self.standing.set(true);
    }
}

impl Db {
    /// Runs one job in the next commit and answers once that commit is synced.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx) -> Result<T> + Send + 'static,
    {
        self.writer.submit(work)?.await.unwrap_or_else(|_| Err(lost()))
    }

    /// True if a read succeeds and the writer answers, whatever it says: a full disk,
    /// or another process that writes, is nothing that a new start would cure.
    pub async fn is_alive(&self) -> bool {
        let Ok(written) = self.writer.submit(|_| Ok(())) else { return false };
        written.await.is_ok() && self.read(Owner::NOBODY, look).await.is_ok()
    }

    /// The same on this thread, for commands.
    pub fn write_now<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx) -> Result<T> + Send + 'static,
    {
        self.writer.submit(work)?.blocking_recv().unwrap_or_else(|_| Err(lost()))
    }
}

/// The least that a read can be.
fn look(conn: &Conn) -> Result<()> {
    Ok(conn.prepare_cached("select 1 from served")?.query([])?.next().map(|_| ())?)
}

/// A job's reply was dropped with the job: it panicked, or the writer is gone.
fn lost() -> Error {
    Error::Internal("a write was given up".into())
}

#[derive(Clone)]
pub(super) struct Writer {
    shared: Arc<Mutex<Shared>>,
    figures: Arc<Figures>,
    jobs: SyncSender<Option<Box<dyn Job>>>,
}

struct Shared {
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        file: &Path,
        role: Role,
        signals: Arc<Signals>,
        figures: Arc<Figures>,
        log: Log,
    ) -> Result<Writer> {
        let (jobs, queue) = sync_channel(QUEUE);
        let conn = open::writer(file)?;
        log.set_up(&conn)?;
        let thread = Thread {
            file: file.to_owned(),
            conn: Some(conn),
            role,
            signals,
            figures: figures.clone(),
            log,
            linger: Linger::default(),
        };
        let thread = std::thread::Builder::new()
            .name("docket-writer".into())
            .spawn(move || thread.run(&queue))
            .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
        let shared = Arc::new(Mutex::new(Shared { thread: Some(thread) }));
        Ok(Writer { shared, figures, jobs })
    }

    fn submit<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&Tx) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending { work: Some(work), result: None, reply });
        // Before it may be answered.
        self.figures.waits();
        let refused = match self.jobs.try_send(Some(job)) {
            Ok(()) => return Ok(answer),
            Err(TrySendError::Full(_)) => "too many writes are waiting",
            Err(TrySendError::Disconnected(_)) => "the server is stopping",
        };
        self.figures.answered(1);
        Err(Error::Unavailable(refused.into()))
    }

    /// Lets the jobs before this call finish, then ends the thread.
    pub(super) fn close(&self) {
        let thread = self.shared.lock().unwrap_or_else(PoisonError::into_inner).thread.take();
        if let Some(thread) = thread {
            // A thread that is gone already has nothing left to close.
            let _ = self.jobs.send(None);
            let _ = thread.join();
        }
    }
}

/// A job with its result type forgotten.
trait Job: Send {
    /// Does the work; false if it failed and must be rolled back.
    fn run(&mut self, tx: &Tx) -> bool;

    /// Answers, after the commit, or with the reason why there was none.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Pending<T, F> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Tx) -> Result<T> + Send + 'static,
{
    fn run(&mut self, tx: &Tx) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(Error::Internal("a write panicked".into())));
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let result = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (None, Ok(())) => Err(lost()),
        };
        // Whoever asked may have gone away.
        let _ = self.reply.send(result);
    }
}

struct Thread {
    file: PathBuf,
    conn: Option<Connection>,
    role: Role,
    signals: Arc<Signals>,
    figures: Arc<Figures>,
    log: Log,
    linger: Linger,
}

impl Thread {
    fn run(mut self, queue: &Receiver<Option<Box<dyn Job>>>) {
        while let Ok(Some(first)) = queue.recv() {
            let mut open = true;
            let mut batch = vec![first];
            let (crowd, patience) = self.linger.company();
            let lingers_until = Instant::now() + patience;
            let more = |jobs: usize, began: Instant| {
                if jobs >= BATCH || began.elapsed() >= BATCH_TIME {
                    return None;
                }
                let patience = lingers_until.saturating_duration_since(Instant::now());
                let next = if jobs < crowd && !patience.is_zero() {
                    queue.recv_timeout(patience).ok()
                } else {
                    queue.try_recv().ok()
                };
                open &= !matches!(next, Some(None));
                next.flatten()
            };
            let committed = self.commit(&mut batch, more);
            if committed.is_err() {
                self.figures.failed();
            }
            self.figures.answered(batch.len());
            answer(batch, committed);
            if let Some(conn) = &self.conn {
                self.log.keep_short(conn);
            }
            if !open {
                break;
            }
        }
    }

    /// Runs `batch`, and what `more` adds to it, in one synced transaction.
    fn commit(
        &mut self,
        batch: &mut Vec<Box<dyn Job>>,
        mut more: impl FnMut(usize, Instant) -> Option<Box<dyn Job>>,
    ) -> Result<()> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                let conn = open::writer(&self.file)?;
                self.log.set_up(&conn)?;
                conn
            }
        };
        let tx = Tx { conn: &conn, owners: RefCell::default(), standing: Cell::new(false) };
        if let Err(error) = execute(&conn, "begin immediate") {
            // Whoever came meanwhile has waited as well; waits must not add up.
            while let Some(job) = more(0, Instant::now()) {
                batch.push(job);
            }
            return Err(error);
        }
        // The time another process had the lock is not this batch's.
        let began = Instant::now();
        let mut index = 0;
        while index < batch.len() {
            self.run_in_savepoint(&tx, batch[index].as_mut())?;
            index += 1;
            if index == batch.len() {
                batch.extend(more(index, began));
            }
        }
        if self.role == Role::Command {
            execute(&conn, "update other_writes set count = count + 1")?;
        }
        let synced = Instant::now();
        execute(&conn, "commit")?;
        let syncing = synced.elapsed();
        self.linger.committed(batch.len(), syncing);
        self.figures.committed(batch.len(), syncing);
        self.tell(&tx);
        self.conn = Some(conn);
        Ok(())
    }

    fn run_in_savepoint(&self, tx: &Tx, job: &mut dyn Job) -> Result<()> {
        execute(tx.conn, "savepoint job")?;
        if !job.run(tx) {
            // A full or failing disk ends the whole transaction by itself.
            if tx.conn.is_autocommit() {
                return Err(Error::Unavailable("the disk failed; nothing was changed".into()));
            }
            execute(tx.conn, "rollback to job")?;
        }
        execute(tx.conn, "release job")
    }

    fn tell(&self, tx: &Tx) {
        for owner in tx.owners.take() {
            self.signals.rows_changed(owner);
        }
        if tx.standing.get() {
            self.signals.standing_changed();
        }
    }
}

fn execute(conn: &Connection, sql: &str) -> Result<()> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn answer(batch: Vec<Box<dyn Job>>, committed: Result<()>) {
    let failure = committed.err();
    if let Some(error) = &failure {
        tracing::error!(%error, jobs = batch.len(), "a commit failed");
    }
    for job in batch {
        job.answer(match &failure {
            None => Ok(()),
            Some(Error::DiskFull) => Err(Error::DiskFull),
            Some(error) => Err(Error::Unavailable(error.to_string())),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Owner;

    fn open_db() -> (tempfile::TempDir, Db) {
        let folder = tempfile::TempDir::new().unwrap();
        let db = Db::open(folder.path(), Role::Server).unwrap();
        (folder, db)
    }

    fn set_url(tx: &Tx, url: &str) -> Result<()> {
        tx.execute("insert into served (base_url) values (?1)", [url])?;
        Ok(())
    }

    fn urls(db: &Db) -> Vec<String> {
        db.read_now(|conn| {
            let mut select = conn.prepare("select base_url from served order by base_url")?;
            let urls = select.query_map([], |row| row.get(0))?;
            Ok(urls.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap()
    }

    #[test]
    fn jobs_of_one_commit_fail_alone() {
        let (_folder, db) = open_db();
        let (started, wait) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        // The first job holds the writer until the others are in its batch's queue.
        let first = db.writer.submit(move |tx| {
            started.0.send(()).unwrap();
            let () = wait.1.recv().unwrap();
            set_url(tx, "first")
        });
        started.1.recv().unwrap();
        let fails = db.writer.submit(|tx| {
            set_url(tx, "fails")?;
            Err::<(), Error>(Error::NotFound("thing"))
        });
        let panics = db.writer.submit(|tx| -> Result<()> {
            set_url(tx, "panics")?;
            panic!("a job that breaks")
        });
        let last = db.writer.submit(|tx| set_url(tx, "last"));
        wait.0.send(()).unwrap();

        assert!(first.unwrap().blocking_recv().unwrap().is_ok());
        assert!(matches!(fails.unwrap().blocking_recv().unwrap(), Err(Error::NotFound(_))));
        assert!(matches!(panics.unwrap().blocking_recv().unwrap(), Err(Error::Internal(_))));
        assert!(last.unwrap().blocking_recv().unwrap().is_ok());
        assert_eq!(urls(&db), ["first", "last"]);
        db.close();
    }

    // SECURITY-BAR D8
    #[test]
    fn a_commit_that_fails_fails_all_and_the_next_works() {
        let (_folder, db) = open_db();
        let failed = db.write_now(|tx| {
            set_url(tx, "lost")?;
            // A deferred constraint is looked at only by the commit.
            tx.pragma_update(None, "defer_foreign_keys", true)?;
            tx.execute(
                "insert into sessions (id, owner, origin, created_at, expires_at)
                 values ('s', 999, 'test', 1, 1)",
                [],
            )?;
            tx.rows_change(Owner::NOBODY);
            Ok(())
        });
        assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");

        db.write_now(|tx| set_url(tx, "kept")).unwrap();
        assert_eq!(urls(&db), ["kept"]);
        db.close();
    }

    #[test]
    fn it_is_alive_while_the_writer_answers() {
        let (_folder, db) = open_db();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert!(runtime.block_on(db.is_alive()));
        let (held, let_go) = std::sync::mpsc::channel::<()>();
        let hangs = db.writer.submit(move |_| {
            let _ = let_go.recv();
            Ok(())
        });
        let soon = std::time::Duration::from_millis(300);
        let answer = runtime.block_on(async { tokio::time::timeout(soon, db.is_alive()).await });
        assert!(answer.is_err(), "a writer that hangs says nothing");
        drop(held);
        hangs.unwrap().blocking_recv().unwrap().unwrap();
        assert!(runtime.block_on(db.is_alive()));
        db.close();
        assert!(!runtime.block_on(db.is_alive()));
    }

    #[test]
    fn what_was_written_is_counted() {
        let (_folder, db) = open_db();
        let before = db.figures().commits();
        db.write_now(|tx| set_url(tx, "counted")).unwrap();
        let _ = db.write_now(|_| Err::<(), Error>(Error::NotFound("thing")));
        let figures = db.figures();
        assert_eq!((figures.commits() - before, figures.failures()), (2, 0));
        assert_eq!(figures.waiting(), 0);
        let (file, log) = figures.sizes();
        assert!(file > 0 && log > 0, "{file} {log}");
        db.close();
    }

    #[test]
    fn whoever_writes_after_the_end_is_told_so() {
        let (_folder, db) = open_db();
        db.close();
        let late = db.write_now(|tx| set_url(tx, "late"));
        assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
        assert!(matches!(db.read_now(|_| Ok(())), Err(Error::Unavailable(_))));
    }
}
