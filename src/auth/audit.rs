//! The record of what happened to accounts: sign-ins, failures, changes,
//! sessions ended. Each person reads their own, the server's owner reads all.

use serde::{Serialize, Serializer};

use super::session::Device;
use super::store::audit as store;
use super::user;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// Failures that are kept, so that a flood of them does not fill the disk.
const FAILURES_KEPT: u32 = 10_000;

/// Sessions that one entry names; nobody has more.
const SESSIONS_NAMED: usize = 200;

/// Something worth remembering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    SignedUp,
    SignUpRefused,
    AccountAdded,
    SignedIn,
    SignInFailed,
    SecondFactorFailed,
    PasswordFailed,
    SignedOut,
    SessionsEnded,
    ResetRequested,
    PasswordChanged,
    EmailChanged,
    TwoFactorEnabled,
    TwoFactorDisabled,
    RecoveryCodesRenewed,
    AccountDisabled,
    AccountEnabled,
    AccountDeleted,
    AccountRestored,
    AccountPurged,
    AccountRenamed,
    AccountUnlocked,
    TokenIssued,
    AccessTokenMade,
    AccessTokenRevoked,
    KeyRotated,
    KeyRetired,
    Imported,
}

/// Every kind by its name. Names that end in `_failed` are failures.
pub const KINDS: &[(&str, Kind)] = &[
    ("signed_up", Kind::SignedUp),
    ("sign_up_refused", Kind::SignUpRefused),
    ("account_added", Kind::AccountAdded),
    ("signed_in", Kind::SignedIn),
    ("sign_in_failed", Kind::SignInFailed),
    ("second_factor_failed", Kind::SecondFactorFailed),
    ("password_failed", Kind::PasswordFailed),
    ("signed_out", Kind::SignedOut),
    ("sessions_ended", Kind::SessionsEnded),
    ("reset_requested", Kind::ResetRequested),
    ("password_changed", Kind::PasswordChanged),
    ("email_changed", Kind::EmailChanged),
    ("two_factor_enabled", Kind::TwoFactorEnabled),
    ("two_factor_disabled", Kind::TwoFactorDisabled),
    ("recovery_codes_renewed", Kind::RecoveryCodesRenewed),
    ("account_disabled", Kind::AccountDisabled),
    ("account_enabled", Kind::AccountEnabled),
    ("account_deleted", Kind::AccountDeleted),
    ("account_restored", Kind::AccountRestored),
    ("account_purged", Kind::AccountPurged),
    ("account_renamed", Kind::AccountRenamed),
    ("account_unlocked", Kind::AccountUnlocked),
    ("token_issued", Kind::TokenIssued),
    ("access_token_made", Kind::AccessTokenMade),
    ("access_token_revoked", Kind::AccessTokenRevoked),
    ("key_rotated", Kind::KeyRotated),
    ("key_retired", Kind::KeyRetired),
    ("imported", Kind::Imported),
];

impl Kind {
    pub fn name(self) -> &'static str {
        let named = KINDS.iter().find(|(_, kind)| *kind == self);
        named.map(|(name, _)| *name).expect("every kind is listed")
    }
}

/// By which door it was done. At the first two it was the person, or whoever
/// passes for them; at the last it was the server's owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A browser.
    Web,
    /// Another program, over HTTP.
    Api,
    #[default]
    Cli,
}

impl Origin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Origin::Web => "web",
            Origin::Api => "api",
            Origin::Cli => "cli",
        }
    }
}

/// One line of the record, as its person sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub at: Timestamp,
    pub kind: String,
    /// The network it came from; `null` where none is known.
    #[serde(serialize_with = "null_if_empty")]
    pub address: String,
    #[serde(serialize_with = "null_if_empty")]
    pub user_agent: String,
    pub origin: String,
    /// The sessions that began or ended with it.
    pub sessions: Vec<String>,
    /// More than one for failures that came together.
    pub count: u32,
}

/// The same as the server's owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnersEntry {
    pub id: i64,
    #[serde(flatten)]
    pub entry: Entry,
    /// `null` when it concerns no account, such as a sign-in with an unknown
    /// address; it stays when the account is gone.
    #[serde(serialize_with = "null_if_empty")]
    pub user_id: String,
    pub email: Option<String>,
}

fn null_if_empty<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|text| !text.is_empty()).serialize(serializer)
}

