//! A backup's files, and what becomes of those that were not finished.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::{content, open};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Copied at once, and synced now and then, so that the disk is never flooded and
/// the syncs of others wait little.
const CHUNK: usize = 1 << 20;
const SYNC_EVERY: u64 = 16 << 20;

/// The paths of one backup.
pub(super) struct Files {
    pub(super) database: PathBuf,
    pub(super) manifest: PathBuf,
    pub(super) secret: PathBuf,
    /// Beside the backup while it is made or checked.
    pub(super) part: PathBuf,
    pub(super) scratch: PathBuf,
}

impl Files {
    /// Of a backup made in `dir` at this time.
    pub(super) fn new(dir: &Path, made_at: Timestamp) -> Files {
        Files::of(&dir.join(format!("docket-{}.db", super::stamp(made_at))), dir)
    }

    /// Of a backup that is there; its scratch file goes to `dir`.
    pub(super) fn of(database: &Path, dir: &Path) -> Files {
        let name = database.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Files {
            database: database.to_owned(),
            manifest: database.with_extension("json"),
            secret: database.with_extension("secret"),
            part: dir.join(format!("{name}.part")),
            scratch: dir.join(format!("{name}.scratch")),
        }
    }

    /// Removes the backup; its manifest first, after which it does not count.
    pub(super) fn remove(&self) -> Result<()> {
        for path in [&self.manifest, &self.database, &self.secret] {
            remove(path)?;
        }
        Ok(())
    }

    /// Removes what was only needed for making or checking it.
    pub(super) fn remove_unfinished(&self) {
        for path in [&self.part, &self.scratch] {
            for path in with_companions(path) {
                // What is left is removed before the next backup.
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Removes what a kill left in `dir`. Only for whoever has the directory's lock.
pub(in super::super) fn remove_leftovers(dir: &Path) -> Result<()> {
    let failed = |error| failed("tidy", dir, &error);
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix("docket-") else { continue };
        let is_scratch = [".part", ".scratch"].iter().any(|kind| rest.contains(kind));
        // These are put in place just before their backup.
        let stamp = [".json", ".secret"].iter().find_map(|kind| rest.strip_suffix(kind));
        let is_beside = stamp.is_some_and(|stamp| stamp.bytes().all(is_of_stamp));
        if is_scratch || is_beside && !path.with_extension("db").exists() {
            remove(&path)?;
        }
    }
    Ok(())
}

/// True for what `20261121T103000.123Z` has.
fn is_of_stamp(byte: u8) -> bool {
    byte.is_ascii_digit() || b"TZ.".contains(&byte)
}

/// A database file and those that SQLite may put beside it.
fn with_companions(path: &Path) -> Vec<PathBuf> {
    let beside = |end: &str| PathBuf::from(format!("{}{end}", path.display()));
    vec![path.to_owned(), beside("-wal"), beside("-shm"), beside("-journal")]
}

/// Copies a file that nobody writes to; gives the SHA-256 of what was copied.
pub(in super::super) fn copy(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<String> {
    let mut source = File::open(from).map_err(|error| failed("read", from, &error))?;
    remove(to)?;
    let mut target = open::private_file(to)?;
    let (mut buffer, mut hash, mut done) = (vec![0; CHUNK], Sha256::new(), 0);
    loop {
        let length = source.read(&mut buffer).map_err(|error| failed("read", from, &error))?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        let written = target.write_all(&buffer[..length]);
        written.map_err(|error| failed("write", to, &error))?;
        done += length as u64;
        if done % SYNC_EVERY < length as u64 {
            target.sync_data().map_err(|error| failed("write", to, &error))?;
        }
        progress(done)?;
    }
    target.sync_all().map_err(|error| failed("write", to, &error))?;
    Ok(content::hex(hash))
}

/// The SHA-256 of a small file, or `None` if it is not there.
pub(in super::super) fn hash_of(path: &Path) -> Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(content::hex(Sha256::new_with_prefix(bytes)))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

/// Writes a file that appears only when it is whole and synced.
pub(super) fn write(path: &Path, part: &Path, bytes: &[u8]) -> Result<()> {
    let put = || {
        let mut file = open::private_file(part)?;
        let written =
            file.set_len(0).and_then(|()| file.write_all(bytes)).and_then(|()| file.sync_all());
        written.map_err(|error| failed("write", part, &error))
    };
    put()?;
    rename(part, path)
}

pub(in super::super) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| failed("write", to, &error))
}

/// Makes the names in a directory last.
pub(in super::super) fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| failed("sync", dir, &error))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", path, &error)),
        _ => Ok(()),
    }
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Error {
    if error.kind() == ErrorKind::StorageFull {
        return Error::DiskFull;
    }
    Error::Setup(format!("cannot {what} {}: {error}", path.display()))
}
