//! `docket user delete` and `undelete`.

use clap::Args;

use crate::auth::{removal, user};
use crate::cli::Opened;
use crate::cli::confirm::confirm;
use crate::cli::output::{plain, tell};
use crate::config::Config;
use crate::time::Timestamp;

/// Delete an account, for good after thirty days
///
/// Its person is out within a second, also while the server runs. What is in it
/// is kept for thirty days, and its e-mail address with it; until then `docket
/// user undelete` brings it back. With --now it is gone at once.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user delete ada@example.org --yes
  docket user delete bob@example.org --now --yes")]
pub(in crate::cli) struct Delete {
    /// The account's e-mail address or id
    account: String,

    /// Remove it for good, with all that is in it
    #[arg(long)]
    now: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Bring a deleted account back
///
/// All that was in it is there again, its personal access tokens too. Sessions
/// stay ended, and an account that was disabled before stays disabled.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user undelete ada@example.org")]
pub(in crate::cli) struct Undelete {
    /// The account's e-mail address or id
    account: String,
}

impl Delete {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, name, now) = (Opened::new(config)?, self.account.clone(), Timestamp::now());
        db.read_now(|conn| user::find(conn, &name))?;
        confirm(self.yes, &self.question())?;
        if self.now {
            db.write_now(move |tx| removal::purge(tx, user::find(tx, &name)?, now))?;
            return Ok(());
        }
        let ends = db.write_now(move |tx| removal::delete(tx, user::find(tx, &name)?, now))?;
        tell(&format!("gone for good from {ends}; docket user undelete brings it back"));
        Ok(())
    }

    fn question(&self) -> String {
        let whom = plain(&self.account);
        if self.now {
            return format!("Delete {whom} with all that is in it, for good?");
        }
        format!("Delete {whom}?")
    }
}

impl Undelete {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (name, now) = (self.account.clone(), Timestamp::now());
        let db = Opened::new(config)?;
        db.write_now(move |tx| removal::undelete(tx, user::find(tx, &name)?, now))?;
        Ok(())
    }
}
