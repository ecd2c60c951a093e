//! `docket doctor`: looks everything over, and says what to do. A check to a
//! function, each of which adds what it finds.

mod backups;
mod database;
mod exposure;
mod files;
mod keys;
mod others;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::output::{plain, print, print_json, tell};
use super::{PROBLEMS, config};
use crate::config::{Flags, Loaded};

/// Look everything over, and say what to do
///
/// Looks at the settings, the files and who may read them, the disk, the clock,
/// the keys, the issuers, the schema, the soundness of the data, the backups, and
/// at how far Docket is open to others. Works beside a running server and without
/// one, and changes nothing. Ends with 7 if it finds a problem; warnings and notes
/// are for you to judge.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket doctor
  docket doctor --offline --quick
  docket doctor --json")]
pub(super) struct Doctor {
    /// Ask no other machine: leaves out the issuers' keys
    #[arg(long)]
    offline: bool,

    /// Leave out what reads all of the data: its soundness, and the last backup's proof
    #[arg(long)]
    quick: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Note,
    Warning,
    Problem,
}

#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    /// What was looked at.
    check: &'static str,
    what: String,
    /// The way out; nothing where all is well.
    todo: Option<String>,
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: &'static str, what: impl Into<String>) {
        self.0.push(Finding { level: Level::Ok, check, what: what.into(), todo: None });
    }

    fn add(
        &mut self,
        level: Level,
        check: &'static str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.0.push(Finding { level, check, what: what.into(), todo: Some(todo.into()) });
    }

    /// Says that a check is fine, unless something was found by it.
    fn fine_unless_found(&mut self, check: &'static str, what: impl Into<String>) {
        if !self.0.iter().any(|finding| finding.check == check) {
            self.ok(check, what);
        }
    }

    fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }
}

impl Doctor {
    pub(super) fn run(&self, flags: &Flags) -> anyhow::Result<ExitCode> {
        let mut found = Findings::default();
        if let Some(loaded) = settings(flags, &mut found) {
            self.examine(&loaded, &mut found)?;
        }
        self.print(&found)?;
        let is_bad = found.worst() == Level::Problem;
        Ok(if is_bad { ExitCode::from(PROBLEMS) } else { ExitCode::SUCCESS })
    }

    fn examine(&self, loaded: &Loaded, found: &mut Findings) -> anyhow::Result<()> {
        let config = &loaded.config;
        files::settings_file(loaded, found);
        exposure::look(config, found);
        others::mail(config, found);
        if self.offline {
            found.ok("issuers", "left out");
        } else {
            others::issuers(config, found);
        }
        if !files::data_dir(config, found) {
            return Ok(());
        }
        files::permissions(config, found);
        files::leftovers(config, found);
        files::disk(config, found);
        backups::look(config, self.quick, found)?;
        if database::look(config, self.quick, found)? {
            keys::look(config, found)?;
        }
        Ok(())
    }

    fn print(&self, found: &Findings) -> anyhow::Result<()> {
        if self.json {
            let healthy = found.worst() < Level::Problem;
            return print_json(&json!({ "healthy": healthy, "findings": found.0 }));
        }
        for Finding { level, check, what, todo } in &found.0 {
            let word = match level {
                Level::Ok => "ok",
                Level::Note => "note",
                Level::Warning => "warning",
                Level::Problem => "PROBLEM",
            };
            print(&format!("{word:8} {check:11} {}", plain(what)))?;
            if let Some(todo) = todo {
                print(&format!("{:20} > {todo}", ""))?;
            }
        }
        let count = |level| found.0.iter().filter(|finding| finding.level == level).count();
        let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
        tell(&format!("problems: {problems}, warnings: {warnings}"));
        Ok(())
    }
}

/// The settings, if they can be used.
fn settings(flags: &Flags, found: &mut Findings) -> Option<Loaded> {
    let problems = config::all_problems(flags);
    let loaded = crate::config::load(flags);
    for problem in &problems {
        let todo = "docket config explain NAME says what a setting takes";
        found.add(Level::Problem, "settings", problem, todo);
    }
    if problems.is_empty() {
        found.ok("settings", "all can be used");
    }
    loaded.ok()
}
