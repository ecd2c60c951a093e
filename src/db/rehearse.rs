//! Trying an upgrade on a copy.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::backup::{self, Report};
use super::{Scratch, content, migrate, open};
use crate::error::Result;
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
    let scratch = Scratch::new(data_dir, now)?;
    let from = scratch.copy(data_dir, checkpoints, report)?;
    let file = super::file_in(scratch.dir());
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
