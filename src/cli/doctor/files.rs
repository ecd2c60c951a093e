//! The data directory: who may read it, what is left over, and how much room
//! there is.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Findings, Level};
use crate::config::{Config, Loaded};
use crate::db;

const MIB: u64 = 1 << 20;

/// Free room below which writes may fail any moment.
const LEAST_FREE: u64 = 64 * MIB;

/// How many files are named one by one.
const NAMED: usize = 5;

/// True if there is a directory to look at.
pub(super) fn data_dir(config: &Config, found: &mut Findings) -> bool {
    let dir = &config.data_dir;
    let Ok(metadata) = fs::metadata(dir) else {
        let todo = "start docket, which makes it, or name another with --data-dir";
        let what = format!("{} is not there, or closed to you", dir.display());
        found.add(Level::Problem, "data", what, todo);
        return false;
    };
    if !db::file_in(dir).is_file() {
        let what = format!("there is no database in {} yet", dir.display());
        found.add(Level::Problem, "data", what, "start docket, or name another with --data-dir");
        return false;
    }
    let (owner, us) = (metadata.uid(), rustix_uid());
    if owner != us && us != 0 {
        let what = format!("{} belongs to user {owner}, and you are {us}", dir.display());
        let todo = format!("run docket as user {owner}, or: chown -R {us} {}", dir.display());
        found.add(Level::Problem, "data", what, todo);
    }
    if let Some(kind) = db::network_file_system(dir) {
        let what = format!("{} is on {kind}, whose locks are not to be relied on", dir.display());
        found.add(Level::Problem, "data", what, "keep the data on a disk of this machine");
    }
    let state = if db::is_served(dir) { "served just now" } else { "no server runs" };
    found.fine_unless_found("data", format!("{} ({state})", dir.display()));
    true
}

fn rustix_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Everything there is readable by its owner alone, and all of it is one user's.
pub(super) fn permissions(config: &Config, found: &mut Findings) {
    let dir = &config.data_dir;
    let owner = fs::metadata(dir).map_or(0, |metadata| metadata.uid());
    let (mut open, mut foreign) = (Vec::new(), Vec::new());
    let mut all = everything_in(dir);
    all.extend(everything_in(&config.backup_dir()));
    all.sort();
    all.dedup();
    for path in &all {
        let Ok(metadata) = fs::symlink_metadata(path) else { continue };
        if !metadata.is_symlink() && metadata.mode() & 0o077 != 0 {
            open.push(path);
        }
        if metadata.uid() != owner {
            foreign.push(path);
        }
    }
    if !open.is_empty() {
        let what = format!("others may read or enter {}", list(&open));
        let todo = format!("chmod -R go= {}", dir.display());
        found.add(Level::Problem, "permissions", what, todo);
    }
    if !foreign.is_empty() {
        let what = format!("not of the directory's own user: {}", list(&foreign));
        found.add(
            Level::Problem,
            "permissions",
            what,
            format!("chown -R {owner} {}", dir.display()),
        );
    }
    found.fine_unless_found("permissions", format!("{} files are closed to others", all.len()));
}

/// A file of settings with a secret in it is nobody else's to read.
pub(super) fn settings_file(loaded: &Loaded, found: &mut Findings) {
    for name in ["better_auth_secret", "smtp_password"] {
        let file = PathBuf::from(loaded.origin(name));
        let is_set = loaded.shown(name) != serde_json::Value::Null;
        let open = fs::metadata(&file).is_ok_and(|metadata| metadata.mode() & 0o077 != 0);
        if is_set && open {
            let what = format!("{name} is in {}, which others may read", file.display());
            found.add(Level::Warning, "settings", what, format!("chmod 600 {}", file.display()));
        }
    }
}

/// What was kept for a while, and nobody took away.
pub(super) fn leftovers(config: &Config, found: &mut Findings) {
    let entries = fs::read_dir(&config.data_dir).into_iter().flatten().filter_map(Result::ok);
    let mut kept: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("replaced-") || name.starts_with("before-migration-")
        })
        .collect();
    kept.sort();
    if kept.is_empty() {
        return;
    }
    let bytes: u64 = kept.iter().map(|path| size(path)).sum();
    let what =
        format!("{} MiB of older data: {}", bytes / MIB, list(&kept.iter().collect::<Vec<_>>()));
    found.add(Level::Note, "data", what, "remove what you will not go back to");
}

/// Room on the disks of the data and of the backups.
pub(super) fn disk(config: &Config, found: &mut Findings) {
    let size = size(&db::file_in(&config.data_dir));
    let backups = config.backup_dir();
    let mut places = vec![(config.data_dir.as_path(), LEAST_FREE, "the data")];
    if backups.exists() {
        places.push((&backups, size * 2 + LEAST_FREE, "a backup and its proof"));
    }
    for (dir, needed, what_for) in places {
        let Some(free) = db::free_space(dir) else { continue };
        let what = format!("{} MiB are free in {}", free / MIB, dir.display());
        if free >= needed {
            found.ok("disk", what);
        } else {
            let level = if free < LEAST_FREE { Level::Problem } else { Level::Warning };
            let todo = format!("make room: {what_for} needs {} MiB", needed / MIB);
            found.add(level, "disk", what, todo);
        }
    }
}

/// The directory itself and all that is in it; links are not followed.
fn everything_in(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::from_iter(dir.exists().then(|| dir.to_owned()));
    let mut next = 0;
    while let Some(path) = all.get(next).cloned() {
        next += 1;
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            let entries = fs::read_dir(&path).into_iter().flatten().filter_map(Result::ok);
            all.extend(entries.map(|entry| entry.path()));
        }
    }
    all
}

fn size(path: &Path) -> u64 {
    let files = everything_in(path);
    files.iter().filter_map(|file| fs::symlink_metadata(file).ok()).map(|file| file.len()).sum()
}

fn list(paths: &[&PathBuf]) -> String {
    let names: Vec<String> =
        paths.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = paths.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names.join(", "))
}
