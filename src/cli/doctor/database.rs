//! The database: its schema, its soundness, and whether the clock fits it.

use super::{Findings, Level};
use crate::cli::progress::Bar;
use crate::config::{Config, Switch};
use crate::db;
use crate::error::Error;
use crate::time::Timestamp;

/// A log that grew beyond this is not being copied into the file.
const LONG_LOG: u64 = 128 << 20;

/// How far the clock may be behind what is in the data, in seconds.
const LEEWAY: i64 = 5 * 60;

/// No clock that is right says less or more: 2026-11-01 and 2100.
const PLAUSIBLE: std::ops::Range<i64> = 1_793_491_200..4_102_444_800;

/// True if the database can be asked more.
pub(super) fn look(config: &Config, quick: bool, found: &mut Findings) -> anyhow::Result<bool> {
    if !schema(config, found) {
        return Ok(false);
    }
    let bar = Bar::new();
    let checkpoints = config.checkpoints == Switch::On;
    let examined = db::examine(&config.data_dir, checkpoints, !quick, &mut bar.report());
    bar.done();
    let todo = "docket backup verify, then docket restore of the last good backup";
    let examined = match examined {
        Ok(examined) => examined,
        Err(error) => {
            found.add(Level::Problem, "soundness", error.to_string(), todo);
            return Ok(false);
        }
    };
    for problem in &examined.problems {
        found.add(Level::Problem, "soundness", problem, todo);
    }
    let what =
        if quick { "left out" } else { "integrity, foreign keys, counts: all as they must be" };
    found.fine_unless_found("soundness", what);
    log(config, found);
    found.ok("search", "reads the tasks themselves: there is no index to be out of step");
    clock(examined.newest, Timestamp::now(), found);
    Ok(examined.problems.is_empty())
}

/// True if it is this program's.
fn schema(config: &Config, found: &mut Findings) -> bool {
    let status = match db::migration_status(&config.data_dir) {
        Ok(status) => status,
        Err(error) => {
            let todo = match error {
                Error::Denied(_) => "give it to the user that docket runs as",
                _ => "use the program that made it, or docket restore of a good backup",
            };
            found.add(Level::Problem, "schema", error.to_string(), todo);
            return false;
        }
    };
    if status.pending.is_empty() {
        found.ok("schema", format!("version {}", status.version));
        return true;
    }
    let (version, latest) = (status.version, status.latest);
    let what = format!("version {version}, and this docket's is {latest}");
    let todo = "docket migrate rehearse tries the upgrade; the next start of the server makes it";
    found.add(Level::Warning, "schema", what, todo);
    false
}

fn log(config: &Config, found: &mut Findings) {
    let file = db::file_in(&config.data_dir).with_extension("db-wal");
    let length = std::fs::metadata(file).map_or(0, |file| file.len());
    if length > LONG_LOG {
        let what = format!("the write-ahead log has {} MiB", length >> 20);
        let todo = match config.checkpoints {
            Switch::Off => "see that Litestream runs, or set checkpoints to \"on\"",
            Switch::On => "look for a program that reads the database without end",
        };
        found.add(Level::Warning, "data", what, todo);
    }
}

fn clock(newest: Option<Timestamp>, now: Timestamp, found: &mut Findings) {
    let todo = "set the clock, and let it be kept right (timedatectl set-ntp true)";
    if !PLAUSIBLE.contains(&now.seconds()) {
        found.add(Level::Problem, "clock", format!("it says {now}"), todo);
    }
    if let Some(newest) = newest.filter(|newest| newest.seconds() > now.seconds() + LEEWAY) {
        let what = format!("it says {now}, and the data has something of {newest}");
        found.add(Level::Problem, "clock", what, todo);
    }
    found.fine_unless_found("clock", now.to_string());
}
