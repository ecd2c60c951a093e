//! Backups: made beside a running server, counted only once they are proven.
//!
//! A backup is `docket-TIME.db`, a whole database as it was at one moment, with
//! `docket-TIME.json`, its manifest, and `docket-TIME.secret`, a copy of the
//! secret that opens what is sealed in it. It gets its name after it was restored
//! into a scratch file that passed SQLite's own checks and says what the source
//! said at that moment; before, it is a `.part` that nobody takes for a backup.

mod check;
mod copying;
pub(super) mod files;
mod manifest;
mod retention;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub(super) use check::{look, soundness};
pub(super) use copying::Moment;
pub use manifest::Manifest;
pub use retention::{Keep, is_due, kept};

use super::{disk, lock, migrate, open};
use crate::error::{Error, Result};
use crate::time::Timestamp;
use check::Expected;
use files::Files;

/// Room that must be left on the disk beside a backup and its scratch file.
const SPARE: u64 = 16 << 20;

/// What long work is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Copying,
    Reading,
    Restoring,
    Checking,
    Comparing,
    Walking,
}

/// How far it is; a total of 0 means that nobody knows.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub phase: Phase,
    pub done: u64,
    pub total: u64,
}

/// Hears of progress, and ends the work by an error.
pub type Report<'a> = dyn FnMut(Progress) -> Result<()> + 'a;

/// Where backups are made from and kept.
#[derive(Clone, Debug)]
pub struct Place {
    pub data_dir: PathBuf,
    /// A directory of their own.
    pub dir: PathBuf,
    /// False when another program copies the write-ahead log into the file.
    pub checkpoints: bool,
}

/// A backup that counts.
#[derive(Clone, Debug)]
pub struct Backup {
    pub file: PathBuf,
    pub manifest: Manifest,
}

/// What a check of one backup found.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub file: PathBuf,
    pub verified: bool,
    pub problems: Vec<String>,
}

impl Place {
    /// Makes a backup of this moment and proves it.
    pub fn make(&self, now: Timestamp, report: &mut Report) -> Result<Backup> {
        open::make_private_dir(&self.dir, "backup")?;
        let _alone = self.take()?;
        files::remove_leftovers(&self.dir)?;
        self.check_room()?;
        let files = Files::new(&self.dir, now);
        let made = self.fill(&files, now, report);
        files.remove_unfinished();
        made.map_err(|error| match error {
            Error::DiskFull => self.no_room("the disk is full".into()),
            other => other,
        })
    }

    /// The backups that are there and not obviously broken, newest first.
    pub fn list(&self) -> Result<Vec<Backup>> {
        let whole = |file: PathBuf| {
            let manifest = Manifest::read(&file.with_extension("json")).ok()?;
            let size = fs::metadata(&file).ok()?.len();
            (size == manifest.size).then_some(Backup { file, manifest })
        };
        let mut found: Vec<Backup> = self.files()?.into_iter().filter_map(whole).collect();
        found.sort_by_key(|backup| std::cmp::Reverse(backup.manifest.made_at));
        Ok(found)
    }

