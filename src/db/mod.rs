//! The cellar: one SQLite file, opened, migrated, read, written and copied.
//!
//! Reads borrow a read-only connection from a pool, writes queue for the one
//! writer that commits many of them with a single sync. Nothing above this
//! module opens the file by any other means (closing a second handle to it
//! would drop the locks SQLite holds).

pub mod backup;
mod checkpoint;
mod content;
mod disk;
mod error;
mod examine;
mod figures;
mod foreign;
mod linger;
mod lock;
mod log;
mod migrate;
mod open;
mod read;
mod rehearse;
pub mod restore;
mod scratch;
mod signals;
mod snapshot;
mod values;
mod watch;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use content::{AccountContent, Content, TableContent};
pub use disk::{free_space, network_file_system};
pub use error::OnConflict;
pub use examine::{Examination, examine};
pub use figures::Figures;
pub use foreign::{Cell, Foreign, Table, is_same_name, read_foreign};
pub use lock::ServerLock;
pub use migrate::{Migration, Status as MigrationStatus, status as migration_status};
pub use open::{new_private_file, private_file};
pub use read::Conn;
pub use rehearse::{Rehearsal, rehearse};
pub use scratch::Scratch;
pub use signals::{Signals, Watch};
pub use write::Tx;

use crate::error::{Error, Result};

/// An open data directory.
#[derive(Clone)]
pub struct Db {
    readers: read::Readers,
    writer: write::Writer,
    checkpointer: checkpoint::Checkpointer,
    watcher: watch::Watcher,
    signals: Arc<Signals>,
    figures: Arc<Figures>,
}

/// Who is opening: the server, or a command that may run beside one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Server,
    Command,
}

impl Db {
    /// Opens the database in `data_dir`, making and migrating it as needed.
    /// Fails without touching a file that is damaged, foreign or newer.
    pub fn open(data_dir: &Path, role: Role) -> Result<Db> {
        Db::open_with(data_dir, role, true)
    }

    /// The same; without `checkpoints` another program, such as Litestream, copies
    /// the write-ahead log into the file.
    pub fn open_with(data_dir: &Path, role: Role, checkpoints: bool) -> Result<Db> {
        let file = prepare(data_dir)?;
        open::check(&file)?;
        migrate::apply(data_dir, &file, role)?;
        let signals = Arc::new(Signals::default());
        let hurry = Arc::new(AtomicBool::new(false));
        let checkpointer = match role {
            Role::Server if checkpoints => checkpoint::Checkpointer::start(&file)?,
            _ => checkpoint::Checkpointer::default(),
        };
        let log = log::Log::new(&file, hurry.clone(), checkpointer.clone(), checkpoints);
        let figures = Arc::new(Figures::of(&file));
        let writer = write::Writer::start(&file, role, signals.clone(), figures.clone(), log)?;
        let watcher = match role {
            Role::Server => watch::Watcher::start(&file, signals.clone())?,
            Role::Command => watch::Watcher::default(),
        };
        let readers = read::Readers::new(&file, role, hurry);
        Ok(Db { readers, writer, checkpointer, watcher, signals, figures })
    }

    /// What others learn of commits: whose rows changed, and whether anybody's
    /// standing may have.
    pub fn signals(&self) -> &Arc<Signals> {
        &self.signals
    }

    /// What was done so far, in numbers.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Ends after the writes it has. The last connection to close folds the
    /// WAL into the file and removes it.
    pub fn close(&self) {
        self.readers.close();
        self.watcher.close();
        self.checkpointer.close();
        self.writer.close();
    }
}

/// How many steps of the schema this program knows.
pub fn latest_schema() -> usize {
    migrate::latest()
}

/// The SQLite in this program.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// The name of the secret's file in a data directory: without it, what is sealed
/// in the database stays so.
pub const SECRET_FILE: &str = "docket.secret";

/// Where the database lies in a data directory.
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("docket.db")
}

/// True while a server has this data directory.
pub fn is_served(data_dir: &Path) -> bool {
    lock::is_taken(data_dir, lock::SERVER)
}

/// Refuses a database that is not there, not Docket's, damaged or newer. Only for
/// a process that has not opened it yet.
pub fn check(data_dir: &Path) -> Result<()> {
    let file = file_in(data_dir);
    if !file.exists() {
        return Err(Error::Setup(format!("there is no database at {}", file.display())));
    }
    open::check(&file)
}

/// Makes the data directory (0700) and checks that it can be used.
pub fn prepare(data_dir: &Path) -> Result<PathBuf> {
    open::make_private_dir(data_dir, "data")?;
    Ok(file_in(data_dir))
}
