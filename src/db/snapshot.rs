//! A copy of the file as it was, taken through SQLite itself.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Error, Result};

/// Copies the whole database behind `conn` to `target`, which appears only
/// when it is complete and synced.
pub(super) fn copy(conn: &Connection, target: &Path) -> Result<PathBuf> {
    let failed = |error: std::io::Error| {
        Error::Setup(format!("cannot keep a snapshot at {}: {error}", target.display()))
    };
    let part = target.with_extension("part");
    if let Err(error) = fs::remove_file(&part)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(failed(error));
    }
    super::open::private_file(&part)?;
    conn.backup("main", &part, None::<fn(rusqlite::backup::Progress)>)?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&part, target).map_err(failed)?;
    if let Some(folder) = target.parent() {
        File::open(folder).and_then(|file| file.sync_all()).map_err(failed)?;
    }
    Ok(target.to_owned())
}
