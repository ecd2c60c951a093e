//! One at a time: servers of a data directory, copies of a database.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::open;
use crate::error::{Error, Result};

/// Held in a data directory while its whole database is being read.
pub(super) const SNAPSHOT: &str = "snapshot.lock";

/// Held in a data directory by the server that serves it.
pub(super) const SERVER: &str = "server.lock";

/// Held by a running server; the system lets go of it however the process ends.
pub struct ServerLock {
    _file: File,
}

impl ServerLock {
    /// Takes the lock, or says that another server has it.
    pub fn take(data_dir: &Path) -> Result<ServerLock> {
        ServerLock::try_take(data_dir)?.ok_or_else(|| {
            Error::Setup(format!(
                "another docket serves {}; stop it first, or give this one its own --data-dir",
                data_dir.display()
            ))
        })
    }

    /// Takes the lock, or `None` if a server has it.
    pub(super) fn try_take(data_dir: &Path) -> Result<Option<ServerLock>> {
        super::prepare(data_dir)?;
        Ok(take(data_dir, SERVER)?.map(|file| ServerLock { _file: file }))
    }
}

/// Takes the lock of this name in `dir`, or `None` if somebody has it.
pub(super) fn take(dir: &Path, name: &str) -> Result<Option<File>> {
    let path = dir.join(name);
    let file = open::private_file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(Error::Setup(format!("cannot lock {}: {error}", path.display())))
        }
    }
}

/// Takes the lock of this name in `dir` as soon as nobody has it.
pub(super) fn wait(dir: &Path, name: &str) -> Result<File> {
    let path = dir.join(name);
    let file = open::private_file(&path)?;
    file.lock()
        .map_err(|error| Error::Setup(format!("cannot lock {}: {error}", path.display())))?;
    Ok(file)
}

/// True while somebody has the lock of this name. Who tries to take it while
/// somebody looks may fail, so locks that are looked at are waited for.
pub(super) fn is_taken(dir: &Path, name: &str) -> bool {
    let looked = File::open(dir.join(name)).map(|file| file.try_lock_shared());
    matches!(looked, Ok(Err(TryLockError::WouldBlock)))
}
