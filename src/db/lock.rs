//! One server at a time for a data directory.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::{Error, Result};

/// Held by a running server; the system lets go of it however the process ends.
pub struct ServerLock {
    _file: File,
}

impl ServerLock {
    /// Takes the lock, or says that another server has it.
    pub fn take(data_dir: &Path) -> Result<ServerLock> {
        super::prepare(data_dir)?;
        let path = data_dir.join("server.lock");
        let file = super::open::private_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(ServerLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Setup(format!(
                "another docket serves {}; stop it first, or give this one its own --data-dir",
                data_dir.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(Error::Setup(format!("cannot lock {}: {error}", path.display())))
            }
        }
    }
}
