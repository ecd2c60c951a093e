//! `docket token list` and `revoke`, and access tokens by `docket token issue --name`.

use clap::Args;

use super::Opened;
use super::output::{plain, print, print_json, table, tell};
use crate::auth::access_token::{self, AccessToken, Name, NewAccessToken, Scopes};
use crate::auth::session::Device;
use crate::auth::user;
use crate::config::Config;
use crate::time::Timestamp;

/// List an account's personal access tokens
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket token list --user ada@example.org
  docket token list --user ada@example.org --json")]
pub(super) struct List {
    /// The account's e-mail address or id
    #[arg(long)]
    user: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Revoke a personal access token
///
/// Whoever uses it is out within a second, also while the server runs.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket token revoke --user ada@example.org phone")]
pub(super) struct Revoke {
    /// Its name or id, as `docket token list` has them
    token: String,

    /// The account's e-mail address or id
    #[arg(long)]
    user: String,
}

impl List {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        let tokens = db.read_now(|conn| access_token::list(conn, user::find(conn, &self.user)?))?;
        if self.json {
            return print_json(&tokens);
        }
        if tokens.is_empty() {
            tell("no access tokens; make one with: docket token issue --user USER --name NAME");
            return Ok(());
        }
        let mut rows =
            vec![["ID", "NAME", "SCOPES", "ENDS", "LAST USED"].map(str::to_owned).to_vec()];
        rows.extend(tokens.iter().map(row));
        print(&table(&rows))
    }
}

fn row(token: &AccessToken) -> Vec<String> {
    let never = |at: Option<Timestamp>| at.map_or("never".into(), |at| at.to_string());
    let used = match &token.last_used_from {
        Some(from) => format!("{} from {}", never(token.last_used_at), plain(from)),
        None => never(token.last_used_at),
    };
    let scopes = token.scopes.names().join(" ");
    vec![token.id.clone(), plain(&token.name), scopes, never(token.expires_at), used]
}

impl Revoke {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (token, account, now) = (self.token.clone(), self.user.clone(), Timestamp::now());
        Opened::new(config)?.write_now(move |tx| {
            let owner = user::find(tx, &account)?;
            let id = access_token::find(tx, owner, &token)?;
            access_token::revoke(tx, owner, &id, &Device::default(), now)
        })?;
        Ok(())
    }
}

/// Makes one, and gives it.
pub(super) fn make(
    config: &Config,
    account: &str,
    name: &Name,
    scopes: Scopes,
    seconds: Option<i64>,
) -> anyhow::Result<String> {
    let (account, now) = (account.to_owned(), Timestamp::now());
    let new = NewAccessToken {
        name: name.clone(),
        scopes,
        expires_at: seconds.map(|seconds| now.plus_seconds(seconds)),
    };
    let (_, token) = Opened::new(config)?.write_now(move |tx| {
        let owner = user::find(tx, &account)?;
        access_token::make(tx, owner, new, &Device::default(), now)
    })?;
    Ok(token)
}
