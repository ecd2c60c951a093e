//! Trying an upgrade on a copy.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::backup::{self, Moment, Report};
use super::{content, migrate, open};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Rehearsal {
    pub from: usize,
    pub to: usize,
    /// How long the migration itself took, its copy of the old data included.
    pub seconds: f64,
    pub accounts: usize,
    pub tasks: u64,
    /// Why the upgrade should not be made; nothing if it should.
    pub problems: Vec<String>,
}

/// Copies the database, migrates the copy, checks it and removes it. Works beside
/// a running server; the database itself is only read.
pub fn rehearse(
    data_dir: &Path,
    checkpoints: bool,
    now: Timestamp,
    report: &mut Report,
) -> Result<Rehearsal> {
    let dir = data_dir.join(format!("rehearsal-{}", backup::stamp(now)));
    open::make_private_dir(&dir, "rehearsal")?;
    let rehearsed = rehearse_in(&dir, data_dir, checkpoints, report);
    let removed = fs::remove_dir_all(&dir)
        .map_err(|error| Error::Setup(format!("cannot remove {}: {error}", dir.display())));
    let rehearsal = rehearsed?;
    removed?;
    Ok(rehearsal)
}

fn rehearse_in(
    dir: &Path,
    data_dir: &Path,
    checkpoints: bool,
    report: &mut Report,
) -> Result<Rehearsal> {
    let file = super::file_in(dir);
    let moment = Moment::hold(data_dir, checkpoints)?;
    let from = migrate::version(moment.conn())?;
    moment.copy(&file, report)?;
    drop(moment);
    let before = content::read(&open::reader(&file)?, &mut |_| Ok(()))?;
    let begun = Instant::now();
    let migrated = migrate::bring_up(&file);
    let seconds = begun.elapsed().as_secs_f64();
    let mut problems = match migrated {
        Ok(()) => backup::soundness(&file, report)?,
        Err(error) => vec![error.to_string()],
    };
    let after = content::read(&open::reader(&file)?, &mut |_| Ok(()))?;
    for (account, had) in &before.accounts {
        let has = after.accounts.get(account).map(|has| (has.lists, has.tasks));
        if has != Some((had.lists, had.tasks)) {
            problems.push(format!("account {account} does not have all of its lists and tasks"));
        }
    }
    let (accounts, tasks) = (before.accounts.len(), before.tasks());
    Ok(Rehearsal { from, to: migrate::latest(), seconds, accounts, tasks, problems })
}
