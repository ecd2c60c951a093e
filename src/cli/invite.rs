//! `docket user invite` and its like.

use clap::Args;
use serde_json::json;

use super::Opened;
use super::duration::seconds;
use super::output::{print, print_json, table, tell};
use crate::auth::invite;
use crate::auth::user::Email;
use crate::config::{Config, SignUp};
use crate::time::Timestamp;

/// Print a link that lets one person make an account
///
/// The link works once, and for an hour at most. Send it to the person by a way
/// that you trust: whoever opens it first can use it, unless it is for one
/// e-mail address. It counts where sign-up is for the invited (signup = "invite").
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user invite
  docket user invite --email carol@example.org
  docket user invite --ttl 20m --json")]
pub(super) struct Invite {
    /// The one e-mail address that may be signed up with it
    #[arg(long)]
    email: Option<String>,

    /// How long it lasts, such as 20m (1 hour at most)
    #[arg(long, default_value = "1h", value_parser = lifetime)]
    ttl: i64,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the invitations that can still be used
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user invites\n  docket user invites --json")]
pub(super) struct Invites {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Withdraw an invitation
///
/// Its link works no longer. `docket user invites` shows the numbers.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user uninvite 1")]
pub(super) struct Uninvite {
    /// The invitation's number
    id: i64,
}

impl Invite {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let email = self.email.as_deref().map(Email::parse).transpose()?;
        let db = Opened::new(config)?;
        let (ttl, now) = (self.ttl, Timestamp::now());
        let (invite, token) = db.write_now(move |tx| invite::make(tx, email.as_ref(), ttl, now))?;
        let url = format!("{}/invite?token={token}", db.own_url(config)?);
        match config.signup {
            SignUp::Open => tell("sign-up is open: nobody needs it while signup is \"open\""),
            SignUp::Closed => tell("sign-up is closed: it works once signup is \"invite\""),
            SignUp::Invite => {}
        }
        if !self.json {
            return print(&url);
        }
        print_json(&json!({
            "id": invite.id,
            "email": invite.email,
            "created_at": invite.created_at,
            "expires_at": invite.expires_at,
            "url": url,
        }))
    }
}

impl Invites {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let invites = Opened::new(config)?.read_now(move |conn| invite::list(conn, now))?;
        if self.json {
            return print_json(&invites);
        }
        if invites.is_empty() {
            tell("nobody is invited; invite somebody with: docket user invite");
            return Ok(());
        }
        let mut rows = vec![["ID", "FOR", "ENDS"].map(str::to_owned).to_vec()];
        rows.extend(invites.iter().map(|invite| {
            let whom = invite.email.clone().unwrap_or_else(|| "anybody".into());
            vec![invite.id.to_string(), whom, invite.expires_at.to_string()]
        }));
        print(&table(&rows))
    }
}

impl Uninvite {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let id = self.id;
        Opened::new(config)?.write_now(move |tx| invite::end(tx, id))?;
        Ok(())
    }
}

fn lifetime(text: &str) -> anyhow::Result<i64> {
    seconds(text, invite::LONGEST, "1 hour")
}
