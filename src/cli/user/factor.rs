//! `docket user unlock` and `mfa-reset`.

use clap::Args;

use crate::auth::audit::Kind;
use crate::auth::{two_factor, user};
use crate::cli::Opened;
use crate::cli::confirm::confirm;
use crate::cli::output::{plain, tell};
use crate::config::Config;
use crate::error::Error;

/// Look at somebody's second factor again after too many wrong codes
///
/// Ten wrong codes in a row lock it for fifteen minutes; this ends that. Wrong
/// passwords lock nobody out: the running server only slows them, and forgets
/// them after fifteen minutes.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user unlock ada@example.org")]
pub(in crate::cli) struct Unlock {
    /// The account's e-mail address or id
    account: String,
}

/// Take somebody's second factor away
///
/// For who has lost both the authenticator and the recovery codes. The password
/// alone signs in then, so be sure who is asking. Devices that were trusted are
/// forgotten; sessions go on.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user mfa-reset ada@example.org --yes")]
pub(in crate::cli) struct MfaReset {
    /// The account's e-mail address or id
    account: String,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Unlock {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, name) = (Opened::new(config)?, self.account.clone());
        let has_factor = db.read_now(|conn| {
            let owner = user::find(conn, &name)?;
            Ok(two_factor::find(conn, owner)?.is_some())
        })?;
        if !has_factor {
            tell("the account has no second factor, so nothing locks it");
            return Ok(());
        }
        super::change_in(&db, &self.account, Kind::AccountUnlocked, |tx, owner, _| {
            two_factor::unlock(tx, owner).map(|_| ())
        })
    }
}

impl MfaReset {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, name) = (Opened::new(config)?, self.account.clone());
        db.read_now(|conn| {
            let owner = user::find(conn, &name)?;
            two_factor::find(conn, owner)?.ok_or(Error::NotFound("second factor"))
        })?;
        let question = format!("Take the second factor of {} away?", plain(&name));
        confirm(self.yes, &question)?;
        super::change_in(&db, &self.account, Kind::TwoFactorDisabled, |tx, owner, _| {
            two_factor::disable(tx, owner)
        })
    }
}
