//! `docket migrate`.

use clap::{Args, Subcommand};

use super::Opened;
use super::output::{print, print_json};
use crate::config::Config;
use crate::db;

/// Bring the database to this program's schema, or look where it stands
///
/// The server does this by itself at its start. Data that is there already is
/// copied first, to before-migration-N.db beside the database.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket migrate
  docket migrate status
  docket migrate status --json")]
pub(super) struct Migrate {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Say where the database stands, without changing it
    #[command(after_long_help = "\
Examples:
  docket migrate status
  docket migrate status --json")]
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run what is missing (what migrate does alone)
    #[command(after_long_help = "Examples:\n  docket migrate up")]
    Up,
}

impl Migrate {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        if let Some(Action::Status { json }) = self.action {
            return status(config, json);
        }
        let before = db::migration_status(&config.data_dir)?;
        Opened::new(config)?;
        if before.pending.is_empty() {
            print(&format!("already at version {}", before.latest))
        } else {
            print(&format!("migrated from version {} to {}", before.version, before.latest))
        }
    }
}

fn status(config: &Config, json: bool) -> anyhow::Result<()> {
    let status = db::migration_status(&config.data_dir)?;
    if json {
        return print_json(&status);
    }
    print(&format!("database  {}", status.file.display()))?;
    print(&format!("version   {} of {}", status.version, status.latest))?;
    match status.pending.as_slice() {
        [] => print("pending   none"),
        pending => print(&format!("pending   {}", pending.join(", "))),
    }
}
