//! A copy of the database to try something on, gone again afterwards.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::backup::{self, Moment, Report};
use super::{lock, migrate, open};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// What the directories of copies are called.
const PREFIX: &str = "scratch-";

/// Held in such a directory while it is in use.
const IN_USE: &str = "in-use.lock";

/// A directory (0700) of its own in a data directory, removed with all that is in
/// it however the work ends. What a kill leaves is removed by the next.
pub struct Scratch {
    dir: PathBuf,
    _in_use: File,
}

impl Scratch {
    pub fn new(data_dir: &Path, now: Timestamp) -> Result<Scratch> {
        // Nobody else makes or removes one meanwhile.
        let _alone = lock::wait(data_dir, lock::SNAPSHOT)?;
        remove_leftovers(data_dir);
        let dir = data_dir.join(format!("{PREFIX}{}", backup::stamp(now)));
        open::make_private_dir(&dir, "scratch")?;
        let in_use = lock::take(&dir, IN_USE)?
            .ok_or_else(|| Error::Unavailable(format!("{} is in use; try again", dir.display())))?;
        Ok(Scratch { dir, _in_use: in_use })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Copies the database in `data_dir` here, as it is at this moment, and gives
    /// its schema version. Works beside a running server.
    pub fn copy(&self, data_dir: &Path, checkpoints: bool, report: &mut Report) -> Result<usize> {
        let moment = Moment::hold(data_dir, checkpoints)?;
        moment.copy(&super::file_in(&self.dir), report)?;
        migrate::version(moment.conn())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.dir) {
            tracing::warn!(%error, "cannot remove {}", self.dir.display());
        }
    }
}

fn remove_leftovers(data_dir: &Path) {
    let Ok(entries) = fs::read_dir(data_dir) else { return };
    for entry in entries.filter_map(|entry| entry.ok()) {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // It is tried again by the next one.
        if is_ours && !lock::is_taken(&entry.path(), IN_USE) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