    /// Every file that is or claims to be a backup here, newest name first.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let dir = self.dir.display();
                return Err(Error::Setup(format!("cannot read {dir}: {error}")));
            }
        };
        let is_backup = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("docket-") && name.ends_with(".db")
        };
        let mut found: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_backup).collect();
        found.sort_by(|one, other| other.cmp(one));
        Ok(found)
    }

    /// Restores a backup into a scratch file again and compares it with what its
    /// manifest says.
    pub fn verify(&self, file: &Path, report: &mut Report) -> Result<Verdict> {
        open::make_private_dir(&self.dir, "backup")?;
        let _alone = self.take()?;
        let files = Files::of(file, &self.dir);
        let problems = examine(&files, report);
        files.remove_unfinished();
        let problems = problems?;
        Ok(Verdict { file: file.to_owned(), verified: problems.is_empty(), problems })
    }

    /// The backups that `keep` has no use for, oldest last.
    pub fn superfluous(&self, keep: Keep, now: Timestamp) -> Result<Vec<Backup>> {
        let all = self.list()?;
        let times: Vec<Timestamp> = all.iter().map(|backup| backup.manifest.made_at).collect();
        let stays = kept(&times, keep, now);
        Ok(all.into_iter().zip(stays).filter(|(_, stays)| !stays).map(|(one, _)| one).collect())
    }

    /// Removes these.
    pub fn remove(&self, backups: &[Backup]) -> Result<()> {
        let _alone = self.take()?;
        for backup in backups {
            Files::of(&backup.file, &self.dir).remove()?;
        }
        Ok(())
    }

    /// The one place at a time for making, checking and removing.
    fn take(&self) -> Result<fs::File> {
        lock::take(&self.dir, "backup.lock")?.ok_or_else(|| {
            Error::Unavailable("a backup is being made or checked just now; try again later".into())
        })
    }

    fn fill(&self, files: &Files, now: Timestamp, report: &mut Report) -> Result<Backup> {
        let moment = Moment::hold(&self.data_dir, self.checkpoints)?;
        let schema = migrate::version(moment.conn())?;
        moment.copy(&files.part, report)?;
        let content = moment.content(report)?;
        drop(moment);
        let size = fs::metadata(&files.part).map_or(0, |file| file.len());
        let expected = Expected { schema, size, sha256: None, content: &content };
        let (problems, sha256) = check::examine(&files.part, &files.scratch, &expected, report)?;
        if !problems.is_empty() {
            return Err(Error::Internal(format!(
                "the copy was not sound: {}",
                problems.join("; ")
            )));
        }
        let secret_sha256 = self.keep_secret(files)?;
        let docket = env!("CARGO_PKG_VERSION").to_owned();
        let manifest =
            Manifest { made_at: now, docket, schema, size, sha256, secret_sha256, content };
        files::write(&files.manifest, &files.scratch, &manifest.text()?)?;
        files::rename(&files.part, &files.database)?;
        files::sync_dir(&self.dir)?;
        Ok(Backup { file: files.database.clone(), manifest })
    }

    fn keep_secret(&self, files: &Files) -> Result<Option<String>> {
        let secret = self.data_dir.join(super::SECRET_FILE);
        if !secret.exists() {
            return Ok(None);
        }
        let sha256 = files::copy(&secret, &files.scratch, &mut |_| Ok(()))?;
        files::rename(&files.scratch, &files.secret)?;
        Ok(Some(sha256))
    }

    /// A backup must not take the room that the database itself needs.
    fn check_room(&self) -> Result<()> {
        let file = super::file_in(&self.data_dir);
        let size = fs::metadata(&file).map_or(0, |file| file.len());
        let needed = size * 2 + SPARE;
        let Some(free) = disk::free_space(&self.dir) else { return Ok(()) };
        if free >= needed {
            return Ok(());
        }
        let (free, needed) = (free >> 20, needed >> 20);
        Err(self.no_room(format!("it needs {needed} MiB on its disk, and {free} are free")))
    }

    fn no_room(&self, why: String) -> Error {
        Error::Unavailable(format!(
            "no backup can be made in {}: {why}. Make room, keep fewer (backup_keep_daily and \
             the like), or set backup_dir to another disk",
            self.dir.display()
        ))
    }
}

/// What is wrong with a backup, if anything; its scratch file stays.
pub(super) fn examine_at(
    file: &Path,
    scratch_dir: &Path,
    report: &mut Report,
) -> Result<(Vec<String>, PathBuf)> {
    let files = Files::of(file, scratch_dir);
    Ok((examine(&files, report)?, files.scratch))
}

fn examine(files: &Files, report: &mut Report) -> Result<Vec<String>> {
    if !files.database.exists() {
        return Err(Error::NotFound("backup"));
    }
    let manifest = match Manifest::read(&files.manifest) {
        Ok(manifest) => manifest,
        Err(why) => return Ok(vec![format!("its manifest {} {why}", files.manifest.display())]),
    };
    if files::hash_of(&files.secret)? != manifest.secret_sha256 {
        return Ok(vec!["the copy of docket.secret beside it is not the one it had".into()]);
    }
    let expected = Expected {
        schema: manifest.schema,
        size: manifest.size,
        sha256: Some(&manifest.sha256),
        content: &manifest.content,
    };
    Ok(check::examine(&files.database, &files.scratch, &expected, report)?.0)
}

/// A time as a part of a file's name.
pub(super) fn stamp(time: Timestamp) -> String {
    time.to_string().replace(['-', ':'], "")
}
