//! Backups: whether there are any, how old, and whether the last is still good.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::{Findings, Level};
use crate::cli::backup::place;
use crate::cli::progress::Bar;
use crate::config::{BackupPlan, Config};
use crate::db::backup::{Backup, Place};
use crate::error::Error;
use crate::time::Timestamp;

const HOUR: i64 = 60 * 60;

/// A daily backup that is older than this did not come.
const LATE: i64 = 36 * HOUR;

pub(super) fn look(config: &Config, quick: bool, found: &mut Findings) -> anyhow::Result<()> {
    if config.backup == BackupPlan::Off {
        let what = "none are made by themselves";
        let todo = "set backup to \"daily\", unless something else runs docket backup now";
        found.add(Level::Warning, "backups", what, todo);
    }
    let place = place(config);
    let all = place.list()?;
    let others = place.files()?.len() - all.len();
    if others > 0 {
        let what = format!("{others} files in {} are no whole backups", place.dir.display());
        found.add(Level::Warning, "backups", what, "docket backup verify --all says why");
    }
    let Some(latest) = all.first() else {
        let what = format!("there is none in {}", place.dir.display());
        let todo = "docket backup now; a server that runs makes one within minutes";
        found.add(Level::Warning, "backups", what, todo);
        return Ok(());
    };
    age(latest.manifest.made_at, all.len(), Timestamp::now(), found);
    same_disk(config, found);
    if !quick {
        proof(&place, latest, found)?;
    }
    Ok(())
}

fn age(made_at: Timestamp, count: usize, now: Timestamp, found: &mut Findings) {
    let age = now.seconds() - made_at.seconds();
    let what = format!("the latest of {count} is of {made_at}");
    if age > LATE {
        let todo = "docket backup now says what stands in the way; so does the server's log";
        found.add(Level::Problem, "backups", format!("{what}: {} hours old", age / HOUR), todo);
    } else {
        found.ok("backups", what);
    }
}

fn same_disk(config: &Config, found: &mut Findings) {
    let device = |dir| fs::metadata(dir).map(|metadata| metadata.dev()).ok();
    if device(&config.data_dir) == device(&config.backup_dir()) {
        let what = "they are on the disk of the data, and would fail with it";
        let todo = "set backup_dir to another disk, or copy them away";
        found.add(Level::Note, "backups", what, todo);
    }
}

fn proof(place: &Place, latest: &Backup, found: &mut Findings) -> anyhow::Result<()> {
    let bar = Bar::new();
    let verdict = place.verify(&latest.file, &mut bar.report());
    bar.done();
    match verdict {
        Ok(verdict) if verdict.verified => found.ok("backups", "the latest was proven again"),
        Ok(verdict) => {
            let what = format!("the latest is not good: {}", verdict.problems.join("; "));
            found.add(Level::Problem, "backups", what, "docket backup now, and look at the disk");
        }
        Err(Error::Unavailable(why)) => {
            found.add(Level::Note, "backups", format!("not proven again: {why}"), "try later");
        }
        Err(error) => {
            let what = format!("the latest cannot be proven: {error}");
            found.add(Level::Problem, "backups", what, "docket backup verify tries again");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_that_did_not_come_is_a_problem() {
        let made_at = Timestamp::from_seconds(1_795_000_000);
        let after = |hours: i64| {
            let mut found = Findings::default();
            age(made_at, 3, made_at.plus_seconds(hours * HOUR), &mut found);
            found.worst()
        };
        assert_eq!((after(0), after(36), after(37)), (Level::Ok, Level::Ok, Level::Problem));
    }
}
