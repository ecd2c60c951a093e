//! `docket mail`.

use anyhow::bail;
use clap::{Args, Subcommand};

use super::output::print;
use crate::auth::mail::{self, Sender};
use crate::auth::user::Email;
use crate::config::Config;
use crate::error::Error;

#[derive(Subcommand)]
pub(super) enum Mail {
    Test(Test),
}

/// Send one mail, and print what the mail server answers
///
/// Uses the settings as they stand, so it shows whether they are right before
/// anybody depends on them.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket mail test ada@example.org")]
pub(super) struct Test {
    /// Whom to send it to
    #[arg(value_name = "ADDRESS")]
    to: String,
}

impl Mail {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Mail::Test(command) => command.run(config),
        }
    }
}

impl Test {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let to = Email::parse(&self.to)?.as_str().to_owned();
        let Some(sender) = Sender::open(config)? else {
            bail!("mail is not set up: set smtp_host and mail_from");
        };
        let (token, url) = (String::new(), String::new());
        let answer = sender
            .send(&mail::Mail { kind: mail::Kind::Test, to, token, url })
            .map_err(|failure| Error::Unavailable(failure.detail))?;
        print(&answer)
    }
}
