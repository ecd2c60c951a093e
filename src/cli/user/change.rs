//! `docket user rename`, `email` and `password`.

use clap::Args;

use crate::auth::audit::{self, Kind};
use crate::auth::session::{self, Device};
use crate::auth::user::{self, Email};
use crate::cli::{Opened, password};
use crate::config::Config;
use crate::error::Error;
use crate::time::Timestamp;

/// Change what a person is called
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user rename ada@example.org 'Ada Lovelace'")]
pub(in crate::cli) struct Rename {
    /// The account's e-mail address or id
    account: String,

    /// The new name
    name: String,
}

/// Change the e-mail address that somebody signs in by
///
/// Sessions go on; links that were mailed to the old address end. The new one
/// counts as not verified, unless you say that you know it is theirs.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user email ada@example.org ada@example.com
  docket user email ada@example.com ada@example.org --verified")]
pub(in crate::cli) struct ChangeEmail {
    /// The account's present e-mail address or id
    account: String,

    /// The new e-mail address
    email: String,

    /// Take the new address for verified
    #[arg(long)]
    verified: bool,
}

/// Set a new password
///
/// Ends every session of the account within a second, and the links that could
/// set a password; personal access tokens stay. The password is asked for, or read
/// from standard input.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  echo 'correct horse battery' | docket user password ada@example.org --password-stdin")]
pub(in crate::cli) struct Password {
    /// The account's e-mail address or id
    account: String,

    /// Read the password from standard input, up to the first line's end
    #[arg(long)]
    password_stdin: bool,
}

impl Rename {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        user::check_name(&self.name)?;
        let name = self.name.clone();
        super::change(config, &self.account, Kind::AccountRenamed, move |tx, owner, now| {
            user::update(tx, owner, Some(&name), None, now)
        })
    }
}

impl ChangeEmail {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (email, verified) = (Email::parse(&self.email)?, self.verified);
        super::change(config, &self.account, Kind::EmailChanged, move |tx, owner, now| {
            if !user::change_email(tx, owner, &email, now)? {
                return Err(Error::conflict("email_taken", "an account with this e-mail exists"));
            }
            if verified { user::verify_email(tx, owner, now) } else { Ok(()) }
        })
    }
}

impl Password {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (name, now) = (self.account.clone(), Timestamp::now());
        let db = Opened::new(config)?;
        // Before anybody types a password for nobody.
        db.read_now(|conn| user::find(conn, &name))?;
        let hash = user::hash_password(&password::needed(self.password_stdin)?)?;
        db.write_now(move |tx| {
            let owner = user::find(tx, &name)?;
            user::set_password(tx, owner, &hash, now)?;
            let ended = session::end_all(tx, owner, None)?;
            let by = Device::default();
            audit::note_sessions(tx, owner, Kind::PasswordChanged, &by, &ended, now)
        })?;
        Ok(())
    }
}