/// Notes it, in the same transaction as what happened.
pub fn note(
    tx: &Tx,
    owner: Option<Owner>,
    kind: Kind,
    device: &Device,
    now: Timestamp,
) -> Result<()> {
    log(kind, device);
    store::insert(tx, owner, kind.name(), device, "", 1, now)
}

/// The same for what the machine's owner did by a command.
pub fn note_command(
    tx: &Tx,
    owner: impl Into<Option<Owner>>,
    kind: Kind,
    now: Timestamp,
) -> Result<()> {
    note(tx, owner.into(), kind, &Device::default(), now)
}

/// Notes it with the sessions that began or ended.
pub fn note_sessions(
    tx: &Tx,
    owner: Owner,
    kind: Kind,
    device: &Device,
    sessions: &[String],
    now: Timestamp,
) -> Result<()> {
    log(kind, device);
    let named = &sessions[..sessions.len().min(SESSIONS_NAMED)];
    store::insert(tx, Some(owner), kind.name(), device, &named.join(" "), 1, now)
}

/// A command tells its owner in its own words.
fn log(kind: Kind, device: &Device) {
    if device.origin != Origin::Cli {
        let Device { address, request, .. } = device;
        tracing::info!(event = kind.name(), address, request, "account");
    }
}

/// Failures of one kind from one place, counted before they are noted.
#[derive(Clone, Debug)]
pub struct Failures {
    pub kind: Kind,
    /// Whose account was meant, if it is anybody's.
    pub owner: Option<Owner>,
    /// The latest.
    pub device: Device,
    pub at: Timestamp,
    pub count: u32,
}

/// Notes failures that were counted, and lets go of the oldest when there are
/// too many. They have been said in the log already.
pub fn note_failures(tx: &Tx, failures: &[Failures]) -> Result<()> {
    for Failures { kind, owner, device, at, count } in failures {
        store::insert(tx, *owner, kind.name(), device, "", *count, *at)?;
    }
    store::delete_failures_but(tx, FAILURES_KEPT)
}

/// Where a page of one's own record ended: at a time, and after so many
/// entries of that very time. It tells nothing about what others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub at: Timestamp,
    pub seen: u32,
}

/// Up to `limit` things that happened to one's own account, latest first, and
/// where the page ended if more follow.
pub fn own(
    conn: &Conn,
    owner: Owner,
    after: Option<Point>,
    limit: u32,
) -> Result<(Vec<Entry>, Option<Point>)> {
    let after = after.unwrap_or(Point { at: Timestamp(i64::MAX), seen: 0 });
    let mut entries = store::own(conn, owner, after, limit + 1)?;
    if entries.len() <= limit as usize {
        return Ok((entries, None));
    }
    entries.truncate(limit as usize);
    let point = entries.last().map(|last| {
        let same = entries.iter().rev().take_while(|entry| entry.at == last.at).count() as u32;
        let before = if after.at == last.at { after.seen } else { 0 };
        Point { at: last.at, seen: before + same }
    });
    Ok((entries, point))
}

/// True if somebody has come in to the account from this address: signed in,
/// or set its password.
pub fn came_in_from(conn: &Conn, owner: Owner, address: &str) -> Result<bool> {
    store::came_in_from(conn, owner, address)
}

/// What the server's owner asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// An account's id, see [`account_named`].
    pub account: Option<String>,
    pub since: Option<Timestamp>,
    pub kind: Option<Kind>,
    /// Only later entries than this one.
    pub after: i64,
}

/// The latest entries that fit, latest first.
pub fn list(conn: &Conn, filter: &Filter, limit: u32) -> Result<Vec<OwnersEntry>> {
    store::list(conn, filter, limit)
}

/// The id of the account with this e-mail or id, which may be gone by now.
pub fn account_named(conn: &Conn, name: &str) -> Result<String> {
    match user::find(conn, name) {
        Ok(owner) => Ok(user::get(conn, owner)?.id.0),
        Err(Error::NotFound(_)) if store::knows(conn, name)? => Ok(name.to_owned()),
        Err(error) => Err(error),
    }
}

/// Lets go of what is older than the days that `audit_days` says.
pub fn forget_old(tx: &Tx, days: u32, now: Timestamp) -> Result<()> {
    store::delete_before(tx, now.plus_seconds(-i64::from(days) * 24 * 60 * 60))
}
